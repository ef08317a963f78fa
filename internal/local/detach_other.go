//go:build !linux

package local

import "os/exec"

// detach has nothing to do where process groups cannot be set portably.
func detach(*exec.Cmd) {}
