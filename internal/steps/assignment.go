package steps

import (
	"context"
	"errors"
	"flag"

	"metronome/internal/batch"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/run"
)

// Assignment is what a worker's step works on.
type Assignment struct{ Run, Pool, Batch, Worker string }

// Register declares the flags of a worker's step.
func (a *Assignment) Register(flags *flag.FlagSet) {
	flags.StringVar(&a.Run, "run", "", "the run: a Workflow's name")
	flags.StringVar(&a.Pool, "pool", "", "the pool")
	flags.StringVar(&a.Batch, "batch", "", "the batch")
	flags.StringVar(&a.Worker, "worker", "", "the name of the worker's grant")
}

// AssignmentFlags are the flags that a worker's step cannot do without.
var AssignmentFlags = []string{"run", "pool", "batch", "worker"}

// Read gives the batch from the ledger.
func (a *Assignment) Read(ctx context.Context, l ledger.Ledger) (run.Batch, error) {
	if _, err := batch.ParseID(a.Batch); err != nil {
		return run.Batch{}, failure.New(failure.Config, "--batch", a.Batch, "", "%w", err)
	}
	b, _, err := ledger.ReadJSON[run.Batch](ctx, l, ledger.BatchKey(a.Run, a.Pool, a.Batch))
	if errors.Is(err, ledger.ErrNotFound) {
		return b, failure.New(failure.Data, ledger.BatchKey(a.Run, a.Pool, a.Batch), "",
			"let this step use the ledger that the group step wrote to", "no such batch in the ledger")
	}
	return b, err
}
