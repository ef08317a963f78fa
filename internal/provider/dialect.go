package provider

import (
	"context"
	"fmt"
	"net/http"
	"regexp"

	rclone "github.com/rclone/rclone/fs"
)

// dialect is what a kind of backend needs so that a storage's operations are safe and cheap.
type dialect struct {
	override map[string]string // configuration that must hold, whatever the remote's own says
	guards   []guard           // the only requests that may go out; none on backends without HTTP
	atomic   bool              // the provider itself refuses to create over a name, so no listing is needed before
	whole    bool              // a file appears whole or not at all, so there is nothing to complete
	bare     bool              // no HTTP: operations are paced and counted one by one

	list   func(ctx context.Context, s *Storage, dir string) (rclone.DirEntries, error)
	mkdir  func(ctx context.Context, s *Storage, dir string) error
	create func(ctx context.Context, s *Storage, path string, data []byte) error
	copy   func(ctx context.Context, s *Storage, from rclone.Object, to string) error
}

// guard is one row of a dialect's safe list. The first row that matches a request decides about it.
type guard struct {
	kinds  kind
	method string
	path   *regexp.Regexp // of the decoded path; nil matches all
	writes bool           // the request that the operation is about: after it was granted nothing else is sent
	edit   func(op *operation, req *http.Request) (status int, err error)
}

// ruling is what becomes of a request: an answer in the server's place, a refusal, or neither.
type ruling struct {
	status int
	err    error
	writes bool
}

func (d *dialect) inspect(op *operation, req *http.Request) ruling {
	switch failed, written := op.over(); {
	case failed:
		return ruling{err: errSettled}
	case written:
		return ruling{err: errKnown}
	}
	for i := range d.guards {
		if d.guards[i].matches(op, req) {
			return d.guards[i].rule(op, req)
		}
	}
	if isTokenRequest(req) {
		return ruling{}
	}
	return ruling{err: fmt.Errorf("%s %s: %w", req.Method, req.URL.EscapedPath(), errForbidden)}
}

func (g *guard) matches(op *operation, req *http.Request) bool {
	return g.kinds&op.kind != 0 && g.method == req.Method && (g.path == nil || g.path.MatchString(req.URL.Path))
}

func (g *guard) rule(op *operation, req *http.Request) ruling {
	if g.edit == nil {
		return ruling{writes: g.writes}
	}
	status, err := g.edit(op, req)
	return ruling{status: status, err: err, writes: g.writes}
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
	"webdav": webdavDialect,
	"s3":     s3Dialect,
	"local":  localDialect,
	"sftp":   sftpDialect,
}
