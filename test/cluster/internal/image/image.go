// Package image packs a static program into a container image, without Docker and without a registry.
package image

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"os"
	"path"
	"runtime"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// Program describes an image that holds one static program, as /bin/NAME and as the entry point.
type Program struct {
	Tag  string // the image's full name
	Name string
	File string // the program on the machine
}

// Save writes the image as a tar, in the format that `docker save` writes and `ctr images import` reads.
func (p Program) Save(target string) error {
	tag, err := name.NewTag(p.Tag)
	if err != nil {
		return fmt.Errorf("parse image name %q: %w", p.Tag, err)
	}
	content, err := p.layer()
	if err != nil {
		return err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content)), nil
	})
	if err != nil {
		return fmt.Errorf("make layer of %s: %w", p.Tag, err)
	}
	image, err := mutate.AppendLayers(empty.Image, layer)
	if err != nil {
		return fmt.Errorf("append layer of %s: %w", p.Tag, err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		return fmt.Errorf("read configuration of %s: %w", p.Tag, err)
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", runtime.GOARCH
	config.Config.Entrypoint = []string{path.Join("/bin", p.Name)}
	config.Config.Env = []string{"PATH=/bin"}
	config.Config.User = "65532:65532"
	image, err = mutate.ConfigFile(image, config)
	if err != nil {
		return fmt.Errorf("configure %s: %w", p.Tag, err)
	}
	if err := tarball.WriteToFile(target, tag, image); err != nil {
		return fmt.Errorf("write image %s: %w", p.Tag, err)
	}
	return nil
}

// layer is the image's only layer. It carries no times, so equal programs give equal images.
func (p Program) layer() ([]byte, error) {
	program, err := os.ReadFile(p.File)
	if err != nil {
		return nil, fmt.Errorf("read program: %w", err)
	}
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, folder := range []struct {
		name string
		mode int64
	}{{"bin/", 0o755}, {"tmp/", 0o1777}} {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: folder.name, Mode: folder.mode}); err != nil {
			return nil, fmt.Errorf("pack folder: %w", err)
		}
	}
	header := tar.Header{Typeflag: tar.TypeReg, Name: "bin/" + p.Name, Mode: 0o755, Size: int64(len(program))}
	if err := w.WriteHeader(&header); err != nil {
		return nil, fmt.Errorf("pack program: %w", err)
	}
	if _, err := w.Write(program); err != nil {
		return nil, fmt.Errorf("pack program: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack program: %w", err)
	}
	return out.Bytes(), nil
}
