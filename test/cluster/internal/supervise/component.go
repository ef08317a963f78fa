// Package supervise keeps components running as children of process 1 of the cluster's namespaces.
//
// A component is one long-running program. A unit is a component with the state of its current process. Processes are
// reaped in one place, because process 1 also inherits what others orphan (containerd's shims, for one).
package supervise

// Component is one program to keep running.
type Component struct {
	Name  string   `json:"name"`
	Args  []string `json:"args"` // the program first
	Env   []string `json:"env,omitempty"`
	After string   `json:"after,omitempty"` // start once this TCP address answers, or this file (with a slash first) exists
}

// State describes a component.
type State struct {
	Name    string `json:"name"`
	PID     int    `json:"pid"`    // in the cluster's PID namespace; 0 while it does not run
	Starts  int    `json:"starts"` // how often it was started
	Message string `json:"message,omitempty"`
}
