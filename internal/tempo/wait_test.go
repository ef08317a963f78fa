package tempo_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/tempo"
)

func TestWait(t *testing.T) {
	t.Parallel()
	r := newManualRun(tenPerSecond, waiting(1000, 250))
	require.Equal(t, 30*time.Second, r.beat(0, tempo.Window{}).Wait, "nobody ends before the longest beat")
	r.acknowledge()
	require.Equal(t, 20*time.Second, r.beat(30, clean(300)).Wait, "250 requests at 5/s were to take 50 s")
	require.Equal(t, time.Second, r.beat(20, clean(200)).Wait, "due")
	require.Equal(t, 2*time.Second, r.beat(8, clean(80)).Wait, "overdue: less and less often")
	r.end("b0000001-1")
	r.beat(2, clean(20))
	require.Equal(t, []float64{10}, r.rates())
}

func TestWaitIsShortWhileARateIsJudged(t *testing.T) {
	t.Parallel()
	r := newManualRun(tenPerSecond, waiting(1000))
	*r.state = tempo.State{Rate: 4, Ceiling: 10}
	require.Equal(t, 7500*time.Millisecond, r.beat(0, tempo.Window{}).Wait, "a quarter of the longest beat")

	r = newManualRun(tempo.Limits{MaxBeat: 30 * time.Second}, waiting(1000))
	*r.state = tempo.State{Rate: 4, SlowStart: true}
	require.Equal(t, 5*time.Second, r.beat(0, tempo.Window{}).Wait, "20 requests at 4/s")
}

// working is the grant of a worker that has acknowledged its share of 2 requests per second.
func working(run, worker string, endsIn time.Duration) tempo.Grant {
	share := tempo.Share{RequestsPerSecond: 2, Burst: 1, Serial: 1}
	return tempo.Grant{
		Worker: worker, Run: run, Accounts: []string{"account of " + worker}, Share: share, Reserved: share, Requests: 100,
		Issued: noon, Started: noon, Renewed: noon, Ends: noon.Add(endsIn),
	}
}

func TestWaitForTheFirstChange(t *testing.T) {
	t.Parallel()
	lowered := working("r1", "lowered", time.Hour)
	lowered.Reserved = tempo.Share{RequestsPerSecond: 5, Burst: 1}
	lowered.Issued = noon.Add(-12 * time.Second)
	others := lowered
	others.Run = "r2"
	first, second := working("r1", "first", 5*time.Second), working("r1", "second", 20*time.Second)
	full := tempo.State{Rate: 4, Ceiling: 4}
	tests := map[string]struct {
		state  tempo.State
		grants []tempo.Grant
		limits tempo.Limits
		want   time.Duration
	}{
		"the first worker's end":             {full, []tempo.Grant{first, second}, tempo.Limits{}, 5 * time.Second},
		"in whatever order":                  {full, []tempo.Grant{second, first}, tempo.Limits{}, 5 * time.Second},
		"not another run's worker's":         {full, []tempo.Grant{working("r2", "other", time.Second), second}, tempo.Limits{}, 20 * time.Second},
		"an end before the rate is judged":   {tempo.State{Rate: 4, Ceiling: 9}, []tempo.Grant{first, second}, tempo.Limits{}, 5 * time.Second},
		"an end before the rate is doubled":  {tempo.State{Rate: 2, SlowStart: true}, []tempo.Grant{first}, tempo.Limits{}, 5 * time.Second},
		"but not sooner than the least wait": {tempo.State{Rate: 1000, SlowStart: true}, []tempo.Grant{second}, tempo.Limits{}, time.Second},
		"a smaller share to acknowledge":     {full, []tempo.Grant{lowered, second}, tempo.Limits{}, 3 * time.Second},
		"not another run's":                  {full, []tempo.Grant{others, second}, tempo.Limits{}, 20 * time.Second},
		"a short longest beat": {
			tempo.State{Rate: 4, Ceiling: 9}, []tempo.Grant{second}, tempo.Limits{MinBeat: time.Second, MaxBeat: 2 * time.Second}, time.Second,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.state.Grants = test.grants
			_, decision := tempo.Decide(test.limits, test.state, tempo.Observation{Run: "r1"}, noon)
			require.Equal(t, test.want, decision.Wait, decision.Reason)
		})
	}
}

func TestExpectedEnd(t *testing.T) {
	t.Parallel()
	r := newManualRun(tenPerSecond, waiting(1000, 1000, 1000))
	require.Equal(t, noon.Add(300*time.Second), r.beat(0, tempo.Window{}).ExpectedEnd)
	r.workers[0].Remaining, r.workers[1].Remaining = 800, 800
	require.Equal(t, noon.Add(50*time.Second+325*time.Second), r.beat(50, clean(400)).ExpectedEnd, "2600 to come at 8/s as so far")

	serial := serialPool
	r = newManualRun(serial, chain(3, 1000))
	require.Equal(t, noon.Add(900*time.Second), r.beat(0, tempo.Window{}).ExpectedEnd, "one account, one request of 0.3 s at a time")

	single := serialPool
	single.MaxWorkers = 1
	r = newManualRun(single, waiting(1000, 1000))
	require.Equal(t, noon.Add(600*time.Second), r.beat(0, tempo.Window{}).ExpectedEnd, "one worker, one request of 0.3 s at a time")

	r = newManualRun(serialPool, append(chain(3, 1000), waiting(100, 100)...))
	*r.state = tempo.State{Grants: []tempo.Grant{working("r2", "other", time.Hour)}}
	r.state.Grants[0].Accounts = []string{"only"}
	require.Equal(t, noon.Add(900*time.Second), r.beat(0, tempo.Window{}).ExpectedEnd, "the account is busy, and its batches are a chain")

	r = newManualRun(tenPerSecond, waiting(1e18))
	require.True(t, r.beat(0, tempo.Window{}).ExpectedEnd.After(noon.AddDate(3, 0, 0)), "very long is not negative")
}

// What a run usually uses of its part corrects the expected end: to a quarter at the least.
func TestExpectedEndByWhatARunUses(t *testing.T) {
	t.Parallel()
	for used, took := range map[int64]time.Duration{1000: 100 * time.Second, 50: 200 * time.Second, 1: 400 * time.Second} {
		state := tempo.State{Rate: 10, Ceiling: 10, SecondsPerRequest: 0.3, Workers: 2}
		seen := tempo.Observation{Run: "r1", Since: noon, Window: clean(used), Waiting: waiting(500, 500)}
		_, decision := tempo.Decide(tenPerSecond, state, seen, noon.Add(10*time.Second))
		require.WithinDuration(t, noon.Add(10*time.Second+took), decision.ExpectedEnd, time.Second, "%d used in 10 s", used)
	}
}
