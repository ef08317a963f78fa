// Package pulsing is what the pulse step does: one beat of a pool in a run. It renews the run's lease of the period, starts
// worker Workflows, and says whether and when to come back.
package pulsing

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"metronome/internal/argo"
	"metronome/internal/replicate"
	"metronome/internal/run"
	"metronome/internal/site"
	"metronome/internal/steps"
	"metronome/internal/tempo"
)

// Step is the pulse step.
func Step() steps.Step { return StepOn(argo.NewWorkflowClient) }

// StepOn is the pulse step on the Workflows that connect returns for a namespace.
func StepOn(connect func(namespace string) (argo.WorkflowClient, error)) steps.Step {
	var o options
	return steps.Step{
		Name: "pulse", Required: []string{"run", "pool"}, Flags: func(flags *flag.FlagSet) { o.register(flags) },
		Work: func(stop context.Context, s *site.Site) error {
			workflows, err := connect(os.Getenv("METRONOME_NAMESPACE"))
			if err != nil {
				return err
			}
			return pulse(stop, s, workflows, o)
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
func pulse(ctx context.Context, s *site.Site, workflows argo.WorkflowClient, o options) error {
	request, err := run.ReadRequest(ctx, s.Ledger, o.run)
	if err != nil {
		return fmt.Errorf("read run %s: %w", o.run, err)
	}
	workers := &argo.Workers{Workflows: workflows, Period: request.Period, Owner: o.owner()}
	if err := keepLease(ctx, s, workers, request); err != nil {
		return err
	}
	pulse := &replicate.Pulse{
		Ledger: s.Ledger, Run: o.run, Pool: o.pool, Limits: s.Config.Limits(o.pool), Workers: workers, Self: steps.Holder(),
		Gone: func(tempo.Holder) bool { return false }, // other runs' workers are out of sight; their grants expire
	}
	taken, err := pulse.Beat(ctx)
	if err != nil {
		return err
	}
	slog.Info("beat", "number", taken.Number, "reason", taken.Decision.Reason, "rate", taken.Decision.Rate,
		"workers", len(taken.Decision.Shares), "started", len(taken.Decision.Start), "finished", taken.Finished,
		"wait", taken.Decision.Wait.String(), "done", taken.Decision.Done)
	return o.write(taken, request)
}

// keepLease renews the run's lease. A run that lost it, or whose Workflow was stopped, is cancelled: its workers stop after the
// entity in hand, and its beats continue until they have.
func keepLease(ctx context.Context, s *site.Site, workers *argo.Workers, request run.Request) error {
	_, err := steps.LeaseClaim(s.Config, request.Period, request.Run).Renew(ctx, s.Ledger)
	if errors.Is(err, run.ErrLeaseLost) {
		slog.Error("the run lost its lease and is cancelled", "reason", err)
		_, err = run.SendOrder(ctx, s.Ledger, request.Run, run.Cancel, "a pulse: another run works on the period")
		return err
	}
	if err != nil {
		return err
	}
	stopped, err := workers.Stopped(ctx, request.Run)
	if err == nil && stopped {
		_, err = run.SendOrder(ctx, s.Ledger, request.Run, run.Cancel, "a pulse: the run's Workflow was stopped")
	}
	return err
}
