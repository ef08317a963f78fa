package tempo_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/tempo"
)

func TestRateFollowsTheWindow(t *testing.T) {
	t.Parallel()
	found := tempo.State{Rate: 5, Ceiling: 10}
	low := tempo.State{Rate: 0.12, Ceiling: 10}
	full := tempo.State{Rate: 10, Ceiling: 10}
	unknown := tempo.Limits{MaxWorkers: 4, InFlight: 4}
	hundredPerSecond := tempo.Limits{RequestsPerSecond: 100, Burst: 100}
	tests := map[string]struct {
		limits tempo.Limits
		state  tempo.State
		seen   tempo.Window // in 10 s
		want   float64
	}{
		"nothing sent says nothing":                {tenPerSecond, found, tempo.Window{}, 5},
		"clean and well used: 5 % of the ceiling":  {tenPerSecond, found, clean(40), 5.5},
		"clean but not needed":                     {tenPerSecond, found, clean(39), 5},
		"not above the ceiling":                    {tenPerSecond, full, clean(100), 10},
		"1 % throttled is tolerated":               {tenPerSecond, full, tempo.Window{Requests: 100, Throttled: 1}, 10},
		"1 % throttled does not raise":             {tenPerSecond, found, tempo.Window{Requests: 100, Throttled: 1}, 5},
		"above 1 % throttled: times 0.7":           {tenPerSecond, full, tempo.Window{Requests: 99, Throttled: 1}, 7},
		"throttled at the floor":                   {tenPerSecond, low, tempo.Window{Requests: 9, Throttled: 9}, 0.1},
		"throttled at a hundredth of the ceiling":  {hundredPerSecond, tempo.State{Rate: 1.2, Ceiling: 100}, tempo.Window{Requests: 9, Throttled: 9}, 1},
		"throttled below the floor":                {unknown, tempo.State{Rate: 0.05, Ceiling: 0.05}, tempo.Window{Requests: 9, Throttled: 9}, 0.05},
		"sent before the rate changed":             {tenPerSecond, tempo.State{Rate: 5, Ceiling: 10, Changed: noon.Add(1)}, clean(50), 5},
		"up to the ceiling":                        {tenPerSecond, tempo.State{Rate: 9.8, Ceiling: 10}, clean(98), 10},
		"throttled at the floor of an unknown":     {unknown, tempo.State{Rate: 0.12, Ceiling: 0.12}, tempo.Window{Requests: 9, Throttled: 9}, 0.1},
		"some overload is tolerated":               {tenPerSecond, full, tempo.Window{Requests: 100, Overload: 10}, 10},
		"much overload: back off":                  {tenPerSecond, full, tempo.Window{Requests: 100, Overload: 11}, 7},
		"contention is an account's, not a pool's": {tenPerSecond, full, tempo.Window{Requests: 100, Contention: 50}, 10},
		"a lowered ceiling counts at once":         {tenPerSecond, tempo.State{Rate: 50, Ceiling: 50}, tempo.Window{}, 10},
		"a raised ceiling that was fully used":     {tenPerSecond, tempo.State{Rate: 2, Ceiling: 2}, tempo.Window{}, 10},
		"a raised ceiling that was never reached":  {tenPerSecond, tempo.State{Rate: 1, Ceiling: 2}, tempo.Window{}, 1},
		"a ceiling configured during slow start":   {tenPerSecond, tempo.State{Rate: 16, SlowStart: true}, tempo.Window{}, 10},
		"slow start doubles":                       {unknown, tempo.State{Rate: 4, SlowStart: true}, clean(40), 8},
		"slow start waits until it is used":        {unknown, tempo.State{Rate: 4, SlowStart: true}, clean(20), 4},
		"slow start ends when throttled":           {unknown, tempo.State{Rate: 4, SlowStart: true}, tempo.Window{Requests: 40, Throttled: 2}, 2.8},
		"below a found ceiling: 5 % of it":         {unknown, tempo.State{Rate: 4, Ceiling: 10}, clean(40), 4.5},
		"a found ceiling holds":                    {unknown, tempo.State{Rate: 10, Ceiling: 10}, clean(100), 10},
		"a found ceiling is tried after a while":   {unknown, tempo.State{Rate: 10, Ceiling: 10, CleanBeats: 19}, clean(100), 10.5},
		"a configured ceiling is not":              {tenPerSecond, tempo.State{Rate: 10, Ceiling: 10, CleanBeats: 19}, clean(100), 10},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := tempo.Observation{Run: "r1", Since: noon, Window: test.seen}
			state, decision := tempo.Decide(test.limits, test.state, seen, noon.Add(10*time.Second))
			require.InDelta(t, test.want, decision.Rate, 1e-9, decision.Reason)
			require.InDelta(t, decision.Rate, state.Rate, 0)
		})
	}
}

func TestUnknownPoolBeginsSlowly(t *testing.T) {
	t.Parallel()
	state, decision := tempo.Decide(tempo.Limits{}, tempo.State{}, tempo.Observation{Run: "r1", Waiting: waiting(100)}, noon)
	require.InDelta(t, 2, decision.Rate, 0)
	require.True(t, state.SlowStart)
	require.Contains(t, decision.Reason, "rate 2/s, slow start: no limit known")
	require.Equal(t, 10*time.Second, decision.Wait, "20 requests say whether more is tolerated")
}

func TestSlowStartWaitsForEnoughRequests(t *testing.T) {
	t.Parallel()
	state := tempo.State{Rate: 4, SlowStart: true, Changed: noon.Add(8 * time.Second)}
	seen := tempo.Observation{Run: "r1", Since: noon.Add(8 * time.Second), Window: clean(8)}
	_, early := tempo.Decide(tempo.Limits{}, state, seen, noon.Add(10*time.Second))
	require.InDelta(t, 4, early.Rate, 0, "8 of 20 requests at this rate")
	seen.Since, seen.Window = noon.Add(10*time.Second), clean(12)
	_, late := tempo.Decide(tempo.Limits{}, state, seen, noon.Add(13*time.Second))
	require.InDelta(t, 8, late.Rate, 0)
}

func TestSlowStartKeepsWhatItFound(t *testing.T) {
	t.Parallel()
	seen := tempo.Observation{Run: "r1", Since: noon, Window: tempo.Window{Requests: 100, Throttled: 10}}
	state, decision := tempo.Decide(tempo.Limits{}, tempo.State{Rate: 10, SlowStart: true}, seen, noon.Add(10*time.Second))
	require.False(t, state.SlowStart)
	require.InDelta(t, 9.5, state.Ceiling, 1e-9)
	require.Equal(t, noon.Add(10*time.Second), state.Changed)
	require.Equal(t, noon.Add(10*time.Second), state.Lowered)
	require.Zero(t, state.Settled)
	require.Contains(t, decision.Reason, "100 requests in 10 s (10/s), 10 throttled; rate 10/s → 7/s: throttled above 1 %")
}

func TestSlowStartDoublesAfterTheLongestBeatAtLast(t *testing.T) {
	t.Parallel()
	state := tempo.State{Rate: 0.5, SlowStart: true, Changed: noon}
	seen := tempo.Observation{Run: "r1", Since: noon, Window: clean(15)}
	_, early := tempo.Decide(tempo.Limits{}, state, seen, noon.Add(29*time.Second))
	require.InDelta(t, 0.5, early.Rate, 0)
	_, late := tempo.Decide(tempo.Limits{}, state, seen, noon.Add(30*time.Second))
	require.InDelta(t, 1, late.Rate, 0, "although 20 requests would take 40 s")
}

func TestCleanBeatsAreCountedAnew(t *testing.T) {
	t.Parallel()
	for name, window := range map[string]tempo.Window{"after trying more": clean(100), "after a refusal": {Requests: 100, Throttled: 10}} {
		state := tempo.State{Rate: 10, Ceiling: 10, CleanBeats: 19}
		state, _ = tempo.Decide(tempo.Limits{}, state, tempo.Observation{Run: "r1", Since: noon, Window: window}, noon.Add(10*time.Second))
		require.Zero(t, state.CleanBeats, name)
	}
}

func TestFoundCeilingIsNotBelowTheLowestRate(t *testing.T) {
	t.Parallel()
	seen := tempo.Observation{Run: "r1", Since: noon, Window: tempo.Window{Requests: 10, Throttled: 10}}
	state, _ := tempo.Decide(tempo.Limits{}, tempo.State{Rate: 0.1, Ceiling: 0.1}, seen, noon.Add(10*time.Second))
	require.InDelta(t, 0.1, state.Ceiling, 0)
}

func TestThrottledWindowStartsNobody(t *testing.T) {
	t.Parallel()
	r := newManualRun(tenPerSecond, waiting(100, 100, 100))
	r.beat(0, tempo.Window{})
	r.acknowledge()
	r.end("b0000000-1")
	decision := r.beat(10, tempo.Window{Requests: 100, Throttled: 10})
	require.Empty(t, decision.Start)
	require.Contains(t, decision.Reason, "no new workers this beat")
	require.Equal(t, time.Second, decision.Wait)
	r.acknowledge()
	require.Len(t, r.beat(1, clean(7)).Start, 1, "the next clean beat does")
}

// What was sent at the old rate must not lower the new one.
func TestRateIsLoweredOnceForWhatWasSentBefore(t *testing.T) {
	t.Parallel()
	bad := tempo.Window{Requests: 100, Throttled: 10}
	r := newManualRun(tenPerSecond, waiting(1000, 1000))
	r.beat(0, tempo.Window{})
	r.acknowledge()
	require.InDelta(t, 7, r.beat(10, bad).Rate, 1e-9)
	decision := r.beat(1, bad)
	require.InDelta(t, 7, decision.Rate, 1e-9, "no worker has taken the lowered rate over")
	require.Contains(t, decision.Reason, "rate stays 7/s: throttled above 1 %, but some of that was sent before the last lowering took effect")
	r.acknowledge()
	require.InDelta(t, 7, r.beat(1, bad).Rate, 1e-9, "they have, but after the window began")
	require.InDelta(t, 4.9, r.beat(1, bad).Rate, 1e-9, "all of the window was sent at the lowered rate")
}

func TestRateIsLoweredAgainWhenAWorkerDoesNotAcknowledge(t *testing.T) {
	t.Parallel()
	bad := tempo.Window{Requests: 100, Throttled: 10}
	r := newManualRun(tenPerSecond, waiting(1000, 1000))
	r.beat(0, tempo.Window{})
	r.beat(10, bad)
	require.InDelta(t, 7, r.beat(29, bad).Rate, 1e-9)
	require.InDelta(t, 7, r.beat(1, bad).Rate, 1e-9, "began within the longest beat after the lowering")
	require.InDelta(t, 4.9, r.beat(1, bad).Rate, 1e-9)
}

func TestTwoRunsLowerTheRateOnceForOneCause(t *testing.T) {
	t.Parallel()
	bad := tempo.Window{Requests: 100, Throttled: 10}
	r := newManualRun(tenPerSecond, waiting(1000))
	r.beat(0, tempo.Window{})
	second := r.other("r2", waiting(1000))
	second.beat(0, tempo.Window{})
	require.InDelta(t, 7, r.beat(10, bad).Rate, 1e-9)
	require.InDelta(t, 7, second.beat(11, bad).Rate, 1e-9, "most of its window was before")
}

func TestRateCountsAsUsedByAllRuns(t *testing.T) {
	t.Parallel()
	r := newManualRun(tenPerSecond, waiting(1000))
	*r.state = tempo.State{Rate: 5, Ceiling: 10}
	second := r.other("r2", waiting(1000))
	r.beat(0, tempo.Window{})
	second.beat(0, tempo.Window{})
	require.InDelta(t, 5, r.beat(10, clean(25)).Rate, 0, "half of the rate")
	require.InDelta(t, 5.5, second.beat(10, clean(20)).Rate, 0, "together nearly all of it")
	third := r.other("r3", waiting(1000))
	third.beat(0, tempo.Window{})
	require.InDelta(t, 5.5, third.beat(10, tempo.Window{}).Rate, 0, "but who sent nothing says nothing")
}
