package term

import (
	"errors"
	"fmt"
	"os"
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
// it not wait.
func (c *console) Write(b []byte) (int, error) {
	done := 0
	for {
		n, err := c.out.Write(b[done:])
		done += n
		if !errors.Is(err, syscall.EAGAIN) {
			return done, err
		}
		<-time.After(fullWait)
	}
}
