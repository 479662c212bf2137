package conversation

import (
	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model/inbox"
	"parley/ui/look"
	"parley/ui/screen"
)

// How many lines the conversation's pane needs to have a heading, and a rule below it.
const (
	headingFrom = 6
	ruleFrom    = 12
)

// Drawn is on which lines of the conversation's pane its parts were drawn last.
type Drawn struct {
	// Messages is where the messages begin, Below the line after them, Composer the composer's
	// first.
	Messages, Below, Composer int
}

// Lines draws the conversation's pane: heading, messages, composer.
func (m *Model) Lines(f *screen.Frame, w, h, x, top int) []string {
	// While its Page is reloaded, only the typed text is known.
	r, known := m.Inbox.Conversation(m.Shown)
	m.writer.setVerdict()
	if u := r.Reply.Until; m.writer.Box.IsOpen() && r.Reply.Allowed && u != nil {
		_, changes := m.Look.LeftSaid(m.Now(), *u, r.Reply.Uncertain)
		f.Until(changes)
	}
	// A blank column on either side, if there is room; the messages have their own.
	edge := look.Blank(min(1, w/3))
	inner := w - 2*len(edge)
	var lines []string
	for _, s := range m.heading(f, r, known, inner, h) {
		lines = append(lines, edge+s+edge)
	}
	m.writer.Box.SetWidth(inner)
	m.writer.Box.SetMaxHeight(max(2, h/3))
	composer := m.writer.Box.Lines(m.Focus == screen.PaneThread)
	room := h - len(lines) - len(composer)
	if h >= ruleFrom {
		room--
	}
	if room < 1 { // only the composer, as far as it fits
		composer = composer[:max(0, min(len(composer), h))]
		lines, room = nil, max(0, h-len(composer))
	}
	m.Drawn.Messages = len(lines)
	lines = append(lines, m.messageLines(f, r, w, room)...)
	m.Drawn.Below = len(lines)
	if h >= ruleFrom {
		lines = append(lines, edge+m.composerRule(inner)+edge)
	}
	if cx, cy, ok := m.writer.Box.Cursor(); ok && m.Overlaid() == nil {
		f.Cursor = tea.NewCursor(x+len(edge)+cx, top+len(lines)+cy)
	}
	m.Drawn.Composer = len(lines)
	left, right := edge, edge
	if edge != "" {
		left, right = m.writer.Box.Bar()
	}
	for _, c := range composer {
		lines = append(lines, left+c+right)
	}
	for len(lines) < h {
		lines = append(lines, look.Blank(w))
	}
	return lines[:h]
}

// composerRule is the rule above the composer, which says if the newest messages are not on
// screen.
func (m *Model) composerRule(w int) string {
	th := m.Look.Theme
	if m.Thread.AtBottom() {
		return th.Faint.Paint(m.Look.Rule(w))
	}
	s := m.Look.Cut(" "+m.Say(i18n.NewerBelow)+" "+th.Bullet+" "+m.KeyOf("last")+" ", w)
	left := (w - m.Look.Cells.Width(s)) / 2
	return th.Faint.Paint(m.Look.Rule(left)) + th.Muted.Paint(s) + th.Faint.Paint(m.Look.Rule(w-left-m.Look.Cells.Width(s)))
}

func (m *Model) messageLines(f *screen.Frame, r inbox.Row, w, h int) []string {
	m.Thread.SetSize(w, h)
	if next := m.writer.Hold.nextSecond(m.Shown); !next.IsZero() {
		m.talk.stale = true // it counts down
		f.Until(next)
	}
	if m.talk.stale || !m.Now().Before(m.talk.tomorrow) {
		m.talk.tomorrow = look.NextDay(m.Now().In(m.Look.Zone))
		m.Thread.Set(m.Look, m.content(r))
		m.talk.stale = false
	}
	// Its day lines change at midnight.
	f.Until(m.talk.tomorrow)
	return m.Thread.Lines(m.Focus == screen.PaneThread && !m.writer.Box.IsOpen() && m.Overlaid() == nil)
}

// heading returns the lines above the messages: the customer, and below who else is here.
func (m *Model) heading(f *screen.Frame, r inbox.Row, known bool, w, h int) []string {
	if h < headingFrom {
		return nil
	}
	others, until := m.presence.Lookers(r.ID)
	if writing, _ := m.presence.Writers(r.ID); writing != "" && m.writer.Box.IsOpen() {
		others = "" // the composer says it
	}
	f.Until(until)
	switch {
	case !known && h < ruleFrom:
		return []string{look.Blank(w)}
	case !known:
		return []string{look.Blank(w), look.Blank(w)}
	case h < ruleFrom:
		return []string{m.headingLine(r, w, others)}
	}
	return []string{m.headingLine(r, w, ""), m.below(r, w, others)}
}

// below is the line below the customer: who else is here at the left, the labels at the right;
// alone, they are at the left.
func (m *Model) below(r inbox.Row, w int, others string) string {
	th, gap := m.Look.Theme, 0
	others = m.Look.Cut(others, w)
	used := m.Look.Cells.Width(others)
	if used > 0 {
		gap = 2
	}
	labels, wide := m.Look.Labels(th.Ink, r.Labels, w-used-gap)
	blank := look.Blank(w - used - wide)
	if used == 0 {
		return labels + blank
	}
	return th.Muted.Paint(others) + blank + labels
}

// headingLine names the customer, and says until when they can be answered; or who else is
// here, if that has no line of its own.
func (m *Model) headingLine(r inbox.Row, w int, others string) string {
	th := m.Look.Theme
	until, style := "", th.Muted
	if r.Reply.Allowed && r.Reply.Until != nil {
		id := i18n.WindowUntil
		if r.Reply.Uncertain {
			id = i18n.WindowUncertain
		}
		until = m.Say(id, "Time", m.Look.Moment(m.Now(), *r.Reply.Until))
		style = look.UrgencyOf(r.Reply.Until.Sub(m.Now())).Style(th.Ink)
	} else if !r.Reply.Allowed {
		until, style = m.Say(i18n.Blocked(string(r.Reply.Code))), th.Faint
	}
	if others != "" {
		until, style = others, th.Muted
	}
	name := m.Look.Name(r.Customer)
	if n := m.Look.Cells.Width(until); w-n-2 < 8 {
		until = ""
	}
	room := w - m.Look.Cells.Width(until) - 2
	name = m.Look.Cut(name, room)
	room -= m.Look.Cells.Width(name)
	whose := m.headingAssignee(r, room)
	return th.Strong.Paint(name) + th.Muted.Paint(whose) + look.Blank(room+2-m.Look.Cells.Width(whose)) + style.Paint(until)
}

// headingAssignee names a conversation's assignee, if there is room and the panel does not.
func (m *Model) headingAssignee(r inbox.Row, room int) string {
	if r.Assignee == nil || m.Layout.Panel > 0 {
		return ""
	}
	s := "  " + m.Say(i18n.PanelAssigned, "Name", m.Look.Ours(r.Assignee.Name))
	if m.Look.Cells.Width(s) > room {
		return ""
	}
	return s
}
