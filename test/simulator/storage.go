package simulator

import "net/http"

// storage is a real server with what the quota layer must know about its protocol.
type storage interface {
	http.Handler
	// class says what a request does.
	class(r *http.Request) Class
	// accountPath is the path whose segments may name the account.
	accountPath(r *http.Request) string
	// root is the directory of the files.
	root() string
	// close stops the server.
	close() error
}

// openStorage opens the real server of a provider.
func openStorage(provider Provider) (storage, error) {
	if provider.Kind == KindS3 {
		return newS3Storage(provider.Root, provider.S3)
	}
	return newDavStorage(provider.Root, provider.WebDAV)
}
