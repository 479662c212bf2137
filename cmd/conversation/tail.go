package conversation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/client/stream"
	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
)

func (p *commands) tailCommand() *cobra.Command {
	var from int64
	cmd := &cobra.Command{
		Use: "tail", Short: p.Words.Say(i18n.TailShort), Args: p.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if from < 0 {
				return cli.Usage(p.Words.Say(i18n.ErrFlagValue, "Flag", "--from", "Value", from))
			}
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			return Tail(cmd.Context(), p.Program, c, from, cmd.Flags().Changed("from"))
		},
	}
	cmd.Flags().Int64Var(&from, "from", 0, p.Words.Say(i18n.FlagFrom))
	return cmd
}

// Tail prints changes as they come, until ctx ends or the hub no longer accepts the token.
func Tail(ctx context.Context, of *cli.Program, c *client.Client, from int64, named bool) error {
	p := &commands{of}
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
		return err // reported at once, rather than retried forever
	}
	s := stream.NewTail(c, stream.DefaultTiming(), start)
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
				return Unfollowed(p.Program, <-follow)
			}
			for _, u := range updates {
				if err := p.tailUpdate(feed, u); err != nil {
					return err
				}
			}
		}
	}
}

// follow runs a follower in the background, and returns a channel with its error.
func (p *commands) follow(ctx context.Context, s *stream.Follower) <-chan error {
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	return ended
}

// Unfollowed words why a follower ended; being cancelled is no failure.
func Unfollowed(p *cli.Program, err error) error {
	var why *client.Problem
	switch {
	case errors.Is(err, context.Canceled):
		return nil
	case errors.Is(err, stream.ErrSignedOut) && errors.As(err, &why):
		return &cli.Failure{Exit: cli.ExitFailed, Code: why.Code, Say: p.Words.Say(i18n.Code(string(why.Code)))}
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

func (p *commands) tailUpdate(feed *feed, u inbox.Update) error {
	switch u := u.(type) {
	case inbox.Connection:
		p.connection(u)
	case inbox.Dropped:
		if u.Anew {
			_, _ = fmt.Fprintln(p.Err, p.Words.Say(i18n.TailAnew, "Page", cli.Plain(string(u.Page))))
		}
	case inbox.Changed:
		for _, change := range u.Batch.Events {
			if !p.JSON {
				feed.change(u.Batch.Page, change)
				continue
			}
			if err := p.Print(tailed{u.Batch.Page, change.Seq, change.Kind, change.Object}, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// connection prints on stderr the state of the connection when it changes.
func (p *commands) connection(c inbox.Connection) {
	say := func(id i18n.ID, pairs ...any) { _, _ = fmt.Fprintln(p.Err, p.Words.Say(id, pairs...)) }
	switch c.State {
	case inbox.Live:
		say(i18n.ConnectionLive)
	case inbox.Offline:
		reason := ""
		if c.Cause != nil {
			reason = p.Failure(c.Cause).Say
		}
		say(i18n.ConnectionOffline, "Reason", reason)
	case inbox.Connecting, inbox.SignedOut: // said where tail ends
	}
}
