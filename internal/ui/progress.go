package ui

import (
	"fmt"
	"time"

	"metronome/internal/entity"
	"metronome/internal/run"
)

// poolProgress is what is shown of a pool while it is worked on.
type poolProgress struct {
	total        int
	done, failed map[entity.ID]bool // sets: an entity that is tried again counts once
	throttled    int64
	first, last  sample
	recent       []sample // the last few seconds, for the present rate
	allowed      float64  // requests per second
	workers      int
	expectedEnd  time.Time
	over         bool // no beat follows
}

// sample is how many requests a pool had sent at a beat.
type sample struct {
	at       time.Time
	requests int64
}

// rateWindow is what the present rate is averaged over: workers report once a second, so that a shorter one would show the
// rhythm of their reports.
const rateWindow = 5 * time.Second

func newPoolProgress(total int) *poolProgress {
	return &poolProgress{total: total, done: map[entity.ID]bool{}, failed: map[entity.ID]bool{}}
}

func (p *poolProgress) beat(b run.Beat) {
	p.throttled, p.over = b.Total.Throttled, b.Decision.Done
	p.allowed, p.workers, p.expectedEnd = b.Decision.Rate, len(b.Decision.Shares), b.Decision.ExpectedEnd
	p.last = sample{at: b.At, requests: b.Total.Requests}
	if len(p.recent) == 0 {
		p.first = p.last
	}
	p.recent = append(p.recent, p.last)
	for len(p.recent) > 2 && b.At.Sub(p.recent[1].at) >= rateWindow {
		p.recent = p.recent[1:]
	}
}

func (p *poolProgress) entity(e run.EntityProgress) {
	switch e.State {
	case run.EntityDone:
		p.done[e.ID] = true
		delete(p.failed, e.ID)
	case run.EntityFailed:
		p.failed[e.ID] = true
	default: // not finished
	}
}

func (p *poolProgress) finished() int  { return len(p.done) + len(p.failed) }
func (p *poolProgress) complete() bool { return p.finished() == p.total }

// rateText is the present rate; after the end, the average of the whole time.
func (p *poolProgress) rateText() string {
	if p.over {
		return fmt.Sprintf("%.1f/s", perSecond(p.first, p.last))
	}
	if len(p.recent) == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f of %.1f/s", perSecond(p.recent[0], p.last), p.allowed)
}

// perSecond is the average rate between two beats, in requests per second.
func perSecond(from, to sample) float64 {
	if elapsed := to.at.Sub(from.at); elapsed > 0 {
		return float64(to.requests-from.requests) / elapsed.Seconds()
	}
	return 0
}

func (p *poolProgress) workersText() string {
	if p.over || p.workers == 0 {
		return ""
	}
	return Count(p.workers, "worker")
}

// timeText says how long the pool will take, or has taken.
func (p *poolProgress) timeText(now time.Time) string {
	switch left := p.expectedEnd.Sub(now).Round(time.Second); {
	case p.over && p.complete():
		return "took " + shortDuration(p.last.at.Sub(p.first.at))
	case p.over:
		return "stopped"
	case left > 0 && !p.complete():
		return shortDuration(left) + " left"
	default:
		return ""
	}
}

// problemsText counts throttled requests and failed entities, each after a space; "" where there are none.
func (p *poolProgress) problemsText() string {
	text := ""
	if p.throttled > 0 {
		text += fmt.Sprintf(" %d throttled", p.throttled)
	}
	if len(p.failed) > 0 {
		text += fmt.Sprintf(" %d failed", len(p.failed))
	}
	return text
}
