package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"metronome/internal/replicate"
)

func (a *app) planCommand() *cobra.Command {
	var c choice
	cmd := &cobra.Command{
		Use:   "plan --period YYYY-MM",
		Short: "Show what a run would do and how long it would take, writing nothing",
		Long: `Show what a run would do: entities, batches, expected requests and time per pool, the pool that ends last, and the
expected end against the first due date. The request counts come from the receipts of the prior period where there
are any, from the template sets otherwise. Nothing is written, and no provider is asked anything.`,
		Example: `  metronome plan --period 2026-12
  metronome plan --period 2026-12 --pool box --output json`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.plan(cmd.Context(), c) },
	}
	c.register(cmd)
	return cmd
}

func (a *app) plan(ctx context.Context, c choice) error {
	p, selection, err := c.parse()
	if err != nil {
		return err
	}
	opened, err := a.openWithRemotes(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	grouping, err := replicate.Group(ctx, opened,
		replicate.Options{Period: p, Selection: selection, Now: now})
	if err != nil {
		return err
	}
	plan := grouping.Plan(now)
	if a.json() {
		return a.printJSON(plan)
	}
	a.printPlan(plan)
	return nil
}

func (a *app) printPlan(p replicate.Plan) {
	if p.Entities.Total == 0 {
		fmt.Fprintf(a.out, "Period %s: no active entity is chosen.\n", p.Period)
		return
	}
	fmt.Fprintf(a.out, "Period %s: %s, %d done already\n\n", p.Period, count(p.Entities.Total, "entity"), p.Entities.Skipped)
	pools := newTable(" pool", "to do", "batches", "requests", "requests/s", "workers", "expected time", " bound by")
	for _, pool := range p.Pools {
		pools.add(pool.Pool, pool.Entities, pool.Batches, pool.Requests,
			known(pool.RequestsPerSecond, "%g", 1), pool.Workers, span(pool.Seconds), cmp.Or(pool.Bound, "-"))
	}
	fmt.Fprintln(a.out, pools)
	if p.Bottleneck == "" {
		fmt.Fprintln(a.out, "Nothing is left to do.")
		return
	}
	fmt.Fprintf(a.out, "Bottleneck: pool %s. Expected end: %s", p.Bottleneck, p.End.Format("2006-01-02 15:04:05 MST"))
	switch {
	case p.FirstDue == "":
		fmt.Fprintln(a.out, ".")
	case p.InTime:
		fmt.Fprintf(a.out, ", before the first due date %s.\n", p.FirstDue)
	default:
		fmt.Fprintf(a.out, ", AFTER the first due date %s.\n", p.FirstDue)
	}
}

func span(seconds float64) string {
	return time.Duration(seconds * float64(time.Second)).Round(time.Second).String()
}
