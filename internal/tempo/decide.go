package tempo

import (
	"slices"
	"time"
)

// tiny is what two rates may differ by and still count as equal: sums of shares are rounded.
const tiny = 1e-9

// Decide makes a beat: from what the pool bears, what is known of it and what the run saw, the new state and what to do.
// The given state is not changed. When the state cannot be stored because another run was faster, decide again on the newer
// one with the same observation.
func Decide(limits Limits, state State, seen Observation, now time.Time) (State, Decision) {
	b := &beat{limits: limits.filled(), state: state.clone(), seen: seen, now: now}
	b.state.Version = Version
	b.settleGrants()
	b.measure()
	b.setRate()
	b.choose()
	b.plan()
	b.lowerShares()
	b.startWorkers()
	b.raiseShares()
	b.leaveDemand()
	return b.state, b.decision()
}

// beat is one decision in the making.
type beat struct {
	limits Limits
	state  State
	seen   Observation
	now    time.Time

	holdStarts bool        // throttled or overloaded: no new workers this beat
	rateWords  string      // why the rate is what it is
	picks      []Candidate // could start now, in this order, as far as accounts and budgets go
	stuck      int         // candidates that wait for an account or for a reserved budget
	queued     int         // candidates beyond the seats
	parked     parking     // candidates that wait for an allowance
	demand     Demand      // of this run
	planned    int         // workers that the pool shall have, all runs together
	mine       int         // workers that this run shall have
	target     Share       // of each worker
	starts     []Start
	refused    bool // a planned worker could not start for want of rate or burst, or because starts are held
	crowded    bool // this run's due workers have no seat, because other runs' workers have more than their due
}

// window is the time that the observation covers, in seconds; 0 on a run's first beat.
func (b *beat) window() float64 {
	if b.seen.Since.IsZero() {
		return 0
	}
	return max(0, b.now.Sub(b.seen.Since).Seconds())
}

func (b *beat) decision() Decision {
	done := b.done()
	d := Decision{
		Rate:    b.state.Rate,
		Workers: b.mine,
		Shares:  b.ownShares(),
		Start:   b.starts,
		Parked:  b.parked.list(),
		Done:    done,
	}
	d.ExpectedEnd = b.expectedEnd()
	if !done {
		d.Wait = b.wait()
	}
	d.Reason = b.reason(d)
	return d
}

// done tells whether this run has nothing left to do on the pool.
func (b *beat) done() bool {
	alive := slices.ContainsFunc(b.seen.Workers, func(w Worker) bool { return w.Live })
	return !alive && b.live(b.seen.Run) == 0 && len(b.picks)+b.queued+b.stuck == 0
}

// ownShares gives the newest share of every live worker of this run.
func (b *beat) ownShares() map[string]Share {
	shares := map[string]Share{}
	for i := range b.state.Grants {
		if g := &b.state.Grants[i]; g.Run == b.seen.Run {
			shares[g.Worker] = g.Share
		}
	}
	return shares
}
