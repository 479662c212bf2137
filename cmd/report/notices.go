package report

import (
	"context"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/cmd/cli"
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

func (p *commands) noticesCommand() *cobra.Command {
	var read bool
	cmd := listing(p.Program, "notices", i18n.NoticesShort, func(ctx context.Context, c *client.Client, q model.ListQuery) error {
		l, err := c.Notices(ctx, q)
		if err == nil && read {
			err = readAll(ctx, c, l.Notices)
		}
		if err != nil {
			return err
		}
		return p.Print(l, func() { p.noticeList(l) })
	})
	cmd.Flags().BoolVar(&read, "read", false, p.Words.Say(i18n.FlagNoticesRead))
	return cmd
}

// readAll marks the unread notices read, and updates the list.
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

func (p *commands) noticeList(l client.NoticeList) {
	if len(l.Notices) == 0 {
		p.Say(i18n.NoticesNone)
	}
	for _, n := range l.Notices {
		head := p.Clock(n.CreatedAt) + "  " + p.Words.Say(i18n.Notice(string(n.Kind)))
		if n.Read == nil {
			head += "  " + p.Words.Say(i18n.MailNoticeUnread)
		}
		p.Line(head)
		if reason := safe.LineN(n.Reason, cli.PlainCells); !reason.Empty() {
			p.Line(cli.Indent + reason.String())
		}
		if n.Mail != nil {
			p.Line(cli.Indent + p.noticeMail(*n.Mail))
		}
		if n.Read != nil {
			p.Line(cli.Indent + p.Words.Say(i18n.MailNoticeReadBy, "Name", cli.Plain(n.Read.By.Name), "Time", p.Clock(n.Read.At)))
		}
	}
}

// noticeMail words the state of the mail to the support inbox.
func (p *commands) noticeMail(m model.NoticeMail) string {
	reason := safe.LineN(m.Reason, cli.PlainCells)
	switch m.State {
	case model.Mailed:
		return p.Words.Say(i18n.MailStateMailed, "Time", p.Clock(m.At))
	case model.MailFailed:
		return p.Words.Say(i18n.MailStateFailed, "Reason", reason)
	case model.MailWaiting:
	}
	if m.Tries > 0 {
		return p.Words.Say(i18n.MailStateRetry, "Reason", reason)
	}
	return p.Words.Say(i18n.MailStateWaiting)
}
