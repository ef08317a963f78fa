package tempo

import (
	"math"
	"slices"
	"time"
)

// freeGrants returns the grants without those of workers that are gone.
func (b *beat) freeGrants(state State) []Grant {
	workers := b.workers()
	return slices.DeleteFunc(state.Grants, func(g Grant) bool { return b.gone(g, workers) })
}

// gone reports whether nobody uses a grant any more.
func (b *beat) gone(g Grant, workers map[string]Worker) bool {
	w, known := workers[g.Worker]
	switch {
	case b.now.Sub(g.Renewed) > b.limits.Expiry():
		return !w.Live
	case g.Run == b.seen.Run:
		return known && !w.Live
	default:
		return slices.Contains(b.seen.Dead, g.Worker)
	}
}

// workers returns this run's workers by name.
func (b *beat) workers() map[string]Worker {
	workers := make(map[string]Worker, len(b.seen.Workers))
	for _, w := range b.seen.Workers {
		workers[w.Name] = w
	}
	return workers
}

// renewGrants renews the grants of this run's live workers. It repeats starts that were decided but never carried out: their
// workers still wait to be started.
func (b *beat) renewGrants(state State) ([]Grant, []Start) {
	workers := b.workers()
	waiting := make(map[string]bool, len(b.seen.Waiting))
	for i := range b.seen.Waiting {
		waiting[b.seen.Waiting[i].Worker] = true
	}
	workerRate := b.limits.workerRate(state.Rate, state.SecondsPerRequest)
	var repeated []Start
	for i := range state.Grants {
		g := &state.Grants[i]
		switch w, known := workers[g.Worker]; {
		case g.Run != b.seen.Run:
		case known:
			g.renew(w, b.now, workerRate)
		case waiting[g.Worker]:
			g.Renewed = b.now
			repeated = append(repeated, Start{Worker: g.Worker, Batch: g.Batch, Share: g.Share})
		}
	}
	return state.Grants, repeated
}

// lowerShares takes from this run's workers what exceeds the share that each shall have. It stays reserved until they
// acknowledge.
func (b *beat) lowerShares(state State, target Share) []Grant {
	workerRate := b.limits.workerRate(state.Rate, state.SecondsPerRequest)
	for i := range state.Grants {
		g := &state.Grants[i]
		if g.Run == b.seen.Run {
			rate := min(g.Share.RequestsPerSecond, target.RequestsPerSecond)
			g.setShare(rate, min(g.Share.Burst, target.Burst), b.now, workerRate)
		}
	}
	return state.Grants
}

// starts are the workers that a beat starts.
type starts struct {
	list    []Start
	delayed bool // one could not start for want of rate or burst, or because starts are held
}

// startWorkers returns grants to the first candidates, while there is a slot, a token of the burst and enough rate: a worker
// keeps its first share through a whole entity, so it does not start with less than half of what it shall have.
func (b *beat) startWorkers(state State, s steps) ([]Grant, starts) {
	target, startable := s.division.share, s.choice.startable
	slots := min(s.division.workers-workersOf(state, b.seen.Run), len(startable))
	rate, burst := b.available(state)
	var started starts
	for i := range slots {
		share := Share{
			RequestsPerSecond: roundDown(min(target.RequestsPerSecond, rate)),
			Burst:             min(target.Burst, burst),
			Serial:            1,
		}
		tooLittle := share.RequestsPerSecond < target.RequestsPerSecond/2 || share.RequestsPerSecond <= 0 || share.Burst < 1
		if s.rate.holdStarts || tooLittle {
			started.delayed = true
			break
		}
		state.Grants = append(state.Grants, b.newGrant(state, startable[i], share))
		started.list = append(started.list, Start{Worker: startable[i].Worker, Batch: startable[i].Batch, Share: share})
		rate, burst = rate-share.RequestsPerSecond, burst-share.Burst
	}
	return state.Grants, started
}

// newGrant makes the grant of a candidate's worker, which has acknowledged nothing yet.
func (b *beat) newGrant(state State, c Candidate, share Share) Grant {
	unacknowledged := share
	unacknowledged.Serial = 0
	g := Grant{
		Worker: c.Worker, Run: b.seen.Run, Batch: c.Batch, Accounts: c.Accounts, Share: share, Reserved: unacknowledged,
		Requests: c.Requests, Holder: b.seen.Holder, Issued: b.now, Started: b.now, Renewed: b.now,
	}
	g.expectEnd(b.now, b.limits.workerRate(state.Rate, state.SecondsPerRequest))
	return g
}

// raiseShares returns what is available to this run's workers below the share that each shall have. A worker that has not
// acknowledged its last share gets no larger one: what it may be using would never become known.
func (b *beat) raiseShares(state State, target Share) []Grant {
	workerRate := b.limits.workerRate(state.Rate, state.SecondsPerRequest)
	rate, burst := b.available(state)
	for i := range state.Grants {
		g := &state.Grants[i]
		if g.Run != b.seen.Run || !g.acknowledged() {
			continue
		}
		moreRate := max(0, roundDown(min(target.RequestsPerSecond-g.Share.RequestsPerSecond, rate)))
		moreBurst := max(0, min(target.Burst-g.Share.Burst, burst))
		g.setShare(g.Share.RequestsPerSecond+moreRate, g.Share.Burst+moreBurst, b.now, workerRate)
		rate, burst = rate-moreRate, burst-moreBurst
	}
	return state.Grants
}

// updateDemand tells the other runs what this run asks of the pool: nothing any more, once it is done.
func (b *beat) updateDemand(state State, started, done bool) map[string]Demand {
	if done {
		delete(state.Demands, b.seen.Run)
		return state.Demands
	}
	own := state.Demands[b.seen.Run]
	own.Holder = b.seen.Holder
	if started {
		own.Served = b.now
	}
	state.Demands[b.seen.Run] = own
	return state.Demands
}

// workersOf counts the workers of a run.
func workersOf(state State, run string) int {
	n := 0
	for i := range state.Grants {
		if state.Grants[i].Run == run {
			n++
		}
	}
	return n
}

// reserved is what all workers of all runs may be using.
func reserved(state State) (rate float64, burst int) {
	for i := range state.Grants {
		rate += state.Grants[i].Reserved.RequestsPerSecond
		burst += state.Grants[i].Reserved.Burst
	}
	return rate, burst
}

// available is what nobody uses of the rate and of the burst.
func (b *beat) available(state State) (rate float64, burst int) {
	usedRate, usedBurst := reserved(state)
	return state.Rate - usedRate, b.limits.usableBurst() - usedBurst
}

// renew writes down what is known of a live worker that can send at most workerRate.
func (g *Grant) renew(w Worker, now time.Time, workerRate float64) {
	g.Renewed = now
	g.Requests = max(0, w.Remaining)
	g.expectEnd(now, workerRate)
	if w.Holder != (Holder{}) {
		g.Holder = w.Holder
	}
	if w.Serial == g.Share.Serial {
		g.Reserved = g.Share
	}
}

// expectEnd estimates when a worker ends that can send at most workerRate. A worker knows what remains by whole entities, so
// of two estimates the earlier one is the better.
func (g *Grant) expectEnd(now time.Time, workerRate float64) {
	ends := now.Add(seconds(float64(g.Requests) / min(g.Share.RequestsPerSecond, workerRate)))
	if g.Ends.IsZero() || ends.Before(g.Ends) {
		g.Ends = ends
	}
}

// setShare returns a worker that can send at most workerRate a new share, if it differs from the last.
func (g *Grant) setShare(rate float64, burst int, now time.Time, workerRate float64) {
	if math.Abs(rate-g.Share.RequestsPerSecond) < rounding && burst == g.Share.Burst {
		return
	}
	if left := g.Ends.Sub(now).Seconds(); left > 0 {
		g.Ends = now.Add(seconds(left * min(g.Share.RequestsPerSecond, workerRate) / min(rate, workerRate)))
	}
	g.Share = Share{RequestsPerSecond: rate, Burst: burst, Serial: g.Share.Serial + 1}
	g.Issued = now
	g.Reserved.RequestsPerSecond = max(g.Reserved.RequestsPerSecond, rate)
	g.Reserved.Burst = max(g.Reserved.Burst, burst)
}

// roundDown rounds down to a millionth of a request per second, so that shares never sum up to more than they are parts of.
func roundDown(rate float64) float64 { return math.Floor(rate*1e6) / 1e6 }
