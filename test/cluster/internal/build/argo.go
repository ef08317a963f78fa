package build

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"metronome/test/cluster/internal/config"
	"metronome/test/cluster/internal/layout"
)

// indexPage stands in for Argo's web interface, which is built with Node.js and not part of the Go module.
const indexPage = `<!doctype html><title>Argo Workflows</title><p>This Argo Server was built without its web interface.</p>`

// ArgoSource is where the build keeps its copy of Argo's module.
func ArgoSource(l layout.Layout) string { return l.Build("argo-workflows-" + config.ArgoVersion) }

// prepareArgo copies Argo's module and puts in the two files that its zip lacks: the zip has no symbolic links, and
// upstream signal_linux.go is one; and the built web interface is not in the repository. It also writes
// a go.mod that builds from the copy.
func prepareArgo(ctx context.Context, l layout.Layout) error {
	target := ArgoSource(l)
	if err := CopyArgo(ctx, l); err != nil {
		return err
	}
	signals := filepath.Join(target, "workflow", "executor", "osspecific")
	if err := copyFile(filepath.Join(signals, "signal_darwin.go"), filepath.Join(signals, "signal_linux.go")); err != nil {
		return err
	}
	page := filepath.Join(target, "ui", "dist", "app", "index.html")
	if err := os.MkdirAll(filepath.Dir(page), 0o755); err != nil {
		return fmt.Errorf("create folder: %w", err)
	}
	if err := os.WriteFile(page, []byte(indexPage), 0o644); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return writeModfile(ctx, l, target)
}

// CopyArgo makes a writable copy of Argo's module, once.
func CopyArgo(ctx context.Context, l layout.Layout) error {
	target := ArgoSource(l)
	if _, err := os.Stat(target); err == nil {
		return nil
	}
	source, err := moduleDir(ctx, l)
	if err != nil {
		return err
	}
	partial := target + ".new"
	if err := os.RemoveAll(partial); err != nil {
		return fmt.Errorf("remove partial copy: %w", err)
	}
	if err := os.CopyFS(partial, os.DirFS(source)); err != nil {
		return fmt.Errorf("copy Argo's module: %w", err)
	}
	if err := os.Rename(partial, target); err != nil {
		return fmt.Errorf("keep Argo's module: %w", err)
	}
	return nil
}

// moduleDir downloads Argo's module as go.mod pins it and returns its place in the module cache.
func moduleDir(ctx context.Context, l layout.Layout) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", argoModule)
	cmd.Dir = l.Source()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("download %s: %w: %s%s", argoModule, err, out, stderr.Bytes())
	}
	var module struct{ Dir, Version string }
	if err := json.Unmarshal(out, &module); err != nil {
		return "", fmt.Errorf("parse answer of go mod download: %w", err)
	}
	if module.Version != config.ArgoVersion {
		return "", fmt.Errorf("check version of %s: go.mod has %s, the build is made for %s", argoModule, module.Version, config.ArgoVersion)
	}
	return module.Dir, nil
}

// writeModfile writes the go.mod of the build: this module's, with Argo's replaced by the copy.
func writeModfile(ctx context.Context, l layout.Layout, argo string) error {
	modfile := l.Build("go.mod")
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := copyFile(filepath.Join(l.Source(), name), l.Build(name)); err != nil {
			return err
		}
	}
	cmd := exec.CommandContext(ctx, "go", "mod", "edit", "-replace="+argoModule+"="+argo, modfile)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("edit %s: %w: %s", modfile, err, out)
	}
	return nil
}

func copyFile(source, target string) error {
	data, err := os.ReadFile(source)
	if err != nil {
		return fmt.Errorf("read %s: %w", filepath.Base(source), err)
	}
	if err := os.WriteFile(target, data, 0o644); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(target), err)
	}
	return nil
}
