package tempo_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/batch"
	"metronome/internal/tempo"
)

func TestWorkersAreWhatTheRateNeeds(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		limits   tempo.Limits
		requests float64 // seconds that one takes
		want     int
	}{
		"one in flight each":                          {tempo.Limits{RequestsPerSecond: 10, Burst: 50, InFlight: 1}, 1, 10},
		"two in flight each, if they may":             {tempo.Limits{RequestsPerSecond: 10, Burst: 50, InFlight: 8}, 1, 5},
		"an assumption at first":                      {tempo.Limits{RequestsPerSecond: 10, Burst: 50, InFlight: 1}, 0, 3},
		"slow start's rate where no ceiling is known": {tempo.Limits{InFlight: 1}, 1, 2},
		"at least one":                                {tempo.Limits{RequestsPerSecond: 0.1, Burst: 50}, 0.01, 1},
		"at most maxWorkers":                          {tempo.Limits{RequestsPerSecond: 10, Burst: 50, MaxWorkers: 4}, 1, 4},
		"at most one per token of burst":              {tempo.Limits{RequestsPerSecond: 10, Burst: 3}, 1, 3},
		"no burst is one token":                       {tempo.Limits{RequestsPerSecond: 10}, 1, 1},
		"more where accounts are slow":                {tempo.Limits{RequestsPerSecond: 10, Burst: 50, InFlight: 8, AccountPerSecond: 1.5}, 0.1, 7},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, test.limits.Workers(0, test.requests))
		})
	}
}

func TestWorkersAtFirst(t *testing.T) {
	t.Parallel()
	limits := tempo.Limits{RequestsPerSecond: 20, Burst: 20, InFlight: 2, MinBeat: time.Second, MaxBeat: 30 * time.Second}
	few := limits
	few.MaxWorkers = 2
	five := limits
	five.MaxWorkers = 5
	tight := limits
	tight.Burst = 3
	tests := map[string]struct {
		limits  tempo.Limits
		waiting []tempo.Candidate
		want    int
	}{
		"what latency asks for":              {limits, candidates(50, 2000), 3},
		"more, so that small batches last":   {limits, candidates(50, 80), 5},
		"only the next batches count":        {five, append(candidates(5, 2000), candidates(50, 10)[5:]...), 3},
		"at most maxWorkers":                 {few, candidates(50, 2000), 2},
		"at most one per token of the burst": {tight, candidates(50, 2000), 2},
		"not more than batches":              {limits, candidates(2, 2000), 2},
		"not more than accounts":             {limits, chain(50, 2000), 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, decision := tempo.Decide(test.limits, tempo.State{}, tempo.Observation{Run: "r1", Waiting: test.waiting}, noon)
			require.Len(t, decision.Start, test.want, decision.Reason)
			require.Equal(t, test.want, decision.Workers)
			require.NotContains(t, decision.Reason, "another run")
			if waiting := len(test.waiting) - test.want; waiting > 0 {
				require.Contains(t, decision.Reason, fmt.Sprintf("%d batches wait", waiting))
			}
			rate, burst := 0.0, 0
			for _, start := range decision.Start {
				rate += start.Share.RequestsPerSecond
				burst += start.Share.Burst
			}
			require.InDelta(t, 20, rate, 1e-3, "all of the rate is given")
			require.LessOrEqual(t, burst, max(test.want, test.limits.Burst/2), "half of the burst is kept back, as far as possible")
		})
	}
}

func TestLongestChainGoesFirst(t *testing.T) {
	t.Parallel()
	r := newManualRun(serialPool, waiting(500, 300, 300, 400))
	r.waiting[2].Accounts = r.waiting[1].Accounts
	decision := r.beat(0, tempo.Window{})
	require.Equal(t, []batch.ID{"b0000001", "b0000000", "b0000003"}, started(decision), "600 requests that must come one after another")
}

func TestNumberOfWorkersDoesNotFlap(t *testing.T) {
	t.Parallel()
	r := newManualRun(serialPool, candidates(50, 2000))
	r.beat(0, tempo.Window{})
	r.acknowledge()
	before := r.rates()
	for _, took := range []float64{0.32, 0.27, 0.31, 0.33} {
		decision := r.beat(30, tempo.Window{Requests: 300, Seconds: 300 * took})
		require.Empty(t, decision.Start)
		require.Equal(t, before, r.rates())
	}
	require.Equal(t, 5, r.state.Demands["r1"].Workers, "47 batches wait, but the pool takes five workers")
	require.Equal(t, 5, r.beat(30, tempo.Window{Requests: 300, Seconds: 600}).Workers, "but it follows a real change")
}

func TestWorkersFollowTheNeed(t *testing.T) {
	t.Parallel()
	for present, want := range map[int]int{2: 3, 3: 3, 4: 4, 5: 3, 10: 3} { // the rate needs 10/s of 0.3 s each
		state := tempo.State{Rate: 10, Ceiling: 10, Workers: present, SecondsPerRequest: 0.3}
		state, _ = tempo.Decide(serialPool, state, tempo.Observation{Run: "r1", Waiting: candidates(9, 20_000)}, noon)
		require.Equal(t, want, state.Workers, present)
	}
}

func TestBatchesLastTwentyOfTheShortestBeats(t *testing.T) {
	t.Parallel()
	limits := serialPool
	limits.MinBeat = 2 * time.Second
	state, _ := tempo.Decide(limits, tempo.State{}, tempo.Observation{Run: "r1", Waiting: candidates(9, 100)}, noon)
	require.InDelta(t, 4, state.Demands["r1"].MinWorkers, 1e-9, "100 requests at 2.5/s last 40 s")
	state, _ = tempo.Decide(limits, tempo.State{}, tempo.Observation{Run: "r1", Waiting: candidates(9, 0)}, noon)
	require.InDelta(t, 400, state.Demands["r1"].MinWorkers, 1e-9, "finite, also without requests")
}

// workerFactorTest is a window of 10 s in which two workers of 5 requests per second each could have sent 100 requests.
type workerFactorTest struct {
	requests int64
	change   func(state *tempo.State, seen *tempo.Observation)
	want     float64
}

func TestWorkerFactor(t *testing.T) {
	t.Parallel()
	idle := func(_ *tempo.State, seen *tempo.Observation) { seen.Waiting = nil }
	factor := func(f float64) func(*tempo.State, *tempo.Observation) {
		return func(state *tempo.State, _ *tempo.Observation) { state.WorkerFactor = f }
	}
	tests := map[string]workerFactorTest{
		"too much unused: a quarter more": {79, nil, 2.5},
		"well used":                       {80, nil, 2},
		"nearly all used":                 {95, nil, 2},
		"all used: a little less":         {96, nil, 1.96},
		"nothing waits":                   {79, idle, 2},
		"at most four":                    {79, factor(3.9), 4},
		"at least one":                    {96, factor(1), 1},
		"never set":                       {90, factor(0), 1},
		"nothing sent":                    {0, nil, 2},
		"throttled":                       {79, func(_ *tempo.State, seen *tempo.Observation) { seen.Throttled = 40 }, 2},
		"overload":                        {79, func(_ *tempo.State, seen *tempo.Observation) { seen.Overload = 1 }, 2},
		"a share was not acknowledged": {79, func(state *tempo.State, seen *tempo.Observation) {
			state.Grants[0].Reserved.Serial, seen.Workers[0].Serial = 0, 0
		}, 2},
		"a worker started later": {79, func(state *tempo.State, _ *tempo.Observation) {
			state.Grants[0].Started = noon.Add(time.Second)
		}, 2},
		"another run's worker started later": {79, func(state *tempo.State, _ *tempo.Observation) {
			late := working("r2", "late", time.Hour)
			late.Started = noon.Add(time.Second)
			state.Grants = append(state.Grants, late)
		}, 2.5},
		"long enough":    {30, func(_ *tempo.State, seen *tempo.Observation) { seen.Since = noon.Add(5 * time.Second) }, 2.5},
		"a short window": {30, func(_ *tempo.State, seen *tempo.Observation) { seen.Since = noon.Add(6 * time.Second) }, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			state := tempo.State{Rate: 10, Ceiling: 10, Workers: 2, WorkerFactor: 2, SecondsPerRequest: 0.3}
			seen := tempo.Observation{Run: "r1", Since: noon, Window: clean(test.requests), Waiting: candidates(3, 1000)}
			for _, name := range []string{"first", "second"} {
				g := working("r1", name, time.Hour)
				g.Share.RequestsPerSecond, g.Reserved.RequestsPerSecond = 5, 5
				state.Grants = append(state.Grants, g)
				seen.Workers = append(seen.Workers, tempo.Worker{Name: name, Live: true, Serial: 1, Remaining: 100})
			}
			if test.change != nil {
				test.change(&state, &seen)
			}
			after, decision := tempo.Decide(serialPool, state, seen, noon.Add(10*time.Second))
			require.InDelta(t, test.want, after.WorkerFactor, 1e-9, decision.Reason)
		})
	}
}

func TestEveryRunGetsAWorker(t *testing.T) {
	t.Parallel()
	r := newManualRun(tenPerSecond, waiting(1000))
	*r.state = tempo.State{SecondsPerRequest: 0.05}
	second := r.other("r2", waiting(1000))
	require.Equal(t, 1, r.beat(0, tempo.Window{}).Workers, "all that the rate needs")
	require.Equal(t, 1, second.beat(0, tempo.Window{}).Workers)

	r = newManualRun(tenPerSecond, waiting(1000, 1000))
	*r.state = tempo.State{SecondsPerRequest: 0.05, Demands: map[string]tempo.Demand{"r2": {Seen: noon}}}
	require.Equal(t, 1, r.beat(0, tempo.Window{}).Workers, "a run that asks for nothing does not count")
}

func TestMoreWorkersWhereTheyLeaveTheRateUnused(t *testing.T) {
	t.Parallel()
	limits := serialPool
	limits.MaxWorkers = 10
	r := newManualRun(limits, candidates(50, 20_000))
	require.Equal(t, 3, r.beat(0, tempo.Window{}).Workers)
	for range 3 {
		r.acknowledge()
		r.beat(30, clean(150))
	}
	require.Greater(t, r.last.Workers, 3, r.last.Reason)
	require.Greater(t, r.state.WorkerFactor, 1.0)
	for range 300 {
		r.acknowledge()
		r.beat(30, clean(300))
	}
	require.InDelta(t, 1, r.state.WorkerFactor, 0, "and back when it is used")
}

func TestRunsShareByDemand(t *testing.T) {
	t.Parallel()
	limits := tempo.Limits{RequestsPerSecond: 12, Burst: 20, InFlight: 1, MinBeat: time.Second, MaxBeat: 30 * time.Second}
	r := newManualRun(limits, waiting(1000, 1000, 1000, 1000))
	second := r.other("r2", waiting(1000, 1000, 1000, 1000))
	require.Len(t, r.beat(0, tempo.Window{}).Start, 4)
	for range 3 {
		r.acknowledge()
		second.acknowledge()
		second.beat(2, clean(12))
		r.beat(2, clean(12))
	}
	require.Len(t, second.last.Shares, 2, "the newcomer gets half of the 4 workers wanted")
	require.Len(t, r.last.Shares, 4, "nobody's worker is taken away")
	require.Equal(t, []float64{2, 2, 2, 2}, r.rates())
	r.end("b0000000-1", "b0000001-1")
	r.beat(2, clean(12))
	require.Empty(t, r.last.Start)
	require.Equal(t, 2, r.last.Workers)
}

// A pool that allows one worker serves the runs in turn.
func TestRunsTakeTurnsOnOneSlot(t *testing.T) {
	t.Parallel()
	limits := tempo.Limits{RequestsPerSecond: 1, Burst: 1, MinBeat: time.Second, MaxBeat: 30 * time.Second}
	r := newManualRun(limits, waiting(100, 100))
	second := r.other("r2", waiting(100, 100))
	require.Len(t, r.beat(0, tempo.Window{}).Start, 1)
	require.Empty(t, second.beat(1, tempo.Window{}).Start)
	require.Contains(t, second.last.Reason, "starts wait for a worker of another run to end")
	require.Equal(t, 7500*time.Millisecond, second.last.Wait, "a quarter of the longest beat: that worker may end any time")
	r.end("b0000000-1")
	require.Empty(t, r.beat(100, clean(100)).Start, "it is the other's turn")
	require.Len(t, second.beat(100, tempo.Window{}).Start, 1)
	second.end("r2-b0000000-1")
	require.Empty(t, second.beat(100, clean(100)).Start)
	require.Len(t, r.beat(101, tempo.Window{}).Start, 1)
}

func TestVanishedRunLeavesItsSlot(t *testing.T) {
	t.Parallel()
	limits := tempo.Limits{RequestsPerSecond: 1, Burst: 1, MinBeat: time.Second, MaxBeat: 30 * time.Second}
	r := newManualRun(limits, waiting(100))
	second := r.other("r2", waiting(100))
	r.beat(0, tempo.Window{})
	require.Empty(t, second.beat(1, tempo.Window{}).Start)
	require.Len(t, second.beat(limits.Expiry().Seconds(), tempo.Window{}).Start, 1)
}

func BenchmarkDecideWith20000Batches(b *testing.B) {
	limits := tempo.Limits{RequestsPerSecond: 200, Burst: 200, MaxWorkers: 100, InFlight: 8}
	seen := tempo.Observation{Run: "r1", Waiting: candidates(20_000, 500)}
	state, _ := tempo.Decide(limits, tempo.State{}, seen, noon)
	for b.Loop() {
		tempo.Decide(limits, state, seen, noon)
	}
}
