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

// manualRun is a run whose beats see what the test says.
type manualRun struct {
	limits  tempo.Limits
	state   *tempo.State // shared with other runs
	run     string
	now     time.Time
	since   time.Time
	waiting []tempo.Candidate
	workers []tempo.Worker
	last    tempo.Decision
}

func newManualRun(limits tempo.Limits, waiting []tempo.Candidate) *manualRun {
	return &manualRun{limits: limits, state: &tempo.State{}, run: "r1", now: noon, waiting: waiting}
}

// beat decides after a window of so many seconds in which all this was counted.
func (r *manualRun) beat(after float64, counts tempo.Window) tempo.Decision {
	r.now = r.now.Add(seconds(after))
	seen := tempo.Observation{Run: r.run, Since: r.since, Window: counts, Workers: r.workers, Waiting: r.waiting}
	*r.state, r.last = tempo.Decide(r.limits, *r.state, seen, r.now)
	r.since = r.now
	r.workers = slices.DeleteFunc(r.workers, func(w tempo.Worker) bool { return !w.Live })
	for _, start := range r.last.Start {
		i := slices.IndexFunc(r.waiting, func(c tempo.Candidate) bool { return c.Worker == start.Worker })
		r.workers = append(r.workers, tempo.Worker{Name: start.Worker, Live: true, Remaining: r.waiting[i].Requests})
		r.waiting = slices.Delete(slices.Clone(r.waiting), i, i+1)
	}
	return r.last
}

// acknowledge lets workers take over their newest shares; all of them, or those named.
func (r *manualRun) acknowledge(names ...string) {
	for i := range r.workers {
		if len(names) == 0 || slices.Contains(names, r.workers[i].Name) {
			r.workers[i].Serial = r.last.Shares[r.workers[i].Name].Serial
		}
	}
}

// end lets workers end.
func (r *manualRun) end(names ...string) {
	for i := range r.workers {
		if slices.Contains(names, r.workers[i].Name) {
			r.workers[i].Live = false
		}
	}
}

// other returns another run on the same pool, at the same time.
func (r *manualRun) other(run string, waiting []tempo.Candidate) *manualRun {
	for i := range waiting {
		waiting[i].Worker = run + "-" + waiting[i].Worker
		waiting[i].Accounts = []string{run + "-" + waiting[i].Accounts[0]}
	}
	return &manualRun{limits: r.limits, state: r.state, run: run, now: r.now, waiting: waiting}
}

// rates returns the rates of all shares, sorted.
func (r *manualRun) rates() []float64 {
	rates := []float64{}
	for _, share := range r.last.Shares {
		rates = append(rates, share.RequestsPerSecond)
	}
	slices.Sort(rates)
	return rates
}

// started returns the ids of the batches that started.
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
	r := newManualRun(tenPerSecond, waiting(1000, 3000, 2000, 500))
	decision := r.beat(0, tempo.Window{})
	require.Equal(t, tempo.Version, r.state.Version)
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
	r := newManualRun(tenPerSecond, waiting(100, 100))
	r.beat(0, tempo.Window{})
	before := mustJSON(t, r.state)
	seen := tempo.Observation{
		Run: "r1", Since: noon, Window: tempo.Window{Requests: 100, Throttled: 50}, Workers: []tempo.Worker{{Name: "b0000000-1"}},
	}
	first, decision := tempo.Decide(tenPerSecond, *r.state, seen, noon.Add(time.Minute))
	require.Equal(t, before, mustJSON(t, r.state))
	second, again := tempo.Decide(tenPerSecond, *r.state, seen, noon.Add(time.Minute))
	require.Equal(t, first, second, "and it is deterministic")
	require.Equal(t, decision, again)
}

func TestStateSurvivesItsStorage(t *testing.T) {
	t.Parallel()
	r := newManualRun(tenPerSecond, waiting(100, 100))
	r.beat(0, tempo.Window{})
	r.beat(10, tempo.Window{Requests: 100, Throttled: 50})
	var read tempo.State
	require.NoError(t, json.Unmarshal([]byte(mustJSON(t, r.state)), &read))
	require.Equal(t, *r.state, read)
}

func TestDoneWhenNothingWaitsAndNobodyWorks(t *testing.T) {
	t.Parallel()
	r := newManualRun(tenPerSecond, waiting(100))
	require.False(t, r.beat(0, tempo.Window{}).Done)
	r.end("b0000000-1")
	decision := r.beat(10, clean(100))
	require.True(t, decision.Done)
	require.Zero(t, decision.Wait)
	require.Zero(t, decision.ExpectedEnd)
	require.Empty(t, r.state.Grants)
	require.Empty(t, r.state.Demands, "nobody has to leave room for it")
	require.Equal(t, "100 requests in 10 s (10/s); rate 10/s; 0 of 0 workers, 0 started, 10/s each; nothing left to do", decision.Reason)
}

func TestNotDoneWhileAWorkerMayLive(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		workers []tempo.Worker
		grants  []tempo.Grant
		done    bool
	}{
		"nobody":                    {done: true},
		"one that ended":            {workers: []tempo.Worker{{Name: "w"}}, done: true},
		"one whose grant is gone":   {workers: []tempo.Worker{{Name: "w", Live: true}}},
		"one that was not seen":     {grants: []tempo.Grant{{Worker: "w", Run: "r1", Renewed: noon}}},
		"only one of another run's": {grants: []tempo.Grant{{Worker: "w", Run: "r2", Renewed: noon}}, done: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := tempo.Observation{Run: "r1", Since: noon, Workers: test.workers}
			_, decision := tempo.Decide(tenPerSecond, tempo.State{Grants: test.grants}, seen, noon.Add(time.Second))
			require.Equal(t, test.done, decision.Done)
		})
	}
}

func mustJSON(t *testing.T, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	require.NoError(t, err)
	return string(data)
}
