package main

import (
	"fmt"
	"time"

	"metronome/internal/entity"
	"metronome/internal/run"
)

// poolView is what a person sees of a pool's progress.
type poolView struct {
	total        int
	done, failed map[entity.ID]bool // sets: an entity that is taken up again counts once
	throttled    int64
	seen         []sample
	first, last  sample
	allowed      float64
	workers      int
	end          time.Time
	over         bool
}

// sample is how many requests a pool had made at a beat.
type sample struct {
	at       time.Time
	requests int64
}

// rateSpan is what the shown rate is averaged over: workers report once a second, so that less would show their rhythm.
const rateSpan = 5 * time.Second

func newPoolView(total int) *poolView {
	return &poolView{total: total, done: map[entity.ID]bool{}, failed: map[entity.ID]bool{}}
}

func (v *poolView) beat(b run.Beat) {
	v.throttled, v.over = b.Total.Throttled, b.Decision.Done
	v.allowed, v.workers, v.end = b.Decision.Rate, len(b.Decision.Shares), b.Decision.ExpectedEnd
	v.last = sample{at: b.At, requests: b.Total.Requests}
	if len(v.seen) == 0 {
		v.first = v.last
	}
	v.seen = append(v.seen, v.last)
	for len(v.seen) > 2 && b.At.Sub(v.seen[1].at) >= rateSpan {
		v.seen = v.seen[1:]
	}
}

func (v *poolView) entity(e run.EntityProgress) {
	switch e.State {
	case run.EntityDone:
		v.done[e.ID] = true
		delete(v.failed, e.ID)
	case run.EntityFailed:
		v.failed[e.ID] = true
	default: // not at its end
	}
}

func (v *poolView) finished() int { return len(v.done) + len(v.failed) }

// rate is the present rate in words; after the end, the average of the whole time.
func (v *poolView) rate() string {
	if v.over {
		return fmt.Sprintf("%.1f/s", perSecond(v.first, v.last))
	}
	if len(v.seen) == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f of %.1f/s", perSecond(v.seen[0], v.last), v.allowed)
}

// perSecond is the average rate between two beats, in requests per second.
func perSecond(from, to sample) float64 {
	if span := to.at.Sub(from.at); span > 0 {
		return float64(to.requests-from.requests) / span.Seconds()
	}
	return 0
}

func (v *poolView) crew() string {
	if v.over || v.workers == 0 {
		return ""
	}
	return count(v.workers, "worker")
}

// time says how long it will take, or has taken.
func (v *poolView) time() string {
	switch left := time.Until(v.end).Round(time.Second); {
	case v.over && v.finished() == v.total:
		return "took " + brief(v.last.at.Sub(v.first.at))
	case v.over:
		return "stopped"
	case left > 0 && v.finished() < v.total:
		return brief(left) + " left"
	default:
		return ""
	}
}

// trouble names what did not go well, if anything.
func (v *poolView) trouble() string {
	text := ""
	if v.throttled > 0 {
		text += fmt.Sprintf(" %d throttled", v.throttled)
	}
	if len(v.failed) > 0 {
		text += fmt.Sprintf(" %d failed", len(v.failed))
	}
	return text
}

// brief writes a duration for people: 850ms, 12s, 4m30s, 2h5m.
func brief(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d < time.Hour:
		return d.Round(time.Second).String()
	default:
		minutes := int(d.Round(time.Minute).Minutes())
		return fmt.Sprintf("%dh%dm", minutes/60, minutes%60)
	}
}
