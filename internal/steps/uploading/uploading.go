// Package uploading is what the upload step does: take a batch through the upload stage as the worker of its grant. The
// receipts of the two stages before are there by now; what failed in them is met again and recorded.
package uploading

import (
	"context"
	"errors"
	"flag"
	"log/slog"

	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/run"
	"metronome/internal/stage"
	"metronome/internal/steps"
	"metronome/internal/worker"
)

// Step is the upload step.
func Step() steps.Step {
	var a steps.Assignment
	return steps.Step{
		Name: "upload", Required: steps.AssignmentFlags, Flags: func(flags *flag.FlagSet) { a.Register(flags) },
		Work: func(stop context.Context, in *steps.Installation) error { return upload(stop, in, a) },
	}
}

func upload(stop context.Context, in *steps.Installation, a steps.Assignment) error {
	b, err := a.Read(stop, in.Ledger)
	if err != nil {
		return err
	}
	ctx := context.WithoutCancel(stop) // the requests under way are finished
	w, err := worker.New(ctx, in.Ledger, in.Config, a.Pool, a.Worker)
	if err != nil {
		return err
	}
	former, err := progressOf(ctx, in.Ledger, b)
	if err != nil {
		return err
	}
	w.Entity = follow(steps.NewProgress(former, len(b.Members)))
	err = w.Work(ctx, stop, b)
	switch {
	case errors.Is(err, worker.ErrRevoked):
		slog.Warn("what is left is handed back to a later beat", "reason", err)
		return nil
	case err == nil && stop.Err() != nil:
		return interrupted(ctx, in.Ledger, b)
	}
	return err
}

// progressOf counts what former attempts at the batch finished.
func progressOf(ctx context.Context, l ledger.Ledger, b run.Batch) (int, error) {
	former, err := stage.Optional[run.Progress](ctx, l, ledger.ProgressKey(string(b.Run), b.Pool, string(b.ID)))
	if err != nil || former == nil {
		return 0, err
	}
	return finished(*former), nil
}

func finished(p run.Progress) int {
	count := 0
	for _, e := range p.Entities {
		if e.Finished() {
			count++
		}
	}
	return count
}

// follow logs what becomes of each entity, and counts.
func follow(progress *steps.Progress) func(run.EntityProgress) {
	return func(e run.EntityProgress) {
		log := slog.With("entity", e.ID, "stage", e.Stage)
		switch e.State {
		case run.Done:
			log.Info("entity done", "requests", e.Requests)
			progress.One()
		case run.Failed:
			log.Error("entity failed", "class", e.Class, "error", e.Error, "hint", e.Hint)
			progress.One()
		default: // on its way
		}
	}
}

// interrupted asks for another try where a stopped worker left something.
func interrupted(ctx context.Context, l ledger.Ledger, b run.Batch) error {
	done, err := progressOf(ctx, l, b)
	if err != nil || done == len(b.Members) {
		return err
	}
	return failure.New(failure.Overload, "", "", "", "the step was told to stop: %d of %d entities are finished", done, len(b.Members))
}
