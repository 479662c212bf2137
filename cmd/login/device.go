package login

import (
	"context"
	"strings"
	"time"

	"parley/client"
	"parley/client/login"
	"parley/cmd/cli"
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

// granted is the result of a sign-in.
type granted struct {
	token string
	user  model.User
	err   error
}

// typed is a line read where a one-time code may be given.
type typed struct {
	line string
	err  error
}

// scriptWait is how long a script may take to provide its code before a link is shown too.
const scriptWait = time.Second

// signIn gets a token by a one-time code, or, if the hub lets users sign in through Pipedrive,
// by either of the two, whichever comes first.
func (p *commands) signIn(ctx context.Context, c *client.Client) granted {
	ctx, cancel := context.WithCancel(ctx)
	var lines chan typed
	defer func() { // the terminal is restored
		cancel()
		if lines != nil {
			<-lines
		}
	}()
	if !p.AtTerminal() { // a script's code needs no link beside it
		lines = p.readLine(ctx, "")
		t := time.NewTimer(scriptWait)
		defer t.Stop()
		select {
		case l := <-lines:
			if strings.TrimSpace(l.line) != "" {
				return p.signInByLine(ctx, c, l)
			}
			lines = unread(l)
		case <-t.C:
		}
	}
	d, offered, err := p.offered(ctx, c)
	if err != nil {
		return granted{err: err}
	}
	if lines == nil {
		lines = p.readLine(ctx, p.prompt(offered))
	}
	if offered {
		p.showLink(d)
		return p.signInEither(ctx, c, d, lines)
	}
	return p.signInByLine(ctx, c, <-lines)
}

// readLine reads a line in the background. The channel is closed when reading has ended.
func (p *commands) readLine(ctx context.Context, prompt string) chan typed {
	lines := make(chan typed, 1)
	go func() {
		defer close(lines)
		line, err := p.readCode(ctx, prompt)
		lines <- typed{line, err}
	}()
	return lines
}

// unread returns a channel with a line that was read before.
func unread(l typed) chan typed {
	lines := make(chan typed, 1)
	lines <- l
	close(lines)
	return lines
}

// signInByLine signs in by the code in a line, if it is one.
func (p *commands) signInByLine(ctx context.Context, c *client.Client, l typed) granted {
	code, err := p.codeOf(ctx, l.line, l.err)
	if err != nil {
		return granted{err: err}
	}
	return p.signInByCode(ctx, c, code)
}

func (p *commands) signInByCode(ctx context.Context, c *client.Client, code string) granted {
	token, user, err := login.ByCode(ctx, c, code)
	if err != nil {
		return granted{err: p.loginFailure(err)}
	}
	return granted{token: token, user: user}
}

// offered starts a sign-in through a browser if the hub supports it. Any other answer, or none,
// will show again when a code is used.
func (p *commands) offered(ctx context.Context, c *client.Client) (d login.DeviceCode, ok bool, err error) {
	d, err = login.BeginDevice(ctx, c)
	if err != nil {
		return d, false, ctx.Err()
	}
	return d, true, nil
}

// showLink says where to sign in.
func (p *commands) showLink(d login.DeviceCode) {
	p.Hint(i18n.LoginOpen, "URL", cli.Plain(d.URL))
	p.Hint(i18n.LoginShows, "Code", safe.Line(d.Code))
}

// signInEither waits for a sign-in through the browser, or for a one-time code.
func (p *commands) signInEither(ctx context.Context, c *client.Client, d login.DeviceCode, lines <-chan typed) granted {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	signedIn := make(chan granted, 1)
	go func() {
		token, user, err := login.AwaitDevice(ctx, c, d)
		signedIn <- granted{token, user, err}
	}()
	for {
		select {
		case g := <-signedIn:
			return g
		case l := <-lines:
			if strings.TrimSpace(l.line) != "" {
				return p.signInByLine(ctx, c, l)
			}
			if ctx.Err() != nil {
				return granted{err: ctx.Err()}
			}
			lines = nil // no more is typed: the browser is left
			p.openBrowser(d)
			p.Hint(i18n.LoginWaits, "Time", p.Clock(d.Expires))
		}
	}
}

// prompt asks for a code; if a link may be opened instead, it says so.
func (p *commands) prompt(offered bool) string {
	switch {
	case !offered:
		return p.Words.Say(i18n.LoginPrompt)
	case p.Browser() == nil:
		return p.Words.Say(i18n.LoginOrCode)
	}
	return p.Words.Say(i18n.LoginEnterOpens)
}

// openBrowser opens the link for a user who pressed enter, never for a script.
func (p *commands) openBrowser(d login.DeviceCode) {
	open := p.Browser()
	if open == nil || !p.AtTerminal() {
		return
	}
	if err := open(d.URL); err != nil {
		p.Hint(i18n.LoginNoOpen)
	}
}
