package images

import (
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"metronome/internal/receipt"
)

// Version is the version of images that are given no other: the one that workflows/ and the chart name.
const Version = "0.1.0"

// Steps lists the pipeline's steps; each is an image of its own, built from steps/<step>.
func Steps() []string {
	list := []string{"group", "pulse"}
	for _, stage := range receipt.Stages {
		list = append(list, string(stage))
	}
	return append(list, "report")
}

// Platforms are those that the steps are built for, unless others are asked for.
var Platforms = []v1.Platform{{OS: "linux", Architecture: "amd64"}, {OS: "linux", Architecture: "arm64"}}

// Program is a program to be packed: a Go package to be built, or a static binary.
type Program struct {
	Name    string // of the image and of the program in it
	Package string // Go package, like ./steps/upload
	Binary  string // path of a binary for Linux; its platform is the image's
}

// Step is the program of a step.
func Step(name string) Program { return Program{Name: "metronome-" + name, Package: "./steps/" + name} }

// linkerFlags are those of a program of a version. Nothing of the checkout is recorded, so that two of them build the same.
func linkerFlags(version string) string {
	return "-s -w -buildid= -X metronome/internal/version.version=" + version
}

// buildFor returns the path of the program for a platform: the binary, or what is built in a folder.
func (p Program) buildFor(ctx context.Context, platform v1.Platform, version, folder string) (string, error) {
	if p.Binary != "" {
		return p.Binary, nil
	}
	path := filepath.Join(folder, p.Name+"-"+platform.OS+"-"+platform.Architecture)
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-tags", "timetzdata",
		"-ldflags", linkerFlags(version), "-o", path, p.Package)
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+platform.OS, "GOARCH="+platform.Architecture, "GOFLAGS=",
		"GOAMD64=v1", "GOARM64=v8.0")
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s for %s: %w\n%s", p.Package, platform, err, strings.TrimSpace(string(output)))
	}
	return path, nil
}

var architectures = map[elf.Machine]string{elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64"}

// platformOf reads a binary's platform. An image holds nothing else, so the binary must be static.
func platformOf(binary string) (v1.Platform, error) {
	file, err := elf.Open(binary)
	if err != nil {
		return v1.Platform{}, fmt.Errorf("read binary %s: %w", binary, err)
	}
	defer func() { _ = file.Close() }()
	architecture, known := architectures[file.Machine]
	if !known {
		return v1.Platform{}, fmt.Errorf("read binary %s: unknown machine %s", binary, file.Machine)
	}
	for _, segment := range file.Progs {
		if segment.Type == elf.PT_INTERP {
			return v1.Platform{}, fmt.Errorf("read binary %s: %w", binary, errDynamic)
		}
	}
	return v1.Platform{OS: "linux", Architecture: architecture}, nil
}

var errDynamic = errors.New("it is not static: build it with CGO_ENABLED=0")
