// Package node prepares the inside of the cluster's namespaces: mounts, network, control groups. It runs as their
// process 1, and everything it changes ends with it.
package node

import (
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"metronome/test/cluster/internal/supervise"
)

// Spec is what process 1 needs to know. It comes from a file, because process 1 starts from nothing.
type Spec struct {
	Hostname   string                `json:"hostname"`
	Address    string                `json:"address"` // of eth0, with the prefix length
	Gateway    string                `json:"gateway"` // the machine
	Pods       string                `json:"pods"`    // the pods' subnet
	State      string                `json:"state"`   // the cluster's own folder on the machine
	Binds      map[string]string     `json:"binds"`   // folder that components insist on → the cluster's own in its place
	Shared     []string              `json:"shared"`  // those of Binds whose mounts reach the containers
	Logs       string                `json:"logs"`
	Status     string                `json:"status"`
	Components []supervise.Component `json:"components"`
}

// Run prepares the node from the specification in the file and keeps its components running.
func Run(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read specification: %w", err)
	}
	var spec Spec
	if err := json.Unmarshal(data, &spec); err != nil {
		return fmt.Errorf("parse specification %s: %w", path, err)
	}
	if err := unix.Sethostname([]byte(spec.Hostname)); err != nil {
		return fmt.Errorf("set host name: %w", err)
	}
	if err := mountAll(spec); err != nil {
		return err
	}
	if err := connect(spec); err != nil {
		return err
	}
	return supervise.New(spec.Logs, spec.Status).Run(spec.Components)
}
