package main

import (
	"context"
	"os"

	"github.com/charmbracelet/x/term"
)

// await waits for a reader that can't be told to stop, no longer than ctx.
func await(ctx context.Context, read func() (string, error)) (string, error) {
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

// atTerminal tells whether a person types here.
func (p *program) atTerminal() bool {
	f, ok := p.in.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}

// terminal returns the terminal that the program runs in.
func (p *program) terminal() (in, out *os.File, ok bool) {
	in, inOK := p.in.(*os.File)
	out, outOK := p.out.(*os.File)
	if !inOK || !outOK || !term.IsTerminal(in.Fd()) || !term.IsTerminal(out.Fd()) {
		return nil, nil, false
	}
	return in, out, true
}
