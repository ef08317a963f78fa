// Package machine changes the machine around the cluster, as little as possible: packages, one veth, one control
// group, and the process that holds the namespaces.
package machine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Process is a process of the machine, told from another that later has the same number by its start time.
type Process struct {
	PID     int
	Started string // clock ticks since the machine's start
}

// Find describes the running process with a number.
func Find(pid int) (Process, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return Process{}, fmt.Errorf("read process: %w", err)
	}
	started, err := startTime(string(data))
	return Process{PID: pid, Started: started}, err
}

// startTime is field 22 of a stat line. The second field, in parentheses, may itself contain spaces and parentheses.
func startTime(stat string) (string, error) {
	_, rest, ok := cutLast(stat, ")")
	fields := strings.Fields(rest)
	if !ok || len(fields) < 20 {
		return "", fmt.Errorf("parse process line %q: too short", stat)
	}
	return fields[19], nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// Alive says whether this very process still runs. One that has ended but was not collected is not alive.
func (p Process) Alive() bool {
	now, err := Find(p.PID)
	if err != nil || now != p {
		return false
	}
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.PID))
	if err != nil {
		return false
	}
	_, rest, _ := cutLast(string(data), ")")
	return !strings.HasPrefix(strings.TrimSpace(rest), "Z")
}

// Kill ends the process and waits until it is gone.
func (p Process) Kill(timeout time.Duration) error {
	if !p.Alive() {
		return nil
	}
	if err := syscall.Kill(p.PID, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("kill process %d: %w", p.PID, err)
	}
	for end := time.Now().Add(timeout); p.Alive(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			return fmt.Errorf("kill process %d: still there after %s", p.PID, timeout)
		}
	}
	return nil
}

// Save writes the process to a file.
func (p Process) Save(path string) error {
	if err := os.WriteFile(path, fmt.Appendf(nil, "%d %s\n", p.PID, p.Started), 0o644); err != nil {
		return fmt.Errorf("write process file: %w", err)
	}
	return nil
}

// Load reads a process from a file. There is none (and no error) when there is no file.
func Load(path string) (Process, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return Process{}, nil
	}
	if err != nil {
		return Process{}, fmt.Errorf("read process file: %w", err)
	}
	var p Process
	if _, err := fmt.Sscan(string(data), &p.PID, &p.Started); err != nil {
		return Process{}, fmt.Errorf("parse process file %s: %w", path, err)
	}
	return p, nil
}

// Inside returns the machine's number of the process that has the number inner in the PID namespace of p.
func (p Process) Inside(inner int) (int, error) {
	namespace, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/pid", p.PID))
	if err != nil {
		return 0, fmt.Errorf("read PID namespace: %w", err)
	}
	statuses, _ := filepath.Glob("/proc/[0-9]*/status")
	for _, path := range statuses {
		own, _ := os.Readlink(filepath.Join(filepath.Dir(path), "ns/pid"))
		data, err := os.ReadFile(path)
		if own != namespace || err != nil || innermostPID(string(data)) != inner {
			continue
		}
		return strconv.Atoi(filepath.Base(filepath.Dir(path)))
	}
	return 0, fmt.Errorf("find process %d inside the cluster: no such process", inner)
}

// innermostPID returns the last number of the NSpid line of a status file: the one in the process's own namespace.
func innermostPID(status string) int {
	for _, line := range strings.Split(status, "\n") {
		if numbers, ok := strings.CutPrefix(line, "NSpid:"); ok {
			fields := strings.Fields(numbers)
			n, _ := strconv.Atoi(fields[len(fields)-1])
			return n
		}
	}
	return 0
}
