package tempo_test

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"time"

	"metronome/internal/batch"
	"metronome/internal/tempo"
)

// world is a pool on virtual time: a provider, one state that all runs share, runs that beat at different times, and
// workers that send single requests as tempo's package comment asks of them. Time is in seconds since noon.
type world struct {
	limits     tempo.Limits
	provider   provider
	conditions conditions
	random     *rand.Rand
	state      tempo.State
	runs       []*run
	now        float64
	events     events
	checker    checker
}

// conditions says what happens to requests and workers.
type conditions struct {
	latency        float64 // mean seconds of a request; each takes half of it to one and a half times of it
	overload       float64 // part of requests answered by 5xx
	contention     float64
	death          float64 // probability of a worker's death, per request
	startDelay     float64 // seconds from a beat's decision to a worker's first request
	betweenDelay   float64 // most seconds between two entities
	deadAreSeen    bool    // runs see at once that another run's worker is dead
	serialRequests int     // requests of an entity that are sent one after another, before the rest is sent side by side
}

// provider answers requests. It throttles by a token bucket of its own.
type provider struct {
	bucket
	dayCap int64 // answers "cap reached" after so many requests; 0: never
	seen   int64
}

// outcome is how a request ended.
type outcome int

const (
	ok outcome = iota
	throttled
	overload
	contention
	capReached
)

func newWorld(limits tempo.Limits, seed uint64) *world {
	return &world{
		limits:     limits,
		random:     rand.New(rand.NewPCG(seed, 1)),
		conditions: conditions{latency: 0.2, startDelay: 0.2, betweenDelay: 0.05, serialRequests: 2},
		provider:   provider{bucket: bucket{rate: 1e9, burst: 1e9, tokens: 1e9}},
		checker:    checker{limits: limits},
	}
}

// throttle makes the provider refuse what exceeds a rate.
func (w *world) throttle(rate float64) {
	w.provider.bucket = bucket{rate: rate, burst: 1 + rate, tokens: 1 + rate}
}

// clock returns virtual time as a time.
func (w *world) clock() time.Time { return noon.Add(time.Duration(w.now * float64(time.Second))) }

// after calls something later.
func (w *world) after(delay float64, call func()) {
	heap.Push(&w.events, event{at: w.now + delay, order: w.events.count, call: call})
	w.events.count++
}

// mostSeconds is what the runs of a world may take: a month is plenty for what drawBatches makes, even at the lowest
// rate; but runs wait for each other's reserved budgets.
const mostSeconds = 30 * 24 * 3600.0

// simulate lets time pass until every run has ended; it fails when that takes longer than mostSeconds.
func (w *world) simulate() error {
	for w.events.Len() > 0 {
		e := heap.Pop(&w.events).(event)
		if e.at > mostSeconds {
			return fmt.Errorf("runs still work after %v s: %v", mostSeconds, w.unfinished())
		}
		w.now = e.at
		e.call()
	}
	return w.checker.err()
}

func (w *world) unfinished() (names []string) {
	for _, r := range w.runs {
		if !r.ended {
			names = append(names, fmt.Sprintf("%s: %d waiting, %d workers, %s", r.name, len(r.waiting), len(r.workers), r.last.Reason))
		}
	}
	return names
}

// answer decides how a request ends and how long that takes.
func (w *world) answer() (outcome, float64) {
	p := &w.provider
	p.seen++
	took := w.conditions.latency * (0.5 + w.random.Float64())
	p.refill(w.now)
	switch chance := w.random.Float64(); {
	case p.dayCap > 0 && p.seen > p.dayCap:
		return capReached, took
	case p.tokens < 1:
		return throttled, took / 4
	case chance < w.conditions.overload:
		p.tokens--
		return overload, took * 5
	case chance < w.conditions.overload+w.conditions.contention:
		p.tokens--
		return contention, took
	default:
		p.tokens--
		return ok, took
	}
}

// grant finds a worker's grant in the state.
func (w *world) grant(worker string) *tempo.Grant {
	for i := range w.state.Grants {
		if g := &w.state.Grants[i]; g.Worker == worker {
			return g
		}
	}
	return nil
}

// bucket is a token bucket on virtual time.
type bucket struct {
	rate, burst, tokens, at float64
}

// refill adds the tokens of the time that has passed.
func (b *bucket) refill(now float64) {
	b.tokens = min(b.burst, b.tokens+b.rate*(now-b.at))
	b.at = now
}

// set changes rate and burst, without giving a token.
func (b *bucket) set(share tempo.Share, now float64) {
	b.refill(now)
	b.rate, b.burst = share.RequestsPerSecond, float64(share.Burst)
	b.tokens = min(b.tokens, b.burst)
}

// take takes a token, or says how long to wait for one.
func (b *bucket) take(now float64) (wait float64) {
	b.refill(now)
	if b.tokens >= 1-1e-9 {
		b.tokens--
		return 0
	}
	return (1 - b.tokens) / b.rate
}

// event is something that happens at a time; events of one time happen in the order in which they were planned.
type event struct {
	at    float64
	order int
	call  func()
}

// events is a heap.
type events struct {
	list  []event
	count int
}

func (e *events) Len() int { return len(e.list) }
func (e *events) Less(i, j int) bool {
	a, b := e.list[i], e.list[j]
	return a.at < b.at || a.at == b.at && a.order < b.order
}
func (e *events) Swap(i, j int) { e.list[i], e.list[j] = e.list[j], e.list[i] }
func (e *events) Push(x any)    { e.list = append(e.list, x.(event)) }
func (e *events) Pop() any {
	last := e.list[len(e.list)-1]
	e.list = e.list[:len(e.list)-1]
	return last
}

// simulatedBatch is a batch in the simulation.
type simulatedBatch struct {
	id       batch.ID
	accounts []string
	entities []int // requests that each entity still needs
	attempts int
}

func (b *simulatedBatch) requests() int64 {
	sum := 0
	for _, n := range b.entities {
		sum += n
	}
	return int64(sum)
}
