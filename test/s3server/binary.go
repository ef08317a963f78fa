package s3server

import (
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	binaryVariable = "METRONOME_VERSITYGW"
	tool           = "github.com/versity/versitygw/cmd/versitygw"
	module         = "test/tools/versitygw" // that pins the tool
)

// Binary returns the path of versitygw: $METRONOME_VERSITYGW, else bin/versitygw of the repository that the working
// directory is in, which is built first where it is missing or of another version than test/tools/versitygw/go.mod pins.
func Binary(ctx context.Context) (string, error) {
	if path := os.Getenv(binaryVariable); path != "" {
		return path, nil
	}
	root, err := repository()
	if err != nil {
		return "", err
	}
	path := filepath.Join(root, "bin", "versitygw")
	if pinned(root, path) {
		return path, nil
	}
	unlock, err := lock(filepath.Join(root, "bin", ".versitygw.lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	if pinned(root, path) {
		return path, nil
	}
	return path, build(ctx, root)
}

// repository finds the folder with the project's go.mod, upwards from the working directory.
func repository() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find working directory: %w", err)
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(mod), "module metronome\n") {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("find repository above %s: no go.mod of module metronome; set %s", start, binaryVariable)
		}
	}
}

// pinned reports whether the binary is of the version that the module of the tool asks for.
func pinned(root, binary string) bool {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return false
	}
	mod, err := os.ReadFile(filepath.Join(root, module, "go.mod"))
	return err == nil && strings.Contains(string(mod), info.Main.Path+" "+info.Main.Version)
}

func build(ctx context.Context, root string) error {
	bin := filepath.Join(root, "bin") + string(filepath.Separator)
	cmd := exec.CommandContext(ctx, "go", "build", "-C", filepath.Join(root, module), "-o", bin, tool)
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "CGO_ENABLED=0") // static, so that it runs in an image as well
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", tool, err, output)
	}
	return nil
}

// lock waits for the lock on a file; the kernel releases it when the process ends.
func lock(path string) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("create folder of tools: %w", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	for {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return func() { _ = file.Close() }, nil
}
