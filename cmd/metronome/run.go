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
	"metronome/internal/ui"
)

func (a *app) runCommand() *cobra.Command {
	var flags selectionFlags
	cmd := &cobra.Command{
		Use:   "run --period YYYY-MM",
		Short: "Replicate a period on this machine",
		Long: `Replicate a period for every active entity of the catalog, or for some, with worker processes on this machine.

Running again does only what is missing, so the same command completes an interrupted or partly failed run.
Ctrl-C stops after the current requests; a second Ctrl-C stops at once. Neither loses or duplicates anything.`,
		Example: `  metronome run --period 2026-12
  metronome run --period 2026-12 --pool box --output json
  metronome run --period 2026-12 --only acme-us,acme-uk`,
		Args: argsAsUsageError(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.run(cmd.Context(), flags) },
	}
	flags.register(cmd)
	return cmd
}

func (a *app) run(ctx context.Context, flags selectionFlags) error {
	p, selection, err := flags.parse()
	if err != nil {
		return err
	}
	site, err := a.openWithRemotes(ctx)
	if err != nil {
		return err
	}
	screen := ui.NewScreen(a.terminal)
	a.setLogOutput(screen.Logs())
	ctx, stop, release := stopSignals(ctx, screen.Logs())
	defer release()
	runner := &local.Runner{
		Site: site, Command: a.newWorkerCmd, Watcher: screen, Logs: screen.Logs(),
	}
	report, err := runner.Run(ctx, stop, p, selection)
	screen.Close()
	a.setLogOutput(a.stderr)
	if err != nil {
		return err
	}
	fmt.Fprintln(a.stderr)
	if err := a.printReport(report); err != nil {
		return err
	}
	return exitError(report)
}

// newWorkerCmd makes the command of one worker's process: this program again.
func (a *app) newWorkerCmd(assigned run.Assignment) *exec.Cmd {
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

// stopSignals returns two contexts: stop ends at the first SIGINT or SIGTERM, ctx at the second. Notices go to the writer.
func stopSignals(parent context.Context, notices io.Writer) (ctx, stop context.Context, release func()) {
	ctx, cancel := context.WithCancelCause(parent)
	stop, cancelStop := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		for received := 0; ; received++ {
			select {
			case <-ctx.Done():
				return
			case <-signals:
			}
			if received > 0 {
				cancel(errInterrupted)
				return
			}
			fmt.Fprintln(notices, "Stopping after the current requests. Press Ctrl-C again to stop at once.")
			cancelStop(errInterrupted)
		}
	}()
	return ctx, stop, func() {
		signal.Stop(signals)
		cancel(nil)
	}
}

// errInterrupted is the cancellation cause of a run that a person stops: the first signal cancels stop with it, the second ctx.
// The stop command cancels a worker with it.
var errInterrupted = failure.New(failure.Overload, "", "", "run the same command again: it does only what is missing", "interrupted")

// printReport prints a report in the format that was asked for.
func (a *app) printReport(report run.Report) error {
	if a.json() {
		return a.printJSON(report)
	}
	ui.PrintReport(a.out, report)
	return nil
}

// exitError returns the error that sets the exit code of a run; its report is already printed.
func exitError(report run.Report) error {
	switch report.State {
	case run.StateFailed:
		return failure.ErrEntitiesFailed
	case run.StateInterrupted, run.StateParked:
		return errors.Join(errReported, failure.New(failure.Overload, "run", string(report.Run), "", "%s", report.State))
	default:
		return nil
	}
}
