package node

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const cgroupRoot = "/sys/fs/cgroup"

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
		return mountUnified()
	}
	if err := mount("tmpfs", cgroupRoot, "tmpfs", 0, "mode=755"); err != nil {
		return err
	}
	for _, controllers := range hierarchies {
		if err := mountControllers(controllers); err != nil {
			return err
		}
	}
	return nil
}

// mountUnified mounts version 2, in which a group with processes cannot hand its controllers down to others. So the
// components move into a group of their own beside the pods'.
func mountUnified() error {
	if err := mount("cgroup2", cgroupRoot, "cgroup2", 0, ""); err != nil {
		return err
	}
	own := filepath.Join(cgroupRoot, "components")
	if err := os.Mkdir(own, 0o755); err != nil {
		return fmt.Errorf("create control group: %w", err)
	}
	if err := os.WriteFile(filepath.Join(own, "cgroup.procs"), []byte("0"), 0o644); err != nil {
		return fmt.Errorf("join control group: %w", err)
	}
	controllers, err := os.ReadFile(filepath.Join(cgroupRoot, "cgroup.controllers"))
	if err != nil {
		return fmt.Errorf("read controllers: %w", err)
	}
	return delegateControllers(strings.Fields(string(controllers)))
}

// delegateControllers tries for a while, because the process that started this one is in the group until it has ended.
func delegateControllers(controllers []string) error {
	var words []string
	for _, controller := range controllers {
		words = append(words, "+"+controller)
	}
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		err := os.WriteFile(filepath.Join(cgroupRoot, "cgroup.subtree_control"), []byte(strings.Join(words, " ")), 0o644)
		if err == nil {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("hand down controllers: %w", err)
		}
	}
}

// mountControllers mounts one hierarchy of version 1, such as `cpu,cpuacct` or `name=systemd`.
func mountControllers(controllers string) error {
	name, options := controllers, controllers
	if named, ok := strings.CutPrefix(controllers, "name="); ok {
		name, options = named, "none,"+controllers
	}
	target := filepath.Join(cgroupRoot, name)
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
		if err := os.Symlink(name, filepath.Join(cgroupRoot, one)); err != nil {
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
