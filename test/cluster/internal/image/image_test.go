package image_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/require"

	"metronome/test/cluster/internal/image"
)

func TestSave(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := filepath.Join(folder, "program")
	require.NoError(t, os.WriteFile(file, []byte("a program"), 0o755))
	program := image.Program{Tag: "cluster.local/pause:1", Name: "pause", File: file}
	first, second := filepath.Join(folder, "first.tar"), filepath.Join(folder, "second.tar")
	require.NoError(t, program.Save(first))
	require.NoError(t, program.Save(second))

	saved, err := tarball.ImageFromPath(first, nil)
	require.NoError(t, err)
	config, err := saved.ConfigFile()
	require.NoError(t, err)
	require.Equal(t, []string{"/bin/pause"}, config.Config.Entrypoint)
	require.Equal(t, "linux", config.OS)
	require.Equal(t, read(t, first), read(t, second), "equal programs give equal images")
}

func TestSaveRefusesBadName(t *testing.T) {
	t.Parallel()
	err := image.Program{Tag: "Not A Name", Name: "a", File: "/dev/null"}.Save(filepath.Join(t.TempDir(), "a.tar"))
	require.ErrorContains(t, err, `parse image name "Not A Name"`)
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return data
}
