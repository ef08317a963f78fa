package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"metronome/internal/beat"
	"metronome/internal/config"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/local"
	"metronome/internal/run"
)

func (a *app) runCommand() *cobra.Command {
	var c choice
	cmd := &cobra.Command{
		Use:   "run --period YYYY-MM",
		Short: "Replicate a period on this machine",
		Long: `Replicate a period for every active entity of the catalog, or for some, with worker processes on this machine.

Running again does only what is missing, so an interrupted or partly failed run is completed by the same command.
Ctrl-C stops after the requests under way; a second Ctrl-C stops at once. Neither loses or doubles anything.`,
		Example: `  metronome run --period 2026-12
  metronome run --period 2026-12 --pool box --output json
  metronome run --period 2026-12 --only acme-us,acme-uk`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.run(cmd.Context(), c) },
	}
	c.register(cmd)
	return cmd
}

func (a *app) run(ctx context.Context, c choice) error {
	p, selection, err := c.parse()
	if err != nil {
		return err
	}
	work, err := a.open(ctx)
	if err != nil {
		return err
	}
	if err := ledger.Check(ctx, work.ledger); err != nil {
		return err
	}
	screen := a.newScreen()
	a.logTo(screen.logs())
	ctx, stop, release := stopSignals(ctx, screen.logs())
	defer release()
	runner := &local.Runner{
		Ledger: work.ledger, Config: work.config, Remotes: work.remotes,
		Command: a.workerProcess, Watcher: screen, Logs: screen.logs(),
	}
	report, err := runner.Run(ctx, stop, p, selection)
	screen.close()
	a.logTo(a.err)
	if err != nil {
		return err
	}
	fmt.Fprintln(a.err)
	return a.showReport(report)
}

// work is what an installation is made of.
type work struct {
	config  config.Config
	ledger  ledger.Ledger
	remotes map[string]string
}

func (a *app) open(ctx context.Context) (work, error) {
	c, err := a.load()
	if err != nil {
		return work{}, err
	}
	remotes, err := config.LoadRemotes(c.Rclone)
	if err != nil {
		return work{}, err
	}
	l, err := ledger.Open(ctx, c.Ledger)
	return work{config: c, ledger: l, remotes: remotes}, err
}

// workerProcess makes the command of one worker: this program again.
func (a *app) workerProcess(assigned beat.Assignment) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	args := []string{"worker", "--run", string(assigned.Run), "--pool", assigned.Pool, "--batch", assigned.Batch,
		"--worker", assigned.Worker, "--config", config.Find(a.config, os.Getenv(config.EnvironmentVariable))}
	if a.verbose {
		args = append(args, "--verbose")
	}
	return exec.Command(self, args...) //nolint:noctx // the launcher ends it: by signal first, so that the worker can say what is left
}

// stopSignals gives two contexts: stop ends at the first SIGINT or SIGTERM, ctx at the second.
func stopSignals(parent context.Context, words io.Writer) (ctx, stop context.Context, release func()) {
	ctx, cancel := context.WithCancelCause(parent)
	stop, stopNow := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		for heard := 0; ; heard++ {
			select {
			case <-ctx.Done():
				return
			case <-signals:
			}
			if heard > 0 {
				cancel(errInterrupted)
				return
			}
			fmt.Fprintln(words, "Stopping after the requests under way. Press Ctrl-C again to stop at once.")
			stopNow(errInterrupted)
		}
	}()
	return ctx, stop, func() {
		signal.Stop(signals)
		cancel(nil)
	}
}

// errInterrupted is what a person's second signal ends a run with.
var errInterrupted = failure.New(failure.Overload, "", "", "run the same command again: it does only what is missing", "interrupted")

// showReport prints what became of a run and gives the error that its exit code stands for.
func (a *app) showReport(report run.Report) error {
	if a.json() {
		if err := a.printJSON(report); err != nil {
			return err
		}
	} else {
		a.printReport(report)
	}
	switch report.State {
	case run.Failed:
		return failure.ErrEntitiesFailed
	case run.Interrupted, run.Parked:
		return errors.Join(errTold, failure.New(failure.Overload, "run", string(report.Run), "", "%s", report.State))
	default:
		return nil
	}
}
