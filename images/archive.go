package images

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Save writes an image as a tar file. It is an OCI layout, for containerd, podman and skopeo, and also names its
// first platform for Docker.
func Save(index v1.ImageIndex, reference, path string) (err error) {
	tag, err := name.NewTag(reference)
	if err != nil {
		return fmt.Errorf("parse reference %q: %w", reference, err)
	}
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("create archive: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	a := &archive{tar: tar.NewWriter(file), written: map[string]bool{}}
	if err := a.write(index, tag); err != nil {
		return fmt.Errorf("write archive %s: %w", path, err)
	}
	return a.tar.Close()
}

// archive is a tar in the making. Blobs are named by their digests and written once.
type archive struct {
	tar     *tar.Writer
	written map[string]bool
}

// dockerManifest is an image in manifest.json, as `docker load` reads it.
type dockerManifest struct {
	Config   string
	RepoTags []string
	Layers   []string
}

func (a *archive) write(index v1.ImageIndex, tag name.Tag) error {
	manifests, err := index.IndexManifest()
	if err != nil {
		return err
	}
	var docker []dockerManifest
	for _, descriptor := range manifests.Manifests {
		image, err := index.Image(descriptor.Digest)
		if err != nil {
			return err
		}
		one, err := a.image(image)
		if err != nil {
			return err
		}
		one.RepoTags = []string{dockerName(tag)}
		docker = append(docker, one)
	}
	raw, err := index.RawManifest()
	if err != nil {
		return err
	}
	digest, err := index.Digest()
	if err != nil {
		return err
	}
	return errors.Join(
		a.blob(digest, raw),
		a.json("index.json", layoutIndex(digest, int64(len(raw)), tag)),
		a.json("oci-layout", map[string]string{"imageLayoutVersion": "1.0.0"}),
		a.json("manifest.json", docker[:1]),
	)
}

// layoutIndex is index.json: it names the image's own index.
func layoutIndex(digest v1.Hash, size int64, tag name.Tag) v1.IndexManifest {
	return v1.IndexManifest{
		SchemaVersion: 2,
		MediaType:     types.OCIImageIndex,
		Manifests: []v1.Descriptor{{
			MediaType: types.OCIImageIndex, Digest: digest, Size: size,
			Annotations: map[string]string{
				"org.opencontainers.image.ref.name": tag.TagStr(),
				"io.containerd.image.name":          containerdName(tag),
			},
		}},
	}
}

// containerdName is the name that containerd and Kubernetes use; they write docker.io for Docker's registry.
func containerdName(tag name.Tag) string {
	return strings.Replace(tag.Name(), name.DefaultRegistry+"/", "docker.io/", 1)
}

// dockerName is the name that Docker shows.
func dockerName(tag name.Tag) string {
	return strings.TrimPrefix(containerdName(tag), "docker.io/library/")
}

// image writes all blobs of one platform's image.
func (a *archive) image(image v1.Image) (dockerManifest, error) {
	layers, err := image.Layers()
	if err != nil {
		return dockerManifest{}, err
	}
	var docker dockerManifest
	for _, layer := range layers {
		digest, err := a.layer(layer)
		if err != nil {
			return dockerManifest{}, err
		}
		docker.Layers = append(docker.Layers, blobName(digest))
	}
	config, err := image.RawConfigFile()
	if err != nil {
		return dockerManifest{}, err
	}
	configDigest, err := image.ConfigName()
	if err != nil {
		return dockerManifest{}, err
	}
	docker.Config = blobName(configDigest)
	manifest, err := image.RawManifest()
	if err != nil {
		return dockerManifest{}, err
	}
	digest, err := image.Digest()
	if err != nil {
		return dockerManifest{}, err
	}
	return docker, errors.Join(a.blob(configDigest, config), a.blob(digest, manifest))
}

func (a *archive) layer(layer v1.Layer) (v1.Hash, error) {
	digest, err := layer.Digest()
	if err != nil {
		return v1.Hash{}, err
	}
	packed, err := layer.Compressed()
	if err != nil {
		return v1.Hash{}, err
	}
	defer func() { _ = packed.Close() }()
	content, err := io.ReadAll(packed)
	if err != nil {
		return v1.Hash{}, err
	}
	return digest, a.blob(digest, content)
}

func (a *archive) blob(digest v1.Hash, content []byte) error {
	name := blobName(digest)
	if a.written[name] {
		return nil
	}
	a.written[name] = true
	return add(a.tar, entry{name: name, mode: 0o644, content: content})
}

func (a *archive) json(name string, value any) error {
	content, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return add(a.tar, entry{name: name, mode: 0o644, content: content})
}

func blobName(digest v1.Hash) string { return "blobs/" + digest.Algorithm + "/" + digest.Hex }
