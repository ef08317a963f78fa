package tempo

import (
	"math"
	"slices"
	"time"

	"metronome/internal/batch"
)

// Assumptions are what a forecast has to guess.
type Assumptions struct {
	State             State   // what is known of the pool; the zero State: nothing
	SecondsPerRequest float64 // 0: as measured, or DefaultSecondsPerRequest
	StartSeconds      float64 // from a beat's decision to a worker's first request
	EntityRequests    float64 // of an ordinary entity: a worker takes over its share that often; below 1: 70
}

// Bound says what a pool's time depends on most.
type Bound string

// The bounds.
const (
	ByRate    Bound = "rate"    // the pool's requests per second
	ByAccount Bound = "account" // an account whose batches can only be done one after another
	ByWorkers Bound = "workers" // too few workers, or too few accounts to keep more of them busy
	ByBudget  Bound = "budget"  // a day or month budget, whose reset has to be waited for
)

// Prediction is how a run on a pool is expected to go.
type Prediction struct {
	Batches     int       `json:"batches"`
	Requests    int64     `json:"requests"`
	End         time.Time `json:"end"`     // of all that can ever be done; now where there is nothing to do
	Seconds     float64   `json:"seconds"` // until the end, waiting for resets included
	Rate        float64   `json:"rate"`    // requests per second of the pool at the end
	WorkersPeak int       `json:"workersPeak"`
	Bound       Bound     `json:"bound,omitempty"`  // empty where there is nothing to do
	Parked      []Parked  `json:"parked,omitempty"` // what does not even fit into a fresh budget
}

// Forecast predicts how one run alone on a pool goes, by making its beats on virtual time. Of very many batches it simulates
// some only, and extrapolates the others from the rate that it came to. No account's batches are expected to be done faster
// than one worker can.
func Forecast(limits Limits, waiting []Candidate, assume Assumptions, now time.Time) Prediction {
	p := Prediction{Batches: len(waiting), Requests: totalRequests(waiting), End: now}
	if len(waiting) == 0 {
		return p
	}
	s := newSimulation(limits, waiting, assume, now)
	s.run()
	s.extrapolate(float64(totalRequests(s.rest)))
	chainEnd := now.Add(seconds(float64(longestChain(waiting, s.parked)) / s.workerRate()))
	p.End = later(chainEnd, s.now)
	p.Seconds = p.End.Sub(now).Seconds()
	p.Rate, p.WorkersPeak, p.Parked = s.state.Rate, s.peak, s.parked
	p.Bound = s.bound(p, chainEnd.Sub(now).Seconds())
	return p
}

// How much of a run is simulated beat by beat.
const (
	simulatedBatches = 300
	simulatedDays    = 3 // day budgets
)

// usualEntityRequests is about what an entity of 25 folders and 40 files costs.
const usualEntityRequests = 70

// simulation is a run on virtual time, alone on its pool.
type simulation struct {
	limits  Limits
	assume  Assumptions
	state   State
	now     time.Time
	since   time.Time // the last beat; zero: there was none
	waiting []Candidate
	rest    []Candidate // too many to be simulated
	workers []*simulatedWorker
	sent    float64 // since the last beat
	peak    int     // workers
	resets  int     // of budgets that were waited for
	parked  []Parked
}

// simulatedWorker sends at an even speed; a fraction of a request counts, too.
type simulatedWorker struct {
	name   string
	share  Share
	left   float64 // requests to come
	entity float64 // of them, those of the present entity
	begins time.Time
}

func newSimulation(limits Limits, waiting []Candidate, assume Assumptions, now time.Time) *simulation {
	if assume.EntityRequests < 1 {
		assume.EntityRequests = usualEntityRequests
	}
	if assume.SecondsPerRequest <= 0 {
		assume.SecondsPerRequest = assume.State.SecondsPerRequest
	}
	if assume.SecondsPerRequest <= 0 {
		assume.SecondsPerRequest = DefaultSecondsPerRequest
	}
	s := &simulation{limits: limits.withDefaults(), assume: assume, state: assume.State.clone(), now: now}
	s.state.Grants, s.state.Demands = nil, nil
	s.state.SecondsPerRequest = assume.SecondsPerRequest
	order := longestFirst(waiting)
	cut := len(order) - simulated(order, s.limits.DayBudget)
	s.rest, s.waiting = order[:cut], order[cut:]
	return s
}

// simulated is how many batches are simulated, counted from the last: the shortest are the most usual ones.
func simulated(order []Candidate, dayBudget int64) int {
	var requests int64
	for i := range min(len(order), simulatedBatches) {
		requests += order[len(order)-1-i].Requests
		if dayBudget > 0 && requests > simulatedDays*dayBudget && i > 0 {
			return i
		}
	}
	return min(len(order), simulatedBatches)
}

// run makes beats until nothing is left that can start, and waits for resets.
func (s *simulation) run() {
	for {
		d := s.beat()
		if !d.Done {
			s.advance(d.Wait)
			continue
		}
		reset := firstReset(d.Parked)
		if reset.IsZero() {
			s.parked = d.Parked
			return
		}
		s.now, s.since = reset, time.Time{}
		s.resets++
	}
}

// firstReset is when the first of what is parked may start; zero: never.
func firstReset(parked []Parked) (reset time.Time) {
	for _, p := range parked {
		if !p.Until.IsZero() && (reset.IsZero() || p.Until.Before(reset)) {
			reset = p.Until
		}
	}
	return reset
}

// beat observes, decides and starts workers.
func (s *simulation) beat() Decision {
	seen := s.observe()
	var d Decision
	s.state, d = Decide(s.limits, s.state, seen, s.now)
	s.since = s.now
	s.workers = slices.DeleteFunc(s.workers, func(w *simulatedWorker) bool { return w.left <= 0 })
	for _, start := range d.Start {
		s.start(start)
	}
	s.peak = max(s.peak, len(s.workers))
	return d
}

func (s *simulation) observe() Observation {
	requests := math.Floor(s.sent)
	s.sent -= requests
	seen := Observation{Run: "forecast", Since: s.since, Waiting: s.waiting}
	seen.Window = Window{Requests: int64(requests), Seconds: requests * s.assume.SecondsPerRequest}
	for _, w := range s.workers {
		seen.Workers = append(seen.Workers, Worker{
			Name: w.name, Live: w.left > 0, Serial: w.share.Serial, Remaining: int64(math.Ceil(w.left)),
		})
	}
	return seen
}

func (s *simulation) start(start Start) {
	i := slices.IndexFunc(s.waiting, func(c Candidate) bool { return c.Worker == start.Worker })
	left := float64(s.waiting[i].Requests)
	s.waiting = slices.Delete(s.waiting, i, i+1)
	s.workers = append(s.workers, &simulatedWorker{
		name: start.Worker, share: start.Share, left: left, entity: min(left, s.assume.EntityRequests),
		begins: s.now.Add(seconds(s.assume.StartSeconds)),
	})
}

// advance lets time pass until the next beat. What workers do between two beats does not depend on each other.
func (s *simulation) advance(wait time.Duration) {
	next := s.now.Add(wait)
	shares := make(map[string]Share, len(s.state.Grants))
	for i := range s.state.Grants {
		shares[s.state.Grants[i].Worker] = s.state.Grants[i].Share
	}
	for _, w := range s.workers {
		for at := later(s.now, w.begins); at.Before(next) && w.left > 0; {
			at = s.send(w, at, next, shares[w.name])
		}
	}
	s.now = next
}

// send sends until the present entity is done, or the time is up. After an entity the newest share is taken over.
func (s *simulation) send(w *simulatedWorker, at, next time.Time, newest Share) time.Time {
	speed := min(w.share.RequestsPerSecond, float64(s.limits.InFlight)/s.assume.SecondsPerRequest)
	requests := min(w.entity, speed*next.Sub(at).Seconds())
	w.left -= requests
	w.entity -= requests
	s.sent += requests
	if w.entity > rounding {
		return next
	}
	w.left = max(0, math.Round(w.left))
	w.entity = min(w.left, s.assume.EntityRequests)
	w.share = newest
	return at.Add(seconds(requests / speed))
}

// extrapolate lets the time pass that so many requests need at the present rate, as the budgets allow.
func (s *simulation) extrapolate(requests float64) {
	workers := float64(s.limits.Workers(s.state.Rate, s.assume.SecondsPerRequest))
	rate := max(min(s.state.Rate, workers*s.workerRate()), rounding)
	if s.limits.DayBudget <= 0 && s.limits.MonthBudget <= 0 {
		s.now = s.now.Add(seconds(requests / rate))
		return
	}
	for requests >= 1 {
		usage := s.state.Usage.at(s.now)
		reset := nextDay(s.now)
		today := max(0, min(requests, s.limits.left(usage), rate*reset.Sub(s.now).Seconds()))
		s.state.Usage = usage.plus(int64(today))
		requests -= today
		s.now = s.now.Add(seconds(today / rate))
		if requests >= 1 {
			s.now = later(s.now, reset)
			s.resets++
		}
	}
}

// left is what the budgets have left.
func (l Limits) left(usage Usage) float64 {
	left := math.Inf(1)
	if l.DayBudget > 0 {
		left = min(left, float64(l.DayBudget-usage.DayRequests))
	}
	if l.MonthBudget > 0 {
		left = min(left, float64(l.MonthBudget-usage.MonthRequests))
	}
	return left
}

// longestChain returns the requests of the longest chain among batches that are not parked for good.
func longestChain(waiting []Candidate, parked []Parked) (longest int64) {
	chains := batch.Chains{}
	without := parkedBatches(parked)
	for i := range waiting {
		if c := &waiting[i]; !without[c.Batch] {
			longest = max(longest, chains.Add(c.Accounts, c.Requests))
		}
	}
	return longest
}

// workerRate is the most that one worker can send per second.
func (s *simulation) workerRate() float64 {
	return s.limits.workerRate(s.state.Rate, s.assume.SecondsPerRequest)
}

// bound finds what the time depends on most.
func (s *simulation) bound(p Prediction, chainSeconds float64) Bound {
	const nearly = 0.9
	switch {
	case p.Seconds == 0:
		return ""
	case s.resets > 0:
		return ByBudget
	case chainSeconds >= nearly*p.Seconds:
		return ByAccount
	case float64(s.peak)*s.workerRate() < nearly*p.Rate:
		return ByWorkers
	default:
		return ByRate
	}
}
