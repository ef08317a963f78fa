package main

import (
	"context"
	"errors"
	"regexp"

	"github.com/spf13/cobra"

	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/run"
)

func (a *app) reportCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "report [RUN]",
		Short: "Show what became of a run: of the last one, or of the one named",
		Example: `  metronome report
  metronome report 2026-12-20261201T060000Z-1f3a --output json`,
		Args: arguments(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return a.report(cmd.Context(), args) },
	}
}

func (a *app) report(ctx context.Context, args []string) error {
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	id, err := chosenRun(ctx, s.Ledger, args)
	if err != nil {
		return err
	}
	built, err := run.BuildReport(ctx, s.Ledger, id, s.Rate)
	if errors.Is(err, ledger.ErrNotFound) {
		return failure.New(failure.Config, "run", string(id), lastRunHint,
			"no such run in the ledger")
	}
	if err != nil {
		return err
	}
	if a.json() {
		return a.printJSON(built)
	}
	a.printReport(built)
	return nil
}

const lastRunHint = "call `metronome report` without a run for the last one"

// runName is what names of runs look like, on one machine and on Argo.
var runName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]*$`)

// chosenRun gives the run that the arguments name, or the last one of the ledger.
func chosenRun(ctx context.Context, l ledger.Ledger, args []string) (run.ID, error) {
	if len(args) > 0 {
		if !runName.MatchString(args[0]) {
			return "", failure.New(failure.Config, "run", args[0], lastRunHint, "no run has such a name")
		}
		return run.ID(args[0]), nil
	}
	latest, err := run.LatestRequests(ctx, l, 1)
	if err != nil {
		return "", err
	}
	if len(latest) == 0 {
		return "", failure.New(failure.Config, "ledger", "", "replicate a period with `metronome run`", "there has been no run")
	}
	return latest[0].Run, nil
}
