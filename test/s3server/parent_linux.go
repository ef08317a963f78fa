package s3server

import (
	"os/exec"
	"syscall"
)

// endWithParent lets the kernel kill the server when this process is killed.
func endWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
