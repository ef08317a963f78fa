package runs

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/run"
	"metronome/test/installation"
)

// onlyRun returns the id of the installation's only run.
func onlyRun(t *testing.T, i *installation.Installation) run.ID {
	t.Helper()
	names, err := i.Ledger.Children(t.Context(), run.RunsPrefix)
	require.NoError(t, err)
	require.Len(t, names, 1)
	return run.ID(strings.TrimSuffix(names[0], "/"))
}

func TestCancelledRunSaysWhatIsLeft(t *testing.T) {
	t.Parallel()
	i := setup(t, dav(100, 50), slow, installation.Entities("dav", "%s/Close", 20))
	var errs bytes.Buffer
	wait, _ := begin(t, i, &errs)
	id := onlyRun(t, i)
	require.Zero(t, i.Metronome(t, "cancel", string(id)).ExitCode)
	require.Equal(t, 75, wait(), errs.String())

	var standing struct {
		State  string
		Ledger struct{ Entities run.Tally }
	}
	shown := i.Metronome(t, "status", string(id), "-o", "table")
	require.Contains(t, shown.Out, "Run "+string(id)+": interrupted")
	asJSON := i.Metronome(t, "status", string(id), "--output=json")
	require.NoError(t, json.Unmarshal([]byte(asJSON.Out), &standing))
	require.Equal(t, "interrupted", standing.State)
	tally := standing.Ledger.Entities
	require.Less(t, tally.Done, 20)
	require.Zero(t, tally.Failed)

	replicate(t, i, december, 0)
	i.RequireReplicated(t, december)
	requireKind(t, i, "dav")
}

func TestPausedRunStandsStillUntilResumed(t *testing.T) {
	t.Parallel()
	i := setup(t, dav(100, 50), slow, installation.Entities("dav", "%s/Close", 12))
	var errs bytes.Buffer
	wait, _ := begin(t, i, &errs)
	id := string(onlyRun(t, i))
	require.Zero(t, i.Metronome(t, "pause", id).ExitCode)
	idle := func() bool {
		last, err := run.ReadLastBeat(t.Context(), i.Ledger, run.ID(id), "dav")
		return err == nil && len(last.Decision.Shares) == 0 && strings.HasPrefix(last.Decision.Reason, "paused by ")
	}
	require.Eventually(t, idle, time.Minute, 50*time.Millisecond)
	last, err := run.ReadLastBeat(t.Context(), i.Ledger, run.ID(id), "dav")
	require.NoError(t, err)
	require.False(t, last.Decision.Done)
	counted := i.Simulator.Counts("dav").Requests
	require.Eventually(t, func() bool {
		later, err := run.ReadLastBeat(t.Context(), i.Ledger, run.ID(id), "dav")
		return err == nil && later.Number >= last.Number+2
	}, time.Minute, 50*time.Millisecond)
	require.Equal(t, counted, i.Simulator.Counts("dav").Requests, "beats went on, nothing started")
	require.Contains(t, i.Metronome(t, "status", id).Out, "paused")

	require.Zero(t, i.Metronome(t, "resume", id).ExitCode)
	require.Zero(t, wait(), errs.String())
	i.RequireReplicated(t, december)
}

func TestTempoSetChangesALiveRun(t *testing.T) {
	t.Parallel()
	const config = "pools:\n  dav: {provider: webdav, requestsPerSecond: 5, burst: 4, maxWorkers: 2}\n" + quickBeats
	i := setup(t, dav(200, 100), config, installation.Entities("dav", "%s/Close", 12))
	var errs bytes.Buffer
	wait, _ := begin(t, i, &errs)
	began := time.Now()
	require.Zero(t, i.Metronome(t, "tempo", "set", "dav", "--requests-per-second", "100").ExitCode)
	require.Zero(t, wait(), errs.String())
	i.RequireReplicated(t, december)
	atConfiguredRate := time.Duration(i.Simulator.Counts("dav").Requests/5) * time.Second
	require.Less(t, time.Since(began), atConfiguredRate*2/3)
	require.Contains(t, i.Metronome(t, "tempo", "show", "dav").Out, "100 set by ")
}
