package provider

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"metronome/internal/failure"
)

// counting notes how many requests of a method are under way at once, at most.
func counting(method string, most *atomic.Int64) func(http.Handler) http.Handler {
	var now atomic.Int64
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if req.Method == method {
				n := now.Add(1)
				defer now.Add(-1)
				for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
				}
			}
			next.ServeHTTP(w, req)
		})
	}
}

func TestManyOperationsAtOnce(t *testing.T) {
	t.Parallel()
	for name, serial := range map[string]bool{"together": false, "one writer at a time": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			var most atomic.Int64
			url, seen := serve(t, counting(http.MethodPut, &most)(davOn(t.TempDir())))
			section := fmt.Sprintf("remote%d", sections.Add(1))
			pool, err := Open(ctx, Options{
				RcloneConfig: []byte("[" + section + "]\ntype = webdav\nurl = " + url + "\n"),
				AccountLimit: &Share{RequestsPerSecond: 1e6, Burst: 1e6}, SerialWrites: serial,
			})
			require.NoError(t, err)
			s, err := pool.Storage(ctx, "account", section+":")
			require.NoError(t, err)
			group, ctx := errgroup.WithContext(ctx)
			group.SetLimit(10)
			for i := range 60 {
				pool.Pace(Share{RequestsPerSecond: 1e6 + float64(i), Burst: 1e6})
				group.Go(func() error { return s.Create(ctx, fmt.Sprintf("%d.txt", i), []byte("x")) })
			}
			require.NoError(t, group.Wait())
			require.Len(t, seen.seen(), 61, "one listing, sixty files")
			require.Equal(t, int64(61), pool.Counts().Requests)
			if serial {
				require.Equal(t, int64(1), most.Load())
			}
		})
	}
}

func TestACancelledRequestIsNoRefusal(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	pool, s, _, _ := davRemote(t, "", func(http.Handler) http.Handler {
		return http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
			_, _ = io.Copy(io.Discard, req.Body)
			cancel()
			<-req.Context().Done()
		})
	})
	_, err := s.Tree(ctx, "")
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, failure.ClassOf(err))
	counts := pool.Counts()
	require.Equal(t, Counts{Requests: 1, Seconds: counts.Seconds}, counts)
}

func TestNothingIsSentBeforeTheFirstShare(t *testing.T) {
	t.Parallel()
	url, seen := serve(t, davOn(t.TempDir()))
	section := fmt.Sprintf("remote%d", sections.Add(1))
	pool, err := Open(context.Background(), Options{RcloneConfig: []byte("[" + section + "]\ntype = webdav\nurl = " + url + "\n")})
	require.NoError(t, err)
	s, err := pool.Storage(context.Background(), "account", section+":")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = s.Tree(ctx, "")
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, seen.seen())
	require.Zero(t, pool.Counts().Requests)
}

func TestAServerThatIsDown(t *testing.T) {
	t.Parallel()
	pool, s := openRemote(t, "", "type = webdav", "url = http://127.0.0.1:1")
	_, err := s.Tree(context.Background(), "")
	require.Equal(t, failure.Overload, failure.ClassOf(err))
	require.Equal(t, int64(1), pool.Counts().Overload)
}

// An upload that breaks off in the middle leaves a fragment on a WebDAV server; the next tries find it, and complete it.
func TestABrokenUploadIsCompleted(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var broken atomic.Bool
	var root string
	_, s, root, _ := davRemote(t, "", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if req.Method == http.MethodPut && broken.CompareAndSwap(false, true) {
				part := make([]byte, 1000)
				_, _ = io.ReadFull(req.Body, part)
				_ = os.WriteFile(root+req.URL.Path, part, 0o600)
				panic(http.ErrAbortHandler)
			}
			next.ServeHTTP(w, req)
		})
	})
	data := make([]byte, 100_000)
	for i := range data {
		data[i] = byte(i * 7)
	}
	require.Equal(t, failure.Overload, failure.ClassOf(s.Create(ctx, "book.xlsx", data)))
	require.ErrorIs(t, s.Create(ctx, "book.xlsx", data), ErrTaken)
	require.NoError(t, s.Complete(ctx, "book.xlsx", data))
	require.Equal(t, string(data), content(t, root, "book.xlsx"))
	require.ErrorIs(t, s.Complete(ctx, "book.xlsx", data), ErrTaken)
}
