package tempo_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/tempo"
)

// serialPool asks for a worker per 0.5 requests per second, so that there are several.
var serialPool = tempo.Limits{
	RequestsPerSecond: 10, Burst: 10, MaxWorkers: 5, InFlight: 1, MinBeat: time.Second, MaxBeat: 30 * time.Second,
}

func TestShrunkShareIsFreeOnlyOnceAcknowledged(t *testing.T) {
	t.Parallel()
	r := newManualRun(tenPerSecond, waiting(1000))
	r.beat(0, tempo.Window{})
	r.acknowledge()
	require.Equal(t, []float64{10}, r.rates())

	second := r.other("r2", waiting(1000))
	require.Empty(t, second.beat(1, tempo.Window{}).Start, "the first run's worker may be using all of the rate")
	require.Contains(t, second.last.Reason, "starts wait until workers have acknowledged smaller shares")
	require.Equal(t, time.Second, second.last.Wait)

	r.beat(2, clean(20))
	require.Equal(t, []float64{5}, r.rates(), "asked to give half of it up")
	require.Empty(t, second.beat(1, tempo.Window{}).Start, "it may not have heard of it")
	r.acknowledge()
	r.beat(2, clean(15))
	require.Len(t, second.beat(1, tempo.Window{}).Start, 1)
	require.Equal(t, []float64{5}, second.rates())
}

func TestLateAcknowledgementFreesNothing(t *testing.T) {
	t.Parallel()
	r := newManualRun(tenPerSecond, waiting(1000))
	r.beat(0, tempo.Window{})
	r.acknowledge()
	second := r.other("r2", waiting(1000))
	second.beat(0, tempo.Window{})
	r.beat(1, clean(10))
	r.acknowledge()
	third := r.other("r3", waiting(1000))
	third.beat(0, tempo.Window{})
	r.beat(1, clean(10))
	require.InDelta(t, 3.333333, r.rates()[0], 1e-9)
	require.InDelta(t, 5, r.state.Grants[0].Reserved.RequestsPerSecond, 0, "it acknowledged the half, not yet the third")
}

func TestNoLargerShareBeforeTheLastIsAcknowledged(t *testing.T) {
	t.Parallel()
	r := newManualRun(serialPool, waiting(1000, 1000, 1000))
	r.beat(0, tempo.Window{})
	require.Len(t, r.last.Shares, 3)
	r.acknowledge("b0000001-1")
	r.end("b0000000-1")
	r.beat(10, clean(100))
	require.Equal(t, []float64{3.333333, 5}, r.rates(), "the survivors may have half each, but one has never spoken")
	r.acknowledge()
	r.beat(10, clean(80))
	require.Equal(t, []float64{5, 5}, r.rates(), "the rate stays used")
}

func TestEndedWorkersRateGoesToTheNextAtOnce(t *testing.T) {
	t.Parallel()
	r := newManualRun(tenPerSecond, waiting(1000, 1000, 1000))
	r.beat(0, tempo.Window{})
	r.acknowledge()
	r.end("b0000000-1")
	decision := r.beat(10, clean(100))
	require.Len(t, decision.Start, 1)
	require.Equal(t, []float64{5, 5}, r.rates())
}

func TestGrantsOfDeadWorkers(t *testing.T) {
	t.Parallel()
	expiry := tenPerSecond.Expiry()
	tests := map[string]struct {
		after time.Duration
		dead  []string
		kept  int
	}{
		"lives on while it is fresh":          {after: expiry, kept: 1},
		"expires when nobody renews it":       {after: expiry + 1, kept: 0},
		"is freed when its worker is dead":    {after: time.Second, dead: []string{"b0000000-1"}, kept: 0},
		"is not freed for another's death":    {after: time.Second, dead: []string{"b0000001-1"}, kept: 1},
		"is not taken for dead by one silent": {after: time.Second, kept: 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newManualRun(tenPerSecond, waiting(1000))
			r.beat(0, tempo.Window{})
			seen := tempo.Observation{Run: "r2", Dead: test.dead}
			state, _ := tempo.Decide(tenPerSecond, *r.state, seen, noon.Add(test.after))
			require.Len(t, state.Grants, test.kept)
		})
	}
}

func TestReturningRunKeepsItsLiveWorkers(t *testing.T) {
	t.Parallel()
	r := newManualRun(tenPerSecond, waiting(1000))
	r.beat(0, tempo.Window{})
	r.beat(3600, clean(10))
	require.Len(t, r.state.Grants, 1)
	require.Equal(t, r.now, r.state.Grants[0].Renewed)
}

func TestOtherRunsGrantsStayAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, rate := range []float64{1, 10} { // less than the other's share, and more
		other := working("r2", "other", time.Hour)
		state := tempo.State{Rate: rate, Ceiling: rate, Grants: []tempo.Grant{other}}
		limits := tenPerSecond
		limits.RequestsPerSecond = rate
		state, _ = tempo.Decide(limits, state, tempo.Observation{Run: "r1", Waiting: waiting(1000)}, noon.Add(time.Second))
		require.Equal(t, other, state.Grants[0])
	}
}

func TestBurstIsLoweredWithTheRate(t *testing.T) {
	t.Parallel()
	r := newManualRun(tenPerSecond, waiting(1000))
	r.beat(0, tempo.Window{})
	require.Equal(t, tempo.Share{RequestsPerSecond: 10, Burst: 5, Serial: 1}, r.last.Start[0].Share)
	r.acknowledge()
	r.other("r2", waiting(1000)).beat(0, tempo.Window{})
	r.beat(1, clean(10))
	require.Equal(t, tempo.Share{RequestsPerSecond: 5, Burst: 2, Serial: 2}, r.last.Shares["b0000000-1"])
	require.Equal(t, 5, r.state.Grants[0].Reserved.Burst)
}

func TestWorkerStartsWithHalfOfItsShareAtLeast(t *testing.T) {
	t.Parallel()
	for rate, starts := range map[float64]int{7.5: 1, 7.6: 0} { // of 10 requests per second; each shall have 5
		other := working("r2", "other", time.Hour)
		other.Share.RequestsPerSecond, other.Reserved.RequestsPerSecond = rate, rate
		state := tempo.State{Rate: 10, Ceiling: 10, SecondsPerRequest: 0.3, Grants: []tempo.Grant{other}}
		_, decision := tempo.Decide(tenPerSecond, state, tempo.Observation{Run: "r1", Waiting: waiting(1000)}, noon)
		require.Len(t, decision.Start, starts, decision.Reason)
	}
}

func TestBurstIsASecondsRequestsAtMost(t *testing.T) {
	t.Parallel()
	for rate, burst := range map[float64]int{2.5: 2, 0.5: 1, 50: 10} {
		limits := tempo.Limits{RequestsPerSecond: rate, Burst: 20, MaxWorkers: 1}
		_, decision := tempo.Decide(limits, tempo.State{}, tempo.Observation{Run: "r1", Waiting: waiting(1000)}, noon)
		require.Equal(t, burst, decision.Start[0].Share.Burst)
	}
}

func TestNobodyGetsABurstThatOthersHave(t *testing.T) {
	t.Parallel()
	for others, want := range map[int]int{8: 2, 9: 1, 10: 0} { // of a burst of 10; each shall have 2
		other := working("r2", "other", time.Hour)
		other.Reserved.Burst = others
		state := tempo.State{Rate: 10, Ceiling: 10, SecondsPerRequest: 0.3, Grants: []tempo.Grant{other}}
		_, decision := tempo.Decide(tenPerSecond, state, tempo.Observation{Run: "r1", Waiting: waiting(1000)}, noon)
		if want == 0 {
			require.Empty(t, decision.Start)
			require.Contains(t, decision.Reason, "starts wait until workers have acknowledged smaller shares")
		} else {
			require.Equal(t, want, decision.Start[0].Share.Burst)
		}

		own := working("r1", "own", time.Hour)
		state.Grants = append(state.Grants, own)
		_, decision = tempo.Decide(tenPerSecond, state, tempo.Observation{Run: "r1"}, noon)
		require.Equal(t, max(1, want), decision.Shares["own"].Burst, "it has 1 already")
	}
}

func TestSharesAreRaisedByWhatIsAvailable(t *testing.T) {
	t.Parallel()
	state := tempo.State{Rate: 10, Ceiling: 10, Grants: []tempo.Grant{
		working("r1", "first", time.Hour), working("r1", "second", time.Hour), working("r2", "other", time.Hour),
	}}
	state.Grants[2].Reserved.RequestsPerSecond = 4
	_, decision := tempo.Decide(tenPerSecond, state, tempo.Observation{Run: "r1"}, noon)
	require.InDelta(t, 3.333333, decision.Shares["first"].RequestsPerSecond, 1e-6)
	require.InDelta(t, 2.666667, decision.Shares["second"].RequestsPerSecond, 2e-6, "the rest of 2 that were available")
}

func TestReturningRunForgetsAWorkerThatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	r := newManualRun(tenPerSecond, waiting(1000))
	r.beat(0, tempo.Window{})
	r.workers = nil
	r.beat(tenPerSecond.Expiry().Seconds(), tempo.Window{})
	require.Len(t, r.state.Grants, 1, "it may still live")
	r.beat(1, tempo.Window{})
	require.Empty(t, r.state.Grants)
}

func TestHolderIsTheRunsUntilTheWorkerReportsItsOwn(t *testing.T) {
	t.Parallel()
	run, process := tempo.Holder{Host: "laptop", PID: 1}, tempo.Holder{Host: "laptop", PID: 2}
	seen := tempo.Observation{Run: "r1", Waiting: waiting(1000), Holder: run}
	state, _ := tempo.Decide(tenPerSecond, tempo.State{}, seen, noon)
	require.Equal(t, run, state.Grants[0].Holder)
	require.Equal(t, run, state.Demands["r1"].Holder, "other runs can see whether it still lives")
	seen = tempo.Observation{Run: "r1", Since: noon, Workers: []tempo.Worker{{Name: "b0000000-1", Live: true, Holder: process}}}
	state, _ = tempo.Decide(tenPerSecond, state, seen, noon.Add(time.Second))
	require.Equal(t, process, state.Grants[0].Holder)
}

func TestLostStartIsRepeated(t *testing.T) {
	t.Parallel()
	seen := tempo.Observation{Run: "r1", Waiting: waiting(1000)}
	state, lost := tempo.Decide(tenPerSecond, tempo.State{}, seen, noon)
	state, again := tempo.Decide(tenPerSecond, state, seen, noon.Add(time.Minute))
	require.Equal(t, lost.Start, again.Start)
	require.Len(t, state.Grants, 1)
	require.Equal(t, noon.Add(time.Minute), state.Grants[0].Renewed)
	require.NotContains(t, again.Reason, "wait", "it is not counted as one that waits")

	seen.CapResetsAt = noon.Add(time.Hour)
	_, again = tempo.Decide(tenPerSecond, state, seen, noon.Add(2*time.Minute))
	require.Empty(t, again.Parked, "nor parked")
}

func TestOneAccountOneWorker(t *testing.T) {
	t.Parallel()
	r := newManualRun(serialPool, waiting(3000, 2000, 1000))
	r.waiting[1].Accounts = r.waiting[0].Accounts
	decision := r.beat(0, tempo.Window{})
	require.Len(t, decision.Start, 2, "the second longest has the longest's account and is passed over")
	require.Equal(t, "b0000002-1", decision.Start[1].Worker)

	other := &manualRun{limits: serialPool, state: r.state, run: "r2", now: noon, waiting: waiting(500)}
	other.waiting[0].Worker = "r2-b0000000-1"
	decision = other.beat(1, tempo.Window{})
	require.Empty(t, decision.Start, "nor does another run get the account")
	require.False(t, decision.Done)
	require.Contains(t, decision.Reason, "1 batch waits; 1 of them for an account or a reserved budget")
}

func TestAccountsOwnLimitBoundsShares(t *testing.T) {
	t.Parallel()
	limits := tenPerSecond
	limits.AccountPerSecond = 3
	r := newManualRun(limits, waiting(1000, 1000, 1000, 1000, 1000))
	r.beat(0, tempo.Window{})
	require.Equal(t, []float64{2.5, 2.5, 2.5, 2.5}, r.rates(), "four workers, so that 3/s each can use the rate")
	r = newManualRun(limits, waiting(1000, 1000))
	r.beat(0, tempo.Window{})
	require.Equal(t, []float64{3, 3}, r.rates())
}
