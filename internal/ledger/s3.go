package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"metronome/internal/failure"
)

const (
	operationTimeout  = 3 * time.Minute // of one method, all of the SDK's attempts together
	readAttempts      = 3               // the SDK does not repeat a request whose response body breaks off
	conflictAttempts  = 6               // S3 refuses one of two conditional writes that it sees at the same moment
	firstConflictWait = 20 * time.Millisecond
)

// bucket keeps each document in an object of its own, at <prefix><key> in an S3 bucket. The SDK repeats failed requests.
type bucket struct {
	client *s3.Client
	name   string
	prefix string // "" or ending in "/"
}

func (b *bucket) Get(ctx context.Context, key string) ([]byte, Version, error) {
	if err := admit(ctx, checkKey, key); err != nil {
		return nil, "", err
	}
	within, cancel := context.WithTimeout(ctx, operationTimeout)
	defer cancel()
	for attempt := 1; ; attempt++ {
		data, version, err := b.get(within, key)
		if err == nil {
			return data, version, nil
		}
		if attempt == readAttempts || !errors.Is(err, errBrokenBody) {
			return nil, "", b.failure(ctx, "get", key, err)
		}
	}
}

var errBrokenBody = errors.New("response broke off")

func (b *bucket) get(ctx context.Context, key string) ([]byte, Version, error) {
	object, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.name, Key: b.object(key)})
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = object.Body.Close() }()
	data, err := io.ReadAll(object.Body)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", errBrokenBody, err)
	}
	return data, Version(aws.ToString(object.ETag)), nil
}

func (b *bucket) Put(ctx context.Context, key string, data []byte) error {
	_, err := b.write(ctx, "put", key, data, func(*s3.PutObjectInput) {})
	return err
}

func (b *bucket) Create(ctx context.Context, key string, data []byte) (Version, error) {
	return b.write(ctx, "create", key, data, func(input *s3.PutObjectInput) { input.IfNoneMatch = aws.String("*") })
}

func (b *bucket) Swap(ctx context.Context, key string, data []byte, version Version) (Version, error) {
	if version == "" {
		return "", fmt.Errorf("swap %s: no version: %w", key, ErrConflict)
	}
	return b.write(ctx, "swap", key, data, func(input *s3.PutObjectInput) { input.IfMatch = aws.String(string(version)) })
}

// write puts an object under a condition. Where the answer to an attempt was lost and a later attempt is refused, the
// object may be our own: then its bytes tell.
func (b *bucket) write(
	ctx context.Context, verb, key string, data []byte, condition func(*s3.PutObjectInput),
) (Version, error) {
	if err := admit(ctx, checkKey, key); err != nil {
		return "", err
	}
	within, cancel := context.WithTimeout(ctx, operationTimeout)
	defer cancel()
	within, lost := watchAttempts(within)
	version, err := b.putUntilDecided(within, key, data, condition)
	switch {
	case err == nil:
		return version, nil
	case isRefusal(err) && lost():
		if version, ok := b.isOurs(within, key, data); ok {
			return version, nil
		}
	}
	return "", b.failure(ctx, verb, key, err)
}

// putUntilDecided repeats a conditional write that S3 could not decide because it saw another one at the same moment.
func (b *bucket) putUntilDecided(
	ctx context.Context, key string, data []byte, condition func(*s3.PutObjectInput),
) (Version, error) {
	pause := firstConflictWait
	for attempt := 1; ; attempt++ {
		input := &s3.PutObjectInput{Bucket: &b.name, Key: b.object(key), Body: bytes.NewReader(data)}
		condition(input)
		output, err := b.client.PutObject(ctx, input)
		if err == nil {
			return Version(aws.ToString(output.ETag)), nil
		}
		if attempt == conflictAttempts || !isUndecided(err) {
			return "", err
		}
		if err := wait(ctx, pause/2+rand.N(pause)); err != nil {
			return "", err
		}
		pause *= 2
	}
}

func (b *bucket) isOurs(ctx context.Context, key string, data []byte) (Version, bool) {
	there, version, err := b.get(ctx, key)
	return version, err == nil && bytes.Equal(there, data)
}

func (b *bucket) Delete(ctx context.Context, key string) error {
	if err := admit(ctx, checkDeletable, key); err != nil {
		return err
	}
	within, cancel := context.WithTimeout(ctx, operationTimeout)
	defer cancel()
	_, err := b.client.DeleteObject(within, &s3.DeleteObjectInput{Bucket: &b.name, Key: b.object(key)})
	if err = b.failure(ctx, "delete", key, err); errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

func (b *bucket) object(key string) *string { return aws.String(b.prefix + key) }

// failure says what an error means to a caller of the ledger; nil for nil.
func (b *bucket) failure(ctx context.Context, verb, key string, err error) error {
	if err == nil {
		return nil
	}
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("%s %s: %w", verb, key, ended)
	}
	if plain := plainS3(verb, err); plain != nil {
		return fmt.Errorf("%s %s: %w", verb, key, plain)
	}
	class, hint := classOfS3(err)
	return failure.New(class, "ledger key", key, hint, "%s document in bucket %s: %w", verb, b.name, err)
}
