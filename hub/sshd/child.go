package sshd

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"parley/hub/sshd/request"
)

// child is the process of a session, in a process group of its own.
type child struct {
	cmd *exec.Cmd
	// terminal is our end of its terminal; nil if it has pipes.
	terminal *os.File
	input    *os.File
	stdout   *os.File
	stderr   *os.File
	// lifeline ends with us, and the child with it.
	lifeline *os.File

	ended chan struct{}
	// pumps copy what it writes.
	pumps sync.WaitGroup
}

// output is a stream of the child and its destination.
type output struct {
	from io.Reader
	to   io.Writer
}

// launch starts the session's child.
func (x *session) launch() error {
	o := x.server.options
	folder, err := userFolder(o.Child.State, x.who.user.ID)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(x.server.stopping, lookupTimeout)
	defer cancel()
	if x.token, err = o.Users.OpenSession(ctx, x.who.user.ID, x.who.by); err != nil {
		return err
	}
	cmd := exec.Command(o.Child.Path, o.Child.Args...) //nolint:gosec,noctx // our own executable; told to end by its terminal, by force after that
	cmd.Env = slices.Concat(o.Child.Env, x.env.Vars)
	cmd.Dir = os.TempDir()
	x.child = &child{cmd: cmd, ended: make(chan struct{})}
	tell, err := x.child.start(x.terminal)
	if err != nil {
		x.child.close()
		return err
	}
	x.spawn(func() {
		start := Start{Hub: o.Child.Hub, Token: x.token, Drafts: folder, Zone: x.zone(), ZoneRefused: x.env.ZoneRefused, Lang: x.lang(), Args: x.args}
		if err := start.send(tell); err != nil {
			x.server.log.Warn("SSH session's child not told what to do", "error", err)
		}
	})
	return nil
}

// lang returns the language: the client's, else the user's own, else the hub's.
func (x *session) lang() string {
	if l := x.who.user.Language; l != "" {
		return l
	}
	return x.server.options.Child.Lang
}

// zone returns the user's time zone: the client's, else the one known of the user, else the
// hub's.
func (x *session) zone() string {
	if z := x.env.Get("TZ"); z != "" {
		return z
	}
	if request.IsZone(x.who.user.TimeZone) {
		return x.who.user.TimeZone
	}
	return x.server.options.Child.Zone
}

// start starts the process, on a terminal of that size or on pipes.
func (c *child) start(terminal *size) (tell io.Writer, err error) {
	told, lifeline, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	c.lifeline = lifeline
	theirs := []*os.File{told}
	defer func() { // it has them now, or never will
		for _, f := range theirs {
			_ = f.Close()
		}
	}()
	c.cmd.ExtraFiles = []*os.File{told}
	open := c.openPipes
	if terminal != nil {
		open = func() ([]*os.File, error) { return c.openTerminal(*terminal) }
	}
	files, err := open()
	theirs = append(theirs, files...)
	if err == nil {
		err = c.cmd.Start()
	}
	if err != nil {
		return nil, err
	}
	go func() {
		_ = c.cmd.Wait() // its result is in ProcessState
		close(c.ended)
	}()
	return lifeline, nil
}

// openPipes gives the child a pipe for each stream, and returns the child's ends.
func (c *child) openPipes() (theirs []*os.File, err error) {
	for _, ours := range []**os.File{&c.input, &c.stdout, &c.stderr} {
		r, w, err := os.Pipe()
		if err != nil {
			return theirs, err
		}
		if ours == &c.input {
			r, w = w, r
		}
		*ours = r
		theirs = append(theirs, w)
	}
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = theirs[0], theirs[1], theirs[2]
	ownGroup(c.cmd)
	return theirs, nil
}

// outputs returns the streams of the child and their destinations.
func (c *child) outputs(channel gossh.Channel) []output {
	if c.terminal != nil {
		return []output{{from: c.terminal, to: channel}}
	}
	return []output{{from: c.stdout, to: channel}, {from: c.stderr, to: channel.Stderr()}}
}

// closeInput ends the child's input. A terminal has no such end.
func (c *child) closeInput() {
	if c.terminal == nil {
		_ = c.input.Close()
	}
}

// end ends the child with SIGHUP, as a closed terminal does, and kills it if that takes too
// long.
func (c *child) end(within time.Duration) {
	force := time.NewTimer(within)
	defer force.Stop()
	c.signal(hangUp)
	select {
	case <-c.ended:
		return
	case <-force.C:
	}
	c.signal(killAll)
	<-c.ended
}

// signal signals the child's group, unless the child has ended.
func (c *child) signal(to func(*os.Process)) {
	select {
	case <-c.ended:
	default:
		to(c.cmd.Process)
	}
}

// drained waits until the child's output is read to its end.
func (c *child) drained(within time.Duration) {
	done := make(chan struct{})
	go func() {
		c.pumps.Wait()
		close(done)
	}()
	late := time.NewTimer(within)
	defer late.Stop()
	select {
	case <-done:
	case <-late.C:
	}
}

// close closes our ends.
func (c *child) close() {
	for _, f := range []*os.File{c.terminal, c.input, c.stdout, c.stderr, c.lifeline} {
		if f != nil {
			_ = f.Close()
		}
	}
}

// status returns the child's exit code; if a signal ended it, the code that a shell would
// report.
func (c *child) status() uint32 {
	const bySignal, unknown = 128, 255
	state := c.cmd.ProcessState
	switch {
	case state == nil:
		return unknown
	case state.Exited():
		return uint32(state.ExitCode()) //nolint:gosec // 0 to 255
	}
	return bySignal + endedBy(state)
}

// killed reports whether a signal ended the child.
func (c *child) killed() bool {
	state := c.cmd.ProcessState
	return state != nil && !state.Exited()
}

// errNoTerminals means that this system has no pseudo-terminals.
var errNoTerminals = errors.New("no pseudo-terminals on this system")
