package tempo

import (
	"math"
	"time"
)

// Limits is what metronome.yaml says about a pool. The zero value has no limits: slow start finds the rate.
type Limits struct {
	RequestsPerSecond float64       // ceiling of the rate; 0: none known
	Burst             int           // requests that the provider takes on top of the rate; below 1: 1, or any where no ceiling is known
	MaxWorkers        int           // workers of all runs together; below 1: no limit of its own
	AccountPerSecond  float64       // requests per second that one account allows; 0: no limit of its own
	InFlight          int           // requests that one worker sends at once; below 1: 1
	DayBudget         int64         // requests per UTC day; 0: none
	MonthBudget       int64         // requests per UTC month; 0: none
	MinBeat           time.Duration // shortest wait between two beats; 0: DefaultMinBeat
	MaxBeat           time.Duration // longest wait between two beats; 0: DefaultMaxBeat
}

// Bounds of the wait between two beats where metronome.yaml sets none. A beat on one machine costs next to nothing; on Argo it
// is a pod, so the chart's values.yaml sets longer ones.
const (
	DefaultMinBeat = time.Second
	DefaultMaxBeat = 30 * time.Second
)

// DefaultSecondsPerRequest is assumed until the first requests were measured.
const DefaultSecondsPerRequest = 0.3

// A worker is expected to keep this many requests in flight; what it can do beyond that makes up for the moments in which
// it can do only one thing at a time.
const usualInFlight = 2

// unlimited stands for no limit on a number of workers or on a burst.
const unlimited = 1 << 20

// rounding is what two rates may differ by and still count as equal: sums of shares are rounded.
const rounding = 1e-9

// expirySlack is what may come on top of the wait between two beats: on Argo a pulse is a pod, whose start and end took up to
// 40 s on a cluster at its limit.
const expirySlack = 2 * time.Minute

// Expiry is the time after which a grant or demand that nobody renewed no longer counts. A worker must stop sending before
// its own grant reaches that age.
func (l Limits) Expiry() time.Duration {
	l = l.withDefaults()
	return 3*l.MaxBeat + expirySlack
}

func (l Limits) withDefaults() Limits {
	if l.MinBeat <= 0 {
		l.MinBeat = DefaultMinBeat
	}
	if l.MaxBeat <= 0 {
		l.MaxBeat = DefaultMaxBeat
	}
	l.MaxBeat = max(l.MaxBeat, l.MinBeat)
	l.InFlight = max(l.InFlight, 1)
	if l.RequestsPerSecond > 0 {
		l.Burst = max(l.Burst, 1)
	}
	return l
}

// jitter is the part of a second by which requests may arrive closer together than they were sent.
const jitter = 0.05

// usableBurst is the burst that all workers together may have: what the rate brings in the time of the jitter is kept back,
// at most half.
func (l Limits) usableBurst() int {
	if l.Burst < 1 {
		return unlimited
	}
	return l.Burst - min(int(jitter*l.RequestsPerSecond), l.Burst/2)
}

// workerSlots is the number of workers that may live at once: each needs a token of the burst for itself.
func (l Limits) workerSlots() int {
	if l.MaxWorkers > 0 {
		return min(l.MaxWorkers, l.usableBurst())
	}
	return l.usableBurst()
}

// workerRate is the most that one worker can send per second, when a request takes some seconds; 0: the default.
func (l Limits) workerRate(rate, secondsPerRequest float64) float64 {
	if secondsPerRequest <= 0 {
		secondsPerRequest = DefaultSecondsPerRequest
	}
	if l.AccountPerSecond > 0 {
		rate = min(rate, l.AccountPerSecond)
	}
	return max(min(rate, float64(l.InFlight)/secondsPerRequest), rounding)
}

// Workers is the number of workers that a rate needs when a request takes some seconds, whatever batches there are.
// A rate or time of 0 stands for the ceiling, and for DefaultSecondsPerRequest.
func (l Limits) Workers(rate, secondsPerRequest float64) int {
	l = l.withDefaults()
	if rate <= 0 {
		rate = l.firstRate()
	}
	return min(wholeWorkers(l.neededWorkers(rate, secondsPerRequest)), l.workerSlots())
}

// neededWorkers is the number of workers that a rate needs, before rounding.
func (l Limits) neededWorkers(rate, secondsPerRequest float64) float64 {
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
func wholeWorkers(needed float64) int { return max(1, int(math.Ceil(min(needed, unlimited)-rounding))) }
