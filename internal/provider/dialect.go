package provider

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	rclone "github.com/rclone/rclone/fs"
)

// dialect is what a kind of backend needs so that a storage's operations are safe and cheap.
type dialect struct {
	override map[string]string // configuration that must hold, whatever the remote's own says
	guards   []guard           // the only requests that may go out; none on backends without HTTP
	atomic   bool              // the provider itself refuses to create over a name, so no listing is needed before
	whole    bool              // a file appears whole or not at all, so there is nothing to complete
	bare     bool              // no HTTP: operations are paced and counted one by one
	buckets  bool              // a path begins with a bucket
	rooted   bool              // a path that begins with a slash is another one than without

	list   func(ctx context.Context, s *Storage, dir string) ([]listed, error)
	mkdir  func(ctx context.Context, s *Storage, dir string) error
	create func(ctx context.Context, s *Storage, path string, data []byte) error
	copy   func(ctx context.Context, s *Storage, from rclone.Object, to string) error
}

// guard is one row of a dialect's safe list. The first row that matches a request decides about it.
type guard struct {
	kinds  kind
	method string
	path   *regexp.Regexp // of the decoded path; nil matches all
	query  string         // part of the raw query; "" matches all
	writes bool           // the request that the operation is about: after it was granted nothing else is sent,
	after  bool           // but for these
	lookup bool           // asks for a name: "not found" is an answer, not a refusal
	edit   func(op *operation, req *http.Request) (status int, err error)
}

// ruling is what becomes of a request: an answer in the server's place, a refusal, or neither.
type ruling struct {
	status int
	err    error
	guard  *guard
}

func (d *dialect) inspect(op *operation, req *http.Request) ruling {
	failed, written := op.over()
	g := d.find(op, req)
	switch {
	case failed:
		return ruling{err: errSettled}
	case written && (g == nil || !g.after):
		return ruling{err: errKnown}
	case g == nil:
		return ruling{err: fmt.Errorf("%s %s: %w", req.Method, req.URL.EscapedPath(), errForbidden)}
	case g.edit == nil:
		return ruling{guard: g}
	}
	status, err := g.edit(op, req)
	return ruling{status: status, err: err, guard: g}
}

// signIn is the row that every dialect has.
var signIn = &guard{after: true}

func (d *dialect) find(op *operation, req *http.Request) *guard {
	for i := range d.guards {
		if d.guards[i].matches(op, req) {
			return &d.guards[i]
		}
	}
	if isSignIn(req) {
		return signIn
	}
	return nil
}

func (g *guard) matches(op *operation, req *http.Request) bool {
	return g.kinds&op.kind != 0 && g.method == req.Method &&
		(g.path == nil || g.path.MatchString(req.URL.Path)) && strings.Contains(req.URL.RawQuery, g.query)
}

// header gives an edit that sets a header.
func header(name, value string) func(*operation, *http.Request) (int, error) {
	return func(_ *operation, req *http.Request) (int, error) {
		req.Header.Set(name, value)
		return 0, nil
	}
}

// reply gives an edit that answers in the server's place.
func reply(status int) func(*operation, *http.Request) (int, error) {
	return func(*operation, *http.Request) (int, error) { return status, nil }
}

// dialects by the type that a remote has in the rclone configuration.
var dialects = map[string]*dialect{
	"azureblob":            azureDialect,
	"box":                  boxDialect,
	"drive":                driveDialect,
	"dropbox":              dropboxDialect,
	"google cloud storage": gcsDialect,
	"local":                localDialect,
	"onedrive":             onedriveDialect,
	"s3":                   s3Dialect,
	"sftp":                 sftpDialect,
	"sharefile":            sharefileDialect,
	"webdav":               webdavDialect,
}
