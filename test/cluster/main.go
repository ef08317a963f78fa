package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"metronome/test/cluster/internal/layout"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := root().ExecuteContext(ctx)
	stop()
	var child exitCode
	if errors.As(err, &child) {
		os.Exit(int(child))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// exitCode is that of a command run on the caller's behalf, which has said itself what went wrong.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// exitWith turns the end of a command run on the caller's behalf into this program's.
func exitWith(err error) error {
	var child *exec.ExitError
	if errors.As(err, &child) && child.ExitCode() > 0 {
		return exitCode(child.ExitCode())
	}
	return err
}

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:           "cluster",
		Short:         "A real Kubernetes with a real Argo Workflows on this machine, for tests",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	cmd.AddCommand(upCommand(), downCommand(), loadCommand(), statusCommand(), execCommand(), kubectlCommand(),
		restartCommand(), killCommand(), enterCommand(), initCommand(), gateCommand())
	return cmd
}

// currentLayout returns the layout of the cluster of the checkout that the working directory is in.
func currentLayout() (layout.Layout, error) {
	start, err := os.Getwd()
	if err != nil {
		return layout.Layout{}, fmt.Errorf("find working directory: %w", err)
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "test", "cluster", "go.mod")); err == nil {
			return layout.Of(dir), nil
		}
		if dir == filepath.Dir(dir) {
			return layout.Layout{}, fmt.Errorf("find checkout: no test/cluster/go.mod at or above %s", start)
		}
	}
}
