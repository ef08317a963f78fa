package tempo

import (
	"slices"
	"time"

	"metronome/internal/batch"
)

// Decision is what a beat decided for one run.
type Decision struct {
	Rate        float64          `json:"rate"`             // requests per second of the pool, all runs together
	Workers     int              `json:"workers"`          // that the run shall have
	Shares      map[string]Share `json:"shares,omitempty"` // by worker: of all live workers of the run, those that start included
	Start       []Start          `json:"start,omitempty"`
	Parked      []Parked         `json:"parked,omitempty"`
	Wait        time.Duration    `json:"wait"`                 // until the next beat, in nanoseconds
	Done        bool             `json:"done"`                 // no worker lives and nothing that could start waits, but for what is parked
	ExpectedEnd time.Time        `json:"expectedEnd,omitzero"` // of all that is not parked
	Reason      string           `json:"reason"`               // what was seen, what was decided and why
}

// Start asks for a worker. Carrying it out twice must not make a second worker of the name.
type Start struct {
	Worker string   `json:"worker"`
	Batch  batch.ID `json:"batch"`
	Share  Share    `json:"share"`
}

// Parked says which batches have to wait for an allowance, and why.
type Parked struct {
	Batches []batch.ID `json:"batches"`
	Until   time.Time  `json:"until,omitzero"` // zero: not before the budget is raised
	Reason  string     `json:"reason"`
}

// Decide makes a beat: from what the pool allows, what is known of it and what the run saw, the new state and what to do.
// The given state is not changed. When the state cannot be stored because another run was faster, decide again on the newer
// one with the same observation.
func Decide(limits Limits, state State, seen Observation, now time.Time) (State, Decision) {
	b := &beat{limits: limits.withDefaults(), seen: seen, now: now}
	var s steps
	state = state.clone()
	state.Version = Version
	state.Grants = b.freeGrants(state)
	state.Grants, s.repeated = b.renewGrants(state)
	state = b.measure(state)
	state, s.rate = b.setRate(state)
	s.choice = b.choose(state)
	state, s.division = b.divide(state, s.choice.startable, s.rate.holdStarts)
	state.Grants = b.lowerShares(state, s.division.share)
	state.Grants, s.starts = b.startWorkers(state, s)
	state.Grants = b.raiseShares(state, s.division.share)
	done := b.done(state, s.choice)
	state.Demands = b.updateDemand(state, len(s.starts.list) > 0, done)
	return state, b.decision(state, s, done)
}

// beat is what a decision is made from. Its steps only read it.
type beat struct {
	limits Limits
	seen   Observation
	now    time.Time
}

// steps are what the steps of a decision found.
type steps struct {
	repeated []Start
	rate     rateChange
	choice   choice
	division division
	starts   starts
}

func (b *beat) decision(state State, s steps, done bool) Decision {
	d := Decision{
		Rate:        state.Rate,
		Workers:     s.division.workers,
		Shares:      b.ownShares(state),
		Start:       append(s.repeated, s.starts.list...),
		Parked:      s.choice.parked,
		Done:        done,
		ExpectedEnd: b.expectedEnd(state, s),
	}
	if !done {
		d.Wait = b.wait(state, s)
	}
	d.Reason = b.reason(state, s, d)
	return d
}

// done reports whether this run has nothing left to do on the pool.
func (b *beat) done(state State, c choice) bool {
	alive := slices.ContainsFunc(b.seen.Workers, func(w Worker) bool { return w.Live })
	return !alive && workersOf(state, b.seen.Run) == 0 && len(c.startable)+c.queued+c.blocked == 0
}

// ownShares returns the newest share of every live worker of this run.
func (b *beat) ownShares(state State) map[string]Share {
	shares := map[string]Share{}
	for i := range state.Grants {
		if g := &state.Grants[i]; g.Run == b.seen.Run {
			shares[g.Worker] = g.Share
		}
	}
	return shares
}

// seconds turns a number of seconds into a duration, at most some years.
func seconds(s float64) time.Duration {
	const most = 1e8
	return time.Duration(min(s, most) * float64(time.Second))
}
