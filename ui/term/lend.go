package term

import (
	"os"

	tea "charm.land/bubbletea/v2"
)

// Lend is a message that lends the terminal to another program: Run runs it, and what Done returns
// goes to the model after that. Bubble Tea's own way ([tea.Exec]) would restore a terminal that it
// does not have.
type Lend struct {
	Run  func(in, out *os.File) error
	Done func(error) tea.Msg
}

// lend lends the terminal until the other program ends. Meanwhile nothing is read from it nor
// written to it, and the model goes on.
func (p *Program) lend(l Lend, signals chan os.Signal) {
	resume := p.o.Pause()
	p.leave()
	err := l.Run(p.o.In, p.o.Out)
	for len(signals) > 0 { // it was stopped and resumed together with us
		<-signals
	}
	resume()
	p.back()
	p.Send(l.Done(err))
}

// back enters the terminal again.
func (p *Program) back() {
	if err := p.enter(); err != nil {
		p.lost(err)
		return
	}
	p.Send(tea.ResumeMsg{})
}
