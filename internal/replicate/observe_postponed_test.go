package replicate_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/ledger"
	"metronome/internal/replicate"
	"metronome/internal/run"
	"metronome/internal/tempo"
)

// endAll lets every started worker end with its entities in a state; edit completes the progress of the worker of each number.
func endAll(t *testing.T, l ledger.Ledger, workers *fakeWorkers, state run.EntityState, edit func(n int, p *run.Progress)) {
	t.Helper()
	for n, a := range workers.started {
		report(t, l, a, run.WorkerEnded, state, state)
		key := run.ProgressKey(runID, pool, a.Batch)
		progress, _, err := ledger.ReadJSON[run.Progress](t.Context(), l, key)
		require.NoError(t, err)
		edit(n, &progress)
		require.NoError(t, ledger.PutJSON(t.Context(), l, key, progress))
	}
	clear(workers.live)
}

// startTwo makes a pool of two batches, both with a worker.
func startTwo(t *testing.T) (ledger.Ledger, *fakeWorkers, *replicate.Pulse) {
	t.Helper()
	l, workers, p := poolWithBatches(t, 2)
	_, err := p.Beat(t.Context())
	require.NoError(t, err)
	require.Len(t, workers.started, 2)
	return l, workers, p
}

func TestBatchesHandedBackAreAwaitedUntilTheEarliest(t *testing.T) {
	t.Parallel()
	for name, minutes := range map[string][]int{"the first batch's": {10, 20}, "the second batch's": {20, 10}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, workers, p := startTwo(t)
			now := time.Now().UTC()
			endAll(t, l, workers, run.EntityHandedBack, func(n int, p *run.Progress) {
				p.NotBefore = now.Add(time.Duration(minutes[n]) * time.Minute)
			})
			taken, err := p.Beat(t.Context())
			require.NoError(t, err)
			require.Len(t, workers.started, 2, "neither is started before its time")
			require.Equal(t, now.Add(10*time.Minute), taken.NextRetryAt)
			require.False(t, taken.Decision.Done)
			require.Equal(t, taken.NextRetryAt.Sub(taken.At), taken.Decision.Wait)
		})
	}
}

func TestUsedUpAllowanceParksThePoolUntilTheProviderSays(t *testing.T) {
	t.Parallel()
	for name, hours := range map[string][]int{
		"the first batch's": {2, 1}, "the second batch's": {1, 2}, "not what has passed": {-1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, workers, p := startTwo(t)
			now := time.Now().UTC()
			endAll(t, l, workers, run.EntityParked, func(n int, p *run.Progress) {
				p.CapResetsAt = now.Add(time.Duration(hours[n]) * time.Hour)
			})
			taken, err := p.Beat(t.Context())
			require.NoError(t, err)
			require.Len(t, workers.started, 2)
			require.Len(t, taken.Decision.Parked, 1)
			require.Len(t, taken.Decision.Parked[0].Batches, 2)
			require.Equal(t, now.Add(2*time.Hour), taken.Decision.Parked[0].Until)
			require.True(t, taken.Decision.Done, "a run with nothing but parked batches ends")
			state, _, err := ledger.ReadJSON[tempo.State](t.Context(), l, run.TempoKey(pool))
			require.NoError(t, err)
			require.Equal(t, now.Add(2*time.Hour), state.ParkedUntil, "other runs must know, too")
		})
	}
}

func TestAllowanceThatWasResetParksNothing(t *testing.T) {
	t.Parallel()
	l, workers, p := startTwo(t)
	endAll(t, l, workers, run.EntityParked, func(_ int, p *run.Progress) { p.CapResetsAt = time.Now().Add(-time.Minute) })
	taken, err := p.Beat(t.Context())
	require.NoError(t, err)
	require.Empty(t, taken.Decision.Parked)
	require.Greater(t, len(workers.started), 2)
}
