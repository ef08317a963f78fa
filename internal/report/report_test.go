package report_test

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
	"metronome/internal/report"
	"metronome/internal/run"
	"metronome/internal/tempo"
)

const id = run.ID("2026-12-test")

// scene is a run of one pool with batches of one entity each, whose states are given.
func scene(t *testing.T, states []run.State, last run.Beat) ledger.Ledger {
	t.Helper()
	l := ledger.NewMemory()
	put := func(key string, value any) { require.NoError(t, ledger.PutJSON(t.Context(), l, key, value)) }
	put(ledger.RequestKey(string(id)), run.Request{
		Version: run.Version, Run: id, Period: period.New(2026, 12), Total: len(states) + 2, Skipped: 2,
		Pools: []run.Pool{{Name: "box", Entities: len(states), Skipped: 2, Batches: len(states)}},
	})
	for n, state := range states {
		b := run.Batch{Version: run.Version, Run: id, Period: period.New(2026, 12), Pool: "box", ID: batch.NewID(n), Members: []run.Member{
			{Entity: entity.Entity{ID: entity.ID("e" + string(rune('0'+n)))}},
		}}
		put(ledger.BatchKey(string(id), "box", string(b.ID)), b)
		if state == "" {
			continue // never started
		}
		put(ledger.ProgressKey(string(id), "box", string(b.ID)), run.Progress{
			Version: run.Version, Run: id, Pool: "box", Batch: string(b.ID), Counts: run.Counts{Requests: 100, Throttled: 1},
			Entities: []run.EntityProgress{{ID: b.Members[0].ID, State: state, Stage: receipt.Upload, Class: failure.Permanent, Error: "no", Hint: "do"}},
		})
	}
	first := time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC)
	put(ledger.BeatKey(string(id), "box", 1), run.Beat{Version: run.Version, Number: 1, At: first})
	last.Version, last.Number, last.At, last.Peak = run.Version, 2, first.Add(50*time.Second), 3
	put(ledger.BeatKey(string(id), "box", 2), last)
	return l
}

func TestBuild(t *testing.T) {
	t.Parallel()
	parked := run.Beat{Decision: tempo.Decision{Parked: []tempo.Parked{{
		Batches: []batch.ID{batch.NewID(1)}, Until: time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC), Reason: "day budget",
	}}}}
	for name, test := range map[string]struct {
		states []run.State
		last   run.Beat
		state  run.State
		tally  run.Tally
	}{
		"all done":         {[]run.State{run.Done, run.Done}, run.Beat{}, run.Done, run.Tally{Total: 4, Done: 2, Skipped: 2}},
		"one failed":       {[]run.State{run.Done, run.Failed}, run.Beat{}, run.Failed, run.Tally{Total: 4, Done: 1, Failed: 1, Skipped: 2}},
		"one parked":       {[]run.State{run.Done, run.Parked}, parked, run.Parked, run.Tally{Total: 4, Done: 1, Parked: 1, Skipped: 2}},
		"one never began":  {[]run.State{run.Done, ""}, run.Beat{}, run.Interrupted, run.Tally{Total: 4, Done: 1, Skipped: 2}},
		"parked unstarted": {[]run.State{run.Done, ""}, parked, run.Parked, run.Tally{Total: 4, Done: 1, Parked: 1, Skipped: 2}},
		"given up": {
			[]run.State{run.Done, run.Waiting},
			run.Beat{GivenUp: map[string]run.GiveUp{string(batch.NewID(1)): {Class: failure.Overload, Error: "workers died"}}},
			run.Failed, run.Tally{Total: 4, Done: 1, Failed: 1, Skipped: 2},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			built, err := report.Build(t.Context(), scene(t, test.states, test.last), id, func(string) float64 { return 10 })
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
	l := scene(t, []run.State{run.Done}, run.Beat{})
	built, err := report.Write(t.Context(), l, id, func(string) float64 { return 0 })
	require.NoError(t, err)
	kept, _, err := ledger.ReadJSON[run.Report](t.Context(), l, ledger.ReportKey(string(id)))
	require.NoError(t, err)
	require.Equal(t, built, kept)
	require.Zero(t, kept.Pools["box"].Utilization, "no quota is known")
}
