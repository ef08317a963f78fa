package provider

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
	"metronome/internal/provider/kind"
)

// sabre is how Nextcloud's WebDAV server says why it refuses.
func sabre(exception, message string) string {
	return `<?xml version="1.0" encoding="utf-8"?>` + "\n" + `<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns">` +
		"\n  <s:exception>" + exception + "</s:exception>\n  <s:message>" + message + "</s:message>\n</d:error>\n"
}

// nextcloudRemote returns a storage on a WebDAV server that is said to be Nextcloud.
func nextcloudRemote(t *testing.T, handler http.Handler) (*Pool, *Storage) {
	t.Helper()
	url, _ := serve(t, handler)
	name := fmt.Sprintf("remote%d", sections.Add(1))
	pool, err := Open(context.Background(), Options{
		Provider: "nextcloud", RcloneConfig: []byte("[" + name + "]\ntype = webdav\nvendor = other\nurl = " + url + "\n"),
	})
	require.NoError(t, err)
	pool.Pace(Share{RequestsPerSecond: 1e6, Burst: 1e6})
	s, err := pool.Storage(context.Background(), "account", name+":Close")
	require.NoError(t, err)
	return pool, s
}

func TestNextcloudsRefusals(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		status  int
		headers map[string]string
		body    string
		class   failure.Class
		hint    string // part of it
	}{
		{"maintenance", 503, map[string]string{"Retry-After": "120", "X-Nextcloud-Maintenance-Mode": "1"},
			"", failure.Overload, "maintenance mode"},
		{"maintenance by WebDAV", 503, map[string]string{"Retry-After": "120"},
			sabre(`Sabre\DAV\Exception\ServiceUnavailable`, "System is in maintenance mode."), failure.Overload, "maintenance mode"},
		{"storage not available", 503, nil, sabre(`Sabre\DAV\Exception\ServiceUnavailable`, ""), failure.Overload, ""},
		{"locked", 423, nil, sabre(`OCA\DAV\Connector\Sabre\Exception\FileLocked`, `"Close" is locked`), failure.Contention, "lock"},
		{"quota", 507, nil, sabre(`Sabre\DAV\Exception\InsufficientStorage`, "Insufficient space in /Close"), failure.Permanent, "make room"},
		{"brute force", 429, nil, sabre(`OCA\DAV\Connector\Sabre\Exception\TooManyRequests`, "Too many requests."),
			failure.Throttled, "brute-force"},
		{"app password", 401, nil, sabre(`OCA\DAV\Connector\Sabre\Exception\PasswordLoginForbidden`, ""), failure.Permanent, "app password"},
		{"wrong password", 401, nil, sabre(`Sabre\DAV\Exception\NotAuthenticated`, ""), failure.Permanent, "credential"},
		{"forbidden name", 400, nil, sabre(`OCA\DAV\Connector\Sabre\Exception\InvalidPath`, "not allowed"), failure.Permanent, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			before := time.Now()
			pool, s := nextcloudRemote(t, refusing("PROPFIND", test.status, test.headers, test.body)(nil))
			_, err := s.Tree(context.Background(), "")
			require.Equal(t, test.class, failure.ClassOf(err), "%v", err)
			require.Contains(t, failure.HintOf(err), test.hint)
			var classified *failure.Error
			require.ErrorAs(t, err, &classified)
			if test.headers["Retry-After"] != "" {
				require.WithinRange(t, classified.Until, before.Add(100*time.Second), time.Now().Add(120*time.Second))
			}
			require.Zero(t, pool.limiter.paused, "nothing of it holds the pool back")
		})
	}
}

// What Nextcloud means by a bare 429 is not what the others mean.
func TestNextcloudsWordsAreItsOwn(t *testing.T) {
	t.Parallel()
	words := kind.WordsOf("webdav")
	a := readAnswer(dumped(429, "", ""), http.MethodPut, words)
	require.Empty(t, classify(a, words).hint)
}

// A whole tree is never asked for: the server would answer with one level, and the answer has to be doubted.
func TestNextcloudIsListedFolderByFolder(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write(t, root, "Close/a/b/c.txt", "c")
	var mu sync.Mutex
	var depths []string
	files := davOn(root)
	_, s := nextcloudRemote(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == "PROPFIND" {
			mu.Lock()
			depths = append(depths, req.Header.Get("Depth"))
			mu.Unlock()
		}
		files.ServeHTTP(w, req)
		_, _ = io.Copy(io.Discard, req.Body)
	}))
	tree, err := s.Tree(context.Background(), "")
	require.NoError(t, err)
	require.Equal(t, []string{"a/", "a/b/", "a/b/c.txt"}, paths(tree))
	mu.Lock()
	defer mu.Unlock()
	require.Equal(t, []string{"1", "1", "1"}, depths)
}
