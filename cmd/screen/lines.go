package screen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/term"

	"parley/client"
	"parley/client/outbox"
	"parley/client/stream"
	"parley/cmd/cli"
	"parley/cmd/settings"
	"parley/model/inbox"
	"parley/ui/lines"
	"parley/ui/term/prompt"
)

// accessible reports whether the inbox is wanted as lines: by a flag, a variable or the settings.
// ACCESSIBLE is a variable that other programs understand, too.
func (p *screen) accessible(s settings.Settings) bool {
	return p.Accessible || s.Accessible || p.Getenv("ACCESSIBLE") != "" && p.Getenv("ACCESSIBLE") != "0"
}

// lines runs the inbox as lines, on a terminal or on anything else, until the user leaves.
func (p *screen) lines(ctx context.Context, c *client.Client, state, kept string, s settings.Settings) error {
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP, syscall.SIGQUIT) // what is typed is kept
	defer stop()
	follow := stream.NewFollower(c, p.timing())
	replies := outbox.New(ctx, c, filepath.Join(state, cli.RepliesFolder))
	drafts := outbox.NewDrafts(filepath.Join(state, cli.DraftsFolder), c.URL())
	typed, err := drafts.All()
	if err != nil {
		return err
	}
	known := p.known(c, follow, kept, s.CacheTTL)
	defer known.close()
	m := lines.New(lines.Options{
		Hub:    screenHub{Client: c, Outbox: replies, tell: follow.Tell, explain: func(err error) string { return p.Failure(err).Say }},
		Drafts: drafts, Inbox: known.box, Words: p.Words, Zone: p.Zone, Now: p.Now, Notice: p.ZoneTrouble(), Typed: typed, Unsent: replies.Unsent(),
		Hold: s.SendHold, Advance: s.Advance, Connect: follow.ConnectNow, Downloads: p.saved(), Browse: p.Browser(),
	})
	console, in, restore, err := p.console()
	if err != nil {
		return err
	}
	defer restore()
	updates := make(chan []inbox.Update)
	var beside sync.WaitGroup
	beside.Go(func() {
		if err := follow.Run(ctx); errors.Is(err, stream.ErrSignedOut) {
			hand(ctx, updates, []inbox.Update{inbox.Connection{State: inbox.SignedOut}})
		}
	})
	beside.Go(func() {
		for u := range known.kept.Rest(ctx) {
			hand(ctx, updates, u)
		}
		known.cache.Relay(ctx, follow.Updates(), func(u []inbox.Update) { hand(ctx, updates, u) })
	})
	go console.Read(ctx, in) // reading what is no terminal can't be stopped: it ends with the program
	m.Run(ctx, console, updates)
	leave()
	beside.Wait()
	// Keep what was sent off last, however the program ended.
	for _, r := range m.Unheard() {
		err = errors.Join(err, replies.Keep(r))
	}
	return err
}

func hand(ctx context.Context, to chan<- []inbox.Update, u []inbox.Update) {
	select {
	case to <- u:
	case <-ctx.Done():
	}
}

// console returns where lines are read and printed, what is typed there, and what puts the
// terminal back as it was.
func (p *screen) console() (c *prompt.Prompt, in io.Reader, restore func(), err error) {
	tin, tout, ok := p.Terminal()
	if !ok {
		return prompt.NewPlain(p.Out), p.In, func() {}, nil
	}
	before, err := term.MakeRaw(tin.Fd())
	if err != nil {
		return nil, nil, nil, fmt.Errorf("take the terminal: %w", err)
	}
	r, err := uv.NewCancelReader(tin)
	if err != nil {
		return nil, nil, nil, errors.Join(fmt.Errorf("read the terminal: %w", err), term.Restore(tin.Fd(), before))
	}
	tells := p.Getenv("TERM") != "dumb"
	if tells {
		_, _ = io.WriteString(tout, prompt.TellPastes)
	}
	return prompt.New(tout, func() int { return widthOf(tout) }), r, func() {
		r.Cancel()
		if tells {
			_, _ = io.WriteString(tout, prompt.HidePastes)
		}
		_ = term.Restore(tin.Fd(), before) // fails if the terminal is gone
	}, nil
}

func widthOf(out *os.File) int {
	w, _, err := term.GetSize(out.Fd())
	if err != nil {
		return 0
	}
	return w
}
