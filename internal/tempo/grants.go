package tempo

import (
	"math"
	"slices"
	"time"
)

// settleGrants frees the grants of workers that are gone, and renews those of this run's live workers.
func (b *beat) settleGrants() {
	workers := make(map[string]Worker, len(b.seen.Workers))
	for _, w := range b.seen.Workers {
		workers[w.Name] = w
	}
	b.state.Grants = slices.DeleteFunc(b.state.Grants, func(g Grant) bool { return b.gone(g, workers) })
	waiting := make(map[string]bool, len(b.seen.Waiting))
	for i := range b.seen.Waiting {
		waiting[b.seen.Waiting[i].Worker] = true
	}
	for i := range b.state.Grants {
		g := &b.state.Grants[i]
		switch w, known := workers[g.Worker]; {
		case g.Run != b.seen.Run:
		case known:
			b.renew(g, w)
		case waiting[g.Worker]:
			b.startAgain(g)
		}
	}
}

// startAgain repeats a start that was decided but, as its worker still waits to be started, never carried out.
func (b *beat) startAgain(g *Grant) {
	g.Renewed = b.now
	b.starts = append(b.starts, Start{Worker: g.Worker, Batch: g.Batch, Share: g.Share})
}

// gone tells whether nobody uses a grant any more.
func (b *beat) gone(g Grant, workers map[string]Worker) bool {
	if b.now.Sub(g.Renewed) > b.limits.Expiry() {
		return g.Run != b.seen.Run || !workers[g.Worker].Live
	}
	if g.Run == b.seen.Run {
		w, known := workers[g.Worker]
		return known && !w.Live
	}
	return slices.Contains(b.seen.Dead, g.Worker)
}

// renew writes down what is known of a live worker.
func (b *beat) renew(g *Grant, w Worker) {
	g.Renewed = b.now
	g.Requests = max(0, w.Remaining)
	g.expectEnd(b.now, b.workerRate())
	if w.Holder != (Holder{}) {
		g.Holder = w.Holder
	}
	if w.Serial == g.Share.Serial {
		g.Reserved = g.Share
	}
}

// expectEnd estimates when a worker ends that can send so much at most. A worker knows what remains by whole entities, so of
// two estimates the earlier one is the better.
func (g *Grant) expectEnd(now time.Time, most float64) {
	ends := now.Add(seconds(float64(g.Requests) / min(g.Share.RequestsPerSecond, most)))
	if g.Ends.IsZero() || ends.Before(g.Ends) {
		g.Ends = ends
	}
}

// live counts the workers of a run.
func (b *beat) live(run string) int {
	n := 0
	for i := range b.state.Grants {
		if b.state.Grants[i].Run == run {
			n++
		}
	}
	return n
}

// reserved is what all workers of all runs may be using.
func (b *beat) reserved() (rate float64, burst int) {
	for i := range b.state.Grants {
		rate += b.state.Grants[i].Reserved.RequestsPerSecond
		burst += b.state.Grants[i].Reserved.Burst
	}
	return rate, burst
}

// free is what nobody uses of the rate and of the burst.
func (b *beat) free() (rate float64, burst int) {
	usedRate, usedBurst := b.reserved()
	if all := b.limits.usableBurst(); all >= 0 {
		return b.state.Rate - usedRate, all - usedBurst
	}
	return b.state.Rate - usedRate, manySeats
}

// lowerShares takes from this run's workers what exceeds their target. It stays reserved until they acknowledge.
func (b *beat) lowerShares() {
	for i := range b.state.Grants {
		g := &b.state.Grants[i]
		if g.Run == b.seen.Run {
			rate := min(g.Share.RequestsPerSecond, b.target.RequestsPerSecond)
			g.issue(rate, min(g.Share.Burst, b.target.Burst), b.now, b.workerRate())
		}
	}
}

// raiseShares gives what is free to this run's workers below their target. A worker that has not acknowledged its last
// share gets no larger one: what it may be using would never become known.
func (b *beat) raiseShares() {
	rate, burst := b.free()
	for i := range b.state.Grants {
		g := &b.state.Grants[i]
		if g.Run != b.seen.Run || !g.acknowledged() {
			continue
		}
		moreRate := floorRate(min(b.target.RequestsPerSecond-g.Share.RequestsPerSecond, rate))
		moreBurst := min(b.target.Burst-g.Share.Burst, burst)
		moreRate, moreBurst = max(0, moreRate), max(0, moreBurst)
		g.issue(g.Share.RequestsPerSecond+moreRate, g.Share.Burst+moreBurst, b.now, b.workerRate())
		rate, burst = rate-moreRate, burst-moreBurst
	}
}

// issue gives a worker that can send so much at most a new share, if it differs from the last.
func (g *Grant) issue(rate float64, burst int, now time.Time, most float64) {
	if math.Abs(rate-g.Share.RequestsPerSecond) < tiny && burst == g.Share.Burst {
		return
	}
	if left := g.Ends.Sub(now).Seconds(); left > 0 {
		g.Ends = now.Add(seconds(left * min(g.Share.RequestsPerSecond, most) / min(rate, most)))
	}
	g.Share = Share{RequestsPerSecond: rate, Burst: burst, Serial: g.Share.Serial + 1}
	g.Issued = now
	g.Reserved.RequestsPerSecond = max(g.Reserved.RequestsPerSecond, rate)
	g.Reserved.Burst = max(g.Reserved.Burst, burst)
}

// floorRate rounds down to a millionth of a request per second, so that shares never sum up to more than they are parts of.
func floorRate(rate float64) float64 { return math.Floor(rate*1e6) / 1e6 }
