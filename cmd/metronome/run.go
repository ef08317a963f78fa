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

	"metronome/internal/failure"
	"metronome/internal/local"
	"metronome/internal/run"
	"metronome/internal/site"
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
	s, err := a.openWithRemotes(ctx)
	if err != nil {
		return err
	}
	screen := a.newScreen()
	a.logTo(screen.logs())
	ctx, stop, release := stopSignals(ctx, screen.logs())
	defer release()
	runner := &local.Runner{
		Site: s, Command: a.workerProcess, Watcher: screen, Logs: screen.logs(),
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

// open opens the site that the flags and the environment name.
func (a *app) open(ctx context.Context) (*site.Site, error) {
	return site.Open(ctx, a.configPath())
}

// openWithRemotes opens the site and reads which remotes it has.
func (a *app) openWithRemotes(ctx context.Context) (*site.Site, error) {
	s, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	return s, s.ReadRemotes()
}

// workerProcess makes the command of one worker: this program again.
func (a *app) workerProcess(assigned run.Assignment) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	args := append([]string{"worker", "--config", a.configPath()}, assigned.Args()...)
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
	case run.StateFailed:
		return failure.ErrEntitiesFailed
	case run.StateInterrupted, run.StateParked:
		return errors.Join(errTold, failure.New(failure.Overload, "run", string(report.Run), "", "%s", report.State))
	default:
		return nil
	}
}
