//go:build unix

package term

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/sys/unix"
)

// understands is whether the terminal knows control sequences; these do.
func (*console) understands() error { return nil }

// CanSuspend tells whether there is a shell to go back to for a while: nobody looks after
// a program that leads its session.
func CanSuspend() bool {
	leader, err := unix.Getsid(0)
	return err == nil && leader != os.Getpid()
}

// stopWithin is how long it takes at most to be stopped. Where nobody could let us go on,
// the system does not stop us.
const stopWithin = 300 * time.Millisecond

// watch follows what the system tells of the terminal and of who has it.
func (p *Program) watch(ctx context.Context) {
	defer p.Recover()
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGWINCH, syscall.SIGCONT)
	defer signal.Stop(signals)
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.suspended:
			p.stop(signals)
		case s := <-signals:
			if s == syscall.SIGCONT { // stopped by force; somebody else had the terminal
				p.leave()
				p.back()
			}
		}
		p.Send(tea.WindowSizeMsg{})
	}
}

// stop leaves the terminal to the shell until that says to go on. Nobody may ask to be told
// of the signal that stops us: from then on it would not stop anybody.
func (p *Program) stop(signals chan os.Signal) {
	p.leave()
	for len(signals) > 0 {
		<-signals
	}
	_ = syscall.Kill(0, syscall.SIGTSTP) // the group is our own, also where make or a script began it
	late := time.NewTimer(stopWithin)
	defer late.Stop()
	for goes := false; !goes; {
		select {
		case s := <-signals:
			goes = s == syscall.SIGCONT
		case <-late.C:
			goes = true
		}
	}
	for len(signals) > 0 {
		<-signals
	}
	p.back()
}

// back takes the terminal again.
func (p *Program) back() {
	if err := p.enter(); err != nil {
		p.lost(err)
		return
	}
	p.Send(tea.ResumeMsg{})
}
