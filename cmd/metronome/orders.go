package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"

	"github.com/spf13/cobra"

	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/run"
)

func (a *app) cancelCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "cancel RUN",
		Short: "End a live run early, after the entities in progress",
		Long: `End a live run early, on Argo or on any machine that shares the ledger. No more workers are started; running ones stop
after their current entity, and the run ends with a report of what is left. Nothing is lost: a new run of the period
does what is left.`,
		Example: `  metronome cancel 2026-12-20261201t060000z-1f3a`,
		Args:    argsAsUsageError(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.order(cmd.Context(), run.ID(args[0]), run.Cancel,
				"Cancelled. Workers stop after their current entity; `metronome status %s` shows when the run has ended.\n")
		},
	}
}

func (a *app) pauseCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "pause RUN",
		Short: "Pause a live run: running workers finish their batches",
		Long: `Pause a live run, on Argo or on any machine that shares the ledger. No more workers are started; running ones finish
their batches. The run waits until it is resumed or cancelled.`,
		Example: `  metronome pause 2026-12-20261201t060000z-1f3a`,
		Args:    argsAsUsageError(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.order(cmd.Context(), run.ID(args[0]), run.Pause,
				"Paused: no more workers are started from the next beat on. `metronome resume %s` resumes it.\n")
		},
	}
}

func (a *app) resumeCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "resume RUN",
		Short:   "Resume a paused run",
		Example: `  metronome resume 2026-12-20261201t060000z-1f3a`,
		Args:    argsAsUsageError(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.order(cmd.Context(), run.ID(args[0]), run.Resume, "Resumed: run %s continues with its next beat.\n")
		},
	}
}

// order leaves an order for a live run in the ledger. The message is a format with a place for the run.
func (a *app) order(ctx context.Context, id run.ID, order run.Order, message string) error {
	site, err := a.open(ctx)
	if err != nil {
		return err
	}
	if err := requireLive(ctx, site.Ledger, id); err != nil {
		return err
	}
	ordered, err := run.SendOrder(ctx, site.Ledger, id, order, currentUser())
	if err != nil {
		return err
	}
	if a.json() {
		return a.printJSON(struct {
			Run run.ID `json:"run"`
			run.Control
		}{id, ordered})
	}
	fmt.Fprintf(a.out, message, id)
	return nil
}

// requireLive returns an error for a run that has ended.
func requireLive(ctx context.Context, l ledger.Ledger, id run.ID) error {
	request, err := run.ReadRequest(ctx, l, id)
	if errors.Is(err, ledger.ErrNotFound) {
		return unknownRun(id)
	}
	if err != nil {
		return err
	}
	live, err := run.IsLive(ctx, l, request)
	if err == nil && !live {
		return failure.New(failure.Config, "run", string(id), fmt.Sprintf("see how it ended with `metronome report %s`", id),
			"the run has ended")
	}
	return err
}

func unknownRun(id run.ID) error {
	return failure.New(failure.Config, "run", string(id), "`metronome status` lists the runs", "no such run in the ledger")
}

// currentUser is recorded with an order, as user@host: others will ask who paused a run.
func currentUser() string {
	name := "unknown"
	if current, err := user.Current(); err == nil {
		name = current.Username
	}
	host, err := os.Hostname()
	if err != nil {
		return name
	}
	return name + "@" + host
}
