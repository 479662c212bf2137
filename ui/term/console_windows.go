package term

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/sys/windows"
)

// understands makes the console interpret control sequences, in both directions.
func (c *console) understands() error {
	if err := addMode(windows.Handle(c.in.Fd()), windows.ENABLE_VIRTUAL_TERMINAL_INPUT); err != nil {
		return err
	}
	return addMode(windows.Handle(c.out.Fd()), windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING|windows.DISABLE_NEWLINE_AUTO_RETURN)
}

func addMode(h windows.Handle, flags uint32) error {
	var mode uint32
	if err := windows.GetConsoleMode(h, &mode); err != nil {
		return err
	}
	return windows.SetConsoleMode(h, mode|flags)
}

// CanSuspend reports whether there is a shell to return to.
func CanSuspend() bool { return false }

// look is how often the console is asked for its size, which it does not report.
const look = 250 * time.Millisecond

// watch follows the console's size.
func (p *Program) watch(ctx context.Context) {
	defer p.Recover()
	w, h := p.size()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if nw, nh := p.size(); nw != w || nh != h {
			w, h = nw, nh
			p.Send(tea.WindowSizeMsg{})
		}
	}
}
