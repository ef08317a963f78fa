package provider

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
)

func TestWebdavSpendsOneRequestPerFolderAndFile(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	pool, s, root, seen := davRemote(t, "", nil)
	write(t, root, "2026/11/report.txt", "old")

	tree, err := s.Tree(ctx, "")
	require.NoError(t, err)
	require.True(t, tree.Exists)
	require.Equal(t, []string{"2026/", "2026/11/", "2026/11/report.txt"}, paths(tree))
	require.Equal(t, int64(3), tree.Entries[2].Size)

	require.NoError(t, s.Mkdir(ctx, "2026/12"))
	require.NoError(t, s.Create(ctx, "2026/12/new.txt", []byte("new")))
	require.NoError(t, s.Copy(ctx, tree.Entries[2], "2026/12/report.txt"))
	require.Equal(t, []string{
		"PROPFIND /", "MKCOL /2026/12/", "PUT /2026/12/new.txt", "COPY /2026/11/report.txt",
	}, seen.seen())
	require.Equal(t, "new", content(t, root, "2026/12/new.txt"))
	require.Equal(t, "old", content(t, root, "2026/12/report.txt"))
	require.Equal(t, int64(4), pool.Counts().Requests)
	require.Zero(t, pool.Counts().Other)
	require.Positive(t, pool.Counts().Seconds)
}

func TestWebdavMakesTheRemoteItself(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	_, s, root, _ := davRemote(t, "Close/Acme US", nil)
	tree, err := s.Tree(ctx, "")
	require.NoError(t, err)
	require.False(t, tree.Exists)
	require.NoError(t, s.Mkdir(ctx, ""))
	require.DirExists(t, root+"/Close/Acme US")
	require.NoError(t, s.Create(ctx, "a.txt", []byte("a")))
	require.Equal(t, "a", content(t, root, "Close/Acme US/a.txt"))
}

// refusing answers requests of a method with a status, and passes the others on.
func refusing(method string, status int, headers map[string]string, body string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if req.Method != method {
				next.ServeHTTP(w, req)
				return
			}
			_, _ = io.Copy(io.Discard, req.Body)
			for name, value := range headers {
				w.Header().Set(name, value)
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		})
	}
}

// Trap: rclone deletes the name after a refused PUT, and with it a customer's file that came to be there meanwhile.
func TestWebdavKeepsTheFileWhereAPutIsRefused(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]failure.Class{
		400: failure.Permanent, 403: failure.Permanent, 409: failure.Permanent, 412: failure.Permanent,
		423: failure.Contention, 429: failure.Throttled, 500: failure.Overload, 503: failure.Overload, 507: failure.Permanent,
	} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			_, s, root, seen := davRemote(t, "", refusing(http.MethodPut, status, nil, ""))
			_, err := s.Tree(ctx, "")
			require.NoError(t, err)
			write(t, root, "theirs.txt", "theirs")
			seen.seen()

			err = s.Create(ctx, "theirs.txt", []byte("ours"))
			require.Error(t, err)
			require.Equal(t, want, failure.ClassOf(err))
			require.Equal(t, status == 412, errors.Is(err, ErrTaken))
			require.Equal(t, []string{"PUT /theirs.txt"}, seen.seen())
			require.Equal(t, "theirs", content(t, root, "theirs.txt"))
		})
	}
}

func TestWebdavKeepsTheFileWhereAPutBreaksOff(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	_, s, root, seen := davRemote(t, "", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if req.Method == http.MethodPut {
				panic(http.ErrAbortHandler)
			}
			next.ServeHTTP(w, req)
		})
	})
	_, err := s.Tree(ctx, "")
	require.NoError(t, err)
	write(t, root, "theirs.txt", "theirs")
	seen.seen()
	err = s.Create(ctx, "theirs.txt", []byte("ours"))
	require.Equal(t, failure.Overload, failure.ClassOf(err))
	require.NotContains(t, seen.seen(), "DELETE /theirs.txt")
	require.Equal(t, "theirs", content(t, root, "theirs.txt"))
	// The outcome was not known, so the name is looked up before the next try, and found taken.
	require.ErrorIs(t, s.Create(ctx, "theirs.txt", []byte("ours")), ErrTaken)
	require.Equal(t, []string{"PROPFIND /"}, seen.seen())
}

func TestWebdavNeverOverwrites(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	_, s, root, seen := davRemote(t, "", nil)
	write(t, root, "theirs.txt", "theirs")
	write(t, root, "source.txt", "source")

	t.Log("without any listing of the caller's")
	require.ErrorIs(t, s.Create(ctx, "theirs.txt", []byte("ours")), ErrTaken)
	require.Equal(t, []string{"PROPFIND /"}, seen.seen())
	t.Log("by copying")
	require.ErrorIs(t, s.Copy(ctx, Entry{Path: "source.txt"}, "theirs.txt"), ErrTaken)
	t.Log("by copying to a name that came to be after the listing: Overwrite is F")
	write(t, root, "late.txt", "late")
	require.ErrorIs(t, s.Copy(ctx, Entry{Path: "source.txt"}, "late.txt"), ErrTaken)
	require.Equal(t, []string{"COPY /source.txt"}, seen.seen())
	t.Log("a folder where a file is")
	require.Equal(t, failure.Permanent, failure.ClassOf(s.Mkdir(ctx, "theirs.txt")))
	write(t, root, "file", "file")
	require.ErrorContains(t, s.Mkdir(ctx, "file"), "a file has its name")

	for name, want := range map[string]string{"theirs.txt": "theirs", "late.txt": "late", "file": "file", "source.txt": "source"} {
		require.Equal(t, want, content(t, root, name))
	}
}

func TestWebdavAsksTheServerNotToOverwrite(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	conditions := make(chan string, 10)
	_, s, _, _ := davRemote(t, "", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if req.Method == http.MethodPut {
				conditions <- req.Header.Get("If-None-Match")
			}
			next.ServeHTTP(w, req)
		})
	})
	require.NoError(t, s.Create(ctx, "a.txt", []byte("a")))
	require.Equal(t, "*", <-conditions)
}

func TestWebdavMkdir(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	_, s, root, seen := davRemote(t, "", nil)
	require.NoError(t, os.Mkdir(filepath.Join(root, "there"), 0o755))
	require.NoError(t, s.Mkdir(ctx, "there"))
	require.Equal(t, []string{"MKCOL /there/", "PROPFIND /"}, seen.seen())
	require.NoError(t, s.Mkdir(ctx, "there"))
	require.Empty(t, seen.seen())

	err := s.Mkdir(ctx, "missing/child")
	require.Equal(t, failure.Permanent, failure.ClassOf(err))
	require.NoDirExists(t, filepath.Join(root, "missing"))
}

// shallow makes a server answer an infinite depth as if it were 1, as sabre/dav does.
func shallow(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Depth") == "infinity" {
			req.Header.Set("Depth", "1")
		}
		next.ServeHTTP(w, req)
	})
}

// noInfinity makes a server refuse an infinite depth.
func noInfinity(status int) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if req.Header.Get("Depth") == "infinity" {
				http.Error(w, "propfind-finite-depth", status)
				return
			}
			next.ServeHTTP(w, req)
		})
	}
}

func TestWebdavListsWholeTreesOfEveryServer(t *testing.T) {
	t.Parallel()
	want := []string{"a/", "a/b/", "a/b/c.txt", "a/d.txt", "empty/", "f.txt"}
	for name, test := range map[string]struct {
		bend        func(http.Handler) http.Handler
		first, then int // requests of the first listing, and of another one
	}{
		"infinity":        {nil, 1, 1},
		"quietly shallow": {shallow, 4, 4},
		"refuses 403":     {noInfinity(403), 5, 4},
		"refuses 400":     {noInfinity(400), 5, 4},
		"refuses 501":     {noInfinity(501), 5, 4},
		"refuses 507":     {noInfinity(507), 5, 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			_, s, root, seen := davRemote(t, "", test.bend)
			write(t, root, "a/b/c.txt", "c")
			write(t, root, "a/d.txt", "d")
			write(t, root, "f.txt", "f")
			require.NoError(t, os.Mkdir(filepath.Join(root, "empty"), 0o755))
			tree, err := s.Tree(ctx, "")
			require.NoError(t, err)
			require.Equal(t, want, paths(tree))
			require.Len(t, seen.seen(), test.first)
			tree, err = s.Tree(ctx, "")
			require.NoError(t, err)
			require.Equal(t, want, paths(tree))
			require.Len(t, seen.seen(), test.then)
			t.Log("every folder is known to the last name now, the empty one too")
			require.NoError(t, s.Create(ctx, "empty/new.txt", nil))
			require.Len(t, seen.seen(), 1)
		})
	}
}

func TestWebdavDoesNotBelieveAPartialListing(t *testing.T) {
	t.Parallel()
	const partial = `<?xml version="1.0"?><D:multistatus xmlns:D="DAV:"><D:response><D:href>/</D:href>
		<D:status>HTTP/1.1 507 Insufficient Storage</D:status></D:response></D:multistatus>`
	_, s, _, seen := davRemote(t, "", refusing("PROPFIND", http.StatusMultiStatus, nil, partial))
	_, err := s.Tree(context.Background(), "")
	require.Equal(t, failure.Overload, failure.ClassOf(err))
	require.Len(t, seen.seen(), 2, "with infinite depth and without")
	require.Error(t, s.Create(context.Background(), "a.txt", []byte("a")))
	require.Equal(t, []string{"PROPFIND /"}, seen.seen())
}

func TestWebdavBelievesEmptyFoldersOfAServerThatListsDeep(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	_, s, root, seen := davRemote(t, "", nil)
	for _, dir := range []string{"one", "two", "three"} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, "flat", dir), 0o755))
	}
	_, err := s.Tree(ctx, "flat")
	require.NoError(t, err)
	require.Len(t, seen.seen(), 4, "the server may be shallow, so every folder is looked into")
	_, err = s.Tree(ctx, "")
	require.NoError(t, err)
	require.Len(t, seen.seen(), 1)
	_, err = s.Tree(ctx, "flat")
	require.NoError(t, err)
	require.Len(t, seen.seen(), 1, "the server has shown a deep tree")
}

func TestWebdavListingFailsAsAWhole(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		want   failure.Class
	}{
		"throttled": {429, failure.Throttled}, "overload": {502, failure.Overload}, "credential": {401, failure.Permanent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool, s, _, seen := davRemote(t, "", refusing("PROPFIND", test.status, nil, ""))
			_, err := s.Tree(context.Background(), "")
			require.Equal(t, test.want, failure.ClassOf(err))
			require.Len(t, seen.seen(), 1)
			require.Equal(t, int64(1), pool.Counts().Requests)
		})
	}
}

func TestRetryAfterHoldsThePoolBack(t *testing.T) {
	t.Parallel()
	var refused atomic.Bool
	pool, s, _, _ := davRemote(t, "", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if refused.CompareAndSwap(false, true) {
				w.Header().Set("Retry-After", "2")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			next.ServeHTTP(w, req)
		})
	})
	before := time.Now()
	_, err := s.Tree(context.Background(), "")
	var classified *failure.Error
	require.ErrorAs(t, err, &classified)
	require.Equal(t, failure.Throttled, classified.Class)
	require.WithinRange(t, classified.Until, before.Add(2*time.Second), time.Now().Add(2*time.Second))
	require.Equal(t, int64(1), pool.Counts().Throttled)

	_, err = s.Tree(context.Background(), "")
	require.NoError(t, err)
	require.GreaterOrEqual(t, time.Since(before), 2*time.Second)
}

func TestEgnyteDistinguishesThrottledFromCap(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]failure.Class{
		"ERR_403_DEVELOPER_OVER_QPS": failure.Throttled, "ERR_403_DEVELOPER_OVER_RATE": failure.Cap,
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			headers := map[string]string{"X-Mashery-Error-Code": code, "Retry-After": "1"}
			pool, s, _, seen := davRemote(t, "", refusing("PROPFIND", 403, headers, "<h1>Developer Over</h1>"))
			_, err := s.Tree(context.Background(), "")
			require.Equal(t, want, failure.ClassOf(err))
			require.Len(t, seen.seen(), 1, "this is not a server that refuses depth")
			counts := pool.Counts()
			require.Equal(t, int64(1), counts.Throttled+counts.Cap)
		})
	}
}

func TestWebdavCompletesItsOwnFragmentOnly(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	_, s, root, _ := davRemote(t, "", nil)
	data := []byte("a whole workbook")
	for name, there := range map[string]string{"same.txt": "a whole workbook", "longer.txt": "a whole workbook and more",
		"other.txt": "b whole"} {
		write(t, root, name, there)
		require.ErrorIs(t, s.Complete(ctx, name, data), ErrTaken)
		require.Equal(t, there, content(t, root, name))
	}
	for name, there := range map[string]string{"part.txt": "a whole", "empty.txt": ""} {
		write(t, root, name, there)
		require.NoError(t, s.Complete(ctx, name, data))
		require.Equal(t, string(data), content(t, root, name))
	}
	require.Equal(t, failure.Permanent, failure.ClassOf(s.Complete(ctx, "missing.txt", data)))
}

func TestWebdavCopiesByReadingWhereTheServerCannot(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	_, s, root, _ := davRemote(t, "", refusing("COPY", http.StatusMethodNotAllowed, nil, ""))
	write(t, root, "a.txt", "content")
	require.NoError(t, s.Copy(ctx, Entry{Path: "a.txt"}, "b.txt"))
	require.Equal(t, "content", content(t, root, "b.txt"))
}

var oddNames = []string{
	"ordinary.txt", "with space.txt", "100%.txt", "a#b.txt", "what?.txt", "a+b&c=d.txt", "it's \"quoted\".txt",
	"Übersicht – Köln.txt", "u\u0308ber.txt", "日本語.xlsx", "📒 ledger.xlsx", "trailing dot.", "semi;colon,comma.txt",
	"[brackets] {braces}.txt", "%41.txt", "back\\slash.txt", "~tilde", "a:b.txt",
}

func TestWebdavKeepsOddNames(t *testing.T) {
	t.Parallel()
	_, s, _, _ := davRemote(t, "Büro #1/100% + more?", nil)
	requireOddNames(t, s)
}

// requireOddNames creates a folder and a file of each odd name, and finds them under exactly these names.
func requireOddNames(t *testing.T, s *Storage) {
	t.Helper()
	ctx := context.Background()
	require.NoError(t, s.Mkdir(ctx, ""))
	for _, name := range oddNames {
		require.NoError(t, s.Mkdir(ctx, "dir "+name), name)
		require.NoError(t, s.Create(ctx, "dir "+name+"/"+name, []byte(name)), name)
	}
	tree, err := s.Tree(ctx, "")
	require.NoError(t, err)
	var want []string
	for _, name := range oddNames {
		want = append(want, "dir "+name+"/", "dir "+name+"/"+name)
	}
	require.ElementsMatch(t, want, paths(tree))
	for _, entry := range tree.Entries {
		if entry.Dir {
			continue
		}
		name := entry.Path[strings.LastIndex(entry.Path, "/")+1:]
		requireHolds(t, s, entry, []byte(name))
		require.NoError(t, s.Copy(ctx, entry, entry.Path+" copy"), name)
		data, err := s.fragment(ctx, entry.Path+" copy")
		require.NoError(t, err, name)
		require.Equal(t, name, string(data))
	}
}

// The sum of what the hook counted is what the server saw.
func TestCountsAreTheServers(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	pool, s, root, seen := davRemote(t, "", nil)
	write(t, root, "a/b.txt", "b")
	_, err := s.Tree(ctx, "")
	require.NoError(t, err)
	_, err = s.Tree(ctx, "missing")
	require.NoError(t, err)
	require.NoError(t, s.Mkdir(ctx, "a"))
	require.NoError(t, s.Mkdir(ctx, "c"))
	require.NoError(t, s.Copy(ctx, Entry{Path: "a/b.txt"}, "c/b.txt"))
	require.NoError(t, s.Complete(ctx, "c/b.txt", []byte("bb")))
	require.Error(t, s.Mkdir(ctx, "x/y/z"))
	require.Equal(t, pool.Counts().Requests, int64(len(seen.seen())))
}
