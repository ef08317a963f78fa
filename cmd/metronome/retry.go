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
	var where cluster
	var watch bool
	cmd := &cobra.Command{
		Use:   "retry RUN",
		Short: "Start a new run on Argo that does what a run left",
		Long: `Start a new run on Argo Workflows for the period, entities and pools of a run that has ended: what failed, was parked or
was left. What is done already costs nothing. Fix what made entities fail first; ` + "`metronome status RUN`" + ` names it.

On one machine, running ` + "`metronome run`" + ` again does the same.`,
		Example: `  metronome retry 2026-12-20261201t060000z-1f3a --watch`,
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.retry(cmd.Context(), where, run.ID(args[0]), watch)
		},
	}
	where.register(cmd)
	cmd.Flags().BoolVarP(&watch, "watch", "w", false, "follow the run to its end; the exit code is then the run's")
	return cmd
}

func (a *app) retry(ctx context.Context, where cluster, id run.ID, watch bool) error {
	ctx, found, err := a.openSources(ctx, where)
	if err != nil {
		return err
	}
	wanted, err := wantedAgain(ctx, found, id)
	if err != nil {
		return err
	}
	if found.client == nil {
		return failure.New(failure.Config, "", "", fmt.Sprintf("`metronome run --period %s` does it on this machine", wanted.Period),
			"submit run: %w", operator.ErrNotConfigured)
	}
	return a.submit(ctx, found.client, wanted, watch)
}

// wantedAgain gives what a run was asked to do, by the ledger or else by its Workflow. A run that goes on is refused.
func wantedAgain(ctx context.Context, from sources, id run.ID) (operator.Wanted, error) {
	if from.site != nil {
		request, err := run.ReadRequest(ctx, from.site.Ledger, id)
		if err == nil {
			wanted := operator.Wanted{Period: request.Period, Selection: request.Selection, RetryOf: id}
			return wanted, mustHaveEnded(ctx, from.site.Ledger, request)
		}
		if !errors.Is(err, ledger.ErrNotFound) {
			return operator.Wanted{}, err
		}
	}
	if from.client == nil {
		return operator.Wanted{}, unknownRun(id)
	}
	seen, err := from.client.Run(ctx, id)
	if err != nil {
		return operator.Wanted{}, err
	}
	if !seen.Ended() {
		return operator.Wanted{}, goesOn(id)
	}
	p, err := period.Parse(seen.Period)
	return operator.Wanted{Period: p, Selection: seen.Selection, RetryOf: id}, err
}

func mustHaveEnded(ctx context.Context, l ledger.Ledger, request run.Request) error {
	live, err := run.IsLive(ctx, l, request)
	if err == nil && live {
		return goesOn(request.Run)
	}
	return err
}

func goesOn(id run.ID) error {
	return failure.New(failure.Contention, "run", string(id),
		fmt.Sprintf("wait for its end, or end it early with `metronome cancel %s`", id), "the run still goes on")
}
