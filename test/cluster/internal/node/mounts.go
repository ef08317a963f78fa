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

func bindAll(spec Spec) error {
	for target, source := range spec.Binds {
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

// mountControlGroups shows the cluster its own corner of the machine's control groups as if it were the root: process
// 1 is in a control group namespace that starts there. The fresh sysfs shows the cluster's own network interfaces.
func mountControlGroups() error {
	hierarchies, err := controlGroups()
	if err != nil {
		return err
	}
	if err := mount("sysfs", "/sys", "sysfs", 0, ""); err != nil {
		return err
	}
	if len(hierarchies) == 0 {
		return mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, "")
	}
	if err := mount("tmpfs", "/sys/fs/cgroup", "tmpfs", 0, "mode=755"); err != nil {
		return err
	}
	for _, controllers := range hierarchies {
		if err := mountControllers(controllers); err != nil {
			return err
		}
	}
	return nil
}

// mountControllers mounts one hierarchy of version 1, such as `cpu,cpuacct` or `name=systemd`.
func mountControllers(controllers string) error {
	name, options := controllers, controllers
	if named, ok := strings.CutPrefix(controllers, "name="); ok {
		name, options = named, "none,"+controllers
	}
	target := filepath.Join("/sys/fs/cgroup", name)
	if err := os.Mkdir(target, 0o755); err != nil {
		return fmt.Errorf("create folder: %w", err)
	}
	if err := mount("cgroup", target, "cgroup", 0, options); err != nil {
		return err
	}
	for _, one := range strings.Split(name, ",") {
		if one == name {
			break
		}
		if err := os.Symlink(name, filepath.Join("/sys/fs/cgroup", one)); err != nil {
			return fmt.Errorf("link controller: %w", err)
		}
	}
	return nil
}

// controlGroups returns the hierarchies of version 1; none on a machine that has version 2 only.
func controlGroups() ([]string, error) {
	data, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return nil, fmt.Errorf("read control groups: %w", err)
	}
	return Hierarchies(string(data)), nil
}

// Hierarchies returns the controllers of each hierarchy of version 1 in the text of a process's cgroup file.
func Hierarchies(text string) []string {
	var all []string
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		fields := strings.SplitN(line, ":", 3)
		if len(fields) == 3 && fields[1] != "" {
			all = append(all, fields[1])
		}
	}
	return all
}
