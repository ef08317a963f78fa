package tempo_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/batch"
	"metronome/internal/tempo"
)

var noon = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

// tenPerSecond is an ordinary pool: 10 requests per second, burst 10, up to 5 workers.
var tenPerSecond = tempo.Limits{
	RequestsPerSecond: 10, Burst: 10, MaxWorkers: 5, InFlight: 8, MinBeat: time.Second, MaxBeat: 30 * time.Second,
}

// waiting makes batches of one account each, with so many requests.
func waiting(requests ...int64) []tempo.Candidate {
	candidates := make([]tempo.Candidate, len(requests))
	for i, n := range requests {
		id := batch.NewID(i)
		candidates[i] = tempo.Candidate{
			Batch: id, Worker: string(id) + "-1", Accounts: []string{fmt.Sprintf("account-%d", i)}, Requests: n,
		}
	}
	return candidates
}

// hands plays a run by hand: beat by beat, what it sees is what the test says.
type hands struct {
	limits  tempo.Limits
	state   *tempo.State // shared with other runs
	run     string
	now     time.Time
	since   time.Time
	waiting []tempo.Candidate
	workers []tempo.Worker
	last    tempo.Decision
}

func newHands(limits tempo.Limits, waiting []tempo.Candidate) *hands {
	return &hands{limits: limits, state: &tempo.State{}, run: "r1", now: noon, waiting: waiting}
}

// beat decides after a window of so many seconds in which all this was counted.
func (h *hands) beat(after float64, counts tempo.Window) tempo.Decision {
	h.now = h.now.Add(seconds(after))
	seen := tempo.Observation{Run: h.run, Since: h.since, Window: counts, Workers: h.workers, Waiting: h.waiting}
	*h.state, h.last = tempo.Decide(h.limits, *h.state, seen, h.now)
	h.since = h.now
	h.workers = slices.DeleteFunc(h.workers, func(w tempo.Worker) bool { return !w.Live })
	for _, start := range h.last.Start {
		i := slices.IndexFunc(h.waiting, func(c tempo.Candidate) bool { return c.Worker == start.Worker })
		h.workers = append(h.workers, tempo.Worker{Name: start.Worker, Live: true, Remaining: h.waiting[i].Requests})
		h.waiting = slices.Delete(slices.Clone(h.waiting), i, i+1)
	}
	return h.last
}

// acknowledge lets workers take over their newest shares; all of them, or those named.
func (h *hands) acknowledge(names ...string) {
	for i := range h.workers {
		if len(names) == 0 || slices.Contains(names, h.workers[i].Name) {
			h.workers[i].Serial = h.last.Shares[h.workers[i].Name].Serial
		}
	}
}

// end lets workers end.
func (h *hands) end(names ...string) {
	for i := range h.workers {
		if slices.Contains(names, h.workers[i].Name) {
			h.workers[i].Live = false
		}
	}
}

// other is another run on the same pool, at the same time.
func (h *hands) other(run string, waiting []tempo.Candidate) *hands {
	for i := range waiting {
		waiting[i].Worker = run + "-" + waiting[i].Worker
		waiting[i].Accounts = []string{run + "-" + waiting[i].Accounts[0]}
	}
	return &hands{limits: h.limits, state: h.state, run: run, now: h.now, waiting: waiting}
}

// rates gives the rates of all shares, sorted.
func (h *hands) rates() []float64 {
	rates := []float64{}
	for _, share := range h.last.Shares {
		rates = append(rates, share.RequestsPerSecond)
	}
	slices.Sort(rates)
	return rates
}

// started gives the numbers of the batches that started.
func started(d tempo.Decision) []batch.ID {
	ids := []batch.ID{}
	for _, start := range d.Start {
		ids = append(ids, start.Batch)
	}
	return ids
}

// clean is a window of so many answered requests of 0.3 s each.
func clean(requests int64) tempo.Window {
	return tempo.Window{Requests: requests, Seconds: 0.3 * float64(requests)}
}

func TestFirstBeatStartsWhatTheRateNeeds(t *testing.T) {
	t.Parallel()
	h := newHands(tenPerSecond, waiting(1000, 3000, 2000, 500))
	decision := h.beat(0, tempo.Window{})
	require.InDelta(t, 10, decision.Rate, 0)
	require.Equal(t, []batch.ID{"b0000001", "b0000002"}, started(decision), "10/s of 0.3 s each, 2 in flight per worker; longest first")
	require.Equal(t, tempo.Share{RequestsPerSecond: 5, Burst: 2, Serial: 1}, decision.Start[0].Share)
	require.Equal(t, noon.Add(650*time.Second), decision.ExpectedEnd, "known from the first beat on")
	require.Equal(t, 30*time.Second, decision.Wait)
	require.False(t, decision.Done)
	require.Equal(t, "first beat; rate 10/s; 2 of 2 workers, 2 started, 5/s each; 2 batches wait", decision.Reason)
}

func TestDecideChangesNothingThatItWasGiven(t *testing.T) {
	t.Parallel()
	h := newHands(tenPerSecond, waiting(100, 100))
	h.beat(0, tempo.Window{})
	before := mustJSON(t, h.state)
	seen := tempo.Observation{
		Run: "r1", Since: noon, Window: tempo.Window{Requests: 100, Throttled: 50}, Workers: []tempo.Worker{{Name: "b0000000-1"}},
	}
	first, decision := tempo.Decide(tenPerSecond, *h.state, seen, noon.Add(time.Minute))
	require.Equal(t, before, mustJSON(t, h.state))
	second, again := tempo.Decide(tenPerSecond, *h.state, seen, noon.Add(time.Minute))
	require.Equal(t, first, second, "and it is deterministic")
	require.Equal(t, decision, again)
}

func TestStateSurvivesItsStorage(t *testing.T) {
	t.Parallel()
	h := newHands(tenPerSecond, waiting(100, 100))
	h.beat(0, tempo.Window{})
	h.beat(10, tempo.Window{Requests: 100, Throttled: 50})
	var read tempo.State
	require.NoError(t, json.Unmarshal([]byte(mustJSON(t, h.state)), &read))
	require.Equal(t, *h.state, read)
}

func TestDoneWhenNothingWaitsAndNobodyWorks(t *testing.T) {
	t.Parallel()
	h := newHands(tenPerSecond, waiting(100))
	require.False(t, h.beat(0, tempo.Window{}).Done)
	h.end("b0000000-1")
	decision := h.beat(10, clean(100))
	require.True(t, decision.Done)
	require.Zero(t, decision.Wait)
	require.Zero(t, decision.ExpectedEnd)
	require.Empty(t, h.state.Grants)
	require.Empty(t, h.state.Demands, "nobody has to leave room for it")
	require.Equal(t, "100 requests in 10 s (10/s); rate 10/s; 0 of 0 workers, 0 started, 10/s each; nothing left to do", decision.Reason)
}

func mustJSON(t *testing.T, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	require.NoError(t, err)
	return string(data)
}
