package crm

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/look"
	"parley/ui/overlay"
)

// mostEarlier is how many earlier conversations the panel shows.
const mostEarlier = 3

// earlierOf returns this user's other conversations that are linked to the same person, newest
// first.
func (m *panel) earlierOf(r inbox.Row) []inbox.Row {
	with := m.personOf(r)
	if with == nil {
		return nil
	}
	var out []inbox.Row
	for _, o := range m.Inbox.LinkedTo(*with) {
		if o.ID != r.ID && !m.Lost(o.ID) {
			out = append(out, o)
		}
	}
	return out
}

// earlier adds the person's other conversations: their dates and last messages.
func (p *panelText) earlier(r inbox.Row) {
	m, th := p.m, p.m.Look.Theme
	all := m.earlierOf(r)
	if len(all) == 0 {
		return
	}
	p.gap()
	p.heading(m.Say(i18n.EarlierHeading))
	for _, o := range all[:min(len(all), mostEarlier)] {
		day, gist := m.earlierLine(o)
		room := max(0, p.w-m.Look.Cells.Width(day)-2)
		p.lines = append(p.lines, th.Muted.Paint(m.Look.Fit(day+"  ", min(p.w, m.Look.Cells.Width(day)+2)))+th.Text.Paint(m.Look.Fit(gist, room)))
	}
	if n := len(all) - mostEarlier; n > 0 {
		p.line(m.Say(i18n.EarlierMore, "N", look.Thousands(n)), th.Muted)
	}
}

// earlierLine returns a conversation's date and last message.
func (m *prose) earlierLine(r inbox.Row) (day, gist string) {
	who, text := m.Look.Preview(r.Shown(), m.Inbox.User().ID)
	return m.Look.Date(m.Now(), r.UpdatedAt), m.Look.Cells.Apart(who + text)
}

// NeedsEarlier says why no other conversation of the person can be opened now.
func (m *panel) NeedsEarlier() string {
	r, ok := m.Current()
	switch {
	case !ok:
		return m.Say(i18n.WhyNoConversation)
	case len(m.earlierOf(r)) == 0:
		return m.Say(i18n.WhyNoEarlier)
	}
	return ""
}

// OpenEarlier opens another conversation of the same person; if there are several, it asks
// which.
func (m *panel) OpenEarlier() tea.Cmd {
	r, _ := m.Current()
	all := m.earlierOf(r)
	if len(all) == 1 {
		return m.conversations.Open(all[0].ID)
	}
	var options []overlay.Option
	for i, o := range all {
		day, gist := m.earlierLine(o)
		option := overlay.Option{ID: string(o.ID), Title: gist, Detail: day}
		if i < mostKeys {
			option.Key = strconv.Itoa(i + 1)
		}
		options = append(options, option)
	}
	c := overlay.NewChoice(m.Say(i18n.EarlierTitle, "Name", m.Look.Name(r.Customer)), options)
	m.lay(r.ID, c, func(a overlay.Action) tea.Cmd {
		chosen, ok := a.(overlay.Chosen)
		if !ok || m.Lost(model.ConversationID(chosen.ID)) {
			return nil
		}
		return m.conversations.Open(model.ConversationID(chosen.ID))
	})
	return nil
}
