package images_test

import (
	"archive/tar"
	"bytes"
	"crypto/x509"
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/validate"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"metronome/images"
)

var hello = images.Program{Name: "hello", Package: "./testdata/hello"}

func packHello(t *testing.T) v1.ImageIndex {
	t.Helper()
	index, err := images.Pack(t.Context(), hello, "1.2.3", images.Platforms)
	require.NoError(t, err)
	return index
}

func digest(t *testing.T, of interface{ Digest() (v1.Hash, error) }) string {
	t.Helper()
	hash, err := of.Digest()
	require.NoError(t, err)
	return hash.String()
}

func TestSameInputGivesSameDigest(t *testing.T) {
	t.Parallel()
	first, second := packHello(t), packHello(t)
	require.Equal(t, digest(t, first), digest(t, second))
	folder := t.TempDir()
	a, b := filepath.Join(folder, "a.tar"), filepath.Join(folder, "b.tar")
	require.NoError(t, images.Save(first, "hello:1.2.3", a))
	require.NoError(t, images.Save(second, "hello:1.2.3", b))
	require.Equal(t, readFile(t, a), readFile(t, b))
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	return content
}

func TestImagesAreWellFormed(t *testing.T) {
	t.Parallel()
	index := packHello(t)
	manifests, err := index.IndexManifest()
	require.NoError(t, err)
	require.Len(t, manifests.Manifests, 2)
	for i, platform := range images.Platforms {
		descriptor := manifests.Manifests[i]
		require.Equal(t, platform.String(), descriptor.Platform.String())
		image, err := index.Image(descriptor.Digest)
		require.NoError(t, err)
		config, err := image.ConfigFile()
		require.NoError(t, err)
		require.Equal(t, platform.Architecture, config.Architecture)
		require.Equal(t, "65532:65532", config.Config.User)
		require.Equal(t, []string{"/hello"}, config.Config.Entrypoint)
		require.Equal(t, "1.2.3", config.Config.Labels["org.opencontainers.image.version"])
		require.True(t, config.Created.IsZero())
		require.Equal(t, []string{
			"etc/", "etc/passwd", "etc/ssl/", "etc/ssl/certs/", "etc/ssl/certs/ca-certificates.crt", "tmp/", "hello",
		}, files(t, image))
	}
}

// files lists an image's entries; all belong to root, and none is writable by the program but /tmp.
func files(t *testing.T, image v1.Image) []string {
	t.Helper()
	layers, err := image.Layers()
	require.NoError(t, err)
	var list []string
	for _, layer := range layers {
		content, err := layer.Uncompressed()
		require.NoError(t, err)
		archive := tar.NewReader(content)
		for {
			header, err := archive.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
			require.Zero(t, header.Uid)
			require.True(t, header.Mode&0o022 == 0 || header.Name == "tmp/", header.Name)
			list = append(list, header.Name)
		}
	}
	return list
}

func TestProgramKnowsItsVersion(t *testing.T) {
	t.Parallel()
	index, err := images.Pack(t.Context(), hello, "1.2.3", []v1.Platform{{OS: runtime.GOOS, Architecture: runtime.GOARCH}})
	require.NoError(t, err)
	manifests, err := index.IndexManifest()
	require.NoError(t, err)
	image, err := index.Image(manifests.Manifests[0].Digest)
	require.NoError(t, err)
	program := filepath.Join(t.TempDir(), "hello")
	require.NoError(t, os.WriteFile(program, programOf(t, image), 0o700))
	output, err := exec.CommandContext(t.Context(), program).Output()
	require.NoError(t, err)
	require.Equal(t, "1.2.3\n", string(output))
}

func TestDockerReadsTheArchive(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hello.tar")
	require.NoError(t, images.Save(packHello(t), "hello:1.2.3", path))
	tag, err := name.NewTag("hello:1.2.3")
	require.NoError(t, err)
	image, err := tarball.ImageFromPath(path, &tag)
	require.NoError(t, err)
	config, err := image.ConfigFile()
	require.NoError(t, err)
	require.Equal(t, "amd64", config.Architecture)
}

func TestContainerdReadsTheArchive(t *testing.T) {
	t.Parallel()
	index := packHello(t)
	path := filepath.Join(t.TempDir(), "hello.tar")
	require.NoError(t, images.Save(index, "hello:1.2.3", path))
	unpacked, err := layout.ImageIndexFromPath(unpack(t, path))
	require.NoError(t, err)
	manifests, err := unpacked.IndexManifest()
	require.NoError(t, err)
	require.Len(t, manifests.Manifests, 1)
	named := manifests.Manifests[0]
	require.Equal(t, digest(t, index), named.Digest.String())
	require.Equal(t, "docker.io/library/hello:1.2.3", named.Annotations["io.containerd.image.name"])
	inner, err := unpacked.ImageIndex(named.Digest)
	require.NoError(t, err)
	require.NoError(t, validate.Index(inner))
}

// unpack unpacks a tar file into a folder.
func unpack(t *testing.T, path string) string {
	t.Helper()
	folder := t.TempDir()
	archive := tar.NewReader(bytes.NewReader(readFile(t, path)))
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return folder
		}
		require.NoError(t, err)
		content, err := io.ReadAll(archive)
		require.NoError(t, err)
		target := filepath.Join(folder, filepath.Clean(header.Name))
		require.NoError(t, os.MkdirAll(filepath.Dir(target), 0o755))
		require.NoError(t, os.WriteFile(target, content, 0o600))
	}
}

func TestRegistryGetsBothPlatforms(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(registry.New())
	defer server.Close()
	reference := strings.TrimPrefix(server.URL, "http://") + "/team/hello:1.2.3"
	index := packHello(t)
	require.NoError(t, images.Push(t.Context(), index, reference))
	tag, err := name.NewTag(reference)
	require.NoError(t, err)
	for _, platform := range images.Platforms {
		image, err := remote.Image(tag, remote.WithPlatform(platform))
		require.NoError(t, err)
		config, err := image.ConfigFile()
		require.NoError(t, err)
		require.Equal(t, platform.Architecture, config.Architecture)
	}
	pushed, err := remote.Index(tag)
	require.NoError(t, err)
	require.Equal(t, digest(t, index), digest(t, pushed))
}

func TestABinaryKeepsItsPlatform(t *testing.T) {
	t.Parallel()
	index := packHello(t)
	manifests, err := index.IndexManifest()
	require.NoError(t, err)
	image, err := index.Image(manifests.Manifests[1].Digest)
	require.NoError(t, err)
	binary := filepath.Join(t.TempDir(), "program")
	require.NoError(t, os.WriteFile(binary, programOf(t, image), 0o600))
	packed, err := images.Pack(t.Context(), images.Program{Name: "hello", Binary: binary}, "1.2.3", images.Platforms)
	require.NoError(t, err)
	manifests, err = packed.IndexManifest()
	require.NoError(t, err)
	require.Len(t, manifests.Manifests, 1)
	require.Equal(t, "linux/arm64", manifests.Manifests[0].Platform.String())
	require.Equal(t, digest(t, image), manifests.Manifests[0].Digest.String())
}

// programOf reads the program out of an image.
func programOf(t *testing.T, image v1.Image) []byte {
	t.Helper()
	layers, err := image.Layers()
	require.NoError(t, err)
	content, err := layers[1].Uncompressed()
	require.NoError(t, err)
	archive := tar.NewReader(content)
	_, err = archive.Next()
	require.NoError(t, err)
	program, err := io.ReadAll(archive)
	require.NoError(t, err)
	return program
}

func TestWhatCannotRunIsRefused(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/bin/sh":      "it is not static",
		"images.mk":    "bad magic number",
		"/nonexistent": "no such file",
	} {
		_, err := images.Pack(t.Context(), images.Program{Name: "x", Binary: path}, "1", nil)
		require.ErrorContains(t, err, want)
	}
	_, err := images.Pack(t.Context(), images.Program{Name: "x", Package: "./testdata/missing"}, "1", images.Platforms)
	require.ErrorContains(t, err, "build ./testdata/missing for linux/amd64")
}

func TestRootsAreCertificates(t *testing.T) {
	t.Parallel()
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(images.Roots()))
	require.Greater(t, bytes.Count(images.Roots(), []byte("BEGIN CERTIFICATE")), 80)
}

// The tag is written down where people look for it; this keeps the places together.
func TestVersionsAgree(t *testing.T) {
	t.Parallel()
	var chart struct {
		AppVersion string `json:"appVersion"`
	}
	require.NoError(t, yaml.Unmarshal(readFile(t, "../charts/metronome/Chart.yaml"), &chart))
	require.Equal(t, images.Version, chart.AppVersion)
	require.Contains(t, string(readFile(t, "images.mk")), "IMAGE_TAG ?= "+images.Version+"\n")
	require.Equal(t, 2, strings.Count(string(readFile(t, "Dockerfile")), "ARG VERSION="+images.Version+"\n"))
	require.Contains(t, string(readFile(t, "../workflows/pace-pool.yaml")),
		"- name: METRONOME_MANIFESTS\n            value: "+images.Version+"\n")
	manifests, err := filepath.Glob("../workflows/*.yaml")
	require.NoError(t, err)
	for _, step := range images.Steps() {
		require.DirExists(t, "../steps/"+step)
		named := 0
		for _, path := range manifests {
			named += strings.Count(string(readFile(t, path)), "image: metronome-"+step+":"+images.Version+"\n")
		}
		require.Equal(t, 1, named, step)
	}
}

func TestDockerfileMakesTheSameImage(t *testing.T) {
	t.Parallel()
	text := string(readFile(t, "Dockerfile"))
	require.Contains(t, text, "USER "+images.User+"\n")
	require.Contains(t, text, "-tags timetzdata ")
	require.Contains(t, text, `-ldflags "-s -w -buildid= -X metronome/internal/version.version=$VERSION"`)
	require.Contains(t, text, "FROM scratch")
	require.NotContains(t, text, ":latest")
}
