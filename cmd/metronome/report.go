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
		Short: "Show the report of a run, by default the latest",
		Example: `  metronome report
  metronome report 2026-12-20261201T060000Z-1f3a --output json`,
		Args: argsAsUsageError(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return a.report(cmd.Context(), args) },
	}
}

func (a *app) report(ctx context.Context, args []string) error {
	site, err := a.open(ctx)
	if err != nil {
		return err
	}
	id, err := runOrLatest(ctx, site.Ledger, args)
	if err != nil {
		return err
	}
	report, err := run.BuildReport(ctx, site.Ledger, id, site.Rate)
	if errors.Is(err, ledger.ErrNotFound) {
		return failure.New(failure.Config, "run", string(id), latestRunHint, "no such run in the ledger")
	}
	if err != nil {
		return err
	}
	return a.printReport(report)
}

const latestRunHint = "`metronome report` without a run shows the latest one"

// runIDPattern matches the names of runs, on one machine and on Argo.
var runIDPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]*$`)

// runOrLatest returns the run that the arguments name, or the latest one of the ledger.
func runOrLatest(ctx context.Context, l ledger.Ledger, args []string) (run.ID, error) {
	if len(args) > 0 {
		if !runIDPattern.MatchString(args[0]) {
			return "", failure.New(failure.Config, "run", args[0], latestRunHint, "not the name of a run")
		}
		return run.ID(args[0]), nil
	}
	latest, err := run.LatestRequests(ctx, l, 1)
	if err != nil {
		return "", err
	}
	if len(latest) == 0 {
		return "", failure.New(failure.Config, "ledger", "", "start one with `metronome run`", "there are no runs")
	}
	return latest[0].Run, nil
}
