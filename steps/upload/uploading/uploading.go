// Package uploading is what the upload step does: take a batch through the upload stage as the worker of its grant. The
// receipts of the two stages before are there by now; what failed in them is met again and recorded.
package uploading

import (
	"context"
	"flag"
	"log/slog"

	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/run"
	"metronome/internal/site"
	"metronome/internal/steps"
	"metronome/internal/worker"
)

// Step is the upload step.
func Step() steps.Step {
	var a run.Assignment
	return steps.Step{
		Name: "upload", Required: run.AssignmentFlagNames, Flags: func(flags *flag.FlagSet) { a.RegisterFlags(flags) },
		Work: func(stop context.Context, s *site.Site) error { return upload(stop, s, a) },
	}
}

func upload(stop context.Context, s *site.Site, a run.Assignment) error {
	b, err := a.ReadBatch(stop, s.Ledger)
	if err != nil {
		return err
	}
	ctx := context.WithoutCancel(stop) // the requests under way are finished
	earlier, err := finishedIn(ctx, s, b)
	if err != nil {
		return err
	}
	if err := worker.Work(ctx, stop, s, a, log(steps.NewProgress(earlier, len(b.Members)))); err != nil {
		return err
	}
	if stop.Err() != nil {
		return interrupted(ctx, s, b)
	}
	return nil
}

// finishedIn counts the entities of a batch that all attempts so far have finished.
func finishedIn(ctx context.Context, s *site.Site, b run.Batch) (int, error) {
	progress, err := ledger.ReadOptionalJSON[run.Progress](ctx, s.Ledger, run.ProgressKey(b.Run, b.Pool, b.ID))
	if err != nil || progress == nil {
		return 0, err
	}
	count := 0
	for _, e := range progress.Entities {
		if e.Finished() {
			count++
		}
	}
	return count, nil
}

// log logs what becomes of each entity, and counts those that are finished.
func log(progress *steps.Progress) func(run.EntityProgress) {
	return func(e run.EntityProgress) {
		log := slog.With("entity", e.ID, "stage", e.Stage)
		switch e.State {
		case run.EntityDone:
			log.Info("entity done", "requests", e.Requests)
			progress.One()
		case run.EntityFailed:
			log.Error("entity failed", "class", e.Class, "error", e.Error, "hint", e.Hint)
			progress.One()
		default: // on its way
		}
	}
}

// interrupted asks for another try where a stopped worker left something.
func interrupted(ctx context.Context, s *site.Site, b run.Batch) error {
	done, err := finishedIn(ctx, s, b)
	if err != nil || done == len(b.Members) {
		return err
	}
	return failure.New(failure.Overload, "", "", "", "the step was told to stop: %d of %d entities are finished", done, len(b.Members))
}
