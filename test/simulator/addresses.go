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
}

// Addresses gives all addresses.
func (s *Simulator) Addresses() Addresses {
	all := Addresses{Admin: s.AdminURL(), Providers: map[string]Address{}}
	for name, provider := range s.providers {
		all.Providers[name] = Address{
			Kind: provider.pool.provider.Kind, URL: provider.url(), Root: provider.root,
		}
	}
	return all
}
