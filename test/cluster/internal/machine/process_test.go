package machine

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestStartTime(t *testing.T) {
	t.Parallel()
	line := "4711 (a ) b (c) S 1 4711 4711 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 12 0 987654 1 2 3"
	started, err := startTime(line)
	require.NoError(t, err)
	require.Equal(t, "987654", started)

	_, err = startTime("4711 nonsense")
	require.Error(t, err)
}

func TestInnermost(t *testing.T) {
	t.Parallel()
	require.Equal(t, 7, innermostPID("Name:\ta\nNSpid:\t4711\t7\nThreads:\t1\n"))
	require.Equal(t, 4711, innermostPID("NSpid:\t4711\n"))
	require.Zero(t, innermostPID("Name:\ta\n"))
}

func TestProcessIsToldFromItsSuccessor(t *testing.T) {
	t.Parallel()
	self, err := Find(os.Getpid())
	require.NoError(t, err)
	require.True(t, self.Alive())
	self.Started += "0"
	require.False(t, self.Alive())
	require.NoError(t, self.Kill(time.Second), "a successor is left alone")
}

func TestKill(t *testing.T) {
	t.Parallel()
	child := exec.Command("sleep", "60")
	require.NoError(t, child.Start())
	path := filepath.Join(t.TempDir(), "child.pid")
	process, err := Find(child.Process.Pid)
	require.NoError(t, err)
	require.NoError(t, process.Save(path))

	loaded, err := Load(path)
	require.NoError(t, err)
	require.Equal(t, process, loaded)
	require.NoError(t, loaded.Kill(10*time.Second))
	require.False(t, loaded.Alive())
	require.Error(t, child.Wait())
}

func TestNoProcessFile(t *testing.T) {
	t.Parallel()
	process, err := Load(filepath.Join(t.TempDir(), "none"))
	require.NoError(t, err)
	require.False(t, process.Alive())
}
