//go:build unix

package hooks

import (
	"os/exec"
	"syscall"
)

// apart keeps a command away from the terminal, and has it killed with all that it started.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
