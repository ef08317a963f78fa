package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"metronome/internal/run"
)

// printReport prints the summary of a run for people.
func (a *app) printReport(r run.Report) {
	t := r.Entities
	fmt.Fprintf(a.out, "Period %s: %s\n\n", r.Period, verdictOn(r))
	pools := newTable(" pool", "entities", "requests", "throttled", "seconds", "at quota", "used", "workers")
	for _, name := range slices.Sorted(maps.Keys(r.Pools)) {
		p := r.Pools[name]
		pools.add(name, p.Entities, p.Requests, p.Throttled, fmt.Sprintf("%.1f", p.Seconds),
			known(p.LimitSeconds, "%.1f", 1), known(p.Utilization, "%.0f %%", 100), p.WorkersPeak)
	}
	if len(r.Pools) > 0 {
		fmt.Fprintln(a.out, pools)
	}
	fmt.Fprintf(a.out, "%s: %d done, %d done before, %d failed, %d parked",
		count(t.Total, "entity"), t.Done, t.Skipped, t.Failed, t.Parked)
	if left := t.Total - t.Done - t.Skipped - t.Failed - t.Parked; left > 0 {
		fmt.Fprintf(a.out, ", %d left", left)
	}
	fmt.Fprintln(a.out)
	a.printTroubles(r)
	fmt.Fprintf(a.out, "Report: %s in the ledger\n", run.ReportKey(r.Run))
}

func known(value float64, format string, scale float64) string {
	if value == 0 {
		return "-"
	}
	return fmt.Sprintf(format, value*scale)
}

func verdictOn(r run.Report) string {
	switch {
	case r.Entities.Total == 0:
		return "no active entity was chosen, nothing was to be done"
	case r.State == run.StateDone && r.Entities.Skipped == r.Entities.Total:
		return "everything is done already, nothing was left to do"
	case r.State == run.StateDone:
		return "everything is done"
	case r.State == run.StateFailed && r.Entities.Failed == r.Entities.Total:
		return "every entity failed"
	case r.State == run.StateFailed:
		return "some entities failed; the others are done"
	case r.State == run.StateParked:
		return "parked until an allowance resets; nothing failed"
	default:
		return "stopped before the end; run the same command again to go on"
	}
}

// mostFailures is how many failures the table shows; the report holds all.
const mostFailures = 20

func (a *app) printTroubles(r run.Report) {
	for _, p := range r.Parking {
		fmt.Fprintf(a.out, "Parked: %s of pool %s until %s: %s\n", count(p.Entities, "entity"), p.Pool, cmp.Or(p.Until, "the budget is raised"), p.Reason)
	}
	for i, f := range r.Failures {
		if i == mostFailures {
			fmt.Fprintf(a.out, "… and %d more failures: see the report, or --output json\n", len(r.Failures)-mostFailures)
			break
		}
		fmt.Fprintf(a.out, "Failed: %s in %s (%s): %s\n", f.Entity, cmp.Or(string(f.Stage), "no stage"), f.Class, f.Error)
		if f.Hint != "" {
			fmt.Fprintf(a.out, "   Try: %s\n", f.Hint)
		}
	}
}
