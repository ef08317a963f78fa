// Package preparing is what the steps of the stages before the upload do: walk a batch's entities in order through one stage that
// needs the ledger only.
package preparing

import (
	"context"
	"flag"
	"log/slog"

	"metronome/internal/failure"
	"metronome/internal/receipt"
	"metronome/internal/run"
	"metronome/internal/site"
	"metronome/internal/stage/prepare"
	"metronome/internal/steps"
)

// Step is the step of a stage.
func Step(name receipt.Stage) steps.Step {
	var a run.Assignment
	return steps.Step{
		Name: string(name), Required: run.AssignmentFlagNames, Flags: func(flags *flag.FlagSet) { a.RegisterFlags(flags) },
		Work: func(stop context.Context, s *site.Site) error {
			b, err := a.ReadBatch(stop, s.Ledger)
			if err != nil {
				return err
			}
			return walk(stop, s, b, name)
		},
	}
}

// walk takes the batch's entities in order through the stage. What is wrong with a single entity is only logged: the upload step
// meets it again and records it. A transient error ends the step, to be tried again.
func walk(stop context.Context, s *site.Site, b run.Batch, name receipt.Stage) (err error) {
	progress := steps.NewProgress(0, len(b.Members))
	proceed := true
	before := func(int) bool {
		if proceed {
			proceed, err = mayContinue(stop, s, b.Run)
		}
		return proceed
	}
	// The entity in hand is finished, also where the pod was told to stop.
	prepare.New(s).Only(name).Batch(context.WithoutCancel(stop), b, before, func(outcome prepare.Outcome) bool {
		log := slog.With("entity", b.Members[outcome.Index].ID, "stage", name)
		switch class := failure.ClassOf(outcome.Err); {
		case class.Retryable():
			err, proceed = outcome.Err, false
			return false
		case outcome.Err != nil:
			log.Warn("stage not done; the upload step records it", "error", outcome.Err, "class", class)
		default:
			log.Info("stage done")
		}
		progress.One()
		return true
	})
	if !proceed && err == nil {
		slog.Warn("the run was cancelled: the batch's other entities are left")
	}
	return err
}

// mayContinue reports whether the next entity may be worked on: not in a run that was cancelled. A pod that was told to stop is
// an error.
func mayContinue(stop context.Context, s *site.Site, id run.ID) (bool, error) {
	if stop.Err() != nil {
		return false, failure.New(failure.Overload, "", "", "", "the step was told to stop before the batch's end")
	}
	control, err := run.ReadControl(stop, s.Ledger, id)
	return err == nil && control.Order != run.Cancel, err
}
