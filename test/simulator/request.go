package simulator

import (
	"net/http"
	"strings"
)

// Class says what a request does, as far as quotas tell it apart.
type Class string

// The classes of requests.
const (
	ClassRead     Class = "read"     // metadata of one thing
	ClassDownload Class = "download" // content of a file
	ClassList     Class = "list"     // content of a folder
	ClassWrite    Class = "write"    // folders, copies, moves, deletions
	ClassUpload   Class = "upload"   // content of a file
)

// classes are all of them, for checking profiles.
var classes = []Class{ClassRead, ClassDownload, ClassList, ClassWrite, ClassUpload}

// writes reports whether the class changes the storage.
func (c Class) writes() bool { return c == ClassWrite || c == ClassUpload }

// request is what the quota layer knows about a request before it is applied.
type request struct {
	method  string
	path    string // decoded
	class   Class
	account string // "" where the request names none
	client  string // whatever the provider's client header says
	length  int64  // of the body, -1 when unknown
	deletes bool
}

// deletes reports whether a request deletes: DELETE, or S3's POST for several objects.
func deletes(r *http.Request) bool {
	return r.Method == http.MethodDelete || r.Method == http.MethodPost && r.URL.Query().Has("delete")
}

// account finds the account of a request.
func (a Accounts) account(r *http.Request, path string) string {
	switch a.By {
	case ByUser:
		user, _, _ := r.BasicAuth()
		return user
	case ByAccessKey:
		return accessKey(r)
	default:
		return segment(path, a.Segment)
	}
}

// allows reports whether the request may come in at all.
func (a Accounts) allows(r *http.Request) bool {
	if len(a.Users) == 0 {
		return true
	}
	user, password, ok := r.BasicAuth()
	expected, known := a.Users[user]
	return ok && known && password == expected
}

// segment returns the n-th segment of a path, from 1, "" where there is none.
func segment(path string, n int) string {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	if n > len(segments) {
		return ""
	}
	return segments[n-1]
}

// accessKey finds the access key in an AWS signature, of the header or of a presigned address.
func accessKey(r *http.Request) string {
	credential := r.URL.Query().Get("X-Amz-Credential")
	if _, after, ok := strings.Cut(r.Header.Get("Authorization"), "Credential="); ok {
		credential = after
	}
	key, _, _ := strings.Cut(credential, "/")
	return key
}
