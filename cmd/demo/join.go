package demo

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"parley/client"
	"parley/cmd/cli"
	"parley/cmd/conversation"
	"parley/cmd/hubstore"
	"parley/cmd/screen"
	"parley/hub/accounts"
	"parley/hub/store/sqlite"
	"parley/i18n"
)

// running is where a running demo can be found, as the demo leaves it for others of this user.
type running struct {
	URL   string `json:"url"`
	Store string `json:"store"`
	PID   int    `json:"pid"`
}

// runningFile returns the file in which the running demo is found.
func (p *commands) runningFile() string { return filepath.Join(p.StateDir(), "demo.json") }

// announce says where this demo is found, until the returned function is called. A demo that
// can't say so runs all the same.
func (p *commands) announce(r running) (gone func()) {
	b, err := json.Marshal(r)
	if err != nil {
		return func() {}
	}
	file := p.runningFile()
	if os.MkdirAll(filepath.Dir(file), 0o700) != nil || os.WriteFile(file, b, 0o600) != nil {
		return func() {}
	}
	return func() {
		if now, err := p.findRunning(); err == nil && now == r { // not that of a later demo
			_ = os.Remove(file)
		}
	}
}

// findRunning reads where the running demo is.
func (p *commands) findRunning() (r running, err error) {
	b, err := os.ReadFile(p.runningFile())
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(b, &r)
}

// join runs the inbox of another user on the running demo.
func (p *commands) join(ctx context.Context, o demoOptions) error {
	r, err := p.findRunning()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return cli.Failed(p.Words.Say(i18n.ErrDemoNone))
	case err != nil:
		return p.demoGone(err)
	}
	if _, err := os.Stat(r.Store); err != nil { // opening it would create it
		return p.demoGone(err)
	}
	token, err := p.enter(ctx, r, o.user)
	if err != nil {
		return err
	}
	c, err := client.New(r.URL, token)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.Me(ctx); err != nil {
		return p.demoGone(err)
	}
	dir, clean, err := p.demoData(o.data)
	if err != nil {
		return err
	}
	defer clean()
	if o.plain {
		p.Say(i18n.DemoJoins, "Name", cli.Plain(o.user))
		return conversation.Unfollowed(p.Program, conversation.Plain(ctx, p.Program, c, dir))
	}
	return screen.Run(ctx, p.Program, c, dir, nil)
}

// demoGone says that a demo was here and is not any more.
func (p *commands) demoGone(err error) error {
	return cli.Failed(p.Words.Say(i18n.ErrDemoGone, "Reason", cli.Plain(p.Failure(err).Say)))
}

// enter adds the user to the demo's hub, and returns their token. Each comes as a colleague whom
// Pipedrive does not know.
func (p *commands) enter(ctx context.Context, r running, name string) (token string, err error) {
	s, err := hubstore.Open(ctx, p.Program, r.Store, sqlite.Options{})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	added, err := accounts.AddUser(ctx, s, accounts.NewUser{Name: name, Token: true}, p.Now())
	if err != nil {
		return "", p.Failure(err)
	}
	return added.Token, nil
}
