//go:build unix

package sshd

import (
	"errors"
	"os"
	"os/exec"
	"syscall"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// openTerminal gives the child a terminal of that size, and returns the child's end.
func (c *child) openTerminal(s size) (theirs []*os.File, err error) {
	ours, tty, err := pty.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = ours.Close() }()
	theirs = []*os.File{tty}
	// As opened it is in blocking mode, so that closing it would wait for readers.
	conn, err := ours.SyscallConn()
	if err != nil {
		return theirs, err
	}
	var fd int
	var failed error
	err = conn.Control(func(open uintptr) {
		if fd, failed = unix.FcntlInt(open, unix.F_DUPFD_CLOEXEC, 0); failed == nil {
			failed = unix.SetNonblock(fd, true)
		}
	})
	if err := errors.Join(err, failed); err != nil {
		return theirs, err
	}
	c.terminal = os.NewFile(uintptr(fd), "terminal")
	c.input = c.terminal
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = tty, tty, tty
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	return theirs, c.resize(&s)
}

// resize sets the size of the child's terminal.
func (c *child) resize(s *size) error {
	if c.terminal == nil {
		return errNoTerminals
	}
	conn, err := c.terminal.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = conn.Control(func(fd uintptr) {
		failed = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Col: s.width, Row: s.height})
	})
	return errors.Join(err, failed)
}

// ownGroup runs a child without a terminal in a group of its own.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

func hangUp(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGHUP) }

func killAll(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) }

// endedBy returns the number of the signal that ended a process.
func endedBy(state *os.ProcessState) uint32 {
	if w, ok := state.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return uint32(w.Signal()) //nolint:gosec // below 128
	}
	return 0
}

// apart: a process can be given open files.
const apart = true

// ownOnly keeps a file that was given to this process from being inherited by its children.
func ownOnly(f *os.File) { syscall.CloseOnExec(int(f.Fd())) }
