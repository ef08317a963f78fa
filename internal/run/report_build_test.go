package run_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/batch"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/receipt"
	"metronome/internal/run"
	"metronome/internal/tempo"
)

const id = run.ID("2026-12-test")

// scene is a run of one pool with batches of one entity each, whose states are given.
func scene(t *testing.T, states []run.EntityState, last run.Beat) ledger.Ledger {
	t.Helper()
	l := ledger.NewMemory()
	put := func(key string, value any) { require.NoError(t, ledger.PutJSON(t.Context(), l, key, value)) }
	put(run.RequestKey(id), run.Request{
		Version: run.Version, Run: id, Period: period.New(2026, 12), Total: len(states) + 2, Skipped: 2,
		Pools: []run.Pool{{Name: "box", Entities: len(states), Skipped: 2, Batches: len(states)}},
	})
	for n, state := range states {
		b := run.Batch{Version: run.Version, Run: id, Period: period.New(2026, 12), Pool: "box", ID: batch.NewID(n), Members: []run.Member{
			{Entity: entity.Entity{ID: entity.ID("e" + string(rune('0'+n)))}},
		}}
		put(run.BatchKey(id, "box", b.ID), b)
		if state == "" {
			continue // never started
		}
		put(run.ProgressKey(id, "box", b.ID), run.Progress{
			Version: run.Version, Run: id, Pool: "box", Batch: b.ID, Counts: run.Counts{Requests: 100, Throttled: 1},
			Entities: []run.EntityProgress{{ID: b.Members[0].ID, State: state, Stage: receipt.Upload, Class: failure.Permanent, Error: "no", Hint: "do"}},
		})
	}
	first := time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC)
	put(run.BeatKey(id, "box", 1), run.Beat{Version: run.Version, Number: 1, At: first})
	last.Version, last.Number, last.At, last.PeakWorkers = run.Version, 2, first.Add(50*time.Second), 3
	put(run.BeatKey(id, "box", 2), last)
	return l
}

func TestBuild(t *testing.T) {
	t.Parallel()
	parked := run.Beat{Decision: tempo.Decision{Parked: []tempo.Parked{{
		Batches: []batch.ID{batch.NewID(1)}, Until: time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC), Reason: "day budget",
	}}}}
	for name, test := range map[string]struct {
		states []run.EntityState
		last   run.Beat
		state  run.State
		tally  run.Tally
	}{
		"all done":         {[]run.EntityState{run.EntityDone, run.EntityDone}, run.Beat{}, run.StateDone, run.Tally{Total: 4, Done: 2, Skipped: 2}},
		"one failed":       {[]run.EntityState{run.EntityDone, run.EntityFailed}, run.Beat{}, run.StateFailed, run.Tally{Total: 4, Done: 1, Failed: 1, Skipped: 2}},
		"one parked":       {[]run.EntityState{run.EntityDone, run.EntityParked}, parked, run.StateParked, run.Tally{Total: 4, Done: 1, Parked: 1, Skipped: 2}},
		"one never began":  {[]run.EntityState{run.EntityDone, ""}, run.Beat{}, run.StateInterrupted, run.Tally{Total: 4, Done: 1, Skipped: 2}},
		"parked unstarted": {[]run.EntityState{run.EntityDone, ""}, parked, run.StateParked, run.Tally{Total: 4, Done: 1, Parked: 1, Skipped: 2}},
		"given up": {
			[]run.EntityState{run.EntityDone, run.EntityWaiting},
			run.Beat{GivenUp: map[batch.ID]run.GiveUp{batch.NewID(1): {Class: failure.Overload, Error: "workers died"}}},
			run.StateFailed, run.Tally{Total: 4, Done: 1, Failed: 1, Skipped: 2},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			built, err := run.BuildReport(t.Context(), scene(t, test.states, test.last), id, func(string) float64 { return 10 })
			require.NoError(t, err)
			require.Equal(t, test.state, built.State)
			require.Equal(t, test.tally, built.Entities)
			require.Len(t, built.Failures, test.tally.Failed)
			pool := built.Pools["box"]
			require.Equal(t, 3, pool.WorkersPeak)
			require.InDelta(t, 50, pool.Seconds, 1e-9)
			require.InDelta(t, float64(pool.Requests)/10, pool.LimitSeconds, 1e-9)
			require.InDelta(t, pool.LimitSeconds/50, pool.Utilization, 1e-9)
		})
	}
}

func TestWriteKeepsTheReport(t *testing.T) {
	t.Parallel()
	l := scene(t, []run.EntityState{run.EntityDone}, run.Beat{})
	built, err := run.WriteReport(t.Context(), l, id, func(string) float64 { return 0 })
	require.NoError(t, err)
	kept, _, err := ledger.ReadJSON[run.Report](t.Context(), l, run.ReportKey(id))
	require.NoError(t, err)
	require.Equal(t, built, kept)
	require.Zero(t, kept.Pools["box"].Utilization, "no quota is known")
}
