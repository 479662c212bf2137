package ui

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/overlay"
)

// mostEarlier is how many earlier conversations the panel shows.
const mostEarlier = 3

// earlierOf are the other conversations with the person of a conversation that this user
// may see, the newest first: those that are linked to the same person.
func (m *Model) earlierOf(r inbox.Row) []inbox.Row {
	with := m.personOf(r)
	if with == nil {
		return nil
	}
	var out []inbox.Row
	for _, o := range m.inbox.LinkedTo(*with) {
		if o.ID != r.ID && !m.lost(o.ID) {
			out = append(out, o)
		}
	}
	return out
}

// earlier adds the person's other conversations: when they were, and what was said last.
func (p *panelText) earlier(r inbox.Row) {
	m, th := p.m, p.m.look.Theme
	all := m.earlierOf(r)
	if len(all) == 0 {
		return
	}
	p.gap()
	p.heading(m.say(i18n.EarlierHeading))
	for _, o := range all[:min(len(all), mostEarlier)] {
		day, gist := m.earlierLine(o)
		room := max(0, p.w-m.look.Cells.Width(day)-2)
		p.lines = append(p.lines, th.Muted.Paint(m.look.Fit(day+"  ", min(p.w, m.look.Cells.Width(day)+2)))+th.Text.Paint(m.look.Fit(gist, room)))
	}
	if n := len(all) - mostEarlier; n > 0 {
		p.line(m.say(i18n.EarlierMore, "N", group(n)), th.Muted)
	}
}

// earlierLine is a conversation in a few words.
func (m *Model) earlierLine(r inbox.Row) (day, gist string) {
	who, text := m.look.Preview(r.Shown(), m.inbox.User().ID)
	return m.look.Date(m.now(), r.UpdatedAt), m.look.Cells.Apart(who + text)
}

func (m *Model) needsEarlier() string {
	r, ok := m.current()
	switch {
	case !ok:
		return m.say(i18n.WhyNoConversation)
	case len(m.earlierOf(r)) == 0:
		return m.say(i18n.WhyNoEarlier)
	}
	return ""
}

// openEarlier opens another conversation of the same person; of several, it asks which.
func (m *Model) openEarlier() tea.Cmd {
	r, _ := m.current()
	all := m.earlierOf(r)
	if len(all) == 1 {
		return m.open(all[0].ID)
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
	c := overlay.NewChoice(m.say(i18n.EarlierTitle, "Name", m.look.Name(r.Customer)), options)
	m.layCRM(r.ID, c, func(a overlay.Action) tea.Cmd {
		chosen, ok := a.(overlay.Chosen)
		if !ok || m.lost(model.ConversationID(chosen.ID)) {
			return nil
		}
		return m.open(model.ConversationID(chosen.ID))
	})
	return nil
}
