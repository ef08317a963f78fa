package replicate_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/batch"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/replicate"
	"metronome/internal/run"
	"metronome/internal/tempo"
)

const (
	runID = run.ID("2026-12-test")
	pool  = "box"
)

// fakeWorkers is a Workers that starts nothing but names.
type fakeWorkers struct {
	started []run.Assignment
	live    map[string]bool
}

func (c *fakeWorkers) Start(_ context.Context, a run.Assignment) error {
	c.started = append(c.started, a)
	c.live[a.Worker] = true
	return nil
}

func (c *fakeWorkers) Live(context.Context, run.ID, string) (map[string]bool, error) {
	return c.live, nil
}

// poolWithBatches is a pool with batches of two entities each, every batch on an account of its own.
func poolWithBatches(t *testing.T, batches int) (ledger.Ledger, *fakeWorkers, *replicate.Pulse) {
	t.Helper()
	l := ledger.NewMemory()
	for n := range batches {
		id := batch.NewID(n)
		b := run.Batch{
			Version: run.Version, Run: runID, Period: period.New(2026, 12), Pool: pool, ID: id,
			Accounts: []string{"account of " + string(id)}, Requests: 20,
			Members: []run.Member{
				{Entity: entity.Entity{ID: entity.ID(string(id) + "-1")}, Expected: 10},
				{Entity: entity.Entity{ID: entity.ID(string(id) + "-2")}, Expected: 10},
			},
		}
		require.NoError(t, ledger.PutJSON(t.Context(), l, run.BatchKey(runID, pool, id), b))
	}
	workers := &fakeWorkers{live: map[string]bool{}}
	return l, workers, pulse(l, workers)
}

func pulse(l ledger.Ledger, workers replicate.Workers) *replicate.Pulse {
	return &replicate.Pulse{
		Ledger: l, Run: runID, Pool: pool, Workers: workers,
		Limits: tempo.Limits{RequestsPerSecond: 10, Burst: 10, MaxWorkers: 2, InFlight: 2, MinBeat: time.Millisecond, MaxBeat: time.Minute},
		Gone:   func(tempo.Holder) bool { return false },
	}
}

// report writes a worker's progress document.
func report(t *testing.T, l ledger.Ledger, a run.Assignment, state run.WorkerState, entities ...run.EntityState) {
	t.Helper()
	progress := run.Progress{
		Version: run.Version, Run: runID, Pool: pool, Batch: a.Batch, Worker: a.Worker, State: state,
		Counts: run.Counts{Requests: 20, Seconds: 2},
	}
	for n, s := range entities {
		progress.Entities = append(progress.Entities, run.EntityProgress{
			ID: entity.ID(string(a.Batch) + "-" + string(rune('1'+n))), State: s, Expected: 10,
		})
	}
	require.NoError(t, ledger.PutJSON(t.Context(), l, run.ProgressKey(runID, pool, a.Batch), progress))
}

func TestBeatsGoOnUntilAllBatchesAreDone(t *testing.T) {
	t.Parallel()
	l, workers, p := poolWithBatches(t, 3)
	for turn := 0; ; turn++ {
		require.Less(t, turn, 10)
		taken, err := p.Beat(t.Context())
		require.NoError(t, err)
		require.NotEmpty(t, taken.Decision.Reason)
		if taken.Decision.Done {
			require.Equal(t, 6, taken.Finished)
			require.EqualValues(t, 60, taken.Total.Requests)
			break
		}
		for _, a := range workers.started {
			if workers.live[a.Worker] {
				report(t, l, a, run.WorkerEnded, run.EntityDone, run.EntityDone)
				delete(workers.live, a.Worker)
			}
		}
	}
	require.Len(t, workers.started, 3, "every batch once")
	state, _, err := ledger.ReadJSON[tempo.State](t.Context(), l, run.TempoKey(pool))
	require.NoError(t, err)
	require.Empty(t, state.Grants)
}

func TestHandedBackEntitiesAreTakenUpLater(t *testing.T) {
	t.Parallel()
	l, workers, p := poolWithBatches(t, 1)
	_, err := p.Beat(t.Context())
	require.NoError(t, err)
	report(t, l, workers.started[0], run.WorkerEnded, run.EntityDone, run.EntityHandedBack)
	delete(workers.live, workers.started[0].Worker)
	taken, err := p.Beat(t.Context())
	require.NoError(t, err)
	require.False(t, taken.Decision.Done)
	require.Len(t, workers.started, 2)
	require.Equal(t, workers.started[0].Batch, workers.started[1].Batch)
	require.NotEqual(t, workers.started[0].Worker, workers.started[1].Worker, "every attempt has a name of its own")
}

func TestBatchThatOnlyCrashesIsGivenUp(t *testing.T) {
	t.Parallel()
	l, workers, p := poolWithBatches(t, 1)
	var last run.Beat
	for turn := 0; !last.Decision.Done; turn++ {
		require.Less(t, turn, 30)
		var err error
		last, err = p.Beat(t.Context())
		require.NoError(t, err)
		clear(workers.live) // every worker dies before it says a word
	}
	require.Len(t, last.GivenUp, 1)
	for _, given := range last.GivenUp {
		require.Equal(t, failure.Overload, given.Class)
		require.NotEmpty(t, given.Hint)
	}
	_, err := run.ReadProgress(t.Context(), l, runID, pool, nil)
	require.NoError(t, err)
}

func TestOnePulseOwnsABeat(t *testing.T) {
	t.Parallel()
	l, workers, p := poolWithBatches(t, 1)
	_, err := p.Beat(t.Context())
	require.NoError(t, err)
	_, err = ledger.CreateJSON(t.Context(), l, run.BeatKey(runID, pool, 1), run.Beat{})
	require.ErrorIs(t, err, ledger.ErrExists)
	second, err := pulse(l, workers).Beat(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, second.Number, "a pulse that starts anew continues after the last beat")
}

func TestCloseGivesGrantsBack(t *testing.T) {
	t.Parallel()
	l, workers, p := poolWithBatches(t, 2)
	_, err := p.Beat(t.Context())
	require.NoError(t, err)
	clear(workers.live)
	require.NoError(t, p.Close(t.Context()))
	state, _, err := ledger.ReadJSON[tempo.State](t.Context(), l, run.TempoKey(pool))
	require.NoError(t, err)
	require.Empty(t, state.Grants)
	require.Len(t, workers.started, 2, "it started nothing")
}

func TestDemandOfAnEndedRunIsForgotten(t *testing.T) {
	t.Parallel()
	l, workers, p := poolWithBatches(t, 2)
	ended := tempo.Holder{Host: "here", PID: 7, Started: "1"}
	state := tempo.State{Version: tempo.Version, Rate: 10, Ceiling: 10, Demands: map[string]tempo.Demand{}}
	for _, killed := range []string{"killed-1", "killed-2", "killed-3"} {
		state.Demands[killed] = tempo.Demand{Workers: 2, Seen: time.Now(), Holder: ended}
	}
	require.NoError(t, ledger.PutJSON(t.Context(), l, run.TempoKey(pool), state))
	p.Gone = func(holder tempo.Holder) bool { return holder == ended }
	_, err := p.Beat(t.Context())
	require.NoError(t, err)
	require.Len(t, workers.started, 2, "the pool is this run's alone")
	left, _, err := ledger.ReadJSON[tempo.State](t.Context(), l, run.TempoKey(pool))
	require.NoError(t, err)
	require.Len(t, left.Demands, 1)
}

// A batch whose entities are all finished is settled only when its worker has ended: until then the worker may still count
// requests, and holds its account.
func TestBatchIsNotSettledWhileItsWorkerLives(t *testing.T) {
	t.Parallel()
	l, workers, p := poolWithBatches(t, 1)
	_, err := p.Beat(t.Context())
	require.NoError(t, err)
	a := workers.started[0]
	report(t, l, a, run.WorkerRunning, run.EntityDone, run.EntityDone)
	taken, err := p.Beat(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 20, taken.Total.Requests)
	require.False(t, taken.Decision.Done, "its worker lives")

	progress, _, err := ledger.ReadJSON[run.Progress](t.Context(), l, run.ProgressKey(runID, pool, a.Batch))
	require.NoError(t, err)
	progress.State, progress.Counts.Requests = run.WorkerEnded, 25
	require.NoError(t, ledger.PutJSON(t.Context(), l, run.ProgressKey(runID, pool, a.Batch), progress))
	delete(workers.live, a.Worker)
	taken, err = p.Beat(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 25, taken.Total.Requests, "the last requests are counted")
	require.True(t, taken.Decision.Done)
}

// Handing back does not count as a lost worker, however often it happened before a worker was lost.
func TestHandingBackDoesNotCountAsLost(t *testing.T) {
	t.Parallel()
	l, workers, p := poolWithBatches(t, 1)
	for turn := range 12 {
		_, err := p.Beat(t.Context())
		require.NoError(t, err)
		require.Len(t, workers.started, turn+1)
		last := workers.started[turn]
		if turn%4 != 3 { // every fourth worker is lost without a word
			report(t, l, last, run.WorkerEnded, run.EntityDone, run.EntityHandedBack)
		}
		delete(workers.live, last.Worker)
	}
	taken, err := p.Beat(t.Context())
	require.NoError(t, err)
	require.Empty(t, taken.GivenUp)
	require.Equal(t, 3, taken.Lost[workers.started[0].Batch])
}
