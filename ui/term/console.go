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

// console is the terminal as the operating system knows it.
type console struct {
	in, out *os.File
	// questions are sent to the terminal on entering.
	questions string
	// before is its state before we entered.
	before *term.State
	// writer is out, opened again so that a write can be cancelled; hurried: one was.
	writer  *os.File
	hurried atomic.Bool
}

// open opens the terminal for writing. A file opened anew has its own settings, whatever other
// programs on the terminal need. If it can't be, out itself is used.
func (c *console) open() {
	if c.writer = reopened(c.out); c.writer == nil {
		c.writer = c.out
	}
}

// close closes the writer.
func (c *console) close() {
	if c.writer != c.out {
		_ = c.writer.Close()
	}
}

// drop cancels the current write, and discards what the terminal has not accepted yet. Later
// writes get little time.
func (c *console) drop() {
	c.hurried.Store(true)
	_ = c.writer.SetWriteDeadline(time.Now()) // if unsupported, writes block
	c.flush()
}

// raw puts the terminal into raw mode.
func (c *console) raw() error {
	before, err := term.MakeRaw(c.in.Fd())
	if err != nil {
		return fmt.Errorf("take the terminal: %w", err)
	}
	c.before = before
	return c.understands()
}

// restore restores the terminal's state.
func (c *console) restore() {
	if c.before != nil {
		_ = term.Restore(c.in.Fd(), c.before) // fails if the terminal is gone
		c.before = nil
	}
}

// size returns the size of the terminal; 0 if unknown.
func (c *console) size() (w, h int) {
	w, h, err := term.GetSize(c.out.Fd())
	if err != nil {
		return 0, 0
	}
	return w, h
}

// fullWait is how long to wait for a terminal that accepts nothing at the moment.
const fullWait = 5 * time.Millisecond

// Write implements [io.Writer]. It waits for the terminal, even if another program made it
// non-blocking. After drop it first discards what the terminal has not accepted: the write that
// was cancelled may have filled its buffer again.
func (c *console) Write(b []byte) (int, error) {
	done := 0
	if c.hurried.Load() {
		_ = c.writer.SetWriteDeadline(time.Now().Add(giveBackWithin)) // if unsupported, writes block
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
