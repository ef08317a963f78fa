// Package build makes the cluster's programs from Go modules, once per set of versions.
package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"metronome/test/cluster/internal/config"
	"metronome/test/cluster/internal/layout"
)

// Kubernetes is the version that its programs report about themselves, on which kubectl and Helm rely.
const Kubernetes = "v1.33.13"

const argoModule = "github.com/argoproj/argo-workflows/v3"

// program is one thing to build.
type program struct {
	name string
	path string
}

var programs = []program{
	{"pause", "./pause"},
	{"probe", "./probe"},
	{"dns", "./dns"},
	{"kube", "./kube"},
	{"workflow-controller", argoModule + "/cmd/workflow-controller"},
	{"argoexec", argoModule + "/cmd/argoexec"},
	{"argo", argoModule + "/cmd/argo"},
}

// gcflags trade the programs' speed for the build's: no inlining, no debug information. It saves a third of the time.
const gcflags = "all=-l -dwarf=false"

// ldflags drop the symbol tables and say the versions.
var ldflags = strings.Join([]string{
	"-s", "-w",
	"-X", "k8s.io/component-base/version.gitVersion=" + Kubernetes,
	"-X", "k8s.io/client-go/pkg/version.gitVersion=" + Kubernetes,
	"-X", argoModule + ".version=" + config.ArgoVersion,
}, " ")

// Key names the set of versions: what is built for one key is never built again.
func Key(l layout.Layout) (string, error) {
	hash := sha256.New()
	_, _ = fmt.Fprintln(hash, runtime.Version(), runtime.GOARCH, gcflags, ldflags, programs)
	for _, name := range []string{"go.mod", "go.sum", "pause/main.go", "probe/main.go", "dns/main.go", "kube/main.go"} {
		data, err := os.ReadFile(filepath.Join(l.Source(), name))
		if err != nil {
			return "", fmt.Errorf("read source: %w", err)
		}
		_, _ = hash.Write(data)
	}
	return hex.EncodeToString(hash.Sum(nil))[:12], nil
}

// Programs builds what is missing of the programs for key and returns their folder. Programs of other keys go.
func Programs(ctx context.Context, l layout.Layout, key string, out io.Writer) (string, error) {
	bin := l.Bin(key)
	if built(bin) {
		return bin, CopyArgo(ctx, l) // its manifests are installed from there
	}
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return "", fmt.Errorf("create folder: %w", err)
	}
	if err := prepareArgo(ctx, l); err != nil {
		return "", err
	}
	for _, p := range programs {
		begin := time.Now()
		if err := goBuild(ctx, l, l.Build("go.mod"), p, bin, out); err != nil {
			return "", err
		}
		_, _ = fmt.Fprintf(out, "built %s in %s\n", p.name, time.Since(begin).Round(time.Second))
	}
	return bin, removeOthers(bin)
}

// Probe builds the smoke check's program alone, for a cluster that brings its own Kubernetes and Argo.
func Probe(ctx context.Context, l layout.Layout, out io.Writer) (bin string, err error) {
	return l.Build(), goBuild(ctx, l, filepath.Join(l.Source(), "go.mod"), program{"probe", "./probe"}, l.Build(), out)
}

func built(bin string) bool {
	for _, p := range programs {
		if _, err := os.Stat(filepath.Join(bin, p.name)); err != nil {
			return false
		}
	}
	return true
}

// goBuild builds into a temporary name, so that a program that exists is whole.
func goBuild(ctx context.Context, l layout.Layout, modfile string, p program, bin string, out io.Writer) error {
	target := filepath.Join(bin, p.name)
	cmd := exec.CommandContext(ctx, "go", "build", "-modfile="+modfile, "-trimpath", "-buildvcs=false",
		"-gcflags="+gcflags, "-ldflags="+ldflags, "-o", target+".new", p.path)
	cmd.Dir = l.Source()
	// Without collecting garbage the compiler is faster, and each of its processes is short.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOGC=off", "GOWORK=off")
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build %s: %w", p.name, err)
	}
	if err := os.Rename(target+".new", target); err != nil {
		return fmt.Errorf("keep %s: %w", p.name, err)
	}
	return nil
}

func removeOthers(bin string) error {
	all, err := filepath.Glob(filepath.Join(filepath.Dir(bin), "*"))
	if err != nil {
		return fmt.Errorf("list programs: %w", err)
	}
	for _, other := range all {
		if other == bin {
			continue
		}
		if err := os.RemoveAll(other); err != nil {
			return fmt.Errorf("remove old programs: %w", err)
		}
	}
	return nil
}
