package local

import (
	"os/exec"
	"syscall"
)

// detach keeps the terminal's signals from the worker: the run decides how its workers stop.
func detach(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
