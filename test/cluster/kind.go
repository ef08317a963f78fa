package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"metronome/test/cluster/internal/build"
	"metronome/test/cluster/internal/image"
	"metronome/test/cluster/internal/install"
	"metronome/test/cluster/internal/layout"
)

// kindName is the cluster's name in kind.yaml.
const kindName = "metronome"

// addKindFlag adds the switch of all commands that know both clusters.
func addKindFlag(cmd *cobra.Command, value *bool) {
	cmd.Flags().BoolVar(value, "kind", false, "the cluster is one of Docker containers, made with kind")
}

// kindUp makes a cluster of Docker containers with kind, and installs Argo from the manifests of its Go module.
func kindUp(ctx context.Context, l layout.Layout, out, progress io.Writer) error {
	if err := os.MkdirAll(l.Build(), 0o755); err != nil {
		return fmt.Errorf("create folder: %w", err)
	}
	if err := build.CopyArgo(ctx, l); err != nil {
		return err
	}
	if err := ensureKind(ctx, l, progress); err != nil {
		return err
	}
	client, err := clientFrom(kindKubeconfig(l))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := install.Pods(ctx, client, l); err != nil {
		return err
	}
	if err := loadProbe(ctx, l, progress); err != nil {
		return err
	}
	if err := install.Smoke(ctx, client); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "export KUBECONFIG=%s\n", kindKubeconfig(l))
	_, _ = fmt.Fprintf(out, "export ARGO_SERVER=127.0.0.1:%d ARGO_SECURE=false\n", layout.ArgoServerPort)
	return nil
}

func ensureKind(ctx context.Context, l layout.Layout, progress io.Writer) error {
	cmd := kind(ctx, l, progress, "get", "clusters")
	cmd.Stdout = nil
	names, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("list kind clusters (is Docker running?): %w", err)
	}
	args := []string{"create", "cluster", "--config", filepath.Join(l.Source(), "kind.yaml"), "--wait", "3m"}
	if slices.Contains(strings.Fields(string(names)), kindName) {
		args = []string{"export", "kubeconfig", "--name", kindName}
	}
	if err := kind(ctx, l, progress, append(args, "--kubeconfig", kindKubeconfig(l))...).Run(); err != nil {
		return fmt.Errorf("run kind %s: %w", args[0], err)
	}
	return nil
}

func kindDown(ctx context.Context, l layout.Layout, progress io.Writer) error {
	err := kind(ctx, l, progress, "delete", "cluster", "--name", kindName, "--kubeconfig", kindKubeconfig(l)).Run()
	if err != nil {
		return fmt.Errorf("run kind delete: %w", err)
	}
	return os.RemoveAll(kindKubeconfig(l))
}

func kindLoad(ctx context.Context, l layout.Layout, progress io.Writer, tars []string) error {
	for _, tar := range tars {
		path, err := filepath.Abs(tar)
		if err != nil {
			return fmt.Errorf("locate image: %w", err)
		}
		if err := kind(ctx, l, progress, "load", "image-archive", "--name", kindName, path).Run(); err != nil {
			return fmt.Errorf("load %s: %w", tar, err)
		}
	}
	return nil
}

func loadProbe(ctx context.Context, l layout.Layout, progress io.Writer) error {
	bin, err := build.Probe(ctx, l, progress)
	if err != nil {
		return err
	}
	probe := image.Program{Tag: install.ProbeImage, Name: "probe", File: filepath.Join(bin, "probe")}
	if err := probe.Save(imageTar(bin, probe.Name)); err != nil {
		return err
	}
	return kindLoad(ctx, l, progress, []string{imageTar(bin, probe.Name)})
}

// kind runs the kind that go.mod pins.
func kind(ctx context.Context, l layout.Layout, progress io.Writer, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", append([]string{"tool", "kind"}, args...)...)
	cmd.Dir = l.Source()
	cmd.Stdout, cmd.Stderr = progress, progress
	return cmd
}

func kindKubeconfig(l layout.Layout) string { return filepath.Join(l.State, "kind.kubeconfig") }
