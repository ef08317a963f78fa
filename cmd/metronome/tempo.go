package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"metronome/internal/config"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/run"
	"metronome/internal/site"
	"metronome/internal/tempo"
	"metronome/internal/ui"
)

func (a *app) tempoCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "tempo", Short: "Show a pool's tempo, or change it in live runs",
		Example: `  metronome tempo show box
  metronome tempo set box --requests-per-second 6`,
	}
	cmd.AddCommand(a.tempoShowCommand(), a.tempoSetCommand(), a.tempoResetCommand())
	return cmd
}

func (a *app) tempoShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "show POOL",
		Short:   "Show a pool's configured and current rate, and its workers",
		Example: `  metronome tempo show box --output json`,
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			opened, err := a.openPool(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.showTempo(cmd.Context(), opened, args[0])
		},
	}
}

func (a *app) tempoSetCommand() *cobra.Command {
	var rate float64
	cmd := &cobra.Command{
		Use:   "set POOL --requests-per-second N",
		Short: "Set a pool's requests per second, for live runs too",
		Long: `Set the requests per second that all runs together may send to a pool, in place of the value in metronome.yaml. Live runs
adopt it at their next beat, their workers between two entities. It applies until it is set again or reset.`,
		Example: `  metronome tempo set box --requests-per-second 6`,
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if rate <= 0 {
				return failure.New(failure.Config, "--requests-per-second", fmt.Sprint(rate),
					fmt.Sprintf("use a number above 0; `metronome tempo reset %s` returns to metronome.yaml", args[0]), "not a rate")
			}
			return a.setTempo(cmd.Context(), args[0], rate)
		},
	}
	cmd.Flags().Float64Var(&rate, "requests-per-second", 0, "the most that all runs together may send (required)")
	return cmd
}

func (a *app) tempoResetCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "reset POOL",
		Short:   "Return to the requests per second of metronome.yaml",
		Example: `  metronome tempo reset box`,
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.setTempo(cmd.Context(), args[0], 0)
		},
	}
}

// setTempo sets the rate of a pool and shows its tempo; 0 returns to the configured rate.
func (a *app) setTempo(ctx context.Context, pool string, rate float64) error {
	opened, err := a.openPool(ctx, pool)
	if err != nil {
		return err
	}
	if _, err := run.SetPoolRate(ctx, opened.Ledger, pool, rate, currentUser()); err != nil {
		return err
	}
	return a.showTempo(ctx, opened, pool)
}

// openPool opens the ledger and checks that the configuration has the pool.
func (a *app) openPool(ctx context.Context, pool string) (*site.Site, error) {
	opened, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	if _, found := opened.Config.Pools[pool]; !found {
		return nil, failure.New(failure.Config, "pool", pool, "use a pool of "+config.FileName, "no such pool")
	}
	return opened, nil
}

func (a *app) showTempo(ctx context.Context, opened *site.Site, pool string) error {
	limits, err := run.ReadPoolLimits(ctx, opened.Ledger, pool)
	if err != nil {
		return err
	}
	shown := ui.PoolTempo{Pool: pool, Configured: opened.Rate(pool), Set: limits}
	state, err := ledger.ReadOptionalJSON[tempo.State](ctx, opened.Ledger, run.TempoKey(pool))
	if err != nil {
		return err
	}
	if state != nil {
		shown.State = *state
	}
	if a.json() {
		return a.printJSON(shown)
	}
	ui.PrintTempo(a.out, shown)
	return nil
}
