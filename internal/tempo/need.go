package tempo

import "math"

// A worker is expected to keep this many requests in flight; what it can do beyond that makes up for the moments in which
// it can do only one thing at a time.
const usualInFlight = 2

// DefaultSecondsPerRequest is assumed until the first requests were measured.
const DefaultSecondsPerRequest = 0.3

// Workers is the number of workers that a rate needs when a request takes some seconds, whatever batches there are.
// A rate or time of 0 stands for the ceiling, and for DefaultSecondsPerRequest.
func (l Limits) Workers(rate, secondsPerRequest float64) int {
	l = l.filled()
	if rate <= 0 {
		rate = firstRate(l)
	}
	return min(wholeWorkers(l.need(rate, secondsPerRequest)), l.seats())
}

// need is the number of workers that a rate needs, before rounding.
func (l Limits) need(rate, secondsPerRequest float64) float64 {
	if secondsPerRequest <= 0 {
		secondsPerRequest = DefaultSecondsPerRequest
	}
	needed := rate * secondsPerRequest / float64(min(l.InFlight, usualInFlight))
	if l.AccountPerSecond > 0 {
		needed = max(needed, rate/l.AccountPerSecond)
	}
	return needed
}

// wholeWorkers rounds up.
func wholeWorkers(needed float64) int { return max(1, int(math.Ceil(min(needed, manySeats)-tiny))) }

// How far the need must be from the present number of workers to change it: every change makes all workers take other shares
// over.
const (
	needsMore  = 1.1
	needsFewer = 0.75
)

// wanted is the number of workers that the rate needs. It stays as it is while the need is about the same.
func (b *beat) wanted() int {
	needed := max(1, b.state.WorkerFactor) * b.limits.need(b.state.Rate, b.state.SecondsPerRequest)
	for _, d := range b.state.Demands {
		needed = max(needed, d.MinWorkers)
	}
	kept := float64(b.state.Workers)
	if needed > kept*needsMore || needed < kept*needsFewer {
		b.state.Workers = wholeWorkers(needed)
	}
	return min(b.state.Workers, b.limits.seats())
}

// lasting is how many of the shortest beats a batch should last at least: about one beat is lost between a worker's end and
// the start of the next.
const lasting = 20

// forLastingBatches is the number of workers among which the rate has to be divided for this run's next batches to last.
func (b *beat) forLastingBatches() float64 {
	if len(b.picks) == 0 {
		return 0
	}
	var requests int64
	for i := range b.picks {
		requests += b.picks[i].Requests
	}
	mean := max(1, float64(requests)/float64(len(b.picks)))
	return lasting * b.limits.MinBeat.Seconds() * b.state.Rate / mean
}
