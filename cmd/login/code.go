package login

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"parley/cmd/cli"
	"parley/i18n"
)

// longestCode is longer than any code, with whatever people type around it.
const longestCode = 4096

// codeOf returns the code in a line, or why there is none.
func (p *commands) codeOf(ctx context.Context, line string, err error) (string, error) {
	if err != nil && ctx.Err() == nil {
		return "", cli.Failed(p.Words.Say(i18n.ErrCodeRead, "Reason", cli.Plain(err.Error())))
	}
	if err != nil {
		return "", err
	}
	code := strings.TrimSpace(line)
	if code == "" {
		return "", cli.Failed(p.Words.Say(i18n.ErrCodeEmpty))
	}
	return code, nil
}

// readCode asks for the code on the terminal, without echo, or reads a line of standard input.
func (p *commands) readCode(ctx context.Context, prompt string) (string, error) {
	if f, ok := p.In.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		_, _ = fmt.Fprint(p.Err, prompt)
		defer func() { _, _ = fmt.Fprintln(p.Err) }()
		return unseen(ctx, int(f.Fd()))
	}
	return cli.Await(ctx, func() (string, error) {
		line, err := bufio.NewReader(io.LimitReader(p.In, longestCode)).ReadString('\n')
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return line, err
	})
}

// unseen reads a line of a terminal without echo, and restores the terminal, also if ctx ends
// first.
func unseen(ctx context.Context, fd int) (string, error) {
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	defer func() { _ = term.Restore(fd, before) }()
	return cli.Await(ctx, func() (string, error) {
		line, err := term.ReadPassword(fd)
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return string(line), err
	})
}
