package tempo

import (
	"fmt"
	"time"
)

// How the rate moves (rule 3).
const (
	throttledLimit = 0.01 // throttled responses above this part of a window lower the rate
	overloadLimit  = 0.10 // so do 5xx answers and time-outs above this part
	lowering       = 0.7  // what the rate is multiplied with
	raising        = 0.05 // part of the ceiling that a clean and well used window adds
	wellUsed       = 0.8  // part of the rate that must have been used for more to make sense

	slowStartRate     = 2.0 // requests per second that slow start begins with
	slowStartRequests = 20  // requests that must have been sent at a rate before it doubles
	foundCeiling      = 0.95
	probeBeats        = 20 // clean and well used windows at a found ceiling before trying more

	lowestRate = 0.1  // requests per second
	lowestPart = 0.01 // of the ceiling
)

// firstRate is the rate of a pool that nobody has worked on.
func firstRate(limits Limits) float64 {
	if limits.RequestsPerSecond > 0 {
		return limits.RequestsPerSecond
	}
	return slowStartRate
}

// setRate applies the configured ceiling, then what the window says.
func (b *beat) setRate() {
	b.applyCeiling()
	before := b.state.Rate
	b.settleRate()
	switch {
	case b.above(b.seen.Throttled, throttledLimit):
		b.lowerRate("throttled", throttledLimit)
	case b.above(b.seen.Overload, overloadLimit):
		b.lowerRate("overloaded", overloadLimit)
	case b.mayRaise():
		b.raiseRate()
	}
	if b.state.Rate != before {
		b.state.Changed = b.now
	}
}

// applyCeiling begins with the configured ceiling or with slow start, and follows a ceiling that the operator changed.
func (b *beat) applyCeiling() {
	s, configured := &b.state, b.limits.RequestsPerSecond
	switch {
	case configured == 0 && s.Rate == 0:
		s.Rate, s.SlowStart = slowStartRate, true
	case configured == 0:
	case s.Rate == 0 || s.Rate == s.Ceiling && !s.SlowStart:
		s.Rate, s.Ceiling, s.SlowStart = configured, configured, false
	default:
		s.Rate, s.Ceiling, s.SlowStart = min(s.Rate, configured), configured, false
	}
}

// settleRate notes when all workers have taken a lowered rate over.
func (b *beat) settleRate() {
	if !b.state.Settled.IsZero() || b.state.Lowered.IsZero() {
		return
	}
	if used, _ := b.reserved(); used <= b.state.Rate+tiny {
		b.state.Settled = b.now
	}
}

// above tells whether an outcome's part of the window exceeds a limit.
func (b *beat) above(count int64, limit float64) bool {
	return b.seen.Requests > 0 && float64(count) > limit*float64(b.seen.Requests)
}

// lowerRate answers a window with too many refusals. What was sent before the workers took the last lowering over says
// nothing about the lowered rate, and is not answered again.
func (b *beat) lowerRate(what string, limit float64) {
	b.holdStarts = true
	b.state.CleanBeats = 0
	if !b.judgesLoweredRate() {
		b.rateWords = fmt.Sprintf("rate stays %s: %s above %s, but not all of it since the last lowering took effect",
			perSecond(b.state.Rate), what, percent(limit))
		return
	}
	before := b.state.Rate
	if b.limits.RequestsPerSecond == 0 {
		b.state.SlowStart, b.state.Ceiling = false, max(foundCeiling*before, lowestRate)
	}
	b.state.Rate = max(before*lowering, b.floor())
	b.state.Lowered, b.state.Settled = b.now, time.Time{}
	b.rateWords = fmt.Sprintf("rate %s → %s: %s above %s", perSecond(before), perSecond(b.state.Rate), what, percent(limit))
}

// judgesLoweredRate tells whether the window was measured under the last lowering. A worker that takes very long to
// acknowledge does not keep the rate from being lowered again for more than a beat.
func (b *beat) judgesLoweredRate() bool {
	s, since := &b.state, b.seen.Since
	if s.Lowered.IsZero() || !since.Before(s.Lowered.Add(b.limits.MaxBeat)) {
		return true
	}
	return !s.Settled.IsZero() && !since.Before(s.Settled)
}

// floor is the rate below which throttling does not push.
func (b *beat) floor() float64 {
	floor := max(lowestRate, lowestPart*b.state.Ceiling)
	if configured := b.limits.RequestsPerSecond; configured > 0 {
		floor = min(floor, configured)
	}
	return min(floor, b.state.Rate)
}

// mayRaise tells whether the window was clean, well used, and sent at the present rate.
func (b *beat) mayRaise() bool {
	return b.seen.Requests > 0 && b.seen.Throttled == 0 && !b.seen.Since.Before(b.state.Changed) &&
		b.usedByAll() >= wellUsed*b.state.Rate
}

// usedByAll is what all runs together sent per second in their last windows.
func (b *beat) usedByAll() float64 {
	used := b.used()
	for run, d := range b.state.Demands {
		if run != b.seen.Run {
			used += d.Used
		}
	}
	return used
}

func (b *beat) raiseRate() {
	before := b.state.Rate
	switch {
	case b.state.SlowStart:
		b.doubleRate()
	case before < b.state.Ceiling:
		b.state.Rate = min(before+raising*b.state.Ceiling, b.state.Ceiling)
	case b.limits.RequestsPerSecond == 0:
		b.probe()
	}
	if b.state.Rate > before {
		b.rateWords = fmt.Sprintf("rate %s → %s: clean and well used", perSecond(before), perSecond(b.state.Rate))
	}
}

// doubleRate waits for enough requests at the present rate: refusals may come late.
func (b *beat) doubleRate() {
	if b.now.Sub(b.state.Changed) >= min(b.timeFor(slowStartRequests), b.limits.MaxBeat) {
		b.state.Rate *= 2
	}
}

// probe tries a little more than a ceiling that was found, because what throttled then need not throttle now.
func (b *beat) probe() {
	b.state.CleanBeats++
	if b.state.CleanBeats >= probeBeats {
		b.state.CleanBeats = 0
		b.state.Ceiling *= 1 + raising
		b.state.Rate = b.state.Ceiling
	}
}

// timeFor is how long some requests take at the present rate.
func (b *beat) timeFor(requests float64) time.Duration {
	return seconds(requests / max(b.state.Rate, tiny))
}
