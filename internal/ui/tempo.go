package ui

import (
	"fmt"
	"io"
	"time"

	"metronome/internal/run"
	"metronome/internal/tempo"
)

// PoolTempo is how fast a pool may be used: what is configured, what was set in its place, and what is known about it.
type PoolTempo struct {
	Pool       string         `json:"pool"`
	Configured float64        `json:"configured"` // requests per second; 0: none, the rate is found
	Override   run.PoolLimits `json:"set"`
	State      tempo.State    `json:"state"`
}

// PrintTempo prints a pool's limits, the rate of the last beat, and the workers that share it.
func PrintTempo(out io.Writer, t PoolTempo) {
	limit := "no limit configured; the rate is found while running"
	if t.Configured > 0 {
		limit = fmt.Sprintf("%g requests/s configured", t.Configured)
	}
	if t.Override.RequestsPerSecond > 0 {
		limit += fmt.Sprintf("; %g set by %s on %s", t.Override.RequestsPerSecond, t.Override.By, t.Override.At.Local().Format(time.DateTime))
	}
	fmt.Fprintf(out, "Pool %s: %s\n", t.Pool, limit)
	if t.State.Rate > 0 {
		fmt.Fprintf(out, "Rate at the last beat: %.1f requests/s, %.2f s per request, %s in %s\n", t.State.Rate,
			t.State.SecondsPerRequest, Count(len(t.State.Grants), "worker"), Count(len(t.State.Demands), "run"))
	}
	for _, g := range t.State.Grants {
		fmt.Fprintf(out, "  %s: %.2f requests/s until about %s\n", g.Worker, g.Share.RequestsPerSecond,
			g.Ends.Local().Format(time.TimeOnly))
	}
}
