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
		Args:    argsAsUsageError(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			site, err := a.openSiteWithPool(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.showTempo(cmd.Context(), site, args[0])
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
		Args:    argsAsUsageError(cobra.ExactArgs(1)),
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
		Args:    argsAsUsageError(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.setTempo(cmd.Context(), args[0], 0)
		},
	}
}

// setTempo sets the rate of a pool and shows its tempo; 0 returns to the configured rate.
func (a *app) setTempo(ctx context.Context, pool string, rate float64) error {
	site, err := a.openSiteWithPool(ctx, pool)
	if err != nil {
		return err
	}
	if _, err := run.SetPoolRate(ctx, site.Ledger, pool, rate, currentUser()); err != nil {
		return err
	}
	return a.showTempo(ctx, site, pool)
}

// openSiteWithPool opens the ledger and checks that the configuration has the pool.
func (a *app) openSiteWithPool(ctx context.Context, pool string) (*site.Site, error) {
	site, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	if _, found := site.Config.Pools[pool]; !found {
		return nil, failure.New(failure.Config, "pool", pool, "use a pool of "+config.FileName, "no such pool")
	}
	return site, nil
}

func (a *app) showTempo(ctx context.Context, site *site.Site, pool string) error {
	limits, err := run.ReadPoolLimits(ctx, site.Ledger, pool)
	if err != nil {
		return err
	}
	poolTempo := ui.PoolTempo{Pool: pool, Configured: site.Rate(pool), Override: limits}
	state, err := ledger.ReadOptionalJSON[tempo.State](ctx, site.Ledger, run.TempoKey(pool))
	if err != nil {
		return err
	}
	if state != nil {
		poolTempo.State = *state
	}
	if a.json() {
		return a.printJSON(poolTempo)
	}
	ui.PrintTempo(a.out, poolTempo)
	return nil
}
