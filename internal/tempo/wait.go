package tempo

import (
	"time"

	"metronome/internal/batch"
)

// An overdue change is looked for again after this part of the time that was waited so far: soon, then less and less often.
const overduePart = 4

// wait is the time until something is expected to have changed, within the beat bounds.
func (b *beat) wait(state State, s steps) time.Duration {
	next := min(b.nextEnd(state), b.nextAcknowledged(state))
	if state.SlowStart {
		next = min(next, timeToSend(slowStartRequests, state.Rate))
	}
	if s.division.waitsForOther || state.Rate < state.Ceiling {
		next = min(next, b.limits.MaxBeat/overduePart)
	}
	if s.starts.delayed {
		next = b.limits.MinBeat
	}
	return max(next, b.limits.MinBeat)
}

// nextEnd is when the first of this run's workers is expected to end.
func (b *beat) nextEnd(state State) time.Duration {
	next := b.limits.MaxBeat
	for i := range state.Grants {
		if g := &state.Grants[i]; g.Run == b.seen.Run {
			next = min(next, max(g.Ends.Sub(b.now), b.now.Sub(g.Ends)/overduePart))
		}
	}
	return next
}

// nextAcknowledged is when a worker of this run may have given back what others may wait for.
func (b *beat) nextAcknowledged(state State) time.Duration {
	next := b.limits.MaxBeat
	for i := range state.Grants {
		g := &state.Grants[i]
		if g.Run == b.seen.Run && g.Reserved.RequestsPerSecond > g.Share.RequestsPerSecond+rounding {
			next = min(next, b.now.Sub(g.Issued)/overduePart)
		}
	}
	return next
}

// expectedEnd is when all that is not parked is expected to be done: at the rate that this run gets, or as fast as the
// longest chain of batches of one account can be done. Zero: nothing is left.
func (b *beat) expectedEnd(state State, s steps) time.Time {
	requests, chain := b.remaining(state, s.choice.parked)
	if requests == 0 {
		return time.Time{}
	}
	workerRate := b.limits.workerRate(state.Rate, state.SecondsPerRequest)
	rate := s.division.expectedRate(workerRate, state.Demands[b.seen.Run].Usual)
	return b.now.Add(seconds(max(float64(requests)/rate, float64(chain)/workerRate)))
}

// remaining sums this run's requests to come, without those of what is parked, and those of its longest chain.
func (b *beat) remaining(state State, parked []Parked) (requests, longestChain int64) {
	chains := batch.Chains{}
	without := parkedBatches(parked)
	granted := grantedWorkers(state)
	for i := range b.seen.Waiting {
		if c := &b.seen.Waiting[i]; !without[c.Batch] && !granted[c.Worker] {
			requests += c.Requests
			longestChain = max(longestChain, chains.Add(c.Accounts, c.Requests))
		}
	}
	for i := range state.Grants {
		if g := &state.Grants[i]; g.Run == b.seen.Run {
			requests += g.Requests
			longestChain = max(longestChain, chains.Add(g.Accounts, g.Requests))
		}
	}
	return requests, longestChain
}

// expectedRate is this run's part of the rate, corrected by what it usually uses of it.
func (d *division) expectedRate(workerRate, usual float64) float64 {
	part := float64(max(1, d.workers)) * min(d.share.RequestsPerSecond, workerRate)
	if usual > 0 {
		part = max(part/4, min(part, usual))
	}
	return part
}
