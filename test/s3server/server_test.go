package s3server_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"metronome/test/s3server"
)

func TestServerKeepsObjectsAsFiles(t *testing.T) {
	t.Parallel()
	server := s3server.Start(t)
	ctx := t.Context()
	require.NoError(t, server.CreateBucket(ctx, "ledger"))
	require.NoError(t, server.CreateBucket(ctx, "ledger"), "creating a bucket again is fine")

	_, err := server.Client().PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String("ledger"), Key: aws.String("a/b.txt"), Body: bytes.NewReader([]byte("hello")),
	})
	require.NoError(t, err)
	data, err := os.ReadFile(filepath.Join(server.Dir, "ledger", "a", "b.txt"))
	require.NoError(t, err)
	require.Equal(t, "hello", string(data))
}

func TestServerStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server, err := s3server.Run(ctx, t.TempDir())
	require.NoError(t, err)
	cancel()
	require.NoError(t, server.Stop())
	require.NoError(t, server.Stop(), "stopping twice is fine")
	_, err = server.Client().ListBuckets(t.Context(), &s3.ListBucketsInput{})
	require.Error(t, err)
}

func TestServerStartsOnWhatAnEarlierOneLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := s3server.Run(t.Context(), dir)
	require.NoError(t, err)
	require.NoError(t, first.CreateBucket(t.Context(), "kept"))
	require.NoError(t, first.Stop())

	second, err := s3server.Run(context.WithoutCancel(t.Context()), dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = second.Stop() })
	_, err = second.Client().HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String("kept")})
	require.NoError(t, err)
}
