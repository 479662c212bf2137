package report

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/model/notify"
)

const (
	// countsTake is how long the hub may take: a status line has no time.
	countsTake = 3 * time.Second
	// closing is the name of the count that is not a filter's: customers who wait and whose
	// reply window closes soon.
	closing = "closing"
	// mostWaiting bounds how many who wait are looked at for that.
	mostWaiting = 1000
)

// counted are the names of the counts, in the order in which they are listed.
var counted = []string{"open", "mine", "unassigned", "mentioned", "waiting", closing, "snoozed", "blocked", "done", "unread", "all"}

func (p *commands) countsCommand() *cobra.Command {
	var format, filter, page string
	cmd := &cobra.Command{
		Use: "counts", Short: p.Words.Say(i18n.CountsShort), Long: p.Words.Say(i18n.CountsLong), Args: p.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if filter != "" {
				if err := p.OneOf(filter, counted...); err != nil {
					return err
				}
			}
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			ctx, cancel := context.WithTimeout(cmd.Context(), countsTake)
			defer cancel()
			all := filter == "" && format == ""
			counts, err := p.countAll(ctx, c, model.PageID(page), all || filter == closing || strings.Contains(format, "{"+closing+"}"))
			if err != nil {
				return err
			}
			return p.Print(counts, func() { p.counts(counts, format, filter) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&format, "format", "", p.Words.Say(i18n.FlagCountsFormat))
	f.StringVar(&filter, "filter", "", p.Words.Say(i18n.FlagCountsFilter))
	f.StringVar(&page, "page", "", p.Words.Say(i18n.FlagCountsPage))
	return cmd
}

// countAll asks the hub for the counts; closes: also for who has little time left.
func (p *commands) countAll(ctx context.Context, c *client.Client, page model.PageID, closes bool) (map[string]int, error) {
	answer, err := c.Counts(ctx, page)
	if err != nil {
		return nil, err
	}
	n := answer.Counts
	out := map[string]int{
		"open": n.Open, "mine": n.Mine, "unassigned": n.Unassigned, "mentioned": n.Mentioned, "waiting": n.Waiting, "snoozed": n.Snoozed,
		"blocked": n.Blocked, "done": n.Done, "unread": n.Unread, "all": n.All,
	}
	if closes {
		if out[closing], err = p.countClosing(ctx, c, page); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// countClosing counts the customers who wait and can be answered for less than
// [notify.ClosesWithin].
func (p *commands) countClosing(ctx context.Context, c *client.Client, page model.PageID) (n int, err error) {
	now := p.Now()
	q := model.ListQuery{Filter: string(inbox.FilterWaiting), Page: page, Limit: 200}
	for seen := 0; seen < mostWaiting; {
		l, err := c.Conversations(ctx, q)
		if err != nil {
			return 0, err
		}
		for _, conversation := range l.Conversations {
			at := conversation.ClosedAt()
			if conversation.Reply.Allowed && at != nil && at.After(now) && at.Sub(now) <= notify.ClosesWithin {
				n++
			}
		}
		if seen += len(l.Conversations); l.Cursor == "" {
			break
		}
		q.Cursor = l.Cursor
	}
	return n, nil
}

// counts prints a line by a format, one number, or a table.
func (p *commands) counts(n map[string]int, format, filter string) {
	switch {
	case format != "":
		var pairs []string
		for _, name := range slices.Sorted(maps.Keys(n)) {
			pairs = append(pairs, "{"+name+"}", strconv.Itoa(n[name]))
		}
		p.Line(cli.Plain(strings.NewReplacer(pairs...).Replace(format)).String())
	case filter != "":
		p.Line(strconv.Itoa(n[filter]))
	default:
		var t cli.Table
		for _, name := range counted {
			t.Row(p.Words.Say(i18n.CountName(name)), strconv.Itoa(n[name]), name)
		}
		p.Table(t)
	}
}
