package cli

import (
	"context"
	"os"

	"github.com/charmbracelet/x/term"
)

// Await waits for a read that can't be cancelled, at most until ctx ends.
func Await(ctx context.Context, read func() (string, error)) (string, error) {
	type answer struct {
		line string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		line, err := read()
		answers <- answer{line, err}
	}()
	select {
	case a := <-answers:
		return a.line, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// AtTerminal reports whether a person types the input.
func (p *Program) AtTerminal() bool {
	f, ok := p.In.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}

// Terminal returns the terminal that the program runs in; false if there is none.
func (p *Program) Terminal() (in, out *os.File, ok bool) {
	in, inOK := p.In.(*os.File)
	out, outOK := p.Out.(*os.File)
	if !inOK || !outOK || !term.IsTerminal(in.Fd()) || !term.IsTerminal(out.Fd()) {
		return nil, nil, false
	}
	return in, out, true
}
