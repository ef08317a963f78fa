package tempo_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/batch"
	"metronome/internal/tempo"
)

var (
	midnight     = time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC)
	firstOfMonth = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
)

func TestBudgets(t *testing.T) {
	t.Parallel()
	today := tempo.Usage{Day: "2026-12-01", DayRequests: 900, Month: "2026-12", MonthRequests: 9000}
	yesterday := tempo.Usage{Day: "2026-11-30", DayRequests: 900, Month: "2026-11", MonthRequests: 9000}
	tests := map[string]struct {
		day, month int64
		usage      tempo.Usage
		waiting    []tempo.Candidate
		start      []batch.ID
		parked     []tempo.Parked
	}{
		"no budget": {waiting: waiting(5000), usage: today, start: []batch.ID{"b0000000"}},
		"fits":      {day: 1000, month: 10_000, waiting: waiting(100), usage: today, start: []batch.ID{"b0000000"}},
		"a smaller one fits": {
			day: 1000, waiting: waiting(150, 80), usage: today, start: []batch.ID{"b0000001"},
			parked: []tempo.Parked{{[]batch.ID{"b0000000"}, midnight, "the day budget of 1000 requests has 100 left"}},
		},
		"the month is used up": {
			day: 1000, month: 9050, waiting: waiting(80), usage: today,
			parked: []tempo.Parked{{[]batch.ID{"b0000000"}, firstOfMonth, "the month budget of 9050 requests has 50 left"}},
		},
		"the later reset counts": {
			day: 1000, month: 9050, waiting: waiting(150, 160), usage: today,
			parked: []tempo.Parked{{[]batch.ID{"b0000001", "b0000000"}, firstOfMonth, "the month budget of 9050 requests has 50 left"}},
		},
		"a new day and month begin at zero": {
			day: 1000, month: 10_000, waiting: waiting(1000), usage: yesterday, start: []batch.ID{"b0000000"},
		},
		"a whole day's budget waits for the next day": {
			day: 1000, waiting: waiting(1000), usage: today,
			parked: []tempo.Parked{{[]batch.ID{"b0000000"}, midnight, "the day budget of 1000 requests has 100 left"}},
		},
		"more was used than allowed": {
			day: 800, waiting: waiting(80), usage: today,
			parked: []tempo.Parked{{[]batch.ID{"b0000000"}, midnight, "the day budget of 800 requests has 0 left"}},
		},
		"larger than a day, although the month is used up, too": {
			day: 1000, month: 9050, waiting: waiting(1001), usage: today,
			parked: []tempo.Parked{{[]batch.ID{"b0000000"}, time.Time{}, "larger than the whole day budget of 1000 requests"}},
		},
		"each for its own reason": {
			day: 1000, waiting: waiting(1001, 150), usage: today,
			parked: []tempo.Parked{
				{[]batch.ID{"b0000000"}, time.Time{}, "larger than the whole day budget of 1000 requests"},
				{[]batch.ID{"b0000001"}, midnight, "the day budget of 1000 requests has 100 left"},
			},
		},
		"never fits": {
			day: 1000, waiting: waiting(1001), usage: yesterday,
			parked: []tempo.Parked{{[]batch.ID{"b0000000"}, time.Time{}, "larger than the whole day budget of 1000 requests"}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limits := tenPerSecond
			limits.DayBudget, limits.MonthBudget = test.day, test.month
			seen := tempo.Observation{Run: "r1", Waiting: test.waiting}
			_, decision := tempo.Decide(limits, tempo.State{Usage: test.usage}, seen, noon)
			require.ElementsMatch(t, test.start, started(decision))
			require.Equal(t, test.parked, decision.Parked)
			require.Equal(t, len(test.start) == 0, decision.Done, "a run with nothing but parked batches ends and says so")
		})
	}
}

func TestBudgetReservedByRunningBatches(t *testing.T) {
	t.Parallel()
	limits := serialPool
	limits.DayBudget = 1000
	r := newManualRun(limits, waiting(600, 500))
	decision := r.beat(0, tempo.Window{})
	require.Equal(t, []batch.ID{"b0000000"}, started(decision))
	require.Empty(t, decision.Parked, "the first may need less than expected")
	r.workers[0].Remaining = 100
	r.acknowledge()
	r.beat(1, tempo.Window{})
	r.acknowledge()
	require.Equal(t, []batch.ID{"b0000001"}, started(r.beat(30, clean(350))), "350 used, 100 to come, 500 wanted")

	r = newManualRun(limits, waiting(600, 500))
	r.beat(0, tempo.Window{})
	second := r.other("r2", waiting(500))
	decision = second.beat(1, tempo.Window{})
	require.Empty(t, decision.Start, "another run's reservation counts too")
	require.False(t, decision.Done)
	r.end("b0000000-1")
	decision = r.beat(60, clean(600))
	require.True(t, decision.Done)
	require.Equal(t, []batch.ID{"b0000001"}, decision.Parked[0].Batches, "now it is certain")
	require.Contains(t, decision.Reason, "1 batch parked until 2026-12-02T00:00:00Z: the day budget of 1000 requests has 400 left")
}

// What others have reserved of the month does not hide that the day is used up.
func TestUsedUpBudgetCountsMoreThanAReservedOne(t *testing.T) {
	t.Parallel()
	limits := tenPerSecond
	limits.DayBudget, limits.MonthBudget = 1000, 10_000
	state := tempo.State{
		Usage:  tempo.Usage{Day: "2026-12-01", DayRequests: 900, Month: "2026-12", MonthRequests: 9000},
		Grants: []tempo.Grant{{Worker: "other", Run: "r2", Requests: 900, Renewed: noon}},
	}
	_, decision := tempo.Decide(limits, state, tempo.Observation{Run: "r1", Waiting: waiting(150)}, noon)
	require.Equal(t, []tempo.Parked{
		{[]batch.ID{"b0000000"}, midnight, "the day budget of 1000 requests has 100 left"},
	}, decision.Parked)
}

func TestCapReportedByTheProviderParksThePool(t *testing.T) {
	t.Parallel()
	inAnHour := noon.Add(time.Hour)
	tests := map[string]struct {
		seen  tempo.Observation
		state tempo.State
		until time.Time
	}{
		"until it says":        {seen: tempo.Observation{Window: tempo.Window{Requests: 10, Cap: 1}, CapResetsAt: inAnHour}, until: inAnHour},
		"until midnight":       {seen: tempo.Observation{Window: tempo.Window{Requests: 10, Cap: 1}}, until: midnight},
		"said by another run":  {state: tempo.State{ParkedUntil: inAnHour}, until: inAnHour},
		"said without a count": {seen: tempo.Observation{CapResetsAt: inAnHour}, until: inAnHour},
		"the later one counts": {
			seen: tempo.Observation{CapResetsAt: inAnHour}, state: tempo.State{ParkedUntil: midnight}, until: midnight,
		},
		"over": {state: tempo.State{ParkedUntil: noon}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.seen.Run, test.seen.Waiting = "r1", waiting(100, 100)
			state, decision := tempo.Decide(tenPerSecond, test.state, test.seen, noon)
			require.Equal(t, test.until, state.ParkedUntil)
			if test.until.IsZero() {
				require.Len(t, decision.Start, 2)
				return
			}
			require.Empty(t, decision.Start)
			require.True(t, decision.Done)
			require.Len(t, decision.Parked, 1)
			require.Equal(t, test.until, decision.Parked[0].Until)
			require.Len(t, decision.Parked[0].Batches, 2)
		})
	}
}
