package provider

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/webdav"
)

var sections atomic.Int64

// openRemote opens a pool of its own with one remote, and that remote's storage.
func openRemote(t *testing.T, path string, config ...string) (*Pool, *Storage) {
	t.Helper()
	name := fmt.Sprintf("remote%d", sections.Add(1))
	pool := openPool(t, name, config...)
	storage, err := pool.Storage(context.Background(), "account", name+":"+path)
	require.NoError(t, err)
	return pool, storage
}

func openPool(t *testing.T, name string, config ...string) *Pool {
	t.Helper()
	pool, err := Open(context.Background(), Options{
		RcloneConfig: []byte("[" + name + "]\n" + strings.Join(config, "\n") + "\n"),
	})
	require.NoError(t, err)
	pool.Pace(Share{RequestsPerSecond: 1e6, Burst: 1e6})
	return pool
}

// requests notes what a server saw.
type requests struct {
	mu  sync.Mutex
	all []string
}

func (r *requests) note(req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, req.Method+" "+req.URL.Path)
}

// seen returns the requests so far, oldest first, and forgets them.
func (r *requests) seen() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.all
	r.all = nil
	return all
}

// serve starts an HTTP server that notes every request.
func serve(t *testing.T, handler http.Handler) (url string, seen *requests) {
	t.Helper()
	seen = &requests{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		seen.note(req)
		handler.ServeHTTP(w, req)
	}))
	t.Cleanup(server.Close)
	return server.URL, seen
}

// davOn returns a real WebDAV server on a folder.
func davOn(root string) http.Handler {
	return &webdav.Handler{FileSystem: webdav.Dir(root), LockSystem: webdav.NewMemLS()}
}

// davRemote returns a storage on a WebDAV server whose answers a test may bend.
func davRemote(t *testing.T, path string, bend func(http.Handler) http.Handler) (pool *Pool, s *Storage, root string, seen *requests) {
	t.Helper()
	root = t.TempDir()
	handler := davOn(root)
	if bend != nil {
		handler = bend(handler)
	}
	url, seen := serve(t, handler)
	pool, s = openRemote(t, path, "type = webdav", "url = "+url)
	return pool, s, root, seen
}

func write(t *testing.T, root, name, content string) {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(content), 0o644))
}

func content(t *testing.T, root, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	require.NoError(t, err)
	return string(data)
}

func paths(tree Tree) []string {
	var names []string
	for _, entry := range tree.Entries {
		name := entry.Path
		if entry.Dir {
			name += "/"
		}
		names = append(names, name)
	}
	return names
}

// requireHolds requires that a listed file is what data says, by whatever the provider lists of it.
func requireHolds(t *testing.T, s *Storage, entry Entry, data []byte) {
	t.Helper()
	how, same := s.Matches(entry, int64(len(data)), s.HashOf(data))
	require.True(t, same, "%s by %s", entry.Path, how)
}
