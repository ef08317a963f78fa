package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"metronome/internal/failure"
	"metronome/internal/local"
	"metronome/internal/run"
	"metronome/internal/worker"
)

// workerCommand is what `run` starts for each batch. It is not meant to be run by hand.
func (a *app) workerCommand() *cobra.Command {
	var assigned run.Assignment
	cmd := &cobra.Command{
		Use: "worker", Hidden: true, Args: argsAsUsageError(cobra.NoArgs),
		Short:   "Work on one batch of a run; started by `metronome run`",
		Example: `  metronome worker --run RUN --pool box --batch 0001 --worker RUN-box-0001-1`,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.runWorker(cmd.Context(), assigned) },
	}
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	assigned.RegisterFlags(flags)
	cmd.Flags().AddGoFlagSet(flags)
	return cmd
}

func (a *app) runWorker(ctx context.Context, assigned run.Assignment) error {
	signal.Ignore(os.Interrupt, syscall.SIGTERM) // the run decides how its workers stop
	stop := a.watchStdin(ctx)
	site, err := a.open(ctx)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	encoder := json.NewEncoder(a.out)
	return worker.Work(ctx, stop, site, assigned, func(e run.EntityProgress) {
		mu.Lock()
		defer mu.Unlock()
		_ = encoder.Encode(e) // if the parent has exited, stdin closes and ends this process
	})
}

// watchStdin reads the run's orders from standard input: the stop command ends the returned context; the end of input,
// which comes whenever the run is gone, ends the process at once.
func (a *app) watchStdin(ctx context.Context) (stop context.Context) {
	stop, cancel := context.WithCancelCause(ctx)
	go func() {
		lines := bufio.NewScanner(a.in)
		for lines.Scan() {
			if lines.Text() == local.StopCommand {
				cancel(errInterrupted)
			}
		}
		os.Exit(failure.ExitTemporary)
	}()
	return stop
}
