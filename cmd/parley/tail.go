package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/i18n"
	"parley/model"
)

func (p *talkCommands) tailCommand() *cobra.Command {
	var from int64
	cmd := &cobra.Command{
		Use: "tail", Short: p.words.Say(i18n.TailShort), Args: p.exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if from < 0 {
				return usage(p.words.Say(i18n.ErrFlagValue, "Flag", "--from", "Value", from))
			}
			c, err := openRemote(p.program)
			if err != nil {
				return err
			}
			defer c.Close()
			return p.tail(cmd.Context(), c, from, cmd.Flags().Changed("from"))
		},
	}
	cmd.Flags().Int64Var(&from, "from", 0, p.words.Say(i18n.FlagFrom))
	return cmd
}

// tail prints changes as they come, until ctx ends or the hub no longer knows the
// token.
func (p *talkCommands) tail(ctx context.Context, c *client.Client, from int64, named bool) error {
	start := map[model.PageID]int64{}
	if named {
		pages, err := c.Pages(ctx)
		if err != nil {
			return err
		}
		for _, page := range pages {
			start[page.ID] = from
		}
	} else if _, err := c.Me(ctx); err != nil {
		return err // said at once, rather than tried for ever
	}
	s := c.NewTail(client.DefaultTiming(), start)
	follow := p.follow(ctx, s)
	feed := newFeed(p)
	if named {
		feed.since = time.Time{}
	}
	tick := time.NewTicker(nameWait / 4)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			feed.release()
		case updates, ok := <-s.Updates():
			if !ok {
				return unfollowed(p.program, <-follow)
			}
			for _, u := range updates {
				if err := p.tailUpdate(feed, u); err != nil {
					return err
				}
			}
		}
	}
}

// follow runs a sync beside, and tells how it ended.
func (p *talkCommands) follow(ctx context.Context, s *client.Sync) <-chan error {
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	return ended
}

// unfollowed words how a sync ended; being told to end is no failure.
func unfollowed(p *program, err error) error {
	var why *client.Problem
	switch {
	case errors.Is(err, context.Canceled):
		return nil
	case errors.Is(err, client.ErrSignedOut) && errors.As(err, &why):
		return &failure{exit: exitFailed, code: why.Code, say: p.words.Say(i18n.Code(string(why.Code)))}
	}
	return err
}

// tailed is one change as tail prints it.
type tailed struct {
	Page   model.PageID     `json:"page"`
	Seq    int64            `json:"seq"`
	Kind   model.ChangeKind `json:"kind"`
	Object json.RawMessage  `json:"object"`
}

func (p *talkCommands) tailUpdate(feed *feed, u client.Update) error {
	switch u := u.(type) {
	case client.Connection:
		p.connection(u)
	case client.Dropped:
		if u.Anew {
			_, _ = fmt.Fprintln(p.err, p.words.Say(i18n.TailAnew, "Page", plain(string(u.Page))))
		}
	case client.Changed:
		for _, change := range u.Batch.Events {
			if !p.json {
				feed.change(u.Batch.Page, change)
				continue
			}
			if err := p.print(tailed{u.Batch.Page, change.Seq, change.Kind, change.Object}, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// connection says on stderr how the connection stands, when that changed.
func (p *talkCommands) connection(c client.Connection) {
	say := func(id i18n.ID, pairs ...any) { _, _ = fmt.Fprintln(p.err, p.words.Say(id, pairs...)) }
	switch c.State {
	case client.Live:
		say(i18n.ConnLive)
	case client.Offline:
		reason := ""
		if c.Cause != nil {
			reason = p.failure(c.Cause).say
		}
		say(i18n.ConnOffline, "Reason", reason)
	case client.Connecting:
	}
}
