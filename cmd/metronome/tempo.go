package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"metronome/internal/config"
	"metronome/internal/failure"
	"metronome/internal/run"
	"metronome/internal/site"
	"metronome/internal/stage"
	"metronome/internal/tempo"
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
		Short:   "Show the rate of a pool, where it is from, and who works on it",
		Example: `  metronome tempo show box --output json`,
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.tempoOf(cmd.Context(), args[0], func(context.Context, *site.Site) error { return nil })
		},
	}
}

func (a *app) tempoSetCommand() *cobra.Command {
	var rate float64
	cmd := &cobra.Command{
		Use:   "set POOL --requests-per-second N",
		Short: "Set the requests per second of a pool, also for live runs",
		Long: `Set the requests per second that all runs together may send to a pool, in place of what metronome.yaml says. Live runs
take it over with their next beat, their workers between two entities. It holds until it is set anew or reset.`,
		Example: `  metronome tempo set box --requests-per-second 6`,
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if rate <= 0 {
				return failure.New(failure.Config, "--requests-per-second", fmt.Sprint(rate),
					fmt.Sprintf("write a number above 0; `metronome tempo reset %s` goes back to metronome.yaml", args[0]), "not a rate")
			}
			return a.tempoOf(cmd.Context(), args[0], setRate(args[0], rate))
		},
	}
	cmd.Flags().Float64Var(&rate, "requests-per-second", 0, "the most that all runs together may send (required)")
	return cmd
}

func (a *app) tempoResetCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "reset POOL",
		Short:   "Go back to the requests per second of metronome.yaml",
		Example: `  metronome tempo reset box`,
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.tempoOf(cmd.Context(), args[0], setRate(args[0], 0))
		},
	}
}

func setRate(pool string, rate float64) func(context.Context, *site.Site) error {
	return func(ctx context.Context, opened *site.Site) error {
		_, err := run.SetPoolRate(ctx, opened.Ledger, pool, rate, whoami())
		return err
	}
}

// poolTempo is what `tempo` shows.
type poolTempo struct {
	Pool       string         `json:"pool"`
	Configured float64        `json:"configured"` // requests per second; 0: none, the rate is found
	Set        run.PoolLimits `json:"set"`
	State      tempo.State    `json:"state"`
}

// tempoOf changes something about a pool and shows its tempo.
func (a *app) tempoOf(ctx context.Context, pool string, change func(context.Context, *site.Site) error) error {
	opened, err := a.open(ctx)
	if err != nil {
		return err
	}
	configured, known := opened.Config.Pools[pool]
	if !known {
		return failure.New(failure.Config, "pool", pool, "name a pool of "+config.FileName, "no such pool")
	}
	if err := change(ctx, opened); err != nil {
		return err
	}
	shown := poolTempo{Pool: pool, Configured: configured.RequestsPerSecond}
	if shown.Set, err = run.ReadPoolLimits(ctx, opened.Ledger, pool); err != nil {
		return err
	}
	state, err := stage.Optional[tempo.State](ctx, opened.Ledger, run.TempoKey(pool))
	if err != nil {
		return err
	}
	if state != nil {
		shown.State = *state
	}
	return a.showTempo(shown)
}

func (a *app) showTempo(t poolTempo) error {
	if a.json() {
		return a.printJSON(t)
	}
	limit := "no limit is configured: the rate is found while running"
	if t.Configured > 0 {
		limit = fmt.Sprintf("%g requests/s configured", t.Configured)
	}
	if t.Set.RequestsPerSecond > 0 {
		limit += fmt.Sprintf("; %g set by %s on %s", t.Set.RequestsPerSecond, t.Set.By, t.Set.At.Local().Format(time.DateTime))
	}
	fmt.Fprintf(a.out, "Pool %s: %s\n", t.Pool, limit)
	if t.State.Rate > 0 {
		fmt.Fprintf(a.out, "Rate at the last beat: %.1f requests/s, %.2f s per request, %d workers in %d runs\n",
			t.State.Rate, t.State.SecondsPerRequest, len(t.State.Grants), len(t.State.Demands))
	}
	for _, g := range t.State.Grants {
		fmt.Fprintf(a.out, "  %s: %.2f requests/s until about %s\n", g.Worker, g.Share.RequestsPerSecond,
			g.Ends.Local().Format(time.TimeOnly))
	}
	return nil
}
