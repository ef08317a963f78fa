package supervise

import (
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The supervisor collects every child of the process, so this is the only test here that starts any; it leaves two
// children, which end by themselves.
func TestComponentThatEndsIsStartedAgain(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	status := filepath.Join(folder, "status.json")
	gate := filepath.Join(folder, "gate")
	components := []Component{
		{Name: "ends", Args: []string{"sh", "-c", "echo $GREETING; exit 3"}, Env: []string{"GREETING=hello"}},
		{Name: "stays", Args: []string{"sleep", "30"}},
		{Name: "waits", Args: []string{"sleep", "30"}, After: gate},
		{Name: "missing", Args: []string{"no-such-program"}},
	}
	go func() { _ = New(filepath.Join(folder, "log"), status).Run(components) }()

	state := func(name string) State {
		states, _ := Status(status)
		for _, s := range states {
			if s.Name == name {
				return s
			}
		}
		return State{}
	}
	eventually := func(met func() bool) {
		t.Helper()
		require.Eventually(t, met, 20*time.Second, 10*time.Millisecond)
	}
	eventually(func() bool { return state("ends").Starts >= 2 && state("ends").Message == "ended with exit code 3" })
	eventually(func() bool { return state("stays").Starts == 1 && state("stays").PID > 0 })
	eventually(func() bool { return state("waits").Message == "waits for "+gate })
	eventually(func() bool { return state("missing").Message != "" })
	require.Contains(t, state("missing").Message, "find program")
	log, err := os.ReadFile(filepath.Join(folder, "log", "ends.log"))
	require.NoError(t, err)
	require.Contains(t, string(log), "hello\nhello\n")

	require.NoError(t, os.WriteFile(gate, nil, 0o644))
	eventually(func() bool { return state("waits").PID > 0 })
	for _, name := range []string{"stays", "waits"} {
		process, err := os.FindProcess(state(name).PID)
		require.NoError(t, err)
		require.NoError(t, process.Kill())
		eventually(func() bool { return state(name).Starts >= 2 })
	}
}

func TestConditions(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	file := filepath.Join(t.TempDir(), "file")
	require.True(t, conditionMet(""))
	require.True(t, conditionMet(address))
	require.False(t, conditionMet(file))
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	require.True(t, conditionMet(file))
	require.NoError(t, listener.Close())
	require.False(t, conditionMet(address))
}

func TestStatusOfNoCluster(t *testing.T) {
	t.Parallel()
	_, err := Status(filepath.Join(t.TempDir(), "none"))
	require.ErrorIs(t, err, os.ErrNotExist)
}
