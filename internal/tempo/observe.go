package tempo

import (
	"time"

	"metronome/internal/batch"
)

// Observation is what one run saw of a pool since its last beat.
type Observation struct {
	Run    string
	Since  time.Time // the last beat of this run; zero: there was none
	Window           // what all workers of the run together sent between Since and now, those that ended included
	// Workers are this run's workers that have a grant: those that live, and those that ended since the last beat.
	Workers []Worker
	Dead    []string    // workers of other runs that are known to be dead
	Ended   []string    // other runs whose process is known to have ended: they ask for nothing any more
	Waiting []Candidate // batches that no worker of this run has
	// CapResetsAt is when the provider said that a used-up allowance resets; zero: it did not say.
	CapResetsAt time.Time
	Holder      Holder // put on new grants, until the worker reports its own
}

// Window counts the requests of a stretch of time. The five outcomes that are no success are part of Requests.
type Window struct {
	Requests   int64   `json:"requests"`
	Throttled  int64   `json:"throttled,omitempty"`
	Contention int64   `json:"contention,omitempty"`
	Overload   int64   `json:"overload,omitempty"`
	Cap        int64   `json:"cap,omitempty"`
	Other      int64   `json:"other,omitempty"`
	Seconds    float64 `json:"seconds"`  // from sending to answer, summed over the requests; waiting for a token is not part of it
	Finished   int     `json:"finished"` // entities
}

// Worker is what is known of a worker of this run.
type Worker struct {
	Name      string
	Live      bool   // false: it ended or died, and will send nothing more
	Serial    int64  // of the share that it acknowledged; 0: none yet
	Remaining int64  // requests expected to come
	Holder    Holder // the worker's process; zero: not known
}

// Candidate is a batch that waits for a worker. One whose worker has a grant already was never started, because the decision
// was lost: the next decision repeats the start.
type Candidate struct {
	Batch    batch.ID
	Worker   string // the name that its worker will have; unique for every attempt
	Accounts []string
	Requests int64 // expected to come
}

// windowSeconds is the time that the observation covers; 0 on a run's first beat.
func (b *beat) windowSeconds() float64 {
	if b.seen.Since.IsZero() {
		return 0
	}
	return max(0, b.now.Sub(b.seen.Since).Seconds())
}

// used is what this run sent per second in its window.
func (b *beat) used() float64 {
	if b.windowSeconds() <= 0 {
		return 0
	}
	return float64(b.seen.Requests) / b.windowSeconds()
}

// What a moving average has to see before it has moved half of the way.
const (
	halfwayRequests = 100  // requests, for the time that one takes
	halfwaySeconds  = 30.0 // for the rate that a run uses
)

// measure counts the window against the budgets, and into the averages. What was sent before midnight counts for the new day.
func (b *beat) measure(state State) State {
	state.Usage = state.Usage.at(b.now).plus(b.seen.Requests)
	state.ParkedUntil = b.parkedUntil(state.ParkedUntil)
	if b.seen.Requests > 0 {
		state.SecondsPerRequest = movingAverage(state.SecondsPerRequest,
			b.seen.Seconds/float64(b.seen.Requests), float64(b.seen.Requests)/halfwayRequests)
	}
	state.Demands = b.currentDemands(state.Demands)
	return state
}

// parkedUntil is when the allowance resets that the provider reported as used up; zero: there is none.
func (b *beat) parkedUntil(until time.Time) time.Time {
	switch {
	case b.seen.CapResetsAt.After(b.now):
		until = later(until, b.seen.CapResetsAt)
	case b.seen.Cap > 0:
		until = later(until, nextDay(b.now))
	}
	if until.After(b.now) {
		return until
	}
	return time.Time{}
}

// currentDemands drops the demands of runs that ended or were not seen for long, and adds to this run's what it used.
func (b *beat) currentDemands(demands map[string]Demand) map[string]Demand {
	for _, run := range b.seen.Ended {
		delete(demands, run)
	}
	for run, d := range demands {
		if b.now.Sub(d.Seen) > b.limits.Expiry() {
			delete(demands, run)
		}
	}
	own := demands[b.seen.Run]
	own.Seen = b.now
	own.Used = b.used()
	if own.Used > 0 {
		own.Usual = movingAverage(own.Usual, own.Used, b.windowSeconds()/halfwaySeconds)
	}
	demands[b.seen.Run] = own
	return demands
}

// movingAverage moves an average towards a new value, half of the way at a weight of 1; the first value is the average.
func movingAverage(average, value, weight float64) float64 {
	if average == 0 {
		return value
	}
	return (average + weight*value) / (1 + weight)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
