package tempo

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// reason says in words what was seen, what was decided and why.
func (b *beat) reason(d Decision) string {
	parts := []string{b.sawWords(), b.rateSentence()}
	parts = append(parts, b.workerWords(d)...)
	if d.Done {
		parts = append(parts, b.doneWords())
	}
	return strings.Join(parts, "; ")
}

// sawWords describe the window.
func (b *beat) sawWords() string {
	if b.seen.Since.IsZero() {
		return "first beat"
	}
	if b.seen.Requests == 0 {
		return "no requests in " + inSeconds(b.window())
	}
	words := []string{fmt.Sprintf("%d requests in %s (%s)", b.seen.Requests, inSeconds(b.window()), perSecond(b.used()))}
	for _, outcome := range []struct {
		name  string
		count int64
	}{
		{"throttled", b.seen.Throttled}, {"contention", b.seen.Contention}, {"cap reached", b.seen.Cap},
		{"overload", b.seen.Overload}, {"other errors", b.seen.Other},
	} {
		if outcome.count > 0 {
			words = append(words, fmt.Sprintf("%d %s", outcome.count, outcome.name))
		}
	}
	return strings.Join(words, ", ")
}

func (b *beat) rateSentence() string {
	if b.rateWords != "" {
		return b.rateWords
	}
	words := "rate " + perSecond(b.state.Rate)
	switch {
	case b.state.SlowStart:
		words += ", slow start: no limit known"
	case b.state.Rate < b.state.Ceiling:
		words += ", below the ceiling of " + perSecond(b.state.Ceiling)
	}
	return words
}

// workerWords describe who works, and what those that do not work wait for.
func (b *beat) workerWords(d Decision) []string {
	parts := []string{fmt.Sprintf("%d of %d workers, %d started, %s each", len(d.Shares), b.mine, len(d.Start),
		perSecond(b.target.RequestsPerSecond))}
	if others := len(b.state.Grants) - len(d.Shares); others > 0 {
		parts = append(parts, fmt.Sprintf("%d workers of other runs", others))
	}
	if b.holdStarts {
		parts = append(parts, "no new workers this beat")
	}
	if b.refused && !b.holdStarts {
		parts = append(parts, "starts wait until workers have taken smaller shares over")
	}
	if b.crowded {
		parts = append(parts, "starts wait for a worker of another run to end")
	}
	if waiting := len(b.picks) - len(d.Start) + b.queued + b.stuck; waiting > 0 {
		parts = append(parts, fmt.Sprintf("%d batches wait", waiting))
	}
	if b.stuck > 0 {
		parts = append(parts, fmt.Sprintf("%d of them for an account or a reserved budget", b.stuck))
	}
	for _, p := range d.Parked {
		parts = append(parts, fmt.Sprintf("%d batches parked %s: %s", len(p.Batches), p.untilWords(), p.Reason))
	}
	return parts
}

func (p *Parked) untilWords() string {
	if p.Until.IsZero() {
		return "for good"
	}
	return "until " + p.Until.Format(time.RFC3339)
}

func (b *beat) doneWords() string {
	if b.parked.count() > 0 {
		return "nothing else to do"
	}
	return "nothing left to do"
}

// perSecond writes a rate with at most two decimals.
func perSecond(rate float64) string { return number(rate) + "/s" }

func percent(part float64) string { return number(100*part) + " %" }

func inSeconds(s float64) string { return number(s) + " s" }

// number writes a number with at most two decimals, more where it would read 0.
func number(n float64) string {
	if n != 0 && n < 0.01 {
		return strconv.FormatFloat(n, 'g', 2, 64)
	}
	text := strconv.FormatFloat(n, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
