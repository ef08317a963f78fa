package tempo

import (
	"math"
	"slices"
	"time"
)

// How much of a run a forecast plays beat by beat.
const (
	playedBatches = 300
	playedDays    = 3 // day budgets
)

// usualEntityRequests is about what an entity of 25 folders and 40 files costs.
const usualEntityRequests = 70

// forecast is a run on virtual time, alone on its pool.
type forecast struct {
	limits  Limits
	assume  Assumptions
	state   State
	now     time.Time
	since   time.Time // the last beat; zero: there was none
	waiting []Candidate
	untold  []Candidate // too many to be played
	streams []*stream
	sent    float64 // since the last beat
	peak    int     // workers
	resets  int     // of budgets that were waited for
	parked  []Parked
}

// stream is a worker that sends as evenly as water flows.
type stream struct {
	worker string
	share  Share
	left   float64 // requests to come
	entity float64 // of them, those of the present entity
	begins time.Time
}

func newForecast(limits Limits, waiting []Candidate, assume Assumptions, now time.Time) *forecast {
	if assume.EntityRequests < 1 {
		assume.EntityRequests = usualEntityRequests
	}
	if assume.SecondsPerRequest <= 0 {
		assume.SecondsPerRequest = assume.State.SecondsPerRequest
	}
	if assume.SecondsPerRequest <= 0 {
		assume.SecondsPerRequest = DefaultSecondsPerRequest
	}
	f := &forecast{limits: limits.filled(), assume: assume, state: assume.State.clone(), now: now}
	f.state.Grants, f.state.Demands = nil, nil
	f.state.SecondsPerRequest = assume.SecondsPerRequest
	order := longestFirst(waiting)
	cut := len(order) - f.played(order)
	f.untold, f.waiting = order[:cut], order[cut:]
	return f
}

// played is how many batches, counted from the last, are played.
func (f *forecast) played(order []Candidate) int {
	var requests int64
	for i := range min(len(order), playedBatches) {
		requests += order[len(order)-1-i].Requests
		if f.limits.DayBudget > 0 && requests > playedDays*f.limits.DayBudget && i > 0 {
			return i
		}
	}
	return min(len(order), playedBatches)
}

// play makes beats until nothing is left that can start, and waits for resets.
func (f *forecast) play() {
	for {
		d := f.beat()
		if !d.Done {
			f.flow(d.Wait)
			continue
		}
		reset := firstReset(d.Parked)
		if reset.IsZero() {
			f.parked = d.Parked
			return
		}
		f.now, f.since = reset, time.Time{}
		f.resets++
	}
}

// firstReset is when the first of what is parked can go on; zero: never.
func firstReset(parked []Parked) (reset time.Time) {
	for _, p := range parked {
		if !p.Until.IsZero() && (reset.IsZero() || p.Until.Before(reset)) {
			reset = p.Until
		}
	}
	return reset
}

// beat observes, decides and starts streams.
func (f *forecast) beat() Decision {
	seen := f.observe()
	var d Decision
	f.state, d = Decide(f.limits, f.state, seen, f.now)
	f.since = f.now
	f.streams = slices.DeleteFunc(f.streams, func(s *stream) bool { return s.left <= 0 })
	for _, start := range d.Start {
		f.start(start)
	}
	f.peak = max(f.peak, len(f.streams))
	return d
}

func (f *forecast) observe() Observation {
	requests := math.Floor(f.sent)
	f.sent -= requests
	seen := Observation{Run: "forecast", Since: f.since, Waiting: f.waiting}
	seen.Window = Window{Requests: int64(requests), Seconds: requests * f.assume.SecondsPerRequest}
	for _, s := range f.streams {
		seen.Workers = append(seen.Workers, Worker{
			Name: s.worker, Live: s.left > 0, Serial: s.share.Serial, Remaining: int64(math.Ceil(s.left)),
		})
	}
	return seen
}

func (f *forecast) start(start Start) {
	i := slices.IndexFunc(f.waiting, func(c Candidate) bool { return c.Worker == start.Worker })
	left := float64(f.waiting[i].Requests)
	f.waiting = slices.Delete(f.waiting, i, i+1)
	f.streams = append(f.streams, &stream{
		worker: start.Worker, share: start.Share, left: left, entity: min(left, f.assume.EntityRequests),
		begins: f.now.Add(seconds(f.assume.StartSeconds)),
	})
}

// flow lets time pass until the next beat. What workers do between two beats does not depend on each other.
func (f *forecast) flow(wait time.Duration) {
	next := f.now.Add(wait)
	shares := make(map[string]Share, len(f.state.Grants))
	for i := range f.state.Grants {
		shares[f.state.Grants[i].Worker] = f.state.Grants[i].Share
	}
	for _, s := range f.streams {
		for at := latest(f.now, s.begins); at.Before(next) && s.left > 0; {
			at = f.send(s, at, next, shares[s.worker])
		}
	}
	f.now = next
}

// send sends until the present entity is done, or the time is up. After an entity the newest share is taken over.
func (f *forecast) send(s *stream, at, next time.Time, newest Share) time.Time {
	speed := min(s.share.RequestsPerSecond, float64(f.limits.InFlight)/f.assume.SecondsPerRequest)
	requests := min(s.entity, speed*next.Sub(at).Seconds())
	s.left -= requests
	s.entity -= requests
	f.sent += requests
	if s.entity > tiny {
		return next
	}
	s.left = max(0, math.Round(s.left))
	s.entity = min(s.left, f.assume.EntityRequests)
	s.share = newest
	return at.Add(seconds(requests / speed))
}
