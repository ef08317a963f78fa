package simulator_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/test/simulator"
)

func TestSnapshotsAreCompared(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write := func(name, content string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(content), 0o644))
	}
	snapshot := func() simulator.Snapshot {
		files, err := simulator.Files(root)
		require.NoError(t, err)
		return files
	}
	write("kept/a", "a")
	write("b", "b")
	write("c", "c")
	before := snapshot()
	require.Len(t, before, 4)
	require.True(t, before.Compare(snapshot()).Kept())

	write("new/d", "d")
	added := before.Compare(snapshot())
	require.Equal(t, simulator.Difference{Added: []string{"new/", "new/d"}}, added)
	require.True(t, added.Kept())

	write("b", "changed")
	require.NoError(t, os.Remove(filepath.Join(root, "c")))
	changed := before.Compare(snapshot())
	require.Equal(t, []string{"b"}, changed.Changed)
	require.Equal(t, []string{"c"}, changed.Removed)
	require.False(t, changed.Kept())
}
