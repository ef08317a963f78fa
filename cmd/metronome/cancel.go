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
		Short: "End a live run early: its workers stop after the entity in hand",
		Long: `End a live run early, on Argo or on any machine that shares the ledger. No worker starts any more, those at work stop
after the entity in hand, and the run ends with a report of what is left. Nothing is lost: a new run of the period
does what is left.`,
		Example: `  metronome cancel 2026-12-20261201t060000z-1f3a`,
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.ask(cmd.Context(), run.ID(args[0]), run.Cancel,
				"Cancelled. Workers stop after the entity in hand; `metronome status %s` shows when the run has ended.\n")
		},
	}
}

// ask leaves an order for a live run in the ledger.
func (a *app) ask(ctx context.Context, id run.ID, order run.Order, words string) error {
	opened, err := a.open(ctx)
	if err != nil {
		return err
	}
	if err := mustLive(ctx, opened.Ledger, id); err != nil {
		return err
	}
	asked, err := run.SendOrder(ctx, opened.Ledger, id, order, whoami())
	if err != nil {
		return err
	}
	if a.json() {
		return a.printJSON(struct {
			Run run.ID `json:"run"`
			run.Control
		}{id, asked})
	}
	fmt.Fprintf(a.out, words, id)
	return nil
}

// mustLive refuses to ask something of a run that has ended.
func mustLive(ctx context.Context, l ledger.Ledger, id run.ID) error {
	request, err := run.ReadRequest(ctx, l, id)
	if errors.Is(err, ledger.ErrNotFound) {
		return unknownRun(id)
	}
	if err != nil {
		return err
	}
	live, err := run.IsLive(ctx, l, request)
	if err == nil && !live {
		return failure.New(failure.Config, "run", string(id), fmt.Sprintf("see what became of it with `metronome report %s`", id),
			"the run has ended")
	}
	return err
}

func unknownRun(id run.ID) error {
	return failure.New(failure.Config, "run", string(id), "`metronome status` lists the runs", "no such run in the ledger")
}

// whoami names who asks, for those who wonder later why a run stands still.
func whoami() string {
	name := "somebody"
	if current, err := user.Current(); err == nil {
		name = current.Username
	}
	host, err := os.Hostname()
	if err != nil {
		return name
	}
	return name + "@" + host
}
