package images

import (
	"context"
	"fmt"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// Push writes an image to a registry, logged in as Docker and podman are. A registry on this machine may speak plain HTTP.
func Push(ctx context.Context, index v1.ImageIndex, reference string) error {
	tag, err := name.NewTag(reference)
	if err != nil {
		return fmt.Errorf("parse reference %q: %w", reference, err)
	}
	err = remote.WriteIndex(tag, index, remote.WithContext(ctx), remote.WithAuthFromKeychain(authn.DefaultKeychain))
	if err != nil {
		return fmt.Errorf("push %s: %w", reference, err)
	}
	return nil
}
