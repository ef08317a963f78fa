// Package preparing is what the folders and the templates step do: walk a batch's entities in order through one stage that
// needs the ledger only.
package preparing

import (
	"context"
	"flag"
	"log/slog"

	"metronome/internal/control"
	"metronome/internal/failure"
	"metronome/internal/group"
	"metronome/internal/receipt"
	"metronome/internal/run"
	"metronome/internal/stage"
	"metronome/internal/stage/folders"
	"metronome/internal/stage/templates"
	"metronome/internal/steps"
)

// do takes one entity through a stage; done before, it costs nothing.
type do func(context.Context, stage.Job) error

// Folders is the folders step.
func Folders() steps.Step {
	return step(receipt.Folders, func(in *steps.Installation) do {
		return folders.Stage{Ledger: in.Ledger, Templates: group.NewShelf(in.Ledger, in.Config).Templates}.Do
	})
}

// Templates is the templates step.
func Templates() steps.Step {
	return step(receipt.Templates, func(in *steps.Installation) do {
		books := group.NewShelf(in.Ledger, in.Config)
		return templates.Stage{Ledger: in.Ledger, Templates: books.Templates, Calendars: books.Calendar}.Do
	})
}

func step(name receipt.Stage, stageOf func(*steps.Installation) do) steps.Step {
	var a steps.Assignment
	return steps.Step{
		Name: string(name), Required: steps.AssignmentFlags, Flags: func(flags *flag.FlagSet) { a.Register(flags) },
		Work: func(stop context.Context, in *steps.Installation) error {
			b, err := a.Read(stop, in.Ledger)
			if err != nil {
				return err
			}
			return walk(stop, in, b, name, stageOf(in))
		},
	}
}

// walk takes the batch's entities in order through the stage. What is wrong with a single entity is only logged: the upload step
// meets it again and records it. Trouble that passes by itself ends the step, to be tried again.
func walk(stop context.Context, in *steps.Installation, b run.Batch, name receipt.Stage, do do) error {
	progress := steps.NewProgress(0, len(b.Members))
	ctx := context.WithoutCancel(stop) // the entity in hand is finished
	for _, member := range b.Members {
		switch on, err := goesOn(stop, in, b.Run); {
		case err != nil:
			return err
		case !on:
			slog.Warn("the run was cancelled: the batch's other entities are left")
			return nil
		}
		log := slog.With("entity", member.ID, "stage", name)
		err := do(ctx, stage.Job{Run: b.Run, Batch: string(b.ID), Period: b.Period, Entity: member.Entity})
		switch {
		case failure.ClassOf(err).Retryable():
			return err
		case err != nil:
			log.Warn("stage not done; the upload step records it", "error", err, "class", failure.ClassOf(err))
		default:
			log.Info("stage done")
		}
		progress.One()
	}
	return nil
}

// goesOn tells whether the next entity's turn comes: not in a run that was cancelled. A pod that was told to stop is an error.
func goesOn(stop context.Context, in *steps.Installation, id run.ID) (bool, error) {
	if stop.Err() != nil {
		return false, failure.New(failure.Overload, "", "", "", "the step was told to stop before the batch's end")
	}
	asked, err := control.Read(stop, in.Ledger, id)
	return asked.Wish != run.Cancel, err
}
