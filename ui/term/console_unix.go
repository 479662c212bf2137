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

// understands makes the terminal interpret control sequences; these always do.
func (*console) understands() error { return nil }

// CanSuspend reports whether there is a shell to return to: nobody resumes a program that
// leads its session.
func CanSuspend() bool {
	leader, err := unix.Getsid(0)
	return err == nil && leader != os.Getpid()
}

// stopWithin is how long to wait to be stopped. The system does not stop us if nobody could
// resume us.
const stopWithin = 300 * time.Millisecond

// watch handles signals about the terminal and job control.
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
		case l := <-p.lent:
			p.lend(l, signals)
		case s := <-signals:
			if s == syscall.SIGCONT { // stopped by force; somebody else had the terminal
				p.leave()
				p.back()
			}
		}
		p.Send(tea.WindowSizeMsg{})
	}
}

// stop gives the terminal to the shell until it resumes us. Nobody may be subscribed to
// the signal that stops us: it would not stop us then.
func (p *Program) stop(signals chan os.Signal) {
	p.leave()
	for len(signals) > 0 {
		<-signals
	}
	_ = syscall.Kill(0, syscall.SIGTSTP) // the group is our own, even if make or a script started it
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
