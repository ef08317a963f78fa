package simulator

import "fmt"

// openStorage opens the real server of a provider.
func openStorage(provider Provider) (storage, error) {
	switch provider.Kind {
	case KindWebDAV:
		return newDavStorage(provider.Root, provider.WebDAV)
	default:
		return nil, fmt.Errorf("kind %s is not served", provider.Kind)
	}
}
