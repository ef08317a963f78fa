// Package process tells one process from all others, on this machine and others, also after its number was used again.
package process

import (
	"fmt"
	"os"
	"strings"

	"metronome/internal/tempo"
)

// Self returns the holder that this process signs leases and grants with.
func Self() tempo.Holder {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	started, err := startOf(os.Getpid())
	if err != nil {
		started = ""
	}
	return tempo.Holder{Host: host + "/" + bootID(), PID: os.Getpid(), Started: started}
}

// Gone reports whether a holder is a process of this machine that has ended. Of other machines it knows nothing: false.
func Gone(holder, self tempo.Holder) bool {
	if holder.Host != self.Host || holder.Host == "" || holder.PID == 0 {
		return false
	}
	started, err := startOf(holder.PID)
	return err != nil || started != holder.Started
}

// startOf returns the moment a process was started, in clock ticks since boot: field 22 of /proc/<pid>/stat. A zombie has ended.
func startOf(pid int) (string, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", err
	}
	_, after, found := strings.Cut(string(stat), ") ") // the name in parentheses may hold spaces
	fields := strings.Fields(after)
	if !found || len(fields) < 20 {
		return "", fmt.Errorf("read /proc/%d/stat: unexpected form", pid)
	}
	if state := fields[0]; state == "Z" || state == "X" {
		return "", fmt.Errorf("process %d has ended", pid)
	}
	return fields[19], nil
}

// bootID tells one boot of a machine from the next; process numbers and start ticks begin anew with each.
func bootID() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(id))
}
