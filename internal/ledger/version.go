package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// versionOf is the version of a document in memory and in a directory: a hash of its content, as S3's ETag is.
func versionOf(data []byte) Version {
	sum := sha256.Sum256(data)
	return Version(hex.EncodeToString(sum[:]))
}

// admit is what every method asks first: is the caller still interested, and is the key one.
func admit(ctx context.Context, check func(string) error, key string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("use ledger at %s: %w", key, err)
	}
	return check(key)
}
