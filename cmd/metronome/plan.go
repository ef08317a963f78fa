package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"metronome/internal/replicate"
	"metronome/internal/ui"
)

func (a *app) planCommand() *cobra.Command {
	var flags selectionFlags
	cmd := &cobra.Command{
		Use:   "plan --period YYYY-MM",
		Short: "Show what a run would do and how long it would take",
		Long: `Show what a run would do: entities, batches, expected requests and time per pool, the pool that ends last, and the
expected end compared with the first due date. Request counts come from the receipts of the prior period, or from the
template sets where there are none. Nothing is written, and no provider is contacted.`,
		Example: `  metronome plan --period 2026-12
  metronome plan --period 2026-12 --pool box --output json`,
		Args: argsAsUsageError(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.plan(cmd.Context(), flags) },
	}
	flags.register(cmd)
	return cmd
}

func (a *app) plan(ctx context.Context, flags selectionFlags) error {
	p, selection, err := flags.parse()
	if err != nil {
		return err
	}
	site, err := a.openWithRemotes(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	grouping, err := replicate.Group(ctx, site, replicate.Options{Period: p, Selection: selection, Now: now})
	if err != nil {
		return err
	}
	plan := grouping.Plan(now)
	if a.json() {
		return a.printJSON(plan)
	}
	ui.PrintPlan(a.out, plan)
	return nil
}
