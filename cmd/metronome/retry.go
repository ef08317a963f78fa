//go:build !standalone

package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"metronome/internal/argo/operator"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/run"
)

func (a *app) retryCommand() *cobra.Command {
	var flags argoFlags
	var watch bool
	cmd := &cobra.Command{
		Use:   "retry RUN",
		Short: "Start a new run on Argo for what a run did not finish",
		Long: `Start a new run on Argo Workflows for the period, entities and pools of a run that has ended. It does what failed, was
parked or was not reached; what is done costs nothing. Fix what made entities fail first: ` + "`metronome status RUN`" + ` names it.

On one machine, running ` + "`metronome run`" + ` again does the same.`,
		Example: `  metronome retry 2026-12-20261201t060000z-1f3a --watch`,
		Args:    argsAsUsageError(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.retry(cmd.Context(), flags, run.ID(args[0]), watch)
		},
	}
	flags.register(cmd)
	registerWatch(cmd, &watch)
	return cmd
}

func (a *app) retry(ctx context.Context, flags argoFlags, id run.ID, watch bool) error {
	ctx, from, err := a.openSources(ctx, flags)
	if err != nil {
		return err
	}
	wanted, err := retryOf(ctx, from, id)
	if err != nil {
		return err
	}
	if from.client == nil {
		return failure.New(failure.Config, "", "", fmt.Sprintf("use `metronome run --period %s` on this machine", wanted.Period),
			"submit run: %w", operator.ErrNotConfigured)
	}
	return a.submit(ctx, from.client, wanted, watch)
}

// retryOf returns the request that repeats a run's, as the ledger or else its Workflow has it. A live run is refused.
func retryOf(ctx context.Context, from sources, id run.ID) (operator.Submission, error) {
	if from.site != nil {
		request, err := run.ReadRequest(ctx, from.site.Ledger, id)
		if err == nil {
			wanted := operator.Submission{Period: request.Period, Selection: request.Selection, RetryOf: id}
			return wanted, requireEnded(ctx, from.site.Ledger, request)
		}
		if !errors.Is(err, ledger.ErrNotFound) {
			return operator.Submission{}, err
		}
	}
	if from.client == nil {
		return operator.Submission{}, unknownRun(id)
	}
	workflow, err := from.client.Run(ctx, id)
	if err != nil {
		return operator.Submission{}, err
	}
	if !workflow.Ended() {
		return operator.Submission{}, stillRunning(id)
	}
	p, err := period.Parse(workflow.Period)
	return operator.Submission{Period: p, Selection: workflow.Selection, RetryOf: id}, err
}

// requireEnded returns an error for a live run.
func requireEnded(ctx context.Context, l ledger.Ledger, request run.Request) error {
	live, err := run.IsLive(ctx, l, request)
	if err == nil && live {
		return stillRunning(request.Run)
	}
	return err
}

func stillRunning(id run.ID) error {
	return failure.New(failure.Contention, "run", string(id),
		fmt.Sprintf("wait for its end, or end it early with `metronome cancel %s`", id), "the run is still running")
}
