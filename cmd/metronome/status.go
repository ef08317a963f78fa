//go:build !standalone

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"metronome/internal/argo/operator"
	"metronome/internal/ledger"
	"metronome/internal/run"
)

func (a *app) statusCommand() *cobra.Command {
	var where cluster
	cmd := &cobra.Command{
		Use:   "status [RUN]",
		Short: "Show how runs stand, or one run in detail",
		Long: `Show how the latest runs stand, or one run in detail: pools, workers, rates, expected ends, and what failed. It is asked
of the ledger and of Argo, whichever can be reached.`,
		Example: `  metronome status
  metronome status 2026-12-20261201t060000z-1f3a --output json`,
		Args: arguments(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, from, err := a.openSources(cmd.Context(), where)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return a.listRuns(ctx, from)
			}
			return a.showRun(ctx, from, run.ID(args[0]))
		},
	}
	where.register(cmd)
	return cmd
}

// detail is one run as the two sources know it.
type detail struct {
	Run      run.ID        `json:"run"`
	State    string        `json:"state"`
	Ledger   *run.Status   `json:"ledger,omitempty"`
	Workflow *operator.Run `json:"workflow,omitempty"`
}

func (a *app) showRun(ctx context.Context, from sources, id run.ID) error {
	found, err := readDetail(ctx, from, id)
	if err != nil {
		return err
	}
	if a.json() {
		return a.printJSON(found)
	}
	a.printDetail(found)
	return nil
}

func readDetail(ctx context.Context, from sources, id run.ID) (detail, error) {
	found := detail{Run: id}
	if from.site != nil {
		standing, err := run.ReadStatus(ctx, from.site.Ledger, id, from.site.Rate)
		switch {
		case err == nil:
			found.Ledger = &standing
		case !errors.Is(err, ledger.ErrNotFound):
			return found, err
		}
	}
	if from.client != nil {
		seen, err := from.client.Run(ctx, id)
		switch {
		case err == nil:
			found.Workflow = &seen
		case found.Ledger == nil || !errors.Is(err, operator.ErrNoRun):
			return found, err
		}
	}
	if found.Ledger == nil && found.Workflow == nil {
		return found, unknownRun(id)
	}
	found.State = found.state()
	return found, nil
}

// state prefers the ledger's word, which tells a paused run from a running one.
func (d detail) state() string {
	if d.Ledger != nil {
		return string(d.Ledger.State)
	}
	return cmp.Or(string(d.Workflow.State), strings.ToLower(d.Workflow.Phase))
}

func (a *app) printDetail(d detail) {
	fmt.Fprintf(a.out, "Run %s: %s\n", d.Run, d.State)
	if s := d.Ledger; s != nil {
		a.printStanding(*s)
	}
	if w := d.Workflow; w != nil {
		fmt.Fprintf(a.out, "\nWorkflow %s/%s: %s, %d workers at work\n", w.Namespace, w.Name, strings.ToLower(w.Phase), w.Workers)
		if words := cmp.Or(w.Summary, w.Message); words != "" {
			fmt.Fprintln(a.out, words)
		}
		for _, pool := range w.Pools {
			fmt.Fprintf(a.out, "  %s: %s (%s) %s\n", pool.Name, strings.ToLower(pool.Phase), pool.Workflow, pool.Message)
		}
	}
}

func (a *app) printStanding(s run.Status) {
	t := s.Entities
	fmt.Fprintf(a.out, "Period %s, %d entities: %d done, %d done before, %d failed, %d parked, %d to come\n\n", s.Period,
		t.Total, t.Done, t.Skipped, t.Failed, t.Parked, t.Total-t.Done-t.Skipped-t.Failed-t.Parked)
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "pool\tfinished\tof\trequests\tthrottled\trate\tworkers\tbeats\texpected end\t")
	for _, p := range s.Pools {
		end := "-"
		if !p.ExpectedEnd.IsZero() && !p.Done {
			end = p.ExpectedEnd.Local().Format(time.DateTime)
		}
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%.1f\t%d\t%d\t%s\t\n", p.Name, p.Finished, p.Entities, p.Requests, p.Throttled,
			p.Rate, p.Workers, p.Beats, end)
	}
	_ = table.Flush()
	if s.Live() {
		fmt.Fprintln(a.out)
		for _, p := range s.Pools {
			if p.Reason != "" {
				fmt.Fprintf(a.out, "%s: %s\n", p.Name, p.Reason)
			}
		}
	}
	a.printTroubles(run.Report{Failures: s.Failures, Parking: s.Parking})
}

// mostRuns is how many runs are listed.
const mostRuns = 20

// listed is one line of the list of runs.
type listed struct {
	Run     string    `json:"run"`
	Period  string    `json:"period"`
	State   string    `json:"state"`
	Started time.Time `json:"started"`
	Total   int       `json:"entities,omitempty"`
	Where   string    `json:"where"` // "argo" or "ledger": where the state is from
}

func (a *app) listRuns(ctx context.Context, from sources) error {
	runs, err := readRuns(ctx, from)
	if err != nil {
		return err
	}
	if a.json() {
		return a.printJSON(map[string]any{"runs": runs})
	}
	if len(runs) == 0 {
		fmt.Fprintln(a.out, "There has been no run.")
		return nil
	}
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "RUN\tPERIOD\tSTATE\tSTARTED")
	for _, r := range runs {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", r.Run, r.Period, r.State, r.Started.Local().Format(time.DateTime))
	}
	return table.Flush()
}

// readRuns gives the latest runs of both sources; of a run that both know, the ledger's word counts.
func readRuns(ctx context.Context, from sources) ([]listed, error) {
	runs := []listed{}
	known := map[string]bool{}
	if from.site != nil {
		requests, err := run.LatestRequests(ctx, from.site.Ledger, mostRuns)
		if err != nil {
			return nil, err
		}
		for _, request := range requests {
			standing, err := run.ReadStatus(ctx, from.site.Ledger, request.Run, from.site.Rate)
			if err != nil {
				return nil, err
			}
			known[string(request.Run)] = true
			runs = append(runs, listed{
				Run: string(request.Run), Period: request.Period.String(), State: string(standing.State),
				Started: request.Created, Total: request.Total, Where: "ledger",
			})
		}
	}
	if from.client != nil {
		seen, err := from.client.Runs(ctx)
		if err != nil {
			return nil, err
		}
		for _, r := range seen {
			if !known[r.Name] {
				state := cmp.Or(string(r.State), strings.ToLower(r.Phase))
				runs = append(runs, listed{Run: r.Name, Period: r.Period, State: state, Started: r.Started, Where: "argo"})
			}
		}
	}
	slices.SortFunc(runs, func(x, y listed) int { return y.Started.Compare(x.Started) })
	return runs[:min(mostRuns, len(runs))], nil
}
