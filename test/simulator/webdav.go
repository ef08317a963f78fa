package simulator

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"golang.org/x/net/webdav"
)

// davStorage is golang.org/x/net/webdav on a directory.
type davStorage struct {
	behaviour WebDAV
	files     *davFiles
	handler   *webdav.Handler
}

func newDavStorage(root string, behaviour WebDAV) (*davStorage, error) {
	files, err := newDavFiles(root, behaviour.Put)
	if err != nil {
		return nil, fmt.Errorf("open WebDAV storage: %w", err)
	}
	return &davStorage{
		behaviour: behaviour, files: files,
		handler: &webdav.Handler{FileSystem: files, LockSystem: webdav.NewMemLS()},
	}, nil
}

func (d *davStorage) class(r *http.Request) Class {
	switch r.Method {
	case http.MethodGet:
		return ClassDownload
	case http.MethodHead, http.MethodOptions:
		return ClassRead
	case "PROPFIND":
		if r.Header.Get("Depth") == "0" {
			return ClassRead
		}
		return ClassList
	case http.MethodPut:
		return ClassUpload
	default:
		return ClassWrite
	}
}

func (d *davStorage) accountPath(r *http.Request) string { return r.URL.Path }

func (d *davStorage) root() string { return string(d.files.Dir) }

func (d *davStorage) close() error { return d.files.close() }

// ServeHTTP serves WebDAV with the differences that the profile declares.
func (d *davStorage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == "PROPFIND" && isInfinite(r.Header.Get("Depth")):
		d.propfindInfinite(w, r)
	case r.Method == http.MethodPut:
		d.put(w, r)
	default:
		d.handler.ServeHTTP(w, r)
	}
}

// isInfinite reports whether a Depth header means infinity, which is also the default.
func isInfinite(depth string) bool { return depth == "" || strings.EqualFold(depth, "infinity") }

func (d *davStorage) propfindInfinite(w http.ResponseWriter, r *http.Request) {
	switch d.behaviour.Infinity {
	case InfinityRefuse:
		w.Header().Set("Content-Type", xmlType)
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `<?xml version="1.0" encoding="utf-8"?>`+
			`<D:error xmlns:D="DAV:"><D:propfind-finite-depth/></D:error>`)
		return
	case InfinityFlatten:
		r.Header.Set("Depth", "1")
	case InfinityAllow:
	}
	d.handler.ServeHTTP(w, r)
}

// put uploads. The webdav package ignores preconditions, and answers 405 for all that goes wrong in the end.
func (d *davStorage) put(w http.ResponseWriter, r *http.Request) {
	if d.behaviour.Preconditions && !d.preconditions(r) {
		fail(w, http.StatusPreconditionFailed)
		return
	}
	v := visitOf(r.Context())
	v.createOnly = d.behaviour.Preconditions && r.Header.Get("If-None-Match") == "*"
	d.handler.ServeHTTP(&racedPut{ResponseWriter: w, visit: v}, r)
}

// racedPut answers 412 where the file appeared between the check of the preconditions and the end of the upload.
type racedPut struct {
	http.ResponseWriter
	visit *visit
}

func (p *racedPut) WriteHeader(status int) {
	if p.visit.lostRace {
		status = http.StatusPreconditionFailed
	}
	p.ResponseWriter.WriteHeader(status)
}

// preconditions reports whether If-Match and If-None-Match let the PUT through.
func (d *davStorage) preconditions(r *http.Request) bool {
	tag := d.tag(r)
	if match := r.Header.Get("If-Match"); match != "" && !matches(match, tag) {
		return false
	}
	if match := r.Header.Get("If-None-Match"); match != "" && matches(match, tag) {
		return false
	}
	return true
}

// tag returns the entity tag that the webdav package gives to a file, "" where there is no such file.
func (d *davStorage) tag(r *http.Request) string {
	info, err := d.files.Stat(r.Context(), r.URL.Path)
	if err != nil {
		return ""
	}
	return tagOf(info)
}

func tagOf(info os.FileInfo) string {
	return fmt.Sprintf(`"%x%x"`, info.ModTime().UnixNano(), info.Size())
}

func matches(header, tag string) bool {
	if tag == "" {
		return false
	}
	for candidate := range strings.SplitSeq(header, ",") {
		if candidate = strings.TrimSpace(candidate); candidate == "*" || candidate == tag {
			return true
		}
	}
	return false
}
