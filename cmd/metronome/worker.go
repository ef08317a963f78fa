package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/local"
	"metronome/internal/run"
	"metronome/internal/worker"
)

// workerCommand is what `run` starts for each batch; people have no use for it.
func (a *app) workerCommand() *cobra.Command {
	var id, pool, batch, name string
	cmd := &cobra.Command{
		Use: "worker", Hidden: true, Args: arguments(cobra.NoArgs),
		Short: "Work on one batch of a run; started by `metronome run`",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.work(cmd.Context(), run.ID(id), pool, batch, name)
		},
	}
	cmd.Flags().StringVar(&id, "run", "", "the run")
	cmd.Flags().StringVar(&pool, "pool", "", "the pool")
	cmd.Flags().StringVar(&batch, "batch", "", "the batch")
	cmd.Flags().StringVar(&name, "worker", "", "the name of the worker's grant")
	return cmd
}

func (a *app) work(ctx context.Context, id run.ID, pool, batch, name string) error {
	signal.Ignore(os.Interrupt, syscall.SIGTERM) // the run decides how its workers stop
	stop := a.obey(ctx)
	opened, err := a.open(ctx)
	if err != nil {
		return err
	}
	b, _, err := ledger.ReadJSON[run.Batch](ctx, opened.ledger, ledger.BatchKey(string(id), pool, batch))
	if err != nil {
		return err
	}
	w, err := worker.New(ctx, opened.ledger, opened.config, pool, name)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	encoder := json.NewEncoder(a.out)
	w.Entity = func(e run.EntityProgress) {
		mu.Lock()
		defer mu.Unlock()
		_ = encoder.Encode(e) // a run that is gone does not read it; standard input says so
	}
	return w.Work(ctx, stop, b)
}

// obey listens to the run on standard input: the stop word ends the returned context; the end of input, which comes when
// the run is gone however it went, ends the process at once.
func (a *app) obey(ctx context.Context) (stop context.Context) {
	stop, cancel := context.WithCancelCause(ctx)
	go func() {
		words := bufio.NewScanner(a.in)
		for words.Scan() {
			if words.Text() == local.StopWord {
				cancel(errInterrupted)
			}
		}
		os.Exit(failure.ExitTemporary)
	}()
	return stop
}
