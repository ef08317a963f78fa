package tempo

import (
	"time"
)

// wait is the time until something is expected to have changed, within the beat bounds.
func (b *beat) wait() time.Duration {
	next := b.nextEnd()
	if b.state.SlowStart {
		next = min(next, b.timeFor(slowStartRequests))
	}
	if b.crowded || b.state.Rate < b.state.Ceiling {
		next = min(next, b.limits.MaxBeat/patience)
	}
	if b.refused {
		next = b.limits.MinBeat
	}
	next = min(next, b.nextFreed())
	return min(max(next, b.limits.MinBeat), b.limits.MaxBeat)
}

// patience is the part of the time waited so far after which it is worth looking again at something overdue.
const patience = 4

// nextEnd is when the first of this run's workers is expected to end. One that is overdue is looked at soon, then less and
// less often.
func (b *beat) nextEnd() time.Duration {
	next := b.limits.MaxBeat
	for i := range b.state.Grants {
		if g := &b.state.Grants[i]; g.Run == b.seen.Run {
			next = min(next, max(g.Ends.Sub(b.now), b.now.Sub(g.Ends)/patience, b.limits.MinBeat))
		}
	}
	return next
}

// nextFreed is when to look whether a worker of this run has given back what others may wait for: soon after it was asked
// to, then less and less often.
func (b *beat) nextFreed() time.Duration {
	next := b.limits.MaxBeat
	for i := range b.state.Grants {
		g := &b.state.Grants[i]
		if g.Run == b.seen.Run && g.Reserved.RequestsPerSecond > g.Share.RequestsPerSecond+tiny {
			next = min(next, max(b.now.Sub(g.Issued)/patience, b.limits.MinBeat))
		}
	}
	return next
}

// expectedEnd is when all that is not parked is expected to be done: at the rate that this run gets, or as fast as the
// longest chain of batches of one account can be done.
func (b *beat) expectedEnd() time.Time {
	requests, chain := b.remaining()
	if requests == 0 {
		return time.Time{}
	}
	needed := max(float64(requests)/b.expectedRate(), float64(chain)/b.workerRate())
	return b.now.Add(seconds(needed))
}

// remaining sums the requests to come of this run, without what is parked, and of its longest chain.
func (b *beat) remaining() (requests, longest int64) {
	parked := batchesOf(b.parked.list())
	chains := map[string]int64{}
	add := func(accounts []string, n int64) {
		requests += n
		chain := n
		if len(accounts) == 1 {
			chains[accounts[0]] += n
			chain = chains[accounts[0]]
		}
		longest = max(longest, chain)
	}
	granted := b.granted()
	for i := range b.seen.Waiting {
		if c := &b.seen.Waiting[i]; !parked[c.Batch] && !granted[c.Worker] {
			add(c.Accounts, c.Requests)
		}
	}
	for i := range b.state.Grants {
		if g := &b.state.Grants[i]; g.Run == b.seen.Run {
			add(g.Accounts, g.Requests)
		}
	}
	return requests, longest
}

// workerRate is the most that one worker can send per second.
func (b *beat) workerRate() float64 {
	took := b.state.SecondsPerRequest
	if took <= 0 {
		took = DefaultSecondsPerRequest
	}
	return b.limits.workerRate(b.state.Rate, took)
}

// expectedRate is this run's part of the rate, corrected by what it usually uses of it.
func (b *beat) expectedRate() float64 {
	workers := float64(max(1, b.mine))
	part := min(b.target.RequestsPerSecond*workers, b.workerRate()*workers)
	if usual := b.demand.Usual; usual > 0 {
		part = max(part/4, min(part, usual))
	}
	return max(part, tiny)
}

// seconds turns a number of seconds into a duration, at most some years.
func seconds(s float64) time.Duration {
	const most = 1e8
	return time.Duration(min(s, most) * float64(time.Second))
}
