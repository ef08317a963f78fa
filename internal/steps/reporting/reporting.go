// Package reporting is what the report step does, as the exit handler of a run's Workflow, however that ended: see to it that
// nothing works on any more, sum the run up, and give the period's lease back.
package reporting

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"time"

	"metronome/internal/failure"
	"metronome/internal/lease"
	"metronome/internal/ledger"
	"metronome/internal/report"
	"metronome/internal/run"
	"metronome/internal/run/archive"
	"metronome/internal/steps"
)

// Step is the report step.
func Step() steps.Step {
	var o options
	return steps.Step{
		Name: "report", Required: []string{"run"}, Flags: func(flags *flag.FlagSet) { o.register(flags) },
		Work: func(stop context.Context, in *steps.Installation) error { return conclude(stop, in, o) },
	}
}

type options struct {
	run      run.ID
	failures string
	patience time.Duration
	outputs  steps.Outputs
}

func (o *options) register(flags *flag.FlagSet) {
	flags.StringVar((*string)(&o.run), "run", "", "the run: the Workflow's name")
	flags.StringVar(&o.failures, "failures", "", "what failed in the Workflow: the value of workflow.failures")
	flags.DurationVar(&o.patience, "patience", 10*time.Minute,
		"how long to wait for workers to stop, where the Workflow was stopped before the run's end")
	o.outputs.Register(flags)
}

// conclude ends the run. Its error is the run's verdict.
func conclude(ctx context.Context, in *steps.Installation, o options) error {
	request, err := archive.Request(ctx, in.Ledger, o.run)
	if errors.Is(err, ledger.ErrNotFound) {
		return o.nothing()
	}
	if err != nil {
		return err
	}
	quiet, err := settle(ctx, in, request, o.patience)
	if err != nil {
		return err
	}
	made, err := report.Write(ctx, in.Ledger, o.run, func(pool string) float64 { return in.Config.Pools[pool].RequestsPerSecond })
	if err != nil {
		return err
	}
	if quiet {
		err = lease.GiveBack(ctx, in.Ledger, request.Period, o.run)
	} else {
		slog.Warn("workers of the run are still at work: its lease of the period is left to expire")
	}
	return errors.Join(err, o.tell(made))
}

// nothing concludes a run that wrote nothing: grouping failed, or another run works on the period.
func (o *options) nothing() error {
	if words := firstFailure(o.failures); words != "" {
		summary := "the run did not begin: " + words
		return errors.Join(o.set(run.Failed, summary, 0), errors.New(summary))
	}
	return o.set("skipped", "the run had nothing to do: see its group step", 0)
}

func (o *options) tell(made run.Report) error {
	summary := summaryOf(made)
	slog.Info(summary, "state", made.State)
	if err := o.set(made.State, summary, made.Entities.Failed); err != nil {
		return err
	}
	switch made.State {
	case run.Failed:
		return fmt.Errorf("%w: %s", failure.ErrEntitiesFailed, summary)
	case run.Parked, run.Interrupted:
		return failure.New(failure.Overload, "run", string(o.run),
			fmt.Sprintf("`metronome retry %s` starts a run that does what is left", o.run), "%s: %s", made.State, summary)
	default:
		return nil
	}
}

func (o *options) set(state run.State, summary string, failed int) error {
	return errors.Join(
		o.outputs.Set("state", string(state)), o.outputs.Set("summary", summary), o.outputs.Set("failed", failed),
	)
}
