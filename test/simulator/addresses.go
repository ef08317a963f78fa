package simulator

// Addresses says where a running simulator is found.
type Addresses struct {
	Admin     string             `json:"admin"`
	Providers map[string]Address `json:"providers"`
}

// Address says where one provider is found.
type Address struct {
	Kind Kind   `json:"kind"`
	URL  string `json:"url"`
	Root string `json:"root"` // directory of the files; on S3 the directories in it are the buckets
	*Login
}

// Login is what S3 clients need besides the address; they must use path-style addressing.
type Login struct {
	AccessKey string `json:"accessKey"`
	SecretKey string `json:"secretKey"`
	Region    string `json:"region"`
}

// Addresses returns all addresses.
func (s *Simulator) Addresses() Addresses {
	all := Addresses{Admin: s.AdminURL(), Providers: map[string]Address{}}
	for name := range s.providers {
		all.Providers[name] = s.Address(name)
	}
	return all
}

// Address says where one provider is found.
func (s *Simulator) Address(provider string) Address {
	p := s.provider(provider)
	address := Address{Kind: p.pool.provider.Kind, URL: p.url(), Root: p.pool.storage.root()}
	if s3, ok := p.pool.storage.(*s3Storage); ok {
		address.Login = &Login{s3.server.AccessKey, s3.server.SecretKey, s3.server.Region}
	}
	return address
}
