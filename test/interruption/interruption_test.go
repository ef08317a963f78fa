// Package interruption kills Metronome at random moments and judges by the storage that nothing is lost, doubled or overwritten.
package interruption

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/period"
	"metronome/test/installation"
	"metronome/test/simulator"
)

func TestMain(m *testing.M) {
	code := m.Run()
	installation.Clean()
	os.Exit(code)
}

// kills is how many SIGKILLs are dealt out.
const kills = 50

const config = `pools:
  dav: {provider: webdav, requestsPerSecond: 60, burst: 20, maxWorkers: 3}
  s3: {provider: s3, requestsPerSecond: 60, burst: 20, maxWorkers: 3}
batch: {target: 1s}
beat: {min: 100ms, max: 1s}
`

const profile = `seed: 7
providers:
  - name: dav
    kind: webdav
    limits: [{requestsPerSecond: 70, burst: 40}]
    latency: {p50: 5ms, p99: 30ms}
  - name: s3
    kind: s3
    accounts: {segment: 2}
    s3: {buckets: [close]}
    limits: [{requestsPerSecond: 70, burst: 40}]
    latency: {p50: 5ms, p99: 30ms}
`

// TestFiftyKills replicates period after period, killing the run, one worker, or everything at random moments, and running
// again until the period is done.
func TestFiftyKills(t *testing.T) {
	parsed, err := simulator.Parse("profile", []byte(profile))
	require.NoError(t, err)
	i := installation.New(t, installation.Spec{
		Profile: parsed, Config: config, Templates: []byte(installation.SmallSet),
		Entities: append(installation.Entities("dav", "%s/Close", 8), installation.Entities("s3", "close/%s", 8)...),
	})
	random := rand.New(rand.NewPCG(2026, 12))
	for p, dealt := period.New(2026, 1), 0; dealt < kills; p = period.MonthlyCalendar(12).Next(p) {
		before := snapshots(t, i)
		for dealt < kills && killedRun(t, i, p, random) {
			dealt++
		}
		result := i.Metronome(t, "run", "--period", p.String(), "--output", "json")
		require.Zero(t, result.ExitCode, "%s\n%s", result.Out, result.Err)
		require.Equal(t, len(i.Entities), result.Report.Entities.Done+result.Report.Entities.Skipped)
		i.RequireReplicated(t, p)
		for pool, earlier := range before {
			now, err := i.Simulator.Files(pool)
			require.NoError(t, err)
			require.True(t, earlier.Compare(now).Kept(), "earlier periods at %s changed", pool)
		}
	}
	for _, pool := range i.Simulator.Providers() {
		counts := i.Simulator.Counts(pool)
		require.Zero(t, counts.Overwrites, pool)
		require.Zero(t, counts.Deletes, pool)
		require.Empty(t, counts.Exceeded(), pool)
	}
}

func snapshots(t *testing.T, i *installation.Installation) map[string]simulator.Snapshot {
	t.Helper()
	all := map[string]simulator.Snapshot{}
	for _, pool := range i.Simulator.Providers() {
		files, err := i.Simulator.Files(pool)
		require.NoError(t, err)
		all[pool] = files
	}
	return all
}

// killedRun starts a run and kills at a random moment. It reports whether the kill met a living process.
func killedRun(t *testing.T, i *installation.Installation, p period.Period, random *rand.Rand) bool {
	t.Helper()
	command := i.Command(t.Context(), t, "run", "--period", p.String(), "--output", "json")
	command.Stderr = os.Stderr
	require.NoError(t, command.Start())
	ended := make(chan struct{})
	go func() {
		_ = command.Wait() // how a killed run ends does not matter
		close(ended)
	}()
	moment := time.NewTimer(time.Duration(random.IntN(2500)) * time.Millisecond)
	defer moment.Stop()
	select {
	case <-ended:
		return false
	case <-moment.C:
	}
	victims := choose(command, random)
	for _, pid := range victims {
		_ = syscall.Kill(pid, syscall.SIGKILL) // one that has just ended is past killing
	}
	<-ended // a run that lost only a worker goes on to its end
	return len(victims) > 0
}

// choose picks the run, one of its workers, or all of them.
func choose(command *exec.Cmd, random *rand.Rand) []int {
	workers := installation.Children(command.Process.Pid)
	switch kind := random.IntN(3); {
	case kind == 0:
		return []int{command.Process.Pid}
	case kind == 1 && len(workers) > 0:
		return []int{workers[random.IntN(len(workers))]}
	default:
		return append(workers, command.Process.Pid)
	}
}
