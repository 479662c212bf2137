package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	list "parley/ui/inbox"
	"parley/ui/overlay"
)

// frame is the screen as it was drawn last.
type frame struct {
	content string
	cursor  *tea.Cursor
	// next is when something on it reads otherwise; zero if nothing does by itself.
	next time.Time
}

// View implements [tea.Model]. What it shows was drawn at the end of Update.
func (m *Model) View() tea.View {
	v := tea.NewView(m.frame.content)
	v.AltScreen = true
	v.ReportFocus = true
	v.KeyboardEnhancements.ReportAlternateKeys = true
	v.Cursor = m.frame.cursor
	v.WindowTitle = m.title()
	return v
}

// title is the window's: a name and a number of ours, never a customer's text.
func (m *Model) title() string {
	if n := m.inbox.Counts("").Unread; n > 0 {
		return "Parley (" + group(n) + ")"
	}
	return "Parley"
}

// draw draws the screen.
func (m *Model) draw() {
	banner, bannerStyle := m.bannerText()
	m.layout = arrange(m.w, m.h, arrangement{focus: m.focus, panel: m.panel(), banner: banner != ""})
	var f frame
	m.frame = f
	if m.layout.w == 0 || m.layout.h == 0 {
		return
	}
	w := m.layout.w
	lines := make([]string, 0, m.layout.h)
	if m.layout.header {
		lines = append(lines, m.headerLine(w))
	}
	if m.layout.banner {
		lines = append(lines, bannerStyle.Paint(m.look.Fit(" "+banner, w)))
	}
	if m.layout.filters {
		lines = append(lines, m.filterLine(w))
	}
	top := len(lines)
	lines = append(lines, m.panes(&f, top)...)
	if m.layout.footer {
		lines = append(lines, m.footerLine(w))
	}
	lines = m.laidOver(&f, lines)
	f.content = strings.Join(lines, "\n")
	m.frame = f
}

// panes are the lines between: the panes side by side.
func (m *Model) panes(f *frame, top int) []string {
	l := m.layout
	var columns []column
	if l.list > 0 {
		m.list.SetSize(l.list, l.body)
		lines, next := m.list.Lines(m.look, list.Context{
			Now: m.now(), Me: m.inbox.User().ID, Focused: m.focus == paneList && m.overlaid() == nil,
			Draft: m.unfinished, Empty: m.emptyList(),
		})
		f.next = earlier(f.next, next)
		columns = append(columns, column{l.list, lines})
	}
	if l.thread > 0 {
		x := 0
		if l.list > 0 {
			x = l.list + separator
		}
		columns = append(columns, column{l.thread, m.threadLines(f, l.thread, l.body, x, top)})
	}
	if l.panel > 0 {
		r, _ := m.inbox.Conversation(m.shown)
		lines, next := m.panelLines(r, l.panel, l.body)
		f.next = earlier(f.next, next)
		columns = append(columns, column{l.panel, lines})
	}
	return m.beside(columns, l.body)
}

// column is a pane as it was drawn: lines of that width.
type column struct {
	w     int
	lines []string
}

// beside puts columns side by side, parted by a faint line.
func (m *Model) beside(columns []column, h int) []string {
	if len(columns) == 1 {
		return columns[0].lines
	}
	between := m.look.Theme.Faint.Paint(m.look.Theme.Column) + " "
	out := make([]string, h)
	var b strings.Builder
	for y := range out {
		b.Reset()
		for i, c := range columns {
			if i > 0 {
				b.WriteString(between)
			}
			b.WriteString(c.lines[y])
		}
		out[y] = b.String()
	}
	return out
}

// The least lines of a conversation's pane at which it has a heading, and at which that
// is parted by a rule.
const (
	headingFrom = 6
	ruleFrom    = 12
)

// threadLines is the conversation's pane: heading, messages, composer.
func (m *Model) threadLines(f *frame, w, h, x, top int) []string {
	if m.shown == "" {
		return m.nothingOpen(w, h)
	}
	// While its Page is read anew nothing is known of it but what was typed.
	r, known := m.inbox.Conversation(m.shown)
	m.setVerdict()
	// A blank column on either side, where there is room; the messages have their own.
	edge := blank(min(1, w/3))
	inner := w - 2*len(edge)
	var lines []string
	for _, s := range m.heading(f, r, known, inner, h) {
		lines = append(lines, edge+s+edge)
	}
	m.box.SetWidth(inner)
	m.box.SetMaxHeight(max(2, h/3))
	composer := m.box.Lines(m.focus == paneThread)
	room := h - len(lines) - len(composer)
	if h >= ruleFrom {
		room--
	}
	if room < 1 { // the composer alone, as far as it goes
		composer = composer[:max(0, min(len(composer), h))]
		lines, room = nil, max(0, h-len(composer))
	}
	lines = append(lines, m.messageLines(f, r, w, room)...)
	if h >= ruleFrom {
		lines = append(lines, edge+m.composerRule(inner)+edge)
	}
	if cx, cy, ok := m.box.Cursor(); ok && m.overlaid() == nil {
		f.cursor = tea.NewCursor(x+len(edge)+cx, top+len(lines)+cy)
	}
	left := edge
	if m.noting() && edge != "" {
		left = m.look.Theme.Warn.Paint(m.look.Theme.Bar)
	}
	for _, c := range composer {
		lines = append(lines, left+c+edge)
	}
	for len(lines) < h {
		lines = append(lines, blank(w))
	}
	return lines[:h]
}

// noting tells whether a note is being written.
func (m *Model) noting() bool { return m.box.IsOpen() && m.box.Note() }

// composerRule is the rule over the composer, which says if the newest messages are not
// on screen.
func (m *Model) composerRule(w int) string {
	th := m.look.Theme
	if m.thread.AtBottom() {
		return th.Faint.Paint(m.look.Rule(w))
	}
	s := m.look.Cut(" "+m.say(i18n.NewerBelow)+" "+th.Bullet+" "+m.keyOf("last")+" ", w)
	left := (w - m.look.Cells.Width(s)) / 2
	return th.Faint.Paint(m.look.Rule(left)) + th.Muted.Paint(s) + th.Faint.Paint(m.look.Rule(w-left-m.look.Cells.Width(s)))
}

// nextDay is the midnight after a time, where the time is.
func nextDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, t.Location())
}

func (m *Model) messageLines(f *frame, r inbox.Row, w, h int) []string {
	m.thread.SetSize(w, h)
	if m.talk.stale || !m.now().Before(m.talk.tomorrow) {
		m.talk.tomorrow = nextDay(m.now().In(m.look.Zone))
		m.thread.Set(m.look, m.content(r))
		m.talk.stale = false
	}
	// Its day lines read otherwise from midnight on.
	f.next = earlier(f.next, m.talk.tomorrow)
	return m.thread.Lines(m.focus == paneThread && !m.box.IsOpen() && m.overlaid() == nil)
}

// heading is what stands over the messages: who it is, and below who else is here.
func (m *Model) heading(f *frame, r inbox.Row, known bool, w, h int) []string {
	if h < headingFrom {
		return nil
	}
	others, until := m.lookers(r.ID)
	f.next = earlier(f.next, until)
	switch {
	case !known && h < ruleFrom:
		return []string{blank(w)}
	case !known:
		return []string{blank(w), blank(w)}
	case h < ruleFrom:
		return []string{m.headingLine(r, w, others)}
	}
	return []string{m.headingLine(r, w, ""), m.look.Theme.Muted.Paint(m.look.Fit(others, w))}
}

// headingLine names the customer, and says until when they can be answered; or, where
// that has no other place, who else is here.
func (m *Model) headingLine(r inbox.Row, w int, others string) string {
	th := m.look.Theme
	until, style := "", th.Muted
	if r.Reply.Allowed && r.Reply.Until != nil {
		id := i18n.WindowUntil
		if r.Reply.Uncertain {
			id = i18n.WindowUncertain
		}
		until = m.say(id, "Time", m.look.Moment(m.now(), *r.Reply.Until))
		style = list.LeftStyle(r.Reply.Until.Sub(m.now()), th.Ink)
	} else if !r.Reply.Allowed {
		until, style = m.say(i18n.Blocked(string(r.Reply.Code))), th.Faint
	}
	if others != "" {
		until, style = others, th.Muted
	}
	name := m.look.Name(r.Customer)
	if n := m.look.Cells.Width(until); w-n-2 < 8 {
		until = ""
	}
	room := w - m.look.Cells.Width(until) - 2
	name = m.look.Cut(name, room)
	room -= m.look.Cells.Width(name)
	whose := m.headingAssignee(r, room)
	return th.Strong.Paint(name) + th.Muted.Paint(whose) + blank(room+2-m.look.Cells.Width(whose)) + style.Paint(until)
}

// headingAssignee says who looks after a conversation, where there is room and the panel
// does not say it.
func (m *Model) headingAssignee(r inbox.Row, room int) string {
	if r.Assignee == nil || m.layout.panel > 0 {
		return ""
	}
	s := "  " + m.say(i18n.PanelAssigned, "Name", m.look.Ours(r.Assignee.Name))
	if m.look.Cells.Width(s) > room {
		return ""
	}
	return s
}

// nothingOpen says what the conversation's place is for.
func (m *Model) nothingOpen(w, h int) []string {
	lines := make([]string, 0, h)
	for range max(0, h/2-1) {
		lines = append(lines, blank(w))
	}
	if m.list.Len() == 0 { // the list says what this is for
		for len(lines) < h {
			lines = append(lines, blank(w))
		}
		return lines[:h]
	}
	th := m.look.Theme
	for i, s := range []string{m.say(i18n.EmptyThread), m.say(i18n.EmptyThreadKeys, "Key", m.keyOf("open"))} {
		style := th.Muted
		if i == 1 {
			style = th.Faint
		}
		s = m.look.Cut(s, w)
		n := m.look.Cells.Width(s)
		lines = append(lines, blank((w-n)/2)+style.Paint(s)+blank(w-n-(w-n)/2))
	}
	for len(lines) < h {
		lines = append(lines, blank(w))
	}
	return lines[:h]
}

// emptyList is what an empty list says: what it is for, and the key that starts it.
func (m *Model) emptyList() []string {
	switch {
	case m.search.loading:
		return []string{m.say(i18n.SearchGoesOn)}
	case m.search.active():
		return []string{m.say(i18n.EmptySearch), m.say(i18n.EmptySearchKeys)}
	case !m.live() && !m.inbox.AllComplete():
		return []string{m.say(i18n.StateConnecting)}
	case !m.inbox.AllComplete():
		return []string{m.say(i18n.StateReading)}
	case len(m.seenPages()) == 0:
		return m.nothingSeen()
	}
	if lost := m.lostPage(); lost != nil && m.inbox.Counts("").All == 0 {
		return lost
	}
	return []string{m.say(i18n.EmptyFilter(string(m.query.Filter))), m.say(i18n.EmptyKeys, "Key", m.keyOf("next_filter"))}
}

// leastPalette is how many lines the palette takes where there are as many; with more,
// it leaves a third of what it lies over to be seen.
const leastPalette = 16

// pickerHeight is how many lines the picker takes, whatever was found.
const pickerHeight = 24

// laidOver puts what lies over the screen on it.
func (m *Model) laidOver(f *frame, lines []string) []string {
	o := m.overlaid()
	if o == nil {
		return lines
	}
	// The first and the last line stay to be seen where there is room.
	w, h, from := m.layout.w, len(lines), 0
	if m.layout.footer {
		from, h = 1, h-2
	}
	room := h
	switch o.(type) {
	case *overlay.Palette:
		room = max(min(h, leastPalette), h*2/3)
	case *overlay.Picker:
		room = min(h, pickerHeight)
	}
	box := o.Lines(m.look, w, room)
	if len(box) == 0 {
		return lines
	}
	bw := m.look.Cells.Width(ansi.Strip(box[0]))
	x, y := max(0, (w-bw)/2), from+max(0, (h-len(box))/3)
	f.cursor = nil
	if cx, cy, ok := o.Cursor(); ok {
		f.cursor = tea.NewCursor(x+cx, y+cy)
	}
	return overlay.Over(m.look.Cells, lines, box, x, y)
}

// setVerdict tells the composer whether a reply is allowed now.
func (m *Model) setVerdict() {
	r, ok := m.inbox.Conversation(m.box.Conversation())
	if !ok {
		return
	}
	reason := ""
	if p, ok := m.inbox.Page(r.PageID); ok && p.Restricted != nil {
		reason = m.look.Line(p.Restricted.Reason)
	}
	v := r.Reply
	if v.Code == model.WindowClosed {
		v.Until = r.ClosedAt() // since when, for the words
	}
	m.box.SetVerdict(m.now(), m.look.Name(r.Customer), v, reason)
	m.box.SetQuote(m.quoted())
	m.box.SetFiles(m.attachedLine())
}

// nextChange is when something on screen changes by time alone.
func (m *Model) nextChange() time.Time {
	next := m.frame.next
	if !m.inbox.Now().IsZero() {
		next = earlier(next, m.inbox.Next())
	}
	return earlier(earlier(next, m.saidUntil()), m.toldUntil())
}

// earlier returns the earlier of two times, of which a zero one is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
