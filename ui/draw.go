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
	"parley/ui/look"
	"parley/ui/overlay"
	"parley/ui/screen"
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
	if n := m.Inbox.Counts("").Unread; n > 0 {
		return "Parley (" + look.Thousands(n) + ")"
	}
	return "Parley"
}

// draw draws the screen.
func (m *Model) draw() {
	banner, bannerStyle := m.bannerText()
	m.Layout = screen.Arrange(m.W, m.H, screen.Arrangement{Focus: m.Focus, Panel: m.PanelShown(), Banner: banner != ""})
	var f frame
	m.frame = f
	if m.Layout.W == 0 || m.Layout.H == 0 {
		return
	}
	w := m.Layout.W
	lines := make([]string, 0, m.Layout.H)
	if m.Layout.Header {
		lines = append(lines, m.headerLine(w))
	}
	if m.Layout.Banner {
		lines = append(lines, bannerStyle.Paint(m.Look.Fit(" "+banner, w)))
	}
	if m.Layout.Filters {
		lines = append(lines, m.filterLine(w))
	}
	top := len(lines)
	lines = append(lines, m.panes(&f, top)...)
	if m.Layout.Footer {
		lines = append(lines, m.footerLine(w))
	}
	lines = m.laidOver(&f, lines)
	f.content = strings.Join(lines, "\n")
	m.frame = f
}

// panes are the lines between: the panes side by side.
func (m *Model) panes(f *frame, top int) []string {
	l := m.Layout
	var columns []column
	if l.List > 0 {
		m.list.SetSize(l.List, l.Body)
		lines, next := m.list.Lines(m.Look, list.Context{
			Now: m.Now(), Me: m.Inbox.User().ID, Focused: m.Focus == screen.PaneList && m.Overlaid() == nil,
			Draft: m.unfinished, Empty: m.emptyList(),
		})
		f.next = look.Earlier(f.next, next)
		columns = append(columns, column{l.List, lines})
	}
	if l.Thread > 0 {
		x := 0
		if l.List > 0 {
			x = l.List + screen.Separator
		}
		columns = append(columns, column{l.Thread, m.threadLines(f, l.Thread, l.Body, x, top)})
	}
	if l.Panel > 0 {
		r, _ := m.Inbox.Conversation(m.Shown)
		lines, next := m.crm.Panel(r, l.Panel, l.Body)
		f.next = look.Earlier(f.next, next)
		columns = append(columns, column{l.Panel, lines})
	}
	return m.beside(columns, l.Body)
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
	between := m.Look.Theme.Faint.Paint(m.Look.Theme.Column) + " "
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
	if m.Shown == "" {
		return m.nothingOpen(w, h)
	}
	// While its Page is read anew nothing is known of it but what was typed.
	r, known := m.Inbox.Conversation(m.Shown)
	m.setVerdict()
	// A blank column on either side, where there is room; the messages have their own.
	edge := look.Blank(min(1, w/3))
	inner := w - 2*len(edge)
	var lines []string
	for _, s := range m.heading(f, r, known, inner, h) {
		lines = append(lines, edge+s+edge)
	}
	m.box.SetWidth(inner)
	m.box.SetMaxHeight(max(2, h/3))
	composer := m.box.Lines(m.Focus == screen.PaneThread)
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
	if cx, cy, ok := m.box.Cursor(); ok && m.Overlaid() == nil {
		f.cursor = tea.NewCursor(x+len(edge)+cx, top+len(lines)+cy)
	}
	left := edge
	if m.noting() && edge != "" {
		left = m.Look.Theme.Warn.Paint(m.Look.Theme.Bar)
	}
	for _, c := range composer {
		lines = append(lines, left+c+edge)
	}
	for len(lines) < h {
		lines = append(lines, look.Blank(w))
	}
	return lines[:h]
}

// noting tells whether a note is being written.
func (m *Model) noting() bool { return m.box.IsOpen() && m.box.Note() }

// composerRule is the rule over the composer, which says if the newest messages are not
// on screen.
func (m *Model) composerRule(w int) string {
	th := m.Look.Theme
	if m.thread.AtBottom() {
		return th.Faint.Paint(m.Look.Rule(w))
	}
	s := m.Look.Cut(" "+m.Say(i18n.NewerBelow)+" "+th.Bullet+" "+m.KeyOf("last")+" ", w)
	left := (w - m.Look.Cells.Width(s)) / 2
	return th.Faint.Paint(m.Look.Rule(left)) + th.Muted.Paint(s) + th.Faint.Paint(m.Look.Rule(w-left-m.Look.Cells.Width(s)))
}

func (m *Model) messageLines(f *frame, r inbox.Row, w, h int) []string {
	m.thread.SetSize(w, h)
	if m.talk.stale || !m.Now().Before(m.talk.tomorrow) {
		m.talk.tomorrow = look.NextDay(m.Now().In(m.Look.Zone))
		m.thread.Set(m.Look, m.content(r))
		m.talk.stale = false
	}
	// Its day lines read otherwise from midnight on.
	f.next = look.Earlier(f.next, m.talk.tomorrow)
	return m.thread.Lines(m.Focus == screen.PaneThread && !m.box.IsOpen() && m.Overlaid() == nil)
}

// heading is what stands over the messages: who it is, and below who else is here.
func (m *Model) heading(f *frame, r inbox.Row, known bool, w, h int) []string {
	if h < headingFrom {
		return nil
	}
	others, until := m.lookers(r.ID)
	f.next = look.Earlier(f.next, until)
	switch {
	case !known && h < ruleFrom:
		return []string{look.Blank(w)}
	case !known:
		return []string{look.Blank(w), look.Blank(w)}
	case h < ruleFrom:
		return []string{m.headingLine(r, w, others)}
	}
	return []string{m.headingLine(r, w, ""), m.Look.Theme.Muted.Paint(m.Look.Fit(others, w))}
}

// headingLine names the customer, and says until when they can be answered; or, where
// that has no other place, who else is here.
func (m *Model) headingLine(r inbox.Row, w int, others string) string {
	th := m.Look.Theme
	until, style := "", th.Muted
	if r.Reply.Allowed && r.Reply.Until != nil {
		id := i18n.WindowUntil
		if r.Reply.Uncertain {
			id = i18n.WindowUncertain
		}
		until = m.Say(id, "Time", m.Look.Moment(m.Now(), *r.Reply.Until))
		style = list.LeftStyle(r.Reply.Until.Sub(m.Now()), th.Ink)
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

// headingAssignee says who looks after a conversation, where there is room and the panel
// does not say it.
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

// nothingOpen says what the conversation's place is for.
func (m *Model) nothingOpen(w, h int) []string {
	lines := make([]string, 0, h)
	for range max(0, h/2-1) {
		lines = append(lines, look.Blank(w))
	}
	if m.list.Len() == 0 { // the list says what this is for
		for len(lines) < h {
			lines = append(lines, look.Blank(w))
		}
		return lines[:h]
	}
	th := m.Look.Theme
	for i, s := range []string{m.Say(i18n.EmptyThread), m.Say(i18n.EmptyThreadKeys, "Key", m.KeyOf("open"))} {
		style := th.Muted
		if i == 1 {
			style = th.Faint
		}
		s = m.Look.Cut(s, w)
		n := m.Look.Cells.Width(s)
		lines = append(lines, look.Blank((w-n)/2)+style.Paint(s)+look.Blank(w-n-(w-n)/2))
	}
	for len(lines) < h {
		lines = append(lines, look.Blank(w))
	}
	return lines[:h]
}

// emptyList is what an empty list says: what it is for, and the key that starts it.
func (m *Model) emptyList() []string {
	switch {
	case m.search.loading:
		return []string{m.Say(i18n.SearchGoesOn)}
	case m.search.active():
		return []string{m.Say(i18n.EmptySearch), m.Say(i18n.EmptySearchKeys)}
	case !m.Live() && !m.Inbox.AllComplete():
		return []string{m.Say(i18n.StateConnecting)}
	case !m.Inbox.AllComplete():
		return []string{m.Say(i18n.StateReading)}
	case len(m.SeenPages()) == 0:
		return m.page.NothingSeen()
	}
	if lost := m.page.LostPage(); lost != nil && m.Inbox.Counts("").All == 0 {
		return lost
	}
	return []string{m.Say(i18n.EmptyFilter(string(m.Query.Filter))), m.Say(i18n.EmptyKeys, "Key", m.KeyOf("next_filter"))}
}

// leastPalette is how many lines the palette takes where there are as many; with more,
// it leaves a third of what it lies over to be seen.
const leastPalette = 16

// pickerHeight is how many lines the picker takes, whatever was found.
const pickerHeight = 24

// laidOver puts what lies over the screen on it.
func (m *Model) laidOver(f *frame, lines []string) []string {
	o := m.Overlaid()
	if o == nil {
		return lines
	}
	// The first and the last line stay to be seen where there is room.
	w, h, from := m.Layout.W, len(lines), 0
	if m.Layout.Footer {
		from, h = 1, h-2
	}
	room := h
	switch o.(type) {
	case *overlay.Palette:
		room = max(min(h, leastPalette), h*2/3)
	case *overlay.Picker:
		room = min(h, pickerHeight)
	}
	box := o.Lines(m.Look, w, room)
	if len(box) == 0 {
		return lines
	}
	bw := m.Look.Cells.Width(ansi.Strip(box[0]))
	x, y := max(0, (w-bw)/2), from+max(0, (h-len(box))/3)
	f.cursor = nil
	if cx, cy, ok := o.Cursor(); ok {
		f.cursor = tea.NewCursor(x+cx, y+cy)
	}
	return overlay.Over(m.Look.Cells, lines, box, x, y)
}

// setVerdict tells the composer whether a reply is allowed now.
func (m *Model) setVerdict() {
	r, ok := m.Inbox.Conversation(m.box.Conversation())
	if !ok {
		return
	}
	reason := ""
	if p, ok := m.Inbox.Page(r.PageID); ok && p.Restricted != nil {
		reason = m.Look.Line(p.Restricted.Reason)
	}
	v := r.Reply
	if v.Code == model.WindowClosed {
		v.Until = r.ClosedAt() // since when, for the words
	}
	m.box.SetVerdict(m.Now(), m.Look.Name(r.Customer), v, reason)
	m.box.SetQuote(m.quoted())
	m.box.SetFiles(m.attachedLine())
}

// nextChange is when something on screen changes by time alone.
func (m *Model) nextChange() time.Time {
	next := m.frame.next
	if !m.Inbox.Now().IsZero() {
		next = look.Earlier(next, m.Inbox.Next())
	}
	return look.Earlier(look.Earlier(next, m.SaidUntil()), m.toldUntil())
}
