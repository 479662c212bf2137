package term

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/charmbracelet/x/term"
)

// console is the terminal as the system knows it.
type console struct {
	in, out *os.File
	// questions are what it is asked when it is taken.
	questions string
	// before is how it worked when it was taken.
	before *term.State
	// writer is out, opened once more so that writing can be given up; hurried: it was.
	writer  *os.File
	hurried atomic.Bool
}

// open opens the terminal for writing. What is opened anew works as we need it, whatever
// others that have the terminal need. Where that can't be, it is written to as it is.
func (c *console) open() {
	if c.writer = reopened(c.out); c.writer == nil {
		c.writer = c.out
	}
}

// close ends writing.
func (c *console) close() {
	if c.writer != c.out {
		_ = c.writer.Close()
	}
}

// drop gives up what is being written, and throws away what the terminal has not taken
// yet. From then on it is given little time.
func (c *console) drop() {
	c.hurried.Store(true)
	_ = c.writer.SetWriteDeadline(time.Now()) // where it can't be, it waits
	c.flush()
}

// raw has the terminal hand on what is typed as it is typed.
func (c *console) raw() error {
	before, err := term.MakeRaw(c.in.Fd())
	if err != nil {
		return fmt.Errorf("take the terminal: %w", err)
	}
	c.before = before
	return c.understands()
}

// restore has it work as before.
func (c *console) restore() {
	if c.before != nil {
		_ = term.Restore(c.in.Fd(), c.before) // fails where there is no terminal any more
		c.before = nil
	}
}

// size is how large it is; 0 where it does not say.
func (c *console) size() (w, h int) {
	w, h, err := term.GetSize(c.out.Fd())
	if err != nil {
		return 0, 0
	}
	return w, h
}

// fullWait is how long to wait for a terminal that takes nothing at the moment.
const fullWait = 5 * time.Millisecond

// Write implements [io.Writer]. It waits for the terminal, also where another program had
// it not wait. Once writing was given up, what is written takes the place of what the
// terminal has not taken: what was under way then may have filled its line again.
func (c *console) Write(b []byte) (int, error) {
	done := 0
	if c.hurried.Load() {
		_ = c.writer.SetWriteDeadline(time.Now().Add(giveBackWithin)) // where it can't be, it waits
		c.flush()
	}
	for {
		n, err := c.writer.Write(b[done:])
		done += n
		if !errors.Is(err, syscall.EAGAIN) {
			return done, err
		}
		<-time.After(fullWait)
	}
}
