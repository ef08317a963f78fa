package machine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const cgroupRoot = "/sys/fs/cgroup"

// unified says whether the machine has control groups of version 2 only.
func unified() bool {
	_, err := os.Stat(filepath.Join(cgroupRoot, "cgroup.controllers"))
	return err == nil
}

// roots are where each hierarchy is mounted.
func roots() ([]string, error) {
	if unified() {
		return []string{cgroupRoot}, nil
	}
	found, err := filepath.Glob(filepath.Join(cgroupRoot, "*", "cgroup.procs"))
	if err != nil || len(found) == 0 {
		return nil, fmt.Errorf("find control groups below %s: none mounted", cgroupRoot)
	}
	var all []string
	for _, path := range found {
		dir := filepath.Dir(path)
		if info, err := os.Lstat(dir); err == nil && info.IsDir() {
			all = append(all, dir)
		}
	}
	return all, nil
}

// JoinCgroup makes the cluster's control group in each hierarchy and moves the calling process into it.
func JoinCgroup(name string) error {
	all, err := roots()
	if err != nil {
		return err
	}
	for _, root := range all {
		dir := filepath.Join(root, name)
		if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("create control group: %w", err)
		}
		if err := inheritCPUs(root, dir); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte(strconv.Itoa(os.Getpid())), 0o644); err != nil {
			return fmt.Errorf("join control group %s: %w", dir, err)
		}
	}
	return nil
}

// inheritCPUs fills in what a new group of the cpuset hierarchy (version 1) starts without and cannot be joined without.
func inheritCPUs(root, dir string) error {
	for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
		value, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			continue // another hierarchy
		}
		if err := os.WriteFile(filepath.Join(dir, file), value, 0o644); err != nil {
			return fmt.Errorf("set %s: %w", file, err)
		}
	}
	return nil
}

// RemoveCgroup removes the cluster's control group from each hierarchy, with all below it, as soon as the processes
// in it are gone.
func RemoveCgroup(name string, timeout time.Duration) error {
	all, err := roots()
	if err != nil {
		return err
	}
	var failed error
	for _, root := range all {
		failed = errors.Join(failed, removeGroup(filepath.Join(root, name), timeout))
	}
	return failed
}

func removeGroup(dir string, timeout time.Duration) error {
	end := time.Now().Add(timeout)
	for {
		err := removeTree(dir)
		if err == nil || time.Now().After(end) {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// removeTree removes groups from the innermost outwards; their files cannot be removed and need not be.
func removeTree(dir string) error {
	var groups []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			groups = append(groups, path)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("list control groups: %w", err)
	}
	for _, group := range slices.Backward(groups) {
		if err := os.Remove(group); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove control group: %w", err)
		}
	}
	return nil
}

// KillCgroup ends every process in the cluster's control group. Only the cluster's are there, so this finds them even
// when the record of its process 1 is lost.
func KillCgroup(name string) error {
	all, err := roots()
	if err != nil {
		return err
	}
	for _, root := range all {
		err := filepath.WalkDir(filepath.Join(root, name), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Base(path) != "cgroup.procs" {
				return nil // a group that goes away meanwhile
			}
			return killListed(path)
		})
		if err != nil {
			return fmt.Errorf("end processes of control group: %w", err)
		}
	}
	return nil
}

// killListed ends the processes listed in the file at path. It is no error that one has ended already.
func killListed(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil // the group is gone
	}
	for _, field := range strings.Fields(string(data)) {
		pid, err := strconv.Atoi(field)
		if err != nil || pid <= 1 {
			return fmt.Errorf("read process number %q in %s: not one", field, path)
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("kill process %d: %w", pid, err)
		}
	}
	return nil
}
