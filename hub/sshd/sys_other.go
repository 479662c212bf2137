//go:build !unix

package sshd

import (
	"os"
	"os/exec"
)

func (c *child) openTerminal(size) ([]*os.File, error) { return nil, errNoTerminals }

func (c *child) resize(*size) error { return errNoTerminals }

func ownGroup(*exec.Cmd) {}

func hangUp(p *os.Process) { _ = p.Kill() }

func killAll(p *os.Process) { _ = p.Kill() }

func endedBy(*os.ProcessState) uint32 { return 0 }

// apart: a process can't be given open files here.
const apart = false

func ownOnly(*os.File) {}
