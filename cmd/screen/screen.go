// Package screen is the inbox on a terminal: a client, a screen, and what wires them.
package screen

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"parley/client"
	"parley/client/outbox"
	"parley/client/stream"
	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/cmd/settings"
	"parley/hub/sshd"
	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/app"
	"parley/ui/term"
)

// sessionEvery is how long a terminal far away is not written to after a frame, unless its
// user waits for the next; sessionGather is how long news is gathered for it. Most of what
// a session costs is drawing, and one hub draws for many.
const (
	sessionEvery  = 33 * time.Millisecond
	sessionGather = 100 * time.Millisecond
)

// screenEvery is how long the terminal is not written to after a frame, unless its user
// waits for the next; nothing is written while nothing changes.
const screenEvery = 8 * time.Millisecond

// screen is the inbox on a terminal.
type screen struct{ *cli.Program }

// Open opens the inbox of the hub that is set.
func Open(ctx context.Context, p *cli.Program) error {
	c, err := remote.Open(p)
	if err != nil {
		return err
	}
	defer c.Close()
	return Run(ctx, p, c, p.StateDir())
}

// Run is the full screen on a hub, until the user leaves. What they write is kept in
// folders of state.
func Run(ctx context.Context, p *cli.Program, c *client.Client, state string) error {
	return (&screen{p}).run(ctx, c, state)
}

func (p *screen) run(ctx context.Context, c *client.Client, state string) error {
	in, out, ok := p.Terminal()
	if !ok {
		return cli.Usage(p.Words.Say(i18n.ErrNoTerminal))
	}
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP, syscall.SIGQUIT) // the runtime would leave the terminal as it is
	defer stop()
	var program *term.Program
	keys, err := newKeyboard(&hangup{File: in, gone: leave}, func() { _, _ = program.Write([]byte(term.Question)) })
	if err != nil {
		return err
	}
	defer func() { _ = keys.Close() }()
	box := inbox.NewInbox(model.User{})
	follow := stream.NewFollower(c, p.timing())
	replies := outbox.New(ctx, c, filepath.Join(state, cli.RepliesFolder))
	drafts := outbox.NewDrafts(filepath.Join(state, cli.DraftsFolder), c.URL())
	hub := screenHub{Client: c, Outbox: replies, tell: follow.Tell, explain: func(err error) string { return p.Failure(err).Say }}
	typed, err := drafts.All()
	if err != nil {
		return err
	}
	s, err := settings.Read(p.Program, nil, "")
	if err != nil {
		return err
	}
	m, err := app.New(app.Options{
		Hub: hub, Drafts: drafts, Inbox: box, Words: p.Words, Zone: p.Zone, Notice: p.ZoneTrouble(), Now: p.Now, Typed: typed, Unsent: replies.Unsent(), Browse: p.Browser(), Shell: p.canSuspend(), Typing: keys.Typing, ASCII: p.ascii(s),
		Files: p.screenFiles(), Keys: s.Keys, Preview: s.Preview, Light: s.Theme == settings.ThemeLight, Dark: s.Theme == settings.ThemeDark,
		AskColours: p.Getenv("TERM_PROGRAM") != "Apple_Terminal",
	})
	if errors.Is(err, app.ErrOptions) {
		return cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", cli.Plain(err.Error())))
	}
	if err != nil {
		return err
	}
	program = term.NewProgram(m, p.painted(in, out, keys, leave))
	replies.OnUpload(func(u model.Uploading) { program.Send(u) })
	err = p.beside(ctx, leave, program, follow)
	// What was sent off and what was typed last is kept however the program ended.
	for _, r := range m.Unheard() {
		err = errors.Join(err, replies.Keep(r))
	}
	of, text := m.Unsaved()
	if serr := drafts.Save(of, text, p.Now()); serr != nil && of.Conversation != "" {
		return serr
	}
	return err
}

// beside runs the program beside what follows the hub and feeds it.
func (p *screen) beside(ctx context.Context, leave func(), program *term.Program, s *stream.Follower) error {
	var beside sync.WaitGroup
	beside.Go(func() {
		defer program.Recover()
		if err := s.Run(ctx); errors.Is(err, stream.ErrSignedOut) {
			program.Send([]inbox.Update{inbox.Connection{State: inbox.SignedOut}})
		}
	})
	beside.Go(func() {
		defer program.Recover()
		for updates := range s.Updates() {
			program.Send(updates)
		}
	})
	err := program.Run(ctx)
	leave()
	beside.Wait()
	return err
}

// painted says how the screen is painted on a terminal; gone is told when there is none any
// more. Over SSH there is no shell beside the program, and no more is drawn than the hub
// allows, whatever the terminal says that it is.
func (p *screen) painted(in, out *os.File, keys io.Reader, gone func()) term.Options {
	o := term.Options{
		In: in, Out: out, Input: keys, Env: p.Env, Every: p.every(), Suspend: p.canSuspend(), Lost: gone,
	}
	if p.Seat != nil {
		l := sshd.DefaultLimits()
		o.Width, o.Height = l.Width, l.Height
	}
	return o
}

// canSuspend tells whether the user has a shell to go back to for a while.
func (p *screen) canSuspend() bool { return p.Seat == nil && term.CanSuspend() }

// ascii tells whether the terminal draws ASCII only: its locale is no UTF-8, or it is
// the console of the kernel; or the user said so.
func (p *screen) ascii(s settings.Settings) bool {
	if s.Glyphs != settings.GlyphsAuto {
		return s.Glyphs == settings.GlyphsASCII
	}
	if t := p.Getenv("TERM"); t == "linux" || t == "dumb" {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(p.Getenv(name)); v != "" {
			return !strings.Contains(v, "utf-8") && !strings.Contains(v, "utf8")
		}
	}
	return false
}

// timing is that of the sync with the hub.
func (p *screen) timing() stream.Timing {
	t := stream.DefaultTiming()
	if p.Seat != nil {
		t.Gather = sessionGather
	}
	return t
}

// every is how much time passes between frames that nobody waits for.
func (p *screen) every() time.Duration {
	if p.Seat != nil {
		return sessionEvery
	}
	return screenEvery
}
