package app

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	list "parley/ui/inbox"
	"parley/ui/look"
	"parley/ui/pointer"
	"parley/ui/screen"
)

// frame is the screen as it was drawn last.
type frame struct {
	screen.Frame
	content string
}

// View implements [tea.Model]. What it shows was drawn at the end of Update.
func (m *Model) View() tea.View {
	v := tea.NewView(m.frame.content)
	v.AltScreen = true
	v.ReportFocus = true
	v.KeyboardEnhancements.ReportAlternateKeys = true
	v.Cursor = m.frame.Cursor
	v.BackgroundColor = m.Look.Theme.Background
	v.MouseMode = m.pointer.Mode()
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
	head := header{m.Screen, m.page}
	banner, bannerStyle := head.banner()
	m.Layout = screen.Arrange(m.W, m.H, screen.Arrangement{Focus: m.Focus, Panel: m.PanelShown(), Banner: banner != "", Guide: m.guideline.Shown(), Widths: m.Widths})
	at := pointer.Lines{Filters: -1, Footer: -1}
	var f frame
	m.frame = f
	f.Until(head.nextSecond())
	if m.Layout.W == 0 || m.Layout.H == 0 {
		return
	}
	w := m.Layout.W
	lines := make([]string, 0, m.Layout.H)
	if m.Layout.Header {
		lines = append(lines, head.line(w))
	}
	if m.Layout.Banner {
		lines = append(lines, bannerStyle.Paint(m.Look.Fit(" "+banner, w)))
	}
	if m.Layout.Filters {
		at.Filters = len(lines)
		lines = append(lines, m.inbox.FilterLine(w))
	}
	at.Body = len(lines)
	lines = append(lines, m.body(&f, at.Body)...)
	if m.Layout.Guide {
		lines = append(lines, m.guideline.Line(w))
	}
	if m.Layout.Footer {
		at.Footer = len(lines)
		lines = append(lines, footer{m.Screen, m.commands, m.inbox, m.writer, m.crm, m.snippets, m.pointer}.line(w))
	}
	lines = m.laidOver(&f, lines)
	m.pointer.Drawn(at)
	f.content = strings.Join(lines, "\n")
	m.frame = f
}

// body are the lines between: the panes side by side.
func (m *Model) body(f *frame, top int) []string {
	l := m.Layout
	var columns []column
	if l.List > 0 {
		m.inbox.List.SetSize(l.List, l.Body)
		lines, next := m.inbox.List.Lines(m.Look, list.Context{
			Now: m.Now(), Me: m.Inbox.User().ID, Focused: m.Focus == screen.PaneList && m.Overlaid() == nil,
			Draft: m.writer.Unfinished, Empty: m.emptyList(f),
		})
		f.Until(next)
		columns = append(columns, column{l.List, lines})
	}
	if l.Thread > 0 {
		x := 0
		if l.List > 0 {
			x = l.List + screen.Separator
		}
		var lines []string
		if m.Shown == "" {
			var next time.Time
			lines, next = m.inbox.Agenda.Lines(l.Thread, l.Body)
			f.Until(next)
		} else {
			m.inbox.Agenda.Leave()
			lines = m.conversation.Lines(&f.Frame, l.Thread, l.Body, x, top)
		}
		columns = append(columns, column{l.Thread, lines})
	}
	if l.Panel > 0 {
		r, _ := m.Inbox.Conversation(m.Shown)
		lines, next := m.crm.Panel(r, l.Panel, l.Body)
		f.Until(next)
		columns = append(columns, column{l.Panel, lines})
	}
	return beside(m.Look.Theme.Faint.Paint(m.Look.Theme.Column)+" ", columns, l.Body)
}

// column is a pane as it was drawn: lines of that width.
type column struct {
	w     int
	lines []string
}

// beside puts columns side by side.
func beside(between string, columns []column, h int) []string {
	if len(columns) == 1 {
		return columns[0].lines
	}
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

// emptyList is what an empty list says: what it is for, and the key that starts it.
func (m *Model) emptyList(f *frame) []look.Piece {
	if m.inbox.List.Len() > 0 {
		return nil
	}
	th := m.Look.Theme
	if m.Layout.Thread == 0 && !m.inbox.Search.Active() { // else the pane beside it says so
		zero, next := m.inbox.Agenda.Zero()
		f.Until(next)
		if zero != nil {
			return zero
		}
	}
	var out []look.Piece
	for i, s := range m.emptyListSays() {
		style := th.Text
		if i > 0 {
			style = th.Muted
		}
		out = append(out, look.Piece{Text: s, Style: style})
	}
	return out
}

func (m *Model) emptyListSays() []string {
	switch {
	case m.inbox.Search.Loading:
		return []string{m.Say(i18n.SearchGoesOn)}
	case m.inbox.Search.Active():
		return []string{m.Say(i18n.EmptySearch), m.Say(i18n.EmptySearchKeys, "Key", m.KeyOf("back"))}
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
	if said := m.inbox.EmptyView(); said != nil {
		return said
	}
	return []string{m.Say(i18n.EmptyFilter(string(m.Query.Filter))), m.Say(i18n.EmptyKeys, "Key", m.KeyOf("next_filter"))}
}

// nextChange is when something on screen changes by time alone.
func (m *Model) nextChange() time.Time {
	next := m.frame.Next
	if !m.Inbox.Now().IsZero() {
		next = look.Earlier(next, m.Inbox.Next())
	}
	next = look.Earlier(next, m.writer.Hold.Next())
	next = look.Earlier(next, m.alerts.Next())
	return look.Earlier(look.Earlier(next, m.SaidNext()), m.presence.ToldUntil())
}
