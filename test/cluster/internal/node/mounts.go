package node

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// tunables are the kernel settings that a kubelet insists on. They belong to the whole machine, so the kubelet is
// shown files that already hold what it wants, and the machine keeps its own values.
var tunables = map[string]string{
	"vm/overcommit_memory":      "1",
	"vm/panic_on_oom":           "0",
	"kernel/panic":              "10",
	"kernel/panic_on_oops":      "1",
	"kernel/keys/root_maxkeys":  "1000000",
	"kernel/keys/root_maxbytes": "25000000",
}

func mountAll(spec Spec) error {
	steps := []func() error{
		func() error { return mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "") },
		func() error { return mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "") },
		func() error { return mount("tmpfs", "/run", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=755") },
		mountControlGroups,
		mountTunables,
		func() error { return overlayAll(spec) },
		func() error { return bindAll(spec) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func mount(source, target, kind string, flags uintptr, data string) error {
	if err := unix.Mount(source, target, kind, flags, data); err != nil {
		return fmt.Errorf("mount %s on %s: %w", kind, target, err)
	}
	return nil
}

// overlayAll lays a private, writable view over the folders that hold the targets of spec.Binds. So a target can be
// made that the machine lacks, and the machine never sees it: two clusters share no folder, and none stays behind.
func overlayAll(spec Spec) error {
	state, err := os.Open(spec.State)
	if err != nil {
		return fmt.Errorf("open state folder: %w", err)
	}
	defer func() { _ = state.Close() }()
	parents := map[string]bool{}
	for target := range spec.Binds {
		parents[filepath.Dir(target)] = true
	}
	for parent := range parents {
		if err := overlay(parent); err != nil {
			return err
		}
	}
	// Should the checkout be below one of the folders, the cluster must still write to the real one.
	return mount(fmt.Sprintf("/proc/self/fd/%d", state.Fd()), spec.State, "", unix.MS_BIND|unix.MS_REC, "")
}

func overlay(folder string) error {
	private := filepath.Join("/run/overlay", strings.ReplaceAll(folder, "/", "-"))
	upper, work := filepath.Join(private, "upper"), filepath.Join(private, "work")
	for _, dir := range []string{upper, work} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("create folder: %w", err)
		}
	}
	return mount("overlay", folder, "overlay", 0, fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", folder, upper, work))
}

func bindAll(spec Spec) error {
	for target, source := range spec.Binds {
		if err := os.MkdirAll(target, 0o755); err != nil {
			return fmt.Errorf("create folder: %w", err)
		}
		if err := mount(source, target, "", unix.MS_BIND, ""); err != nil {
			return err
		}
		if !slices.Contains(spec.Shared, target) {
			continue
		}
		if err := mount("", target, "", unix.MS_SHARED, ""); err != nil {
			return err
		}
	}
	return nil
}

func mountTunables() error {
	for name, value := range tunables {
		source := filepath.Join("/run/tunables", strings.ReplaceAll(name, "/", "."))
		if err := os.MkdirAll(filepath.Dir(source), 0o755); err != nil {
			return fmt.Errorf("create folder: %w", err)
		}
		if err := os.WriteFile(source, []byte(value+"\n"), 0o644); err != nil {
			return fmt.Errorf("write tunable %s: %w", name, err)
		}
		if err := mount(source, filepath.Join("/proc/sys", name), "", unix.MS_BIND, ""); err != nil {
			return err
		}
	}
	return nil
}
