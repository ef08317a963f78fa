package main

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"metronome/test/cluster/internal/install"
	"metronome/test/cluster/internal/layout"
	"metronome/test/cluster/internal/supervise"
)

// aliases of components on the command line.
var aliases = map[string]string{"controller": "argo-controller", "server": "argo-server"}

var signals = map[string]syscall.Signal{"TERM": syscall.SIGTERM, "KILL": syscall.SIGKILL}

func restartCommand() *cobra.Command {
	var signal string
	cmd := &cobra.Command{
		Use:   "restart COMPONENT",
		Short: "End a component (controller, server, apiserver, or a name from `status`) and wait until it works again",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := currentLayout()
			if err != nil {
				return err
			}
			name := args[0]
			if full, ok := aliases[name]; ok {
				name = full
			}
			number, ok := signals[strings.ToUpper(signal)]
			if !ok {
				return fmt.Errorf("check --signal: %q is neither TERM nor KILL", signal)
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), startTimeout)
			defer cancel()
			begin := time.Now()
			if err := restart(ctx, l, name, number); err != nil {
				return err
			}
			_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "%s works again after %s\n", name, time.Since(begin).Round(100*time.Millisecond))
			return nil
		},
	}
	cmd.Flags().StringVar(&signal, "signal", "TERM", "how to end it: TERM, or KILL for a crash")
	return cmd
}

// restart ends the component's process and waits for the one that the supervisor starts in its place.
func restart(ctx context.Context, l layout.Layout, name string, signal syscall.Signal) error {
	process, err := running(l)
	if err != nil {
		return err
	}
	before, err := component(l, name)
	if err != nil {
		return err
	}
	pid, err := process.Inside(before.PID)
	if err != nil {
		return err
	}
	if err := syscall.Kill(pid, signal); err != nil {
		return fmt.Errorf("end %s: %w", name, err)
	}
	err = install.Wait(ctx, "start of "+name, func(context.Context) (bool, error) {
		now, err := component(l, name)
		return now.PID != 0 && now.Starts > before.Starts, err
	})
	if err != nil {
		return err
	}
	return waitWorking(ctx, l, name)
}

// waitWorking waits until the component does its work, as far as that shows from outside.
func waitWorking(ctx context.Context, l layout.Layout, name string) error {
	switch name {
	case "argo-controller":
		return install.ArgoController(ctx, l)
	case "argo-server":
		return install.ArgoServer(ctx, l)
	case "apiserver", "etcd":
		client, err := clientFrom(l.Kubeconfig())
		if err != nil {
			return err
		}
		return install.APIServer(ctx, client)
	}
	return nil
}

func component(l layout.Layout, name string) (supervise.State, error) {
	states, err := supervise.Status(l.Run("status.json"))
	if err != nil {
		return supervise.State{}, err
	}
	var known []string
	for _, s := range states {
		if s.Name == name {
			return s, nil
		}
		known = append(known, s.Name)
	}
	return supervise.State{}, fmt.Errorf("find component %q: there are %s", name, strings.Join(known, ", "))
}
