package replicate_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/run"
)

func ask(t *testing.T, l ledger.Ledger, wish run.Order) {
	t.Helper()
	request := run.Request{Version: run.Version, Run: runID, Period: period.New(2026, 12)}
	require.NoError(t, ledger.PutJSON(t.Context(), l, run.RequestKey(runID), request))
	_, err := run.SendOrder(t.Context(), l, runID, wish, "anna")
	require.NoError(t, err)
}

func TestPausedRunStartsNothingAndGoesOnWhenResumed(t *testing.T) {
	t.Parallel()
	l, workers, p := poolWithBatches(t, 3)
	_, err := p.Beat(t.Context())
	require.NoError(t, err)
	started := len(workers.started)
	require.Positive(t, started)
	require.Less(t, started, 3)

	ask(t, l, run.Pause)
	for _, a := range workers.started {
		report(t, l, a, run.WorkerEnded, run.EntityDone, run.EntityDone)
	}
	clear(workers.live)
	for range 2 {
		taken, err := p.Beat(t.Context())
		require.NoError(t, err)
		require.False(t, taken.Decision.Done, "something waits for the run to be resumed")
		require.Positive(t, taken.Decision.Wait)
		require.Contains(t, taken.Decision.Reason, "paused by anna")
		require.Len(t, workers.started, started)
	}
	ask(t, l, run.Resume)
	taken, err := p.Beat(t.Context())
	require.NoError(t, err)
	require.NotContains(t, taken.Decision.Reason, "anna")
	require.Len(t, workers.started, 3)
}

func TestPausedRunWithNothingLeftIsDone(t *testing.T) {
	t.Parallel()
	l, workers, p := poolWithBatches(t, 1)
	_, err := p.Beat(t.Context())
	require.NoError(t, err)
	ask(t, l, run.Pause)
	report(t, l, workers.started[0], run.WorkerEnded, run.EntityDone, run.EntityFailed)
	clear(workers.live)
	taken, err := p.Beat(t.Context())
	require.NoError(t, err)
	require.True(t, taken.Decision.Done)
}

func TestCancelledRunEndsWhenItsWorkersHave(t *testing.T) {
	t.Parallel()
	l, workers, p := poolWithBatches(t, 3)
	_, err := p.Beat(t.Context())
	require.NoError(t, err)
	ask(t, l, run.Cancel)
	taken, err := p.Beat(t.Context())
	require.NoError(t, err)
	require.False(t, taken.Decision.Done, "workers are at work")
	started := len(workers.started)
	for _, a := range workers.started {
		report(t, l, a, run.WorkerEnded, run.EntityDone, run.EntityHandedBack)
	}
	clear(workers.live)
	taken, err = p.Beat(t.Context())
	require.NoError(t, err)
	require.True(t, taken.Decision.Done, "also with entities handed back")
	require.Contains(t, taken.Decision.Reason, "cancelled by anna")
	require.Len(t, workers.started, started)
}

func TestSetRateHoldsFromTheNextBeat(t *testing.T) {
	t.Parallel()
	l, _, p := poolWithBatches(t, 3)
	for _, rate := range []float64{4, 20, 0} {
		_, err := run.SetPoolRate(t.Context(), l, pool, rate, "anna")
		require.NoError(t, err)
		taken, err := p.Beat(t.Context())
		require.NoError(t, err)
		want := rate
		if rate == 0 {
			want = 10 // the configured one again
		}
		require.InDelta(t, want, taken.Decision.Rate, 0.001)
	}
}

func TestBeatTellsWhatIsNew(t *testing.T) {
	t.Parallel()
	l, workers, p := poolWithBatches(t, 1)
	_, err := p.Beat(t.Context())
	require.NoError(t, err)
	report(t, l, workers.started[0], run.WorkerRunning, run.EntityDone, run.EntityWorking)
	second, err := p.Beat(t.Context())
	require.NoError(t, err)
	third, err := p.Beat(t.Context())
	require.NoError(t, err)
	require.Equal(t, []int{1, 0}, []int{second.NewlyFinished, third.NewlyFinished})
	require.Equal(t, 1, third.Finished)
	require.WithinDuration(t, second.At, third.PreviousAt, time.Second)
}
