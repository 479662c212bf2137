package conversation

import (
	"bufio"
	"context"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"parley/client"
	"parley/client/outbox"
	"parley/client/stream"
	"parley/cmd/cli"
	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
)

// plainWait is how long handing in a reply typed by number may take; its outcome comes as a
// line later.
const plainWait = 10 * time.Second

// Plain is the inbox as lines: messages as they come, and replies typed by number, which are
// kept in the state folder.
func Plain(ctx context.Context, of *cli.Program, c *client.Client, state string) error {
	p := &commands{of}
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	s := stream.NewFollower(c, stream.DefaultTiming())
	replies := outbox.New(ctx, c, filepath.Join(state, cli.RepliesFolder))
	follow := p.follow(ctx, s)
	lines := p.typed(ctx)
	feed := newFeed(p)
	p.Say(i18n.PlainWelcome)
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
				p.plainUpdate(feed, u)
			}
		case line, ok := <-lines:
			if !ok {
				lines = nil // no more is typed; messages go on
				continue
			}
			if line == "q" {
				leave()
				continue
			}
			p.plainReply(ctx, replies, feed, line)
		}
	}
}

// typed returns the typed lines. A read from a terminal can't be cancelled, so it ends with the
// process, or with the input.
func (p *commands) typed(ctx context.Context) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		in := bufio.NewScanner(p.In)
		for in.Scan() {
			select {
			case lines <- strings.TrimSpace(in.Text()):
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}

func (p *commands) plainUpdate(feed *feed, u inbox.Update) {
	switch u := u.(type) {
	case inbox.Connection:
		p.connection(u)
	case inbox.PagesListed:
		feed.pages(u.Pages)
	case inbox.Listed:
		for _, c := range u.Conversations {
			feed.names[c.ID] = c.Customer
		}
	case inbox.Complete:
		p.Say(i18n.PlainComplete, "N", len(feed.names))
	case inbox.Changed:
		for _, change := range u.Batch.Events {
			feed.change(u.Batch.Page, change)
		}
	}
}

// plainReply sends a reply typed as "NUMBER TEXT".
func (p *commands) plainReply(ctx context.Context, replies *outbox.Outbox, feed *feed, line string) {
	line, err := p.Text([]byte(line), "")
	if err != nil {
		p.Line(p.Words.Say(i18n.ErrorLabel) + ": " + p.Failure(err).Say)
		return
	}
	if line == "" {
		return
	}
	number, text, _ := strings.Cut(line, " ")
	n, err := strconv.Atoi(number)
	text = strings.TrimSpace(text)
	if err != nil || text == "" {
		p.Say(i18n.PlainHelp)
		return
	}
	conversation, ok := feed.numbered(n)
	if !ok {
		p.Say(i18n.PlainNoNumber, "N", n)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, plainWait)
	defer cancel()
	r := model.Reply{Conversation: conversation, ClientID: replies.NewClientID(), Text: model.Untrusted(text)}
	if _, err := replies.Send(ctx, r, nil, 0); err != nil {
		p.Line(p.Words.Say(i18n.ErrorLabel) + ": " + p.Failure(err).Say)
	}
}
