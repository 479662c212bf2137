package page

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// OpenNotices shows what Facebook said about the Pages, and what to do about it, newest first.
// Showing notices marks them read for the whole team.
func (m *Model) OpenNotices() tea.Cmd {
	s := overlay.Section{}
	var unread []model.Notice
	for _, n := range m.Inbox.Notices() {
		if n.Read == nil {
			unread = append(unread, n)
		}
		s.Paragraphs = append(s.Paragraphs, m.noticeParagraph(n))
	}
	if len(s.Paragraphs) == 0 {
		s.Paragraphs = append(s.Paragraphs, overlay.Paragraph{Answer: m.Say(i18n.NoticesNone)})
	}
	m.Lay(overlay.NewHelp(m.Say(i18n.NoticesTitle), []overlay.Section{s}), nil)
	if len(unread) == 0 {
		return nil
	}
	return m.readNotices(unread)
}

// noticeParagraph says when, where and what; then why, what to do, and who knows.
func (m *Model) noticeParagraph(n model.Notice) overlay.Paragraph {
	p, _ := m.Inbox.Page(n.PageID)
	head := m.Look.Moment(m.Now(), n.CreatedAt) + "  " + m.Look.Line(p.Name)
	if n.Read == nil {
		head = m.Look.Theme.Unread + " " + head + "  " + m.Say(i18n.MailNoticeUnread)
	}
	said := m.Say(i18n.Notice(string(n.Kind)))
	if n.Policy() { // these are not whole sentences
		said += m.Say(i18n.MailNoticeStop)
	}
	if r := m.Look.Line(n.Reason); r != "" {
		said += "\n" + m.Say(i18n.RestrictedReason, "Reason", r)
	}
	for _, more := range []string{m.noticeDo(n), m.noticeMail(n)} {
		if more != "" {
			said += "\n" + more
		}
	}
	return overlay.Paragraph{Question: head, Answer: said}
}

// noticeDo says what to do about a notice, if anything.
func (m *Model) noticeDo(n model.Notice) string {
	if p, _ := m.Inbox.Page(n.PageID); n.Kind == model.NoticePolicyBlock && p.Restricted == nil {
		return m.Say(i18n.MailNoticeOver)
	}
	if id := i18n.NoticeDo(string(n.Kind)); m.Look.Words.Has(id) {
		return m.Say(id)
	}
	return "" // the notice itself says what to do
}

// noticeMail words the state of the mail to the support inbox.
func (m *Model) noticeMail(n model.Notice) string {
	if n.Mail == nil {
		return ""
	}
	switch n.Mail.State {
	case model.Mailed:
		return m.Say(i18n.MailStateMailed, "Time", m.Look.Moment(m.Now(), n.Mail.At))
	case model.MailFailed:
		return m.Say(i18n.MailStateFailed, "Reason", m.Look.Line(n.Mail.Reason))
	case model.MailWaiting:
	}
	if n.Mail.Tries > 0 {
		return m.Say(i18n.MailStateRetry, "Reason", m.Look.Line(n.Mail.Reason))
	}
	return m.Say(i18n.MailStateWaiting)
}

// noticesRead is the result of marking notices read. The stream brings the notices.
type noticesRead struct{ err error }

func (m *Model) readNotices(list []model.Notice) tea.Cmd {
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		for _, n := range list {
			if _, err := hub.ReadNotice(ctx, n.PageID, n.ID); err != nil {
				return noticesRead{err}
			}
		}
		return noticesRead{}
	})
}

func (m *Model) noticesRead(r noticesRead) {
	if r.err != nil {
		m.Notify(m.Explain(r.err))
	}
}

// NoticeBanner returns the newest policy notice that nobody has read; "" if there is none.
func (m *Model) NoticeBanner() string {
	for _, n := range m.Inbox.Notices() {
		if n.Read != nil || !n.Policy() || m.Query.Page != "" && n.PageID != m.Query.Page {
			continue
		}
		p, ok := m.Inbox.Page(n.PageID)
		if !ok {
			continue
		}
		return m.Say(i18n.MailNoticesBanner, "Page", m.Look.Line(p.Name), "Notice", m.Say(i18n.Notice(string(n.Kind))), "Key", m.KeyOf("notices"))
	}
	return ""
}
