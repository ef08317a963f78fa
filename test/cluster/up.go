package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"metronome/test/cluster/internal/build"
	"metronome/test/cluster/internal/config"
	"metronome/test/cluster/internal/install"
	"metronome/test/cluster/internal/kubeapi"
	"metronome/test/cluster/internal/layout"
	"metronome/test/cluster/internal/machine"
)

// startTimeout is how long a started cluster may take until it has run its first Workflow. A busy machine takes a minute.
const startTimeout = 5 * time.Minute

func upCommand() *cobra.Command {
	var withKind bool
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Bring the cluster up, or check that it is; build its programs first if need be",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := currentLayout()
			if err != nil {
				return err
			}
			if withKind {
				return kindUp(cmd.Context(), l, cmd.OutOrStdout(), cmd.ErrOrStderr())
			}
			return up(cmd.Context(), l, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	addKindFlag(cmd, &withKind)
	return cmd
}

// up prints where the cluster is on out, and what it does meanwhile on progress.
func up(ctx context.Context, l layout.Layout, out, progress io.Writer) error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("bring cluster up: it takes root, for namespaces, mounts and a network interface")
	}
	for _, folder := range []string{l.State, l.Build(), l.Run()} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return fmt.Errorf("create folder: %w", err)
		}
	}
	unlock, err := lock(l)
	if err != nil {
		return err
	}
	defer unlock()
	bin, err := prepare(ctx, l, progress)
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := ensureRunning(l, bin, progress); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := installAll(ctx, l, bin, progress); err != nil {
		return fmt.Errorf("%w\nTry: `status`, and the logs in %s", err, filepath.Dir(l.Log("node")))
	}
	_, _ = fmt.Fprintf(progress, "cluster is up after %s\n", time.Since(begin).Round(100*time.Millisecond))
	printPlace(out, l)
	return nil
}

// prepare installs packages and builds programs; both are done already on all but the first run.
func prepare(ctx context.Context, l layout.Layout, progress io.Writer) (bin string, err error) {
	if err := machine.InstallPackages(ctx, progress); err != nil {
		return "", err
	}
	key, err := build.Key(l)
	if err != nil {
		return "", err
	}
	if bin, err = build.Programs(ctx, l, key, progress); err != nil {
		return "", err
	}
	return bin, packImages(l, bin)
}

// installAll waits for the started components in the order they become useful, and installs what goes into the cluster.
func installAll(ctx context.Context, l layout.Layout, bin string, progress io.Writer) error {
	begin := time.Now()
	done := func(what string) {
		_, _ = fmt.Fprintf(progress, "%5.1f s  %s\n", time.Since(begin).Seconds(), what)
	}
	client, err := clientFrom(l.Kubeconfig())
	if err != nil {
		return err
	}
	images := make(chan error, 1)
	go func() { images <- loadOwnImages(ctx, l, bin) }()
	steps := []struct {
		what string
		do   func() error
	}{
		{"API server is ready", func() error { return install.APIServer(ctx, client) }},
		{"DNS and Argo are installed", func() error { return installBase(ctx, client, l) }},
		{"images are loaded", func() error { return <-images }},
		{"node is ready", func() error { return install.Node(ctx, client) }},
		{"DNS answers", func() error { return install.DNS(ctx, l) }},
		{"Argo controller works", func() error { return install.ArgoController(ctx, l) }},
		{"Argo Server answers", func() error { return install.ArgoServer(ctx, l) }},
		{"a Workflow has succeeded", func() error { return install.Smoke(ctx, client) }},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			return err
		}
		done(step.what)
	}
	return nil
}

// installBase does it once per cluster.
func installBase(ctx context.Context, c *kubeapi.Client, l layout.Layout) error {
	if _, err := os.Stat(config.Installed(l)); err == nil {
		return nil
	}
	if err := install.Base(ctx, c, l); err != nil {
		return err
	}
	if err := os.WriteFile(config.Installed(l), nil, 0o644); err != nil {
		return fmt.Errorf("mark as installed: %w", err)
	}
	return nil
}

func printPlace(out io.Writer, l layout.Layout) {
	_, _ = fmt.Fprintf(out, "export KUBECONFIG=%s\n", l.Kubeconfig())
	_, _ = fmt.Fprintf(out, "export ARGO_SERVER=%s:%d ARGO_SECURE=false\n", l.Node, layout.ArgoServerPort)
	_, _ = fmt.Fprintf(out, "export CLUSTER_NODE=%s\n", l.Node)
}
