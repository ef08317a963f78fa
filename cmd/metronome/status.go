//go:build !standalone

package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"metronome/internal/argo/operator"
	"metronome/internal/ledger"
	"metronome/internal/run"
	"metronome/internal/ui"
)

func (a *app) statusCommand() *cobra.Command {
	var flags argoFlags
	cmd := &cobra.Command{
		Use:   "status [RUN]",
		Short: "List the latest runs, or show one in detail",
		Long: `List the latest runs, or show one in detail: pools, workers, rates, expected ends, and what failed. The ledger and Argo
are both read; if one cannot be reached, the other is enough.`,
		Example: `  metronome status
  metronome status 2026-12-20261201t060000z-1f3a --output json`,
		Args: argsAsUsageError(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, from, err := a.openSources(cmd.Context(), flags)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return a.listRuns(ctx, from)
			}
			return a.showRun(ctx, from, run.ID(args[0]))
		},
	}
	flags.register(cmd)
	return cmd
}

// runDetail is what `status RUN --output json` prints: one run, as the ledger and Argo know it.
type runDetail struct {
	Run      run.ID        `json:"run"`
	State    string        `json:"state"`
	Ledger   *run.Status   `json:"ledger,omitempty"`
	Workflow *operator.Run `json:"workflow,omitempty"`
}

func (a *app) showRun(ctx context.Context, from sources, id run.ID) error {
	found, err := readRun(ctx, from, id)
	if err != nil {
		return err
	}
	if a.json() {
		return a.printJSON(found)
	}
	detail := ui.RunDetail{Run: found.Run, State: found.State, Ledger: found.Ledger}
	if found.Workflow != nil {
		w := workflowOf(*found.Workflow)
		detail.Workflow = &w
	}
	ui.PrintRunDetail(a.out, detail)
	return nil
}

func readRun(ctx context.Context, from sources, id run.ID) (runDetail, error) {
	found := runDetail{Run: id}
	if from.site != nil {
		status, err := run.ReadStatus(ctx, from.site.Ledger, id, from.site.Rate)
		switch {
		case err == nil:
			found.Ledger = &status
		case !errors.Is(err, ledger.ErrNotFound):
			return found, err
		}
	}
	if from.client != nil {
		workflow, err := from.client.Run(ctx, id)
		switch {
		case err == nil:
			found.Workflow = &workflow
		case found.Ledger == nil || !errors.Is(err, operator.ErrNoRun):
			return found, err
		}
	}
	switch {
	case found.Ledger != nil: // only the ledger knows whether a run is paused
		found.State = string(found.Ledger.State)
	case found.Workflow != nil:
		found.State = workflowState(*found.Workflow)
	default:
		return found, unknownRun(id)
	}
	return found, nil
}

// workflowState is the state of a run by its Workflow alone.
func workflowState(r operator.Run) string { return cmp.Or(string(r.State), strings.ToLower(r.Phase)) }

// maxListedRuns is how many runs are listed.
const maxListedRuns = 20

func (a *app) listRuns(ctx context.Context, from sources) error {
	runs, err := readRuns(ctx, from)
	if err != nil {
		return err
	}
	if a.json() {
		return a.printJSON(map[string]any{"runs": runs})
	}
	ui.PrintRuns(a.out, runs)
	return nil
}

// readRuns returns the latest runs of both sources, the latest first; for a run that both know, the ledger's state is used.
func readRuns(ctx context.Context, from sources) ([]ui.ListedRun, error) {
	runs := []ui.ListedRun{}
	inLedger := map[string]bool{}
	if from.site != nil {
		requests, err := run.LatestRequests(ctx, from.site.Ledger, maxListedRuns)
		if err != nil {
			return nil, err
		}
		for _, request := range requests {
			status, err := run.ReadStatus(ctx, from.site.Ledger, request.Run, from.site.Rate)
			if err != nil {
				return nil, err
			}
			inLedger[string(request.Run)] = true
			runs = append(runs, ui.ListedRun{
				Run: string(request.Run), Period: request.Period.String(), State: string(status.State),
				Started: request.Created, Total: request.Total, Where: "ledger",
			})
		}
	}
	if from.client != nil {
		workflows, err := from.client.Runs(ctx)
		if err != nil {
			return nil, err
		}
		for _, w := range workflows {
			if !inLedger[w.Name] {
				runs = append(runs, ui.ListedRun{
					Run: w.Name, Period: w.Period, State: workflowState(w), Started: w.Started, Where: "argo",
				})
			}
		}
	}
	slices.SortFunc(runs, func(x, y ui.ListedRun) int { return y.Started.Compare(x.Started) })
	return runs[:min(maxListedRuns, len(runs))], nil
}
