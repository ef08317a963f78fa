package simulator

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"metronome/test/s3server"
)

// s3Storage is versitygw on a directory, reached through a proxy that leaves everything as it was signed.
type s3Storage struct {
	server *s3server.Server
	proxy  *httputil.ReverseProxy

	mu      sync.Mutex
	writing map[string]*objectWrites // by file, while requests write it
}

// objectWrites is what requests that write the same object at the same time must know of each other.
type objectWrites struct{ underWay, done int }

// subresources are the query parameters with which a request is not about an object's content.
var subresources = []string{
	"acl", "attributes", "cors", "encryption", "legal-hold", "lifecycle", "location", "logging", "notification",
	"object-lock", "ownershipControls", "policy", "publicAccessBlock", "retention", "restore", "select", "tagging",
	"torrent", "uploads", "versioning", "website",
}

func newS3Storage(root string, behaviour S3) (*s3Storage, error) {
	ctx := context.Background() // the server lives until close
	server, err := s3server.Run(ctx, root)
	if err != nil {
		return nil, fmt.Errorf("open S3 storage: %w", err)
	}
	s := &s3Storage{server: server, writing: map[string]*objectWrites{}}
	target, err := url.Parse(server.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("open S3 storage: %w", err)
	}
	s.proxy = newProxy(target)
	for _, bucket := range behaviour.Buckets {
		if err := server.CreateBucket(ctx, bucket); err != nil {
			_ = s.close()
			return nil, err
		}
	}
	return s, nil
}

// newProxy returns a proxy that keeps what a signature covers: the Host header, the path's and the query's encoding.
func newProxy(target *url.URL) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
			r.Out.URL.RawQuery = r.In.URL.RawQuery
		},
		Transport: &http.Transport{
			MaxIdleConnsPerHost: 256, IdleConnTimeout: time.Minute, DisableCompression: true,
			ExpectContinueTimeout: time.Second,
		},
		ErrorLog:     log.New(io.Discard, "", 0),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { fail(w, http.StatusBadGateway) },
	}
}

func (s *s3Storage) root() string { return s.server.Dir }

func (s *s3Storage) close() error {
	s.proxy.Transport.(*http.Transport).CloseIdleConnections()
	return s.server.Stop()
}

func (s *s3Storage) class(r *http.Request) Class {
	_, key := bucketAndKey(r)
	about := aboutSubresource(r.URL.Query())
	switch {
	case r.Method == http.MethodHead || r.Method == http.MethodOptions || r.Method == http.MethodGet && about:
		return ClassRead
	case r.Method == http.MethodGet && key == "":
		return ClassList
	case r.Method == http.MethodGet:
		return ClassDownload
	case r.Method == http.MethodPut && key != "" && !about && r.Header.Get("X-Amz-Copy-Source") == "":
		return ClassUpload
	default:
		return ClassWrite
	}
}

// accountPath is the path, and in a listing the bucket and the prefix.
func (s *s3Storage) accountPath(r *http.Request) string {
	if bucket, key := bucketAndKey(r); key == "" {
		return bucket + "/" + r.URL.Query().Get("prefix")
	}
	return r.URL.Path
}

func bucketAndKey(r *http.Request) (bucket, key string) {
	bucket, key, _ = strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return bucket, key
}

func aboutSubresource(query url.Values) bool {
	for _, name := range subresources {
		if query.Has(name) {
			return true
		}
	}
	return false
}

// ServeHTTP passes the request on, and counts objects that it replaced.
func (s *s3Storage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	file := s.written(r)
	if file == "" {
		s.proxy.ServeHTTP(w, r)
		return
	}
	watched := &watchedStatus{ResponseWriter: w}
	before := s.begin(file)
	existed := isFile(file)
	defer func() {
		visitOf(r.Context()).overwrites += s.end(file, existed, before, watched.status/100 == 2)
	}()
	s.proxy.ServeHTTP(watched, r)
}

// written returns the file of the object that a request writes as a whole, "" where it writes none.
func (s *s3Storage) written(r *http.Request) string {
	bucket, key := bucketAndKey(r)
	query := r.URL.Query()
	put := r.Method == http.MethodPut && !query.Has("uploadId")
	completes := r.Method == http.MethodPost && query.Has("uploadId")
	if key == "" || strings.HasSuffix(key, "/") || !put && !completes || aboutSubresource(query) {
		return ""
	}
	return filepath.Join(s.root(), filepath.FromSlash(path.Join("/", bucket, path.Join("/", key))))
}

// begin notes that a request writes a file, and gives how many writes of the same time are done.
func (s *s3Storage) begin(file string) (done int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.writing[file]
	if w == nil {
		w = &objectWrites{}
		s.writing[file] = w
	}
	w.underWay++
	return w.done
}

// end returns 1 where a successful write replaced a file: one that was there before it began, or one that another request
// has written meanwhile.
func (s *s3Storage) end(file string, existed bool, before int, succeeded bool) (replaced int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.writing[file]
	if w.underWay--; w.underWay == 0 {
		delete(s.writing, file)
	}
	if !succeeded {
		return 0
	}
	w.done++
	if existed || w.done-1 > before {
		return 1
	}
	return 0
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// watchedStatus remembers the final status.
type watchedStatus struct {
	http.ResponseWriter
	status int
}

func (w *watchedStatus) WriteHeader(status int) {
	if status >= 200 && w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}
