package images

import (
	"context"
	"fmt"
	"os"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Pack makes the image of a program for some platforms. A Go package is built as that version, a binary has its own platform.
func Pack(ctx context.Context, p Program, version string, platforms []v1.Platform) (v1.ImageIndex, error) {
	if p.Binary != "" {
		platform, err := platformOf(p.Binary)
		if err != nil {
			return nil, err
		}
		platforms = []v1.Platform{platform}
	}
	folder, err := os.MkdirTemp("", "pack-*")
	if err != nil {
		return nil, fmt.Errorf("make folder to build in: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, platform := range platforms {
		file, err := p.buildFor(ctx, platform, version, folder)
		if err != nil {
			return nil, err
		}
		image, err := pack(p.Name, file, version, platform)
		if err != nil {
			return nil, fmt.Errorf("pack %s for %s: %w", p.Name, platform, err)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: &platform}})
	}
	return index, nil
}

func pack(name, file, version string, platform v1.Platform) (v1.Image, error) {
	base, err := baseLayer()
	if err != nil {
		return nil, err
	}
	program, err := programLayer(name, file)
	if err != nil {
		return nil, err
	}
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	if image, err = mutate.AppendLayers(image, base, program); err != nil {
		return nil, err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = platform.OS, platform.Architecture
	config.Config = v1.Config{
		Entrypoint: []string{"/" + name},
		User:       User,
		WorkingDir: "/",
		Env:        []string{"PATH=/", "HOME=/tmp", "METRONOME_CONFIG=/etc/metronome/metronome.yaml"},
		Labels: map[string]string{
			"org.opencontainers.image.title":   name,
			"org.opencontainers.image.version": version,
		},
	}
	return mutate.ConfigFile(image, config)
}
