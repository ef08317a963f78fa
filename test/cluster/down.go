package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"metronome/test/cluster/internal/layout"
	"metronome/test/cluster/internal/machine"
)

// endTimeout is how long processes may take to go after the kernel was told to end them.
const endTimeout = 20 * time.Second

func downCommand() *cobra.Command {
	var withKind bool
	cmd := &cobra.Command{
		Use:   "down",
		Short: "Take the cluster down; only its built programs and images stay",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := currentLayout()
			if err != nil {
				return err
			}
			if withKind {
				return kindDown(cmd.Context(), l, cmd.ErrOrStderr())
			}
			if err := os.MkdirAll(l.State, 0o755); err != nil {
				return fmt.Errorf("create folder: %w", err)
			}
			unlock, err := lock(l)
			if err != nil {
				return err
			}
			defer unlock()
			return down(l)
		},
	}
	addKindFlag(cmd, &withKind)
	return cmd
}

// down ends the cluster, whole or half started, and removes what it left on the machine. It is no error that there is
// none. With process 1 the kernel ends every process of the namespaces, and with them their mounts and interfaces.
func down(l layout.Layout) error {
	process, err := machine.Load(l.Run("node.pid"))
	if err != nil {
		return err
	}
	if err := process.Kill(endTimeout); err != nil {
		return err
	}
	err = errors.Join(machine.KillCgroup(l.Cgroup), machine.RemoveCgroup(l.Cgroup, endTimeout), machine.Disconnect(l))
	for _, folder := range append(l.Fresh(), l.Kubeconfig()) {
		err = errors.Join(err, os.RemoveAll(folder))
	}
	if err != nil {
		return fmt.Errorf("clean up after cluster: %w", err)
	}
	return nil
}

// lock keeps a second up or down of the same cluster waiting.
func lock(l layout.Layout) (unlock func(), err error) {
	file, err := os.OpenFile(filepath.Join(l.State, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		return nil, fmt.Errorf("take lock: %w", err)
	}
	return func() { _ = file.Close() }, nil
}
