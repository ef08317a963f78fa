// Package pulsing is what the pulse step does: one beat of a pool in a run. It keeps the run's lease of the period, starts
// worker Workflows, and says whether and when to come back.
package pulsing

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"metronome/internal/argo"
	"metronome/internal/beat"
	"metronome/internal/control"
	"metronome/internal/failure"
	"metronome/internal/lease"
	"metronome/internal/run"
	"metronome/internal/run/archive"
	"metronome/internal/steps"
	"metronome/internal/tempo"
)

// Step is the pulse step.
func Step() steps.Step { return StepOn(argo.Connect) }

// StepOn is the pulse step on the Workflows that connect gives for a namespace.
func StepOn(connect func(namespace string) (argo.Workflows, error)) steps.Step {
	var o options
	return steps.Step{
		Name: "pulse", Required: []string{"run", "pool"}, Flags: func(flags *flag.FlagSet) { o.register(flags) },
		Work: func(stop context.Context, in *steps.Installation) error {
			workflows, err := connect(os.Getenv("METRONOME_NAMESPACE"))
			if err != nil {
				return err
			}
			return pulse(stop, in, workflows, o)
		},
	}
}

type options struct {
	run      run.ID
	pool     string
	workflow string
	uid      string
	outputs  steps.Outputs
}

func (o *options) register(flags *flag.FlagSet) {
	flags.StringVar((*string)(&o.run), "run", "", "the run: a Workflow's name")
	flags.StringVar(&o.pool, "pool", "", "the pool")
	flags.StringVar(&o.workflow, "workflow", "", "the pool's Workflow, which owns the workers: its name, or name/uid")
	flags.StringVar(&o.uid, "workflow-uid", "", "the uid of that Workflow")
	o.outputs.Register(flags)
}

// owner is the Workflow that the workers belong to.
func (o *options) owner() argo.Owner {
	name, uid, both := strings.Cut(o.workflow, "/")
	if !both {
		uid = o.uid
	}
	return argo.Owner{Name: name, UID: uid}
}

// pulse takes one beat.
func pulse(ctx context.Context, in *steps.Installation, workflows argo.Workflows, o options) error {
	request, err := archive.Request(ctx, in.Ledger, o.run)
	if err != nil {
		return fmt.Errorf("read run %s: %w", o.run, err)
	}
	workers := &argo.Workers{Workflows: workflows, Period: request.Period, Owner: o.owner()}
	if err := keepAlive(ctx, in, workers, request); err != nil {
		return err
	}
	p := &beat.Pulse{
		Ledger: in.Ledger, Run: o.run, Pool: o.pool, Limits: in.Config.Limits(o.pool), Workers: workers, Self: steps.Holder(),
		Gone: func(tempo.Holder) bool { return false }, // other runs' workers are out of sight; their grants expire
	}
	taken, err := p.Beat(ctx)
	if err != nil {
		return err
	}
	slog.Info("beat", "number", taken.Number, "reason", taken.Decision.Reason, "rate", taken.Decision.Rate,
		"workers", len(taken.Decision.Shares), "started", len(taken.Decision.Start), "finished", taken.Finished,
		"wait", taken.Decision.Wait.String(), "done", taken.Decision.Done)
	return o.tell(taken, request)
}

// keepAlive prolongs the run's lease. A run that lost it, or whose Workflow was stopped, is cancelled: its workers stop after the
// entity in hand, and its beats go on until they have.
func keepAlive(ctx context.Context, in *steps.Installation, workers *argo.Workers, request run.Request) error {
	err := lease.Hold(ctx, in.Ledger, request.Period, request.Run, steps.Holder(), steps.LeaseDuration(in.Config))
	if failure.ClassOf(err) == failure.Contention {
		slog.Error("the run lost its lease and is cancelled", "reason", err)
		_, err = control.Ask(ctx, in.Ledger, request.Run, run.Cancel, "a pulse: another run works on the period")
		return err
	}
	if err != nil {
		return err
	}
	stopped, err := workers.Stopped(ctx, request.Run)
	if err == nil && stopped {
		_, err = control.Ask(ctx, in.Ledger, request.Run, run.Cancel, "a pulse: the run's Workflow was stopped")
	}
	return err
}
