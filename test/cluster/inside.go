package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"metronome/test/cluster/internal/build"
	"metronome/test/cluster/internal/layout"
	"metronome/test/cluster/internal/machine"
)

var errDown = errors.New("the cluster is not up\nTry: make cluster-up")

// running is process 1 of the cluster that is up.
func running(l layout.Layout) (machine.Process, error) {
	process, err := machine.Load(l.Run("node.pid"))
	if err != nil {
		return machine.Process{}, err
	}
	if !process.Alive() {
		return machine.Process{}, errDown
	}
	return process, nil
}

// inside runs a command in the cluster's namespaces.
func inside(ctx context.Context, l layout.Layout, out, errs io.Writer, args ...string) error {
	process, err := running(l)
	if err != nil {
		return err
	}
	enter := []string{
		"--target", strconv.Itoa(process.PID), "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--wd=/", "--",
	}
	cmd := exec.CommandContext(ctx, "nsenter", append(enter, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, out, errs
	cmd.Env = append(os.Environ(), "KUBECONFIG="+l.Kubeconfig(), "CONTAINERD_NAMESPACE=k8s.io")
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("run %s inside the cluster: %w", args[0], err)
	}
	return nil
}

func execCommand() *cobra.Command {
	return &cobra.Command{
		Use:                "exec COMMAND...",
		Short:              "Run a command of this machine inside the cluster's namespaces: `exec ip addr`, `exec ctr images ls`",
		Args:               cobra.MinimumNArgs(1),
		DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := currentLayout()
			if err != nil {
				return err
			}
			return exitWith(inside(cmd.Context(), l, cmd.OutOrStdout(), cmd.ErrOrStderr(), args...))
		},
	}
}

func kubectlCommand() *cobra.Command {
	return &cobra.Command{
		Use:                "kubectl ARGUMENTS...",
		Short:              "Run the kubectl of the cluster's own version against it",
		DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := currentLayout()
			if err != nil {
				return err
			}
			key, err := build.Key(l)
			if err != nil {
				return err
			}
			kubectl := exec.CommandContext(cmd.Context(), filepath.Join(l.Bin(key), "kube"), append([]string{"kubectl"}, args...)...)
			kubectl.Env = append(os.Environ(), "KUBECONFIG="+l.Kubeconfig())
			kubectl.Stdin, kubectl.Stdout, kubectl.Stderr = os.Stdin, cmd.OutOrStdout(), cmd.ErrOrStderr()
			return exitWith(kubectl.Run())
		},
	}
}
