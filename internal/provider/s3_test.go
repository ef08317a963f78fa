package provider

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
	"metronome/test/s3server"
)

// s3Remote returns a storage in a fresh bucket of a real S3 server, behind a proxy that notes the requests and may bend them.
func s3Remote(t *testing.T, path string, bend func(http.Handler) http.Handler) (*Pool, *Storage, *bucketView, *requests) {
	t.Helper()
	server := s3server.Start(t)
	bucket := fmt.Sprintf("bucket-%d", sections.Add(1))
	require.NoError(t, server.CreateBucket(t.Context(), bucket))
	target, err := url.Parse(server.Endpoint)
	require.NoError(t, err)
	var handler http.Handler = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host // signed
	}}
	if bend != nil {
		handler = bend(handler)
	}
	endpoint, seen := serve(t, handler)
	pool, s := openRemote(t, bucket+path, "type = s3", "provider = Other", "endpoint = "+endpoint,
		"access_key_id = "+server.AccessKey, "secret_access_key = "+server.SecretKey, "force_path_style = true")
	return pool, s, &bucketView{bucket: bucket, dir: filepath.Join(server.Dir, bucket)}, seen
}

// bucketView looks at a bucket behind the storage's back.
type bucketView struct{ bucket, dir string }

func (b *bucketView) content(t *testing.T, key string) string { return content(t, b.dir, key) }

func (b *bucketView) put(t *testing.T, key, content string) { write(t, b.dir, key, content) }

func TestS3SpendsOneRequestPerFolderAndFile(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	pool, s, bucket, seen := s3Remote(t, "/Close/Acme US", nil)

	tree, err := s.Tree(ctx, "")
	require.NoError(t, err)
	require.Equal(t, Tree{}, tree)
	require.Equal(t, []string{"GET /" + bucket.bucket}, seen.seen())

	require.NoError(t, s.Mkdir(ctx, "2026"))
	require.NoError(t, s.Mkdir(ctx, "2026/11"))
	require.NoError(t, s.Create(ctx, "2026/11/old.txt", []byte("old")))
	require.Len(t, seen.seen(), 3)

	tree, err = s.Tree(ctx, "2026")
	require.NoError(t, err)
	require.Equal(t, []string{"2026/11/", "2026/11/old.txt"}, paths(tree))
	require.Equal(t, s.HashOf([]byte("old")), tree.Entries[1].Hash)

	require.NoError(t, s.Mkdir(ctx, "2026/12"))
	require.NoError(t, s.Copy(ctx, tree.Entries[1], "2026/12/copy.txt"))
	require.Len(t, seen.seen(), 3)
	require.Equal(t, "old", bucket.content(t, "Close/Acme US/2026/12/copy.txt"))
	require.Equal(t, int64(7), pool.Counts().Requests)
	require.Zero(t, pool.Counts().Other)
}

func TestS3NeverOverwrites(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	_, s, bucket, seen := s3Remote(t, "", nil)
	require.NoError(t, s.Create(ctx, "theirs.txt", []byte("theirs")))
	require.NoError(t, s.Create(ctx, "source.txt", []byte("source")))

	other, err := s.pool.Storage(ctx, "account", s.remote)
	require.NoError(t, err)
	seen.seen()
	err = other.Create(ctx, "theirs.txt", []byte("ours"))
	require.ErrorIs(t, err, ErrTaken)
	require.Equal(t, failure.Permanent, failure.ClassOf(err))
	require.Len(t, seen.seen(), 1)
	require.ErrorIs(t, other.Copy(ctx, Entry{Path: "source.txt"}, "theirs.txt"), ErrTaken)
	require.NoError(t, s.Mkdir(ctx, "folder"))
	require.NoError(t, other.Mkdir(ctx, "folder"))
	require.Equal(t, "theirs", bucket.content(t, "theirs.txt"))
}

// Trap: rclone copies without a condition. The interceptor adds it, after signing; servers that do not heed it, as this one, are
// the reason why a copy needs a listing.
func TestS3CopiesOnlyToFreeNames(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var conditions atomic.Int64
	_, s, bucket, seen := s3Remote(t, "/x", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if req.Method == http.MethodPut && req.Header.Get("If-None-Match") == "*" {
				conditions.Add(1)
			}
			next.ServeHTTP(w, req)
		})
	})
	bucket.put(t, "x/source.txt", "source")
	bucket.put(t, "x/theirs.txt", "theirs")
	require.ErrorIs(t, s.Copy(ctx, Entry{Path: "source.txt"}, "theirs.txt"), ErrTaken)
	require.Len(t, seen.seen(), 1, "one listing shows source and destination")
	require.NoError(t, s.Copy(ctx, Entry{Path: "source.txt"}, "ours.txt"))
	require.Len(t, seen.seen(), 1)
	require.Equal(t, int64(1), conditions.Load())
	require.Equal(t, "theirs", bucket.content(t, "x/theirs.txt"))
	require.Equal(t, "source", bucket.content(t, "x/ours.txt"))
	require.ErrorIs(t, s.Complete(ctx, "ours.txt", []byte("source and more")), ErrTaken)
}

// Trap: rclone and the SDK both retry. Here every request is sent once, also those that read.
func TestS3SendsEveryRequestOnce(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for status, want := range map[int]failure.Class{500: failure.Overload, 503: failure.Throttled} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			const slow = `<?xml version="1.0"?><Error><Code>SlowDown</Code></Error>`
			body := map[int]string{503: slow}[status]
			var down atomic.Bool
			pool, s, _, seen := s3Remote(t, "", func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
					if !down.Load() {
						next.ServeHTTP(w, req)
						return
					}
					w.WriteHeader(status)
					_, _ = io.WriteString(w, body)
				})
			})
			require.NoError(t, s.Create(ctx, "source.txt", []byte("source")))
			_, err := s.Tree(ctx, "")
			require.NoError(t, err)
			down.Store(true)
			seen.seen()
			_, err = s.Tree(ctx, "")
			require.Equal(t, want, failure.ClassOf(err))
			require.Equal(t, want, failure.ClassOf(s.Mkdir(ctx, "dir")))
			require.Equal(t, want, failure.ClassOf(s.Create(ctx, "a.txt", []byte("a"))))
			require.Equal(t, want, failure.ClassOf(s.Copy(ctx, Entry{Path: "source.txt"}, "b.txt")))
			require.Len(t, seen.seen(), 4)
			require.Equal(t, int64(6), pool.Counts().Requests)
			require.Equal(t, int64(4), pool.Counts().Throttled+pool.Counts().Overload)
		})
	}
}

func TestS3WantsItsBucket(t *testing.T) {
	t.Parallel()
	_, s, _, _ := s3Remote(t, "-missing/x", nil)
	_, err := s.Tree(context.Background(), "")
	require.Equal(t, failure.Permanent, failure.ClassOf(err))
	require.ErrorContains(t, err, "no such bucket")
}

func TestS3KeepsOddNames(t *testing.T) {
	t.Parallel()
	_, s, _, _ := s3Remote(t, "/Büro #1/100% + more?", nil)
	requireOddNames(t, s)
}

func TestS3ShowsFoldersThatOnlyTheirContentShows(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	_, s, bucket, seen := s3Remote(t, "", nil)
	bucket.put(t, "a/b/c.txt", "c")
	tree, err := s.Tree(ctx, "")
	require.NoError(t, err)
	require.Equal(t, []string{"a/", "a/b/", "a/b/c.txt"}, paths(tree))
	seen.seen()
	require.NoError(t, s.Mkdir(ctx, "a/b"))
	require.Empty(t, seen.seen())
}
