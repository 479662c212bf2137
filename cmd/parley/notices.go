package main

import (
	"context"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/model"
	"parley/model/safe"
	"parley/words"
)

func (p *program) noticesCommand() *cobra.Command {
	q := client.ListQuery{Limit: 50}
	var read bool
	cmd := &cobra.Command{
		Use: "notices", Short: p.words.Say(words.NoticesShort), Args: p.exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.checkLimit(q.Limit); err != nil {
				return err
			}
			c, err := p.remote()
			if err != nil {
				return err
			}
			defer c.Close()
			l, err := c.Notices(cmd.Context(), q)
			if err != nil {
				return err
			}
			if read {
				if err := readAll(cmd.Context(), c, l.Notices); err != nil {
					return err
				}
			}
			return p.print(l, func() { p.noticeList(l) })
		},
	}
	f := cmd.Flags()
	f.IntVar(&q.Limit, "limit", q.Limit, p.words.Say(words.FlagLimit))
	f.BoolVar(&read, "read", false, p.words.Say(words.FlagNoticesRead))
	f.StringVar(&q.Cursor, "cursor", "", p.words.Say(words.FlagCursor))
	return cmd
}

// readAll marks notices as read that are not, and shows them so.
func readAll(ctx context.Context, c *client.Client, list []model.Notice) error {
	for i, n := range list {
		if n.Read != nil {
			continue
		}
		marked, err := c.ReadNotice(ctx, n.PageID, n.ID)
		if err != nil {
			return err
		}
		list[i] = marked
	}
	return nil
}

func (p *program) noticeList(l client.NoticeList) {
	if len(l.Notices) == 0 {
		p.say(words.NoticesNone)
	}
	for _, n := range l.Notices {
		head := p.clock(n.CreatedAt) + "  " + p.words.Say(words.Notice(string(n.Kind)))
		if n.Read == nil {
			head += "  " + p.words.Say(words.NoticeUnread)
		}
		p.line(head)
		if reason := safe.LineN(n.Reason, plainCells); !reason.Empty() {
			p.line(indent + reason.String())
		}
		if n.Mail != nil {
			p.line(indent + p.noticeMail(*n.Mail))
		}
		if n.Read != nil {
			p.line(indent + p.words.Say(words.NoticeReadBy, "Name", plain(n.Read.By.Name), "Time", p.clock(n.Read.At)))
		}
	}
}

// noticeMail says how the mail to the support inbox stands.
func (p *program) noticeMail(m model.NoticeMail) string {
	reason := safe.LineN(m.Reason, plainCells)
	switch m.State {
	case model.Mailed:
		return p.words.Say(words.NoticeMailed, "Time", p.clock(m.At))
	case model.MailFailed:
		return p.words.Say(words.NoticeMailFailed, "Reason", reason)
	case model.MailWaiting:
	}
	if m.Tries > 0 {
		return p.words.Say(words.NoticeMailRetry, "Reason", reason)
	}
	return p.words.Say(words.NoticeMailWaiting)
}
