package run

import (
	"context"
	"errors"
	"flag"

	"metronome/internal/batch"
	"metronome/internal/failure"
	"metronome/internal/ledger"
)

// Assignment tells a worker what it works on. It reaches the worker's process as flags.
type Assignment struct {
	Run    ID
	Pool   string
	Batch  batch.ID
	Worker string // the name of the worker's grant
}

// AssignmentFlagNames are the flags that RegisterFlags declares; a worker needs all of them.
var AssignmentFlagNames = []string{"run", "pool", "batch", "worker"}

// RegisterFlags declares the assignment's flags.
func (a *Assignment) RegisterFlags(flags *flag.FlagSet) {
	flags.StringVar((*string)(&a.Run), "run", "", "the run: its id, on Argo the Workflow's name")
	flags.StringVar(&a.Pool, "pool", "", "the pool")
	flags.StringVar((*string)(&a.Batch), "batch", "", "the batch")
	flags.StringVar(&a.Worker, "worker", "", "the name of the worker's grant")
}

// Args returns the assignment as the arguments that its flags read.
func (a *Assignment) Args() []string {
	return []string{"--run", string(a.Run), "--pool", a.Pool, "--batch", string(a.Batch), "--worker", a.Worker}
}

// ReadBatch returns the assigned batch.
func (a *Assignment) ReadBatch(ctx context.Context, l ledger.Ledger) (Batch, error) {
	if _, err := batch.ParseID(string(a.Batch)); err != nil {
		return Batch{}, failure.New(failure.Config, "--batch", string(a.Batch), "", "%w", err)
	}
	key := BatchKey(a.Run, a.Pool, a.Batch)
	b, _, err := ledger.ReadJSON[Batch](ctx, l, key)
	if errors.Is(err, ledger.ErrNotFound) {
		return b, failure.New(failure.Data, key, "", "point the workers at the run's ledger",
			"no such batch in the ledger")
	}
	return b, err
}
