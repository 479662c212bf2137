package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"parley/client"
	"parley/model"
	"parley/model/safe"
	"parley/words"
)

// granted is what a sign-in brought.
type granted struct {
	token string
	user  model.User
	err   error
}

// signIn gets a token: by a one-time code, or, where the hub lets users sign in through
// Pipedrive, by that or a code, whichever comes first.
func (p *program) signIn(ctx context.Context, c *client.Client) granted {
	device, offered, err := p.offered(ctx, c)
	switch {
	case err != nil:
		return granted{err: err}
	case offered:
		return p.signInEither(ctx, c, device)
	}
	code, err := p.loginCode(ctx)
	if err != nil {
		return granted{err: err}
	}
	return p.signInByCode(ctx, c, code)
}

func (p *program) signInByCode(ctx context.Context, c *client.Client, code string) granted {
	token, user, err := c.Login(ctx, code)
	if err != nil {
		return granted{err: p.loginFailure(err)}
	}
	return granted{token: token, user: user}
}

// offered begins a sign-in through a browser where the hub has one. What answers nothing
// of the kind, or nothing at all, is asked again with a code.
func (p *program) offered(ctx context.Context, c *client.Client) (d client.DeviceCode, ok bool, err error) {
	d, err = c.BeginDeviceLogin(ctx)
	if err != nil {
		return d, false, ctx.Err()
	}
	return d, true, nil
}

// signInEither shows the link and its code, and takes a one-time code meanwhile.
func (p *program) signInEither(ctx context.Context, c *client.Client, d client.DeviceCode) granted {
	p.hint(words.LoginOpen, "URL", plain(d.URL))
	p.hint(words.LoginShows, "Code", safe.Line(d.Code))
	ctx, cancel := context.WithCancel(ctx)
	reading := make(chan struct{})
	defer func() { // the terminal is left as it was
		cancel()
		<-reading
	}()
	signedIn := make(chan granted, 1)
	go func() {
		token, user, err := c.AwaitDeviceLogin(ctx, d)
		signedIn <- granted{token, user, err}
	}()
	codes := make(chan string, 1)
	go func() {
		defer close(reading)
		code, err := p.readCode(ctx, p.devicePrompt())
		if err != nil { // nothing can be read: the browser is left
			code = ""
		}
		codes <- strings.TrimSpace(code)
	}()
	for {
		select {
		case g := <-signedIn:
			return g
		case code := <-codes:
			if code != "" {
				return p.signInByCode(ctx, c, code)
			}
			if ctx.Err() != nil {
				return granted{err: ctx.Err()}
			}
			p.openBrowser(d)
			p.hint(words.LoginWaits, "Time", p.clock(d.Expires))
		}
	}
}

// atTerminal tells whether a person types here.
func (p *program) atTerminal() bool {
	f, ok := p.in.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// devicePrompt asks for a code where a link may be opened instead.
func (p *program) devicePrompt() string {
	if p.browser() == nil {
		return p.words.Say(words.LoginOrCode)
	}
	return p.words.Say(words.LoginEnterOpens)
}

// openBrowser opens the link for who pressed enter; a script is not surprised by it.
func (p *program) openBrowser(d client.DeviceCode) {
	open := p.browser()
	if open == nil || !p.atTerminal() {
		return
	}
	if err := open(d.URL); err != nil {
		p.hint(words.LoginNoOpen)
	}
}

// hint says something beside what a command prints.
func (p *program) hint(id words.ID, pairs ...any) {
	_, _ = fmt.Fprintln(p.err, p.words.Say(id, pairs...))
}
