package kind

// webDAV is any WebDAV server.
var webDAV = Provider{
	Name: "webdav", Title: "WebDAV", Remotes: []string{"webdav"},
	Listing: Probe,
	Partial: webDAV507,
}

// webDAV507 is how a server says within a listing that it gave up (RFC 5323, 2.3.4).
var webDAV507 = []string{"HTTP/1.1 507 ", "HTTP/2 507 "}
