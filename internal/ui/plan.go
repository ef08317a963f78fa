package ui

import (
	"fmt"
	"io"
	"time"

	"metronome/internal/replicate"
)

// PrintPlan prints what a run would do, and when it would end.
func PrintPlan(out io.Writer, p replicate.Plan) {
	if p.Entities.Total == 0 {
		fmt.Fprintf(out, "Period %s: no active entity is selected.\n", p.Period)
		return
	}
	fmt.Fprintf(out, "Period %s: %s, %d already done\n\n", p.Period, Count(p.Entities.Total, "entity"), p.Entities.Skipped)
	pools := newTable(text("pool"), number("to do"), number("batches"), number("requests"), number("requests/s"),
		number("workers"), number("duration"), text("limited by"))
	for _, pool := range p.Pools {
		pools.add(pool.Pool, pool.Entities, pool.Batches, pool.Requests, orDash("%g", pool.RequestsPerSecond), pool.Workers,
			time.Duration(pool.Seconds*float64(time.Second)).Round(time.Second), orDash("%s", pool.Bound))
	}
	fmt.Fprintln(out, pools)
	fmt.Fprintln(out, expectedEnd(p))
}

// expectedEnd says when a run would end, compared with the first due date.
func expectedEnd(p replicate.Plan) string {
	if p.Bottleneck == "" {
		return "Nothing to do."
	}
	end := fmt.Sprintf("Bottleneck: pool %s\nExpected end: %s", p.Bottleneck, p.End.Format("2006-01-02 15:04:05 MST"))
	switch {
	case p.FirstDue == "":
		return end
	case p.InTime:
		return fmt.Sprintf("%s, before the first due date %s", end, p.FirstDue)
	default:
		return fmt.Sprintf("%s, AFTER the first due date %s", end, p.FirstDue)
	}
}
