package main

import (
	"context"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

func (p *reportCommands) noticesCommand() *cobra.Command {
	var read bool
	cmd := listing(p.program, "notices", i18n.NoticesShort, func(ctx context.Context, c *client.Client, q model.ListQuery) error {
		l, err := c.Notices(ctx, q)
		if err == nil && read {
			err = readAll(ctx, c, l.Notices)
		}
		if err != nil {
			return err
		}
		return p.print(l, func() { p.noticeList(l) })
	})
	cmd.Flags().BoolVar(&read, "read", false, p.words.Say(i18n.FlagNoticesRead))
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

func (p *reportCommands) noticeList(l client.NoticeList) {
	if len(l.Notices) == 0 {
		p.say(i18n.NoticesNone)
	}
	for _, n := range l.Notices {
		head := p.clock(n.CreatedAt) + "  " + p.words.Say(i18n.Notice(string(n.Kind)))
		if n.Read == nil {
			head += "  " + p.words.Say(i18n.NoticeUnread)
		}
		p.line(head)
		if reason := safe.LineN(n.Reason, plainCells); !reason.Empty() {
			p.line(indent + reason.String())
		}
		if n.Mail != nil {
			p.line(indent + p.noticeMail(*n.Mail))
		}
		if n.Read != nil {
			p.line(indent + p.words.Say(i18n.NoticeReadBy, "Name", plain(n.Read.By.Name), "Time", p.clock(n.Read.At)))
		}
	}
}

// noticeMail says how the mail to the support inbox stands.
func (p *reportCommands) noticeMail(m model.NoticeMail) string {
	reason := safe.LineN(m.Reason, plainCells)
	switch m.State {
	case model.Mailed:
		return p.words.Say(i18n.NoticeMailed, "Time", p.clock(m.At))
	case model.MailFailed:
		return p.words.Say(i18n.NoticeMailFailed, "Reason", reason)
	case model.MailWaiting:
	}
	if m.Tries > 0 {
		return p.words.Say(i18n.NoticeMailRetry, "Reason", reason)
	}
	return p.words.Say(i18n.NoticeMailWaiting)
}
