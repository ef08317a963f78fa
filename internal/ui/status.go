package ui

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"metronome/internal/run"
)

// RunDetail is one run, as the ledger and Argo know it; either may be nil.
type RunDetail struct {
	Run      run.ID
	State    string
	Ledger   *run.Status
	Workflow *Workflow
}

// Workflow is a run's Workflow on Argo.
type Workflow struct {
	Namespace, Name, Phase string
	Summary, Message       string // what its report step said; what Argo says
	Workers                int    // that are running
	Pools                  []WorkflowPool
}

// WorkflowPool is the Workflow that paces one pool of a run.
type WorkflowPool struct{ Name, Workflow, Phase, Message string }

// PrintRunDetail prints the state of one run: its pools, what failed, and its Workflow.
func PrintRunDetail(out io.Writer, d RunDetail) {
	fmt.Fprintf(out, "Run %s: %s\n", d.Run, d.State)
	if d.Ledger != nil {
		printStatus(out, *d.Ledger)
	}
	if d.Workflow != nil {
		printWorkflow(out, *d.Workflow)
	}
}

func printStatus(out io.Writer, s run.Status) {
	fmt.Fprintf(out, "Period %s\n%s\n\n", s.Period, tally(s.Entities, "to do"))
	pools := newTable(text("pool"), number("finished"), number("requests"), number("throttled"), number("rate"),
		number("workers"), number("beats"), text("expected end"))
	for _, p := range s.Pools {
		end := "-"
		if !p.ExpectedEnd.IsZero() && !p.Done {
			end = p.ExpectedEnd.Local().Format(estimateFormat)
		}
		pools.add(p.Name, fmt.Sprintf("%d/%d", p.Finished, p.Entities), p.Requests, p.Throttled, fmt.Sprintf("%.1f", p.Rate),
			p.Workers, p.Beats, end)
	}
	fmt.Fprint(out, pools)
	if s.Live() {
		fmt.Fprintln(out)
		for _, p := range s.Pools {
			if p.Reason != "" {
				fmt.Fprintf(out, "%s: %s\n", p.Name, p.Reason)
			}
		}
	}
	printProblems(out, s.Failures, s.Parking)
	printStale(out, s.Stale)
}

func printWorkflow(out io.Writer, w Workflow) {
	fmt.Fprintf(out, "\nWorkflow %s/%s: %s, %s running\n", w.Namespace, w.Name, strings.ToLower(w.Phase), Count(w.Workers, "worker"))
	if message := cmp.Or(w.Summary, w.Message); message != "" {
		fmt.Fprintln(out, message)
	}
	for _, pool := range w.Pools {
		line := fmt.Sprintf("  %s: %s (%s) %s", pool.Name, strings.ToLower(pool.Phase), pool.Workflow, pool.Message)
		fmt.Fprintln(out, strings.TrimRight(line, " "))
	}
}

// WorkflowLine is a running Workflow in one line.
func WorkflowLine(w Workflow) string {
	parts := []string{strings.ToLower(w.Phase)}
	for _, pool := range w.Pools {
		parts = append(parts, pool.Name+" "+strings.ToLower(cmp.Or(pool.Phase, "pending")))
	}
	if w.Workers > 0 {
		parts = append(parts, Count(w.Workers, "worker"))
	}
	return w.Name + ": " + strings.Join(parts, ", ")
}

// ListedRun is one line of the list of runs.
type ListedRun struct {
	Run     string    `json:"run"`
	Period  string    `json:"period"`
	State   string    `json:"state"`
	Started time.Time `json:"started"`
	Total   int       `json:"entities,omitempty"`
	Where   string    `json:"where"` // "argo" or "ledger": where the state is from
}

// PrintRuns prints a list of runs.
func PrintRuns(out io.Writer, runs []ListedRun) {
	if len(runs) == 0 {
		fmt.Fprintln(out, "There are no runs.")
		return
	}
	list := newTable(text("run"), text("period"), text("state"), text("started"))
	for _, r := range runs {
		list.add(r.Run, r.Period, r.State, r.Started.Local().Format(time.DateTime))
	}
	fmt.Fprint(out, list)
}
