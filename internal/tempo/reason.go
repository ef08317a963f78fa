package tempo

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// reason says in words what was seen, what was decided and why.
func (b *beat) reason(state State, s steps, d Decision) string {
	parts := []string{b.windowWords(), rateWords(state, s.rate)}
	parts = append(parts, workerWords(state, s, d)...)
	switch {
	case d.Done && len(d.Parked) > 0:
		parts = append(parts, "nothing else to do")
	case d.Done:
		parts = append(parts, "nothing left to do")
	}
	return strings.Join(parts, "; ")
}

func (b *beat) windowWords() string {
	if b.seen.Since.IsZero() {
		return "first beat"
	}
	if b.seen.Requests == 0 {
		return "no requests in " + inSeconds(b.windowSeconds())
	}
	words := []string{fmt.Sprintf("%d requests in %s (%s)", b.seen.Requests, inSeconds(b.windowSeconds()), perSecond(b.used()))}
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

func rateWords(state State, change rateChange) string {
	if change.words != "" {
		return change.words
	}
	words := "rate " + perSecond(state.Rate)
	switch {
	case state.SlowStart:
		words += ", slow start: no limit known"
	case state.Rate < state.Ceiling:
		words += ", below the ceiling of " + perSecond(state.Ceiling)
	}
	return words
}

// workerWords describe who works, and what those that do not work wait for.
func workerWords(state State, s steps, d Decision) []string {
	parts := []string{fmt.Sprintf("%d of %s, %d started, %s each", len(d.Shares), counted(d.Workers, "worker", "workers"),
		len(d.Start), perSecond(s.division.share.RequestsPerSecond))}
	if others := len(state.Grants) - len(d.Shares); others > 0 {
		parts = append(parts, counted(others, "worker", "workers")+" of other runs")
	}
	switch {
	case s.rate.holdStarts:
		parts = append(parts, "no new workers this beat")
	case s.starts.delayed:
		parts = append(parts, "starts wait until workers have acknowledged smaller shares")
	}
	if s.division.waitsForOther {
		parts = append(parts, "starts wait for a worker of another run to end")
	}
	if waiting := len(s.choice.startable) - len(s.starts.list) + s.choice.queued + s.choice.blocked; waiting > 0 {
		parts = append(parts, counted(waiting, "batch waits", "batches wait"))
	}
	if s.choice.blocked > 0 {
		parts = append(parts, fmt.Sprintf("%d of them for an account or a reserved budget", s.choice.blocked))
	}
	for _, p := range d.Parked {
		parts = append(parts, fmt.Sprintf("%s parked until %s: %s", counted(len(p.Batches), "batch", "batches"), p.untilWords(), p.Reason))
	}
	return parts
}

func (p *Parked) untilWords() string {
	if p.Until.IsZero() {
		return "the budget is raised"
	}
	return p.Until.Format(time.RFC3339)
}

// counted writes a count with its noun.
func counted(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + more
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
