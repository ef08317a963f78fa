package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	rclone "github.com/rclone/rclone/fs"
)

// backends by the type that a remote has in the rclone configuration.
var backends = map[string]*backend{
	"azureblob":            azureBackend,
	"box":                  boxBackend,
	"drive":                driveBackend,
	"dropbox":              dropboxBackend,
	"google cloud storage": gcsBackend,
	"local":                localBackend,
	"onedrive":             onedriveBackend,
	"s3":                   s3Backend,
	"sftp":                 sftpBackend,
	"sharefile":            sharefileBackend,
	"webdav":               webdavBackend,
}

// backend is what one of rclone's backends needs so that a storage's operations are safe and cheap.
type backend struct {
	override   map[string]string // configuration that must hold, whatever the remote's own says
	guards     []guard           // the only requests that may go out; none on backends without HTTP
	createOnly bool              // the provider itself refuses to create over a name, so no listing is needed before
	wholeFiles bool              // a file appears whole or not at all, so there is nothing to complete
	noHTTP     bool              // no HTTP: operations are paced and counted one by one
	absolute   bool              // a path that begins with a slash is another one than without, also where its kind does not say so

	list   func(ctx context.Context, s *Storage, dir string) ([]item, error)
	mkdir  func(ctx context.Context, s *Storage, dir string) error
	create func(ctx context.Context, s *Storage, path string, data []byte) error
	copy   func(ctx context.Context, s *Storage, from rclone.Object, to string) error
}

// guard is one row of a backend's safe list. The first row that matches a request decides about it.
type guard struct {
	actions action
	method  string
	path    *regexp.Regexp // of the decoded path; nil matches all
	query   string         // part of the raw query; "" matches all
	writes  bool           // the request that the operation is about: after it was granted nothing else is sent,
	after   bool           // but for these
	lookup  bool           // asks for a name: "not found" is an answer, not a refusal
	edit    func(op *operation, req *http.Request) (status int, err error)
}

// decision is what becomes of a request: an answer in the server's place, a refusal, or neither.
type decision struct {
	status int
	err    error
	guard  *guard
}

func (b *backend) inspect(op *operation, req *http.Request) decision {
	failed, written := op.done()
	g := b.find(op, req)
	switch {
	case failed:
		return decision{err: errAlreadyRefused}
	case written && (g == nil || !g.after):
		return decision{err: errAnswered}
	case g == nil:
		return decision{err: fmt.Errorf("%s %s: %w", req.Method, req.URL.EscapedPath(), errNotAllowed)}
	case g.edit == nil:
		return decision{guard: g}
	}
	status, err := g.edit(op, req)
	return decision{status: status, err: err, guard: g}
}

// signIn is the row that every backend has.
var signIn = &guard{after: true}

func (b *backend) find(op *operation, req *http.Request) *guard {
	for i := range b.guards {
		if b.guards[i].matches(op, req) {
			return &b.guards[i]
		}
	}
	if isSignIn(req) {
		return signIn
	}
	return nil
}

func (g *guard) matches(op *operation, req *http.Request) bool {
	return g.actions&op.action != 0 && g.method == req.Method &&
		(g.path == nil || g.path.MatchString(req.URL.Path)) && strings.Contains(req.URL.RawQuery, g.query)
}

// header returns an edit that sets a header.
func header(name, value string) func(*operation, *http.Request) (int, error) {
	return func(_ *operation, req *http.Request) (int, error) {
		req.Header.Set(name, value)
		return 0, nil
	}
}

// reply returns an edit that answers in the server's place.
func reply(status int) func(*operation, *http.Request) (int, error) {
	return func(*operation, *http.Request) (int, error) { return status, nil }
}

// mkdirPlain makes one folder with rclone's Mkdir.
func mkdirPlain(ctx context.Context, s *Storage, dir string) error { return s.mkdir(ctx, dir) }

// putPlain creates a file with rclone's Put.
func putPlain(ctx context.Context, s *Storage, path string, data []byte) error {
	_, err := s.put(ctx, path, data)
	return err
}

// copyPlain copies at the provider with rclone's Copy.
func copyPlain(ctx context.Context, s *Storage, from rclone.Object, to string) error {
	do := s.features().Copy
	if do == nil {
		return errCannotCopy
	}
	_, err := do(ctx, from, s.fullPath(to))
	if errors.Is(err, rclone.ErrorCantCopy) || operationOf(ctx).refusesCopy() {
		return errCannotCopy
	}
	return err
}

// refusesCopy reports whether the server answered that it cannot copy.
func (o *operation) refusesCopy() bool {
	refusal, _ := o.outcome()
	return refusal != nil && (refusal.status == http.StatusMethodNotAllowed || refusal.status == http.StatusNotImplemented)
}

// putUnchecked creates a file without looking for one of its name, which rclone's Put would replace.
func putUnchecked(ctx context.Context, s *Storage, path string, data []byte) error {
	return s.putUnchecked(ctx, path, data)
}
