package simulator_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"metronome/test/simulator"
)

// startS3 serves one S3 provider of the name "s3" with the bucket "close", and gives a client that tries once.
func startS3(t *testing.T, provider simulator.Provider) (*simulator.Simulator, *s3.Client) {
	t.Helper()
	provider.Name, provider.Kind, provider.Answer = "s3", simulator.KindS3, simulator.AnswerSlowDown
	provider.S3.Buckets = []string{"close"}
	s := simulator.Start(t, simulator.Profile{Seed: 1, Providers: []simulator.Provider{provider}})
	return s, s3Client(s, s.Address("s3").SecretKey)
}

func s3Client(s *simulator.Simulator, secret string) *s3.Client {
	at := s.Address("s3")
	return s3.New(s3.Options{
		BaseEndpoint: aws.String(at.URL), Region: at.Region, UsePathStyle: true, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(at.AccessKey, secret, ""),
	})
}

func put(client *s3.Client, key, body string, more ...func(*s3.PutObjectInput)) error {
	in := &s3.PutObjectInput{Bucket: aws.String("close"), Key: &key, Body: strings.NewReader(body)}
	for _, change := range more {
		change(in)
	}
	_, err := client.PutObject(context.Background(), in)
	return err
}

func requireCode(t *testing.T, code string, err error) {
	t.Helper()
	var api smithy.APIError
	require.ErrorAs(t, err, &api)
	require.Equal(t, code, api.ErrorCode())
}

func TestS3SignaturesAreValidThroughTheProxy(t *testing.T) {
	t.Parallel()
	s, client := startS3(t, simulator.Provider{})
	ctx := context.Background()
	for _, key := range []string{
		"acme/plain.txt", "acme/Größe & Währung (2026).xlsx", "acme/a+b=c%20d?e#f.txt", "acme/日本/株式会社.txt", "acme/a//b.txt",
	} {
		require.NoError(t, put(client, key, key), key)
		got, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("close"), Key: &key})
		require.NoError(t, err, key)
		body, err := io.ReadAll(got.Body)
		require.NoError(t, err)
		require.Equal(t, key, string(body))
	}
	list, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("close"), Prefix: aws.String("acme/")})
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(list.Contents), 4)

	requireCode(t, "SignatureDoesNotMatch", put(s3Client(s, "wrong"), "acme/x", "x"))
	require.Equal(t, 1, s.Counts("s3").Statuses[http.StatusForbidden])
}

func TestS3CountsOverwritesAndDeletes(t *testing.T) {
	t.Parallel()
	s, client := startS3(t, simulator.Provider{Accounts: simulator.Accounts{Segment: 2}})
	ctx := context.Background()
	createOnly := func(in *s3.PutObjectInput) { in.IfNoneMatch = aws.String("*") }

	require.NoError(t, put(client, "acme/a", "one", createOnly))
	requireCode(t, "PreconditionFailed", put(client, "acme/a", "two", createOnly))
	require.Zero(t, s.Counts("s3").Overwrites)
	require.NoError(t, put(client, "acme/a", "three"))
	require.Equal(t, 1, s.Counts("s3").Overwrites)
	_, err := client.CopyObject(ctx, &s3.CopyObjectInput{
		Bucket: aws.String("close"), Key: aws.String("acme/a"), CopySource: aws.String("close/acme/a"),
		MetadataDirective: types.MetadataDirectiveReplace,
	})
	require.NoError(t, err)
	require.Equal(t, 2, s.Counts("s3").Overwrites)
	_, err = client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String("close"), Key: aws.String("acme/a")})
	require.NoError(t, err)
	_, err = client.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: aws.String("close"), Delete: &types.Delete{
		Objects: []types.ObjectIdentifier{{Key: aws.String("acme/x")}, {Key: aws.String("acme/y")}},
	}})
	require.NoError(t, err)
	require.NoError(t, put(client, "acme/a", "four"))
	_, err = client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("close"), Prefix: aws.String("acme/")})
	require.NoError(t, err)

	counts := s.Counts("s3")
	require.Equal(t, 2, counts.Overwrites)
	require.Equal(t, 2, counts.Deletes)
	require.Equal(t, 7, counts.Accounts["acme"].Requests, "the listing's prefix names the account too")
	files, err := s.Files("s3")
	require.NoError(t, err)
	require.Contains(t, files, "close/acme/a")
}

func TestS3CountsARaceForOneObjectExactly(t *testing.T) {
	t.Parallel()
	s, client := startS3(t, simulator.Provider{})
	var group errgroup.Group
	for range 8 {
		group.Go(func() error { return put(client, "acme/raced", "x") })
	}
	require.NoError(t, group.Wait())
	require.Equal(t, 7, s.Counts("s3").Overwrites)
}

func TestS3SlowDown(t *testing.T) {
	t.Parallel()
	s, client := startS3(t, simulator.Provider{
		Limits: []simulator.Limit{{Counts: simulator.CountWrites, RequestsPerSecond: 0.01, Burst: 1}},
	})
	require.NoError(t, put(client, "acme/a", "one"))
	requireCode(t, "SlowDown", put(client, "acme/b", "two"))
	_, err := client.HeadObject(context.Background(), &s3.HeadObjectInput{Bucket: aws.String("close"), Key: aws.String("acme/a")})
	require.NoError(t, err)
	require.Equal(t, map[int]int{200: 2, 503: 1}, s.Counts("s3").Statuses)
}

func TestS3MultipartUploadReplacesOnce(t *testing.T) {
	t.Parallel()
	s, client := startS3(t, simulator.Provider{Accounts: simulator.Accounts{By: simulator.ByAccessKey}})
	require.NoError(t, put(client, "big", "small"))
	multipart(t, client, "big", bytes.Repeat([]byte("x"), 5<<20), []byte("end"))
	counts := s.Counts("s3")
	require.Equal(t, 1, counts.Overwrites)
	require.Equal(t, 5, counts.Accounts["metronome"].Requests)
	require.Greater(t, counts.BytesReceived, int64(5<<20))
}

func multipart(t *testing.T, client *s3.Client, key string, bodies ...[]byte) {
	t.Helper()
	ctx, bucket := context.Background(), aws.String("close")
	upload, err := client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: &key})
	require.NoError(t, err)
	var parts []types.CompletedPart
	for i, body := range bodies {
		number := aws.Int32(int32(i + 1))
		part, err := client.UploadPart(ctx, &s3.UploadPartInput{
			Bucket: bucket, Key: &key, UploadId: upload.UploadId, PartNumber: number, Body: bytes.NewReader(body),
		})
		require.NoError(t, err)
		parts = append(parts, types.CompletedPart{PartNumber: number, ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32})
	}
	_, err = client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: bucket, Key: &key, UploadId: upload.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
	})
	require.NoError(t, err)
}

func TestS3DroppedAfterTheRequestWasApplied(t *testing.T) {
	t.Parallel()
	s, client := startS3(t, simulator.Provider{Faults: simulator.Faults{DropAfter: 1}})
	require.Error(t, put(client, "acme/a", "one"))
	files, err := s.Files("s3")
	require.NoError(t, err)
	require.Contains(t, files, "close/acme/a")
}
