// Package screen runs the inbox on a terminal: a client, a screen, and their wiring.
package screen

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"parley/client"
	"parley/client/hooks"
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
	"parley/ui/guideline"
	"parley/ui/picture"
	"parley/ui/pictures"
	uiscreen "parley/ui/screen"
	"parley/ui/term"
	"parley/ui/term/graphics"
)

// sessionEvery is the least time between two frames of a session over SSH, unless its user
// waits for the next; sessionGather is how long its updates are collected. Drawing is most of
// what a session costs, and one hub draws for many.
const (
	sessionEvery  = 33 * time.Millisecond
	sessionGather = 100 * time.Millisecond
)

// screenEvery is the least time between two frames, unless the user waits for the next. Nothing
// is written while nothing changes.
const screenEvery = 8 * time.Millisecond

// screen runs the inbox on a terminal.
type screen struct {
	*cli.Program
	// guide is what it proposes to try.
	guide []guideline.Step
}

// Open opens the inbox of the hub that is set.
func Open(ctx context.Context, p *cli.Program) error {
	c, err := remote.Open(p)
	if err != nil {
		return err
	}
	defer c.Close()
	return (&screen{Program: p}).run(ctx, c, p.StateDir(), p.CacheDir())
}

// Run runs the full screen on a hub, until the user leaves. What the user writes is kept in the
// state folder; what the hub says is kept nowhere.
// guide is what it proposes to try, if anything.
func Run(ctx context.Context, p *cli.Program, c *client.Client, state string, guide []guideline.Step) error {
	return (&screen{p, guide}).run(ctx, c, state, "")
}

func (p *screen) run(ctx context.Context, c *client.Client, state, kept string) error {
	keepSmall()
	s, err := settings.Read(p.Program, nil, "")
	if err != nil {
		return err
	}
	if p.accessible(s) {
		return p.lines(ctx, c, state, kept, s)
	}
	themes, err := p.colours(s)
	if err != nil {
		return err
	}
	in, out, ok := p.Terminal()
	if !ok {
		return cli.Usage(p.Words.Say(i18n.ErrNoTerminal))
	}
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP, syscall.SIGQUIT) // the runtime would not restore the terminal
	defer stop()
	var program *term.Program
	keys, err := newKeyboard(&hangup{File: in, gone: leave}, func() { _, _ = program.Write([]byte(term.Question)) })
	if err != nil {
		return err
	}
	defer func() { _ = keys.Close() }()
	follow := stream.NewFollower(c, p.timing())
	replies := outbox.New(ctx, c, filepath.Join(state, cli.RepliesFolder))
	drafts := outbox.NewDrafts(filepath.Join(state, cli.DraftsFolder), c.URL())
	hub := screenHub{Client: c, Outbox: replies, tell: follow.Tell, explain: func(err error) string { return p.Failure(err).Say }}
	typed, err := drafts.All()
	if err != nil {
		return err
	}
	known := p.known(c, follow, kept, s.CacheTTL)
	box := known.box
	defer known.close()
	runs := p.hooksOf(s)
	var held graphics.Held
	m, err := app.New(app.Options{
		Hub: hub, Drafts: drafts, Inbox: box, Words: p.Words, Zone: p.Zone, Notice: p.ZoneTrouble(), Now: p.Now, Typed: typed, Unsent: replies.Unsent(), Browse: p.Browser(), Shell: p.canSuspend(), Connect: follow.ConnectNow, Typing: keys.Typing, ASCII: p.ascii(s),
		Edit: p.editor(ctx, state), Files: p.screenFiles(), Downloads: p.saved(), Keys: s.Keys, Macros: macros(s), Preview: s.Preview, Hold: s.SendHold,
		Alerts:     p.alerts(c, s, runs),
		AskColours: p.Getenv("TERM_PROGRAM") != "Apple_Terminal",
		Advance:    s.Advance,
		NoMouse:    !s.Mouse,
		Guide:      guideline.Options{Steps: p.guide, Hidden: !s.GuideLine},
		Widths:     uiscreen.Widths{List: s.ListWidth, Panel: s.PanelWidth},
		Remember:   p.remember,
		Decoder:    picture.Decoder{Program: p.Child.Path, Env: p.Child.Env},
		Pictures:   pictures.Size(s.Pictures),
		Held:       &held,
		Colours:    themes,
	})
	if errors.Is(err, app.ErrOptions) {
		return cli.Usage(p.Words.Say(i18n.ErrSetting, "Reason", cli.Plain(err.Error())))
	}
	if err != nil {
		return err
	}
	program = term.NewProgram(&remembering{Model: m, known: known}, p.painted(in, out, keys, &held, leave))
	replies.OnUpload(func(u model.Uploading) { program.Send(u) })
	err = p.beside(ctx, leave, program, follow, known, runs)
	// Keep what was sent off and typed last, however the program ended.
	for _, r := range m.Unheard() {
		err = errors.Join(err, replies.Keep(r))
	}
	of, draft := m.Unsaved()
	draft.UpdatedAt = p.Now()
	if serr := drafts.Save(of, draft); serr != nil && of.Conversation != "" {
		return serr
	}
	return err
}

// beside runs the program, and beside it the follower that feeds it and the hooks that it
// starts.
func (p *screen) beside(ctx context.Context, leave func(), program *term.Program, s *stream.Follower, k *known, runs *hooks.Runner) error {
	var beside sync.WaitGroup
	beside.Go(func() {
		defer program.Recover()
		if err := s.Run(ctx); errors.Is(err, stream.ErrSignedOut) {
			program.Send([]inbox.Update{inbox.Connection{State: inbox.SignedOut}})
		}
	})
	beside.Go(func() {
		defer program.Recover()
		for updates := range k.kept.Rest(ctx) {
			program.Send(updates)
		}
		k.cache.Relay(ctx, s.Updates(), func(updates []inbox.Update) { program.Send(updates) })
	})
	beside.Go(func() { runs.Run(ctx) })
	err := program.Run(ctx)
	leave()
	beside.Wait()
	return err
}

// painted returns the options for painting on a terminal; gone is called when the terminal is
// gone. Over SSH there is no shell to return to, and the hub limits the size, whatever the
// terminal reports.
func (p *screen) painted(in, out *os.File, keys *keyboard, held *graphics.Held, gone func()) term.Options {
	o := term.Options{
		In: in, Out: out, Input: keys, Env: p.Env, Every: p.every(), Suspend: p.canSuspend(), Pause: keys.pause, Last: held.DropAll, Lost: gone,
	}
	if p.Seat != nil {
		l := sshd.DefaultLimits()
		o.Width, o.Height = l.Width, l.Height
	}
	return o
}

// canSuspend reports whether the user has a shell to return to.
func (p *screen) canSuspend() bool { return p.Seat == nil && term.CanSuspend() }

// ascii reports whether to draw only ASCII: the locale is not UTF-8, the terminal is the
// kernel's console, or the user set it so.
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

// timing returns the timing of the stream.
func (p *screen) timing() stream.Timing {
	t := stream.DefaultTiming()
	if p.Seat != nil {
		t.Gather = sessionGather
	}
	return t
}

// every returns the least time between frames that nobody waits for.
func (p *screen) every() time.Duration {
	if p.Seat != nil {
		return sessionEvery
	}
	return screenEvery
}
