package ui

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"metronome/internal/run"
)

// PrintReport prints how a run ended: its pools, what became of the entities, and what failed or was parked.
func PrintReport(out io.Writer, r run.Report) {
	fmt.Fprintf(out, "Period %s: %s\n\n", r.Period, outcome(r))
	pools := newTable(text("pool"), number("entities"), number("requests"), number("throttled"), number("seconds"),
		number("at quota"), number("used"), number("workers"))
	for _, name := range slices.Sorted(maps.Keys(r.Pools)) {
		p := r.Pools[name]
		pools.add(name, p.Entities, p.Requests, p.Throttled, fmt.Sprintf("%.1f", p.Seconds),
			orDash("%.1f", p.LimitSeconds), orDash("%.0f %%", p.Utilization*100), p.WorkersPeak)
	}
	if len(r.Pools) > 0 {
		fmt.Fprintln(out, pools)
	}
	fmt.Fprintln(out, tally(r.Entities, "left"))
	printProblems(out, r.Failures, r.Parking)
	printStale(out, r.Stale)
	fmt.Fprintf(out, "Report: %s in the ledger\n", run.ReportKey(r.Run))
}

// tally counts a run's entities by what became of them; rest names those that have not come to an end.
func tally(t run.Tally, rest string) string {
	text := fmt.Sprintf("%s: %d done, %d done before, %d failed, %d parked",
		Count(t.Total, "entity"), t.Done, t.Skipped, t.Failed, t.Parked)
	if remaining := t.Total - t.Done - t.Skipped - t.Failed - t.Parked; remaining > 0 {
		text += fmt.Sprintf(", %d %s", remaining, rest)
	}
	return text
}

// outcome says briefly how a run ended.
func outcome(r run.Report) string {
	switch {
	case r.Entities.Total == 0:
		return "no active entity is selected; nothing to do"
	case r.State == run.StateDone && r.Entities.Skipped == r.Entities.Total:
		return "everything was done before; nothing to do"
	case r.State == run.StateDone:
		return "everything is done"
	case r.State == run.StateFailed && r.Entities.Failed == r.Entities.Total:
		return "every entity failed"
	case r.State == run.StateFailed:
		return "some entities failed; the others are done"
	case r.State == run.StateParked:
		return "parked until a quota resets; nothing failed"
	default:
		return "stopped before the end; run the same command again to continue"
	}
}

// maxFailures is how many failures are shown; the report holds all.
const maxFailures = 20

// printProblems prints what was parked and what failed, with what to do about it.
func printProblems(out io.Writer, failures []run.Failure, parking []run.Parking) {
	for _, p := range parking {
		fmt.Fprintf(out, "Parked: %s of %s until %s: %s\n",
			Count(p.Entities, "entity"), p.Pool, cmp.Or(p.Until, "the budget is raised"), p.Reason)
	}
	for i, f := range failures {
		if i == maxFailures {
			fmt.Fprintf(out, "… and %d more failures: see the report, or --output json\n", len(failures)-maxFailures)
			break
		}
		fmt.Fprintf(out, "Failed: %s in %s (%s): %s\n", f.Entity, cmp.Or(string(f.Stage), "no stage"), f.Class, f.Error)
		if f.Hint != "" {
			fmt.Fprintf(out, "   Try: %s\n", f.Hint)
		}
	}
}

// maxStale is how many entities the line about stale workbooks names.
const maxStale = 5

// printStale says in one line whose delivered workbooks are stale, and in one each whose could not be compared.
func printStale(out io.Writer, entities []run.StaleEntity) {
	var names []string
	for _, e := range entities {
		if e.Error != "" {
			fmt.Fprintf(out, "Not compared: opening balances of %s: %s\n", e.Entity, e.Error)
		} else {
			names = append(names, fmt.Sprintf("%s (%s)", e.Entity, strings.Join(e.Items, ", ")))
		}
	}
	if len(names) == 0 {
		return
	}
	rest := ""
	if len(names) > maxStale {
		names, rest = names[:maxStale], fmt.Sprintf(", … and %d more", len(names)-maxStale)
	}
	fmt.Fprintf(out, "Stale workbooks, openings changed since: %s%s\n", strings.Join(names, ", "), rest)
}
