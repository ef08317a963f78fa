package tempo

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// How the rate moves.
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

// rateChange is what a beat made of the rate.
type rateChange struct {
	holdStarts bool   // throttled or overloaded: no new workers this beat
	words      string // what changed and why; empty where nothing did
}

// firstRate is the rate of a pool that nobody has worked on.
func (l Limits) firstRate() float64 {
	if l.RequestsPerSecond > 0 {
		return l.RequestsPerSecond
	}
	return slowStartRate
}

// setRate applies the configured ceiling, then what the window says.
func (b *beat) setRate(state State) (State, rateChange) {
	state = b.followCeiling(state)
	before := state.Rate
	state.Settled = b.settled(state)
	var change rateChange
	switch {
	case b.exceeds(b.seen.Throttled, throttledLimit):
		state, change = b.lowerRate(state, "throttled", throttledLimit)
	case b.exceeds(b.seen.Overload, overloadLimit):
		state, change = b.lowerRate(state, "overloaded", overloadLimit)
	case b.mayRaise(state):
		state, change = b.raiseRate(state)
	}
	if state.Rate != before {
		state.Changed = b.now
	}
	return state, change
}

// followCeiling begins with the configured ceiling or with slow start, and follows a ceiling that the operator changed.
func (b *beat) followCeiling(state State) State {
	configured := b.limits.RequestsPerSecond
	switch {
	case configured == 0 && state.Rate == 0:
		state.Rate, state.SlowStart = slowStartRate, true
	case configured == 0:
	case state.Rate == 0 || state.Rate == state.Ceiling && !state.SlowStart:
		state.Rate, state.Ceiling, state.SlowStart = configured, configured, false
	default:
		state.Rate, state.Ceiling, state.SlowStart = min(state.Rate, configured), configured, false
	}
	return state
}

// settled is when all workers had acknowledged a lowered rate; zero: not yet.
func (b *beat) settled(state State) time.Time {
	if !state.Settled.IsZero() || state.Lowered.IsZero() {
		return state.Settled
	}
	if used, _ := reserved(state); used <= state.Rate+rounding {
		return b.now
	}
	return time.Time{}
}

// exceeds reports whether an outcome's part of the window is above a limit.
func (b *beat) exceeds(count int64, limit float64) bool {
	return float64(count) > limit*float64(b.seen.Requests)
}

// lowerRate answers a window with too many refusals. What was sent before the workers acknowledged the last lowering says
// nothing about the lowered rate, and is not answered again.
func (b *beat) lowerRate(state State, what string, limit float64) (State, rateChange) {
	state.CleanBeats = 0
	before := state.Rate
	if !b.sentAtLoweredRate(state) {
		return state, rateChange{holdStarts: true, words: fmt.Sprintf(
			"rate stays %s: %s above %s, but some of that was sent before the last lowering took effect",
			perSecond(before), what, percent(limit))}
	}
	if b.limits.RequestsPerSecond == 0 {
		state.SlowStart, state.Ceiling = false, max(foundCeiling*before, lowestRate)
	}
	state.Rate = max(before*lowering, state.lowestRate())
	state.Lowered, state.Settled = b.now, time.Time{}
	return state, rateChange{holdStarts: true, words: fmt.Sprintf(
		"rate %s → %s: %s above %s", perSecond(before), perSecond(state.Rate), what, percent(limit))}
}

// sentAtLoweredRate reports whether the window began after the last lowering took effect. A worker that takes very long to
// acknowledge does not keep the rate from being lowered again for more than a beat.
func (b *beat) sentAtLoweredRate(state State) bool {
	since := b.seen.Since
	if !since.Before(state.Lowered.Add(b.limits.MaxBeat)) {
		return true
	}
	return !state.Settled.IsZero() && !since.Before(state.Settled)
}

// lowestRate is the rate below which throttling does not push.
func (s State) lowestRate() float64 {
	return min(max(lowestRate, lowestPart*s.Ceiling), s.Rate)
}

// mayRaise reports whether the window was clean, well used, and sent at the present rate.
func (b *beat) mayRaise(state State) bool {
	return b.seen.Requests > 0 && b.seen.Throttled == 0 && !b.seen.Since.Before(state.Changed) &&
		usedByAll(state) >= wellUsed*state.Rate
}

// usedByAll is what all runs together sent per second in their last windows.
func usedByAll(state State) float64 {
	used := 0.0
	for _, run := range slices.Sorted(maps.Keys(state.Demands)) {
		used += state.Demands[run].Used
	}
	return used
}

func (b *beat) raiseRate(state State) (State, rateChange) {
	before := state.Rate
	switch {
	case state.SlowStart:
		state.Rate = b.doubledRate(state)
	case before < state.Ceiling:
		state.Rate = min(before+raising*state.Ceiling, state.Ceiling)
	case b.limits.RequestsPerSecond == 0:
		state = probe(state)
	}
	if state.Rate <= before {
		return state, rateChange{}
	}
	return state, rateChange{words: fmt.Sprintf("rate %s → %s: clean and well used", perSecond(before), perSecond(state.Rate))}
}

// doubledRate waits for enough requests at the present rate: refusals may come late.
func (b *beat) doubledRate(state State) float64 {
	if b.now.Sub(state.Changed) >= min(timeToSend(slowStartRequests, state.Rate), b.limits.MaxBeat) {
		return 2 * state.Rate
	}
	return state.Rate
}

// probe tries a little more than a ceiling that was found, because what throttled then need not throttle now.
func probe(state State) State {
	state.CleanBeats++
	if state.CleanBeats >= probeBeats {
		state.CleanBeats = 0
		state.Ceiling *= 1 + raising
		state.Rate = state.Ceiling
	}
	return state
}

// timeToSend is how long some requests take at a rate.
func timeToSend(requests, rate float64) time.Duration { return seconds(requests / rate) }
