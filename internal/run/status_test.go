package run_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/entity"
	"metronome/internal/ledger"
	"metronome/internal/run"
	"metronome/internal/tempo"
)

func noRate(string) float64 { return 0 }

// runWithBeat writes a run of one pool with a batch of two entities, one of them done, after one beat.
func runWithBeat(t *testing.T, id run.ID, created time.Time) ledger.Ledger {
	t.Helper()
	l := ledger.NewMemory()
	put(t, l, run.RequestKey(id), run.Request{
		Version: run.Version, Run: id, Period: december, Created: created, Total: 3, Skipped: 1,
		Pools: []run.Pool{{Name: "box", Entities: 2, Skipped: 1, Batches: 1}, {Name: "idle", Skipped: 0}},
	})
	put(t, l, run.BatchKey(id, "box", "b0000000"), run.Batch{
		Version: run.Version, Run: id, Period: december, Pool: "box", ID: "b0000000",
		Members: []run.Member{{Entity: entity.Entity{ID: "acme"}}, {Entity: entity.Entity{ID: "acme-uk"}}},
	})
	put(t, l, run.ProgressKey(id, "box", "b0000000"), run.Progress{
		Version: run.Version, Run: id, Pool: "box", Batch: "b0000000", State: run.WorkerRunning,
		Entities: []run.EntityProgress{{ID: "acme", State: run.EntityDone}, {ID: "acme-uk", State: run.EntityWorking}},
	})
	put(t, l, run.BeatKey(id, "box", 1), run.Beat{
		Version: run.Version, Number: 1, Finished: 1, Total: run.Counts{Requests: 12, Throttled: 1},
		Decision: tempo.Decision{Rate: 8, Shares: map[string]tempo.Share{"w": {}}, Reason: "first beat"},
	})
	return l
}

func put[T any](t *testing.T, l ledger.Ledger, key string, value T) {
	t.Helper()
	require.NoError(t, ledger.PutJSON(t.Context(), l, key, value))
}

func TestStates(t *testing.T) {
	t.Parallel()
	l := runWithBeat(t, "r1", time.Now())
	state := func() run.State {
		s, err := run.ReadStatus(t.Context(), l, "r1", noRate)
		require.NoError(t, err)
		require.Equal(t, s.State == run.StateRunning || s.State == run.StatePaused || s.State == run.StateCancelling, s.Live())
		return s.State
	}
	require.Equal(t, run.StateInterrupted, state(), "without a lease, what is left was left")
	_, err := run.LeaseClaim{Period: december, Run: "r1", Life: time.Minute}.Acquire(t.Context(), l)
	require.NoError(t, err)
	require.Equal(t, run.StateRunning, state())
	for _, one := range []struct {
		order run.Order
		want  run.State
	}{{run.Pause, run.StatePaused}, {run.Resume, run.StateRunning}, {run.Cancel, run.StateCancelling}} {
		_, err := run.SendOrder(t.Context(), l, "r1", one.order, "anna")
		require.NoError(t, err)
		require.Equal(t, one.want, state())
	}
	require.NoError(t, run.ReleaseLease(t.Context(), l, december, "r1"))
	require.Equal(t, run.StateInterrupted, state())
}

func TestPoolsStandAsAtTheirLastBeat(t *testing.T) {
	t.Parallel()
	s, err := run.ReadStatus(t.Context(), runWithBeat(t, "r1", time.Now()), "r1", noRate)
	require.NoError(t, err)
	require.Equal(t, run.Tally{Total: 3, Done: 1, Skipped: 1}, s.Entities)
	require.Equal(t, []run.PoolStatus{
		{Name: "box", Entities: 2, Finished: 1, Workers: 1, Rate: 8, Requests: 12, Throttled: 1, Beats: 1, Reason: "first beat"},
		{Name: "idle", Done: true},
	}, s.Pools)
}

func TestRequestsComeLatestFirst(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC)
	l := runWithBeat(t, "z-early", began)
	put(t, l, run.RequestKey("a-late"), run.Request{Version: run.Version, Run: "a-late", Period: december, Created: began.Add(time.Hour)})
	put(t, l, run.BatchKey("ungrouped", "box", "b0000000"), run.Batch{Version: run.Version, Period: december})
	for most, want := range map[int][]run.ID{1: {"a-late"}, 9: {"a-late", "z-early"}} {
		requests, err := run.LatestRequests(t.Context(), l, most)
		require.NoError(t, err)
		var ids []run.ID
		for _, request := range requests {
			ids = append(ids, request.Run)
		}
		require.Equal(t, want, ids)
	}
}

func TestUnknownRun(t *testing.T) {
	t.Parallel()
	_, err := run.ReadStatus(t.Context(), ledger.NewMemory(), "r1", noRate)
	require.ErrorIs(t, err, ledger.ErrNotFound)
}
