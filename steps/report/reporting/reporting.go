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
	"metronome/internal/ledger"
	"metronome/internal/replicate"
	"metronome/internal/run"
	"metronome/internal/site"
	"metronome/internal/steps"
)

// Step is the report step.
func Step() steps.Step {
	var o options
	return steps.Step{
		Name: "report", Required: []string{"run"}, Flags: func(flags *flag.FlagSet) { o.register(flags) },
		Work: func(stop context.Context, s *site.Site) error { return conclude(stop, s, o) },
	}
}

type options struct {
	run          run.ID
	failures     string
	drainTimeout time.Duration
	outputs      steps.Outputs
}

func (o *options) register(flags *flag.FlagSet) {
	flags.StringVar((*string)(&o.run), "run", "", "the run: the Workflow's name")
	flags.StringVar(&o.failures, "failures", "", "what failed in the Workflow: the value of workflow.failures")
	flags.DurationVar(&o.drainTimeout, "drain-timeout", 10*time.Minute,
		"how long to wait for workers to stop, where the Workflow was stopped before the run's end")
	o.outputs.Register(flags)
}

// conclude ends the run. Its error says how the run ended.
func conclude(ctx context.Context, s *site.Site, o options) error {
	request, err := run.ReadRequest(ctx, s.Ledger, o.run)
	if errors.Is(err, ledger.ErrNotFound) {
		return o.nothing()
	}
	if err != nil {
		return err
	}
	report, err := replicate.Conclude(ctx, s, request, o.drainTimeout)
	if err != nil {
		return err
	}
	return o.write(report)
}

// nothing concludes a run that wrote nothing: grouping failed, or another run works on the period.
func (o *options) nothing() error {
	if reason := firstFailure(o.failures); reason != "" {
		summary := "the run did not begin: " + reason
		return errors.Join(o.set(run.StateFailed, summary, 0), errors.New(summary))
	}
	return o.set("skipped", "the run had nothing to do: see its group step", 0)
}

func (o *options) write(report run.Report) error {
	summary := describeReport(report)
	slog.Info(summary, "state", report.State)
	if err := o.set(report.State, summary, report.Entities.Failed); err != nil {
		return err
	}
	switch report.State {
	case run.StateFailed:
		return fmt.Errorf("%w: %s", failure.ErrEntitiesFailed, summary)
	case run.StateParked, run.StateInterrupted:
		return failure.New(failure.Overload, "run", string(o.run),
			fmt.Sprintf("`metronome retry %s` starts a run that does what is left", o.run), "%s: %s", report.State, summary)
	default:
		return nil
	}
}

func (o *options) set(state run.State, summary string, failed int) error {
	return errors.Join(
		o.outputs.Set("state", string(state)), o.outputs.Set("summary", summary), o.outputs.Set("failed", failed),
	)
}
