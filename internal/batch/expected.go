package batch

// EntitySize is what an entity's period consists of, as far as it is known before the work begins.
type EntitySize struct {
	Folders int // folders to make
	Files   int // workbooks, placeholders and other files to write
	Copies  int // documents to copy at the provider
}

// What one entity costs by counts alone. Measured through rclone v1.76.0 against WebDAV, the dearest of its backends that
// were measured: opening costs 1 request and looking at the period's root another 1; a folder below a known parent 1; a
// small file 1 (PUT; the MKCOL before it is answered in the hook); one listing before and one after the work replace a look
// at each file; a server-side copy costs 3.
const (
	requestsPerEntity = 4
	requestsPerCopy   = 3
)

// ExpectedRequests estimates the requests of an entity for which no receipt of an earlier period exists.
func ExpectedRequests(size EntitySize) int64 {
	return requestsPerEntity + int64(size.Folders) + int64(size.Files) + requestsPerCopy*int64(size.Copies)
}
