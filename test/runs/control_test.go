package runs

import (
	"bytes"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/content"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/run"
	"metronome/test/installation"
	"metronome/test/s3server"
	"metronome/test/simulator"
)

const slow = "pools:\n  dav: {provider: webdav, requestsPerSecond: 20, burst: 6, maxWorkers: 2}\n" + quickBeats

// begin starts a run of 2026-12 and waits until the provider has seen some requests.
func begin(t *testing.T, i *installation.Installation, errs io.Writer) (wait func() int, signal func()) {
	t.Helper()
	command := i.Command(t.Context(), t, "run", "--period", "2026-12", "--output", "json")
	command.Stderr = errs
	require.NoError(t, command.Start())
	require.Eventually(t, func() bool { return i.Simulator.Counts("dav").Requests > 10 }, 20*time.Second, 10*time.Millisecond)
	return func() int {
			_ = command.Wait() // the exit code says how it went
			return command.ProcessState.ExitCode()
		}, func() {
			require.NoError(t, command.Process.Signal(syscall.SIGINT))
		}
}

func TestInterruptStopsCleanlyAndRunsOn(t *testing.T) {
	t.Parallel()
	i := setup(t, dav(100, 50), slow, installation.Entities("dav", "%s/Close", 20))
	var errs bytes.Buffer
	wait, interrupt := begin(t, i, &errs)
	interrupt()
	require.Equal(t, 75, wait(), errs.String())
	require.Contains(t, errs.String(), "Stopping")
	counted := i.Simulator.Counts("dav").Requests
	require.Less(t, counted, 20*10, "it stopped before the end")
	state, _, err := ledger.ReadJSON[struct {
		Grants []any `json:"grants"`
	}](t.Context(), i.Ledger, run.TempoKey("dav"))
	require.NoError(t, err)
	require.Empty(t, state.Grants, "grants were given back")

	replicate(t, i, december, 0)
	i.RequireReplicated(t, december)
	requireKind(t, i, "dav")
}

func TestSecondRunOfAPeriodEndsAtOnce(t *testing.T) {
	t.Parallel()
	i := setup(t, dav(100, 50), slow, installation.Entities("dav", "%s/Close", 10))
	var errs bytes.Buffer
	wait, _ := begin(t, i, &errs)
	second := i.Metronome(t, "run", "--period", "2026-12")
	require.Equal(t, 75, second.ExitCode)
	require.Contains(t, second.Err, "is being replicated already")
	require.Zero(t, wait(), errs.String())
	i.RequireReplicated(t, december)
}

func TestTwoRunsKeepOneQuota(t *testing.T) {
	t.Parallel()
	const config = "pools:\n  dav: {provider: webdav, requestsPerSecond: 40, burst: 10, maxWorkers: 4}\n" + quickBeats
	i := setup(t, dav(40, 10), config, installation.Entities("dav", "%s/Close", 16))
	var errs bytes.Buffer
	wait, _ := begin(t, i, &errs)
	replicate(t, i, period.New(2027, 1), 0)
	require.Zero(t, wait(), errs.String())
	i.RequireReplicated(t, december)
	i.RequireReplicated(t, period.New(2027, 1))
	counts := requireKind(t, i, "dav")
	require.Empty(t, counts.Exceeded())
	require.Zero(t, counts.Outcomes[simulator.Throttled])
}

func TestLockedPeriodIsRefused(t *testing.T) {
	t.Parallel()
	const config = "pools:\n  dav: {provider: webdav, requestsPerSecond: 100, burst: 20}\n" + quickBeats
	i := setup(t, dav(100, 50), config, installation.Entities("dav", "%s/Close", 3))
	locked := content.Period{Version: content.Version, Period: december, State: content.Locked}
	require.NoError(t, ledger.PutJSON(t.Context(), i.Ledger, ledger.EntityKey("dav-001", december, ledger.PeriodName), locked))
	result := replicate(t, i, december, 3)
	require.Len(t, result.Report.Failures, 1)
	require.Contains(t, result.Report.Failures[0].Error, "locked")
	files, err := i.Simulator.Files("dav")
	require.NoError(t, err)
	for name := range files {
		require.False(t, strings.HasPrefix(name, "dav-001/"), "nothing was written: %s", name)
	}
}

func TestLedgerOnS3(t *testing.T) {
	server := s3server.Start(t)
	require.NoError(t, server.CreateBucket(t.Context(), "metronome"))
	t.Setenv("AWS_ACCESS_KEY_ID", server.AccessKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", server.SecretKey)
	parsed, err := simulator.Parse("profile", []byte(dav(100, 50)))
	require.NoError(t, err)
	i := installation.New(t, installation.Spec{
		Profile: parsed, Templates: []byte(installation.SmallSet), Entities: installation.Entities("dav", "%s/Close", 8),
		Config:    "pools:\n  dav: {provider: webdav, requestsPerSecond: 80, burst: 20, maxWorkers: 3}\n" + quickBeats,
		LedgerURL: "s3://metronome/ledger?region=us-east-1&pathStyle=true&endpoint=" + server.Endpoint,
	})
	replicate(t, i, december, 0)
	i.RequireReplicated(t, december)
	requireKind(t, i, "dav")
	again := replicate(t, i, december, 0)
	require.Equal(t, 8, again.Report.Entities.Skipped)
}
