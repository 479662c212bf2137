// Package pointer is what the mouse does to each part of the screen. Where the parts are is taken
// from what they say they drew; package mouse finds out which of them a press is about.
//
// A click does what a key does, and no more: it selects, opens, gives a pane the keys, or runs a
// command. Nothing that a customer wrote can be run by one.
package pointer

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/conversation"
	"parley/ui/crm"
	"parley/ui/inbox"
	"parley/ui/mouse"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// Parts are the parts of the screen.
type Parts struct {
	Inbox        *inbox.Model
	Conversation *conversation.Model
	Writer       *conversation.Writer
	CRM          *crm.Model
	// Run runs a command by its id, or says why it can't be.
	Run func(id string) tea.Cmd
}

// Model is the mouse.
type Model struct {
	*screen.Screen
	parts Parts
	mouse mouse.Model
	// off: the mouse is the terminal's.
	off bool
	// Footer is where the commands stand in the footer.
	Footer []mouse.Spot
	// Sheet is where what lies over the screen was drawn last.
	Sheet Sheet

	zones []mouse.Zone
}

// Sheet is where an overlay is drawn.
type Sheet struct{ X, Y, W, H int }

// Lines are on which lines of the screen its parts are drawn; -1: it is not shown.
type Lines struct{ Filters, Body, Footer int }

// New returns a mouse; off: it is the terminal's.
func New(s *screen.Screen, p Parts, off bool) *Model {
	return &Model{Screen: s, parts: p, off: off}
}

// Mode is what the terminal is asked to report.
func (m *Model) Mode() tea.MouseMode {
	if m.off {
		return tea.MouseModeNone
	}
	return tea.MouseModeCellMotion
}

// Turn gives the mouse to the terminal, or takes it back.
func (m *Model) Turn() tea.Cmd {
	m.off = !m.off
	m.mouse = mouse.Model{}
	said := i18n.MouseOn
	if m.off {
		said = i18n.MouseOff
	}
	m.Notify(m.Say(said, "Key", m.KeyOf("mouse")))
	return m.Keep("mouse", !m.off)
}

// Update handles a message of the mouse.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	if m.off {
		return nil // it was pressed before the terminal heard of it
	}
	cmd, moved := m.mouse.Update(m.Clock.Local(), msg)
	if moved {
		m.Notify(m.Say(i18n.MouseMoved))
	}
	return cmd
}

// Drawn takes where everything was drawn.
func (m *Model) Drawn(at Lines) {
	m.zones = m.zones[:0]
	if o := m.Overlaid(); o != nil {
		m.overlaid(o)
	} else {
		m.lines(at)
		m.panes(at.Body)
	}
	m.mouse.Drawn(m.Clock.Local(), m.zones)
}

func (m *Model) add(p mouse.Part, id string, x, y, w, h int) {
	m.zones = append(m.zones, mouse.Zone{X: x, Y: y, W: w, H: h, Part: p, ID: id})
}

// lines adds the filters and the footer.
func (m *Model) lines(at Lines) {
	if at.Filters >= 0 {
		m.add(tabs{m}, "", 0, at.Filters, m.Layout.W, 1)
		for _, s := range m.parts.Inbox.Tabs {
			m.add(tabs{m}, s.ID, s.X, at.Filters, s.W, 1)
		}
	}
	if at.Footer < 0 {
		return
	}
	// A command is about a conversation: the same one for another is something else.
	about := ""
	if r, ok := m.Current(); ok {
		about = string(r.ID)
	}
	for _, s := range m.Footer {
		m.add(footer{m}, s.ID+"\x00"+about, s.X, at.Footer, s.W, 1)
	}
}

// panes adds the list, the conversation, the panel, and the borders between them.
func (m *Model) panes(top int) {
	l := m.Layout
	x := 0
	if l.List > 0 {
		m.add(rows{m}, "", x, top, l.List, l.Body)
		const high = 2
		for i, id := range m.parts.Inbox.List.Visible {
			m.add(rows{m}, string(id), x, top+high*i, l.List, high)
		}
		x += l.List
		if x < l.W {
			m.add(border{m}, listBorder, x, top, screen.Separator, l.Body)
			x += screen.Separator
		}
	}
	if l.Thread > 0 {
		if m.Shown != "" {
			m.thread(x, top)
		}
		x += l.Thread
		if l.Panel > 0 {
			m.add(border{m}, panelBorder, x, top, screen.Separator, l.Body)
			x += screen.Separator
		}
	}
	if l.Panel > 0 {
		m.add(panel{m}, string(m.Shown), x, top, l.Panel, l.Body)
	}
}

// thread adds the messages and the composer.
func (m *Model) thread(x, top int) {
	w, c := m.Layout.Thread, m.parts.Conversation
	d := c.Drawn
	m.add(messages{m}, "", x, top+d.Messages, w, d.Below-d.Messages)
	begin, id := 0, ""
	for y := 0; y <= d.Below-d.Messages; y++ {
		now := ""
		if said, ok := c.Thread.At(y); ok && y < d.Below-d.Messages {
			now = messageID(said)
		}
		if now == id {
			continue
		}
		if id != "" {
			m.add(messages{m}, id, x, top+d.Messages+begin, w, y-begin)
		}
		begin, id = y, now
	}
	m.add(composer{m}, string(m.Shown), x+min(1, w/3), top+d.Composer, w, m.Layout.Body-d.Composer)
}

// messageID is what a message is called: one that the hub does not have yet by the client's id.
func messageID(said model.Message) string {
	if said.ID == "" {
		return "\x00" + string(said.ClientID)
	}
	return string(said.ID)
}

// overlaid adds what lies over the screen. What it covers can't be clicked.
func (m *Model) overlaid(o overlay.Overlay) {
	m.add(behind{m, o}, "", 0, 0, m.Layout.W, m.Layout.H)
	s := m.Sheet
	m.add(sheet{m, o}, "", s.X, s.Y, s.W, s.H)
	if p, ok := o.(overlay.Pointed); ok {
		for y := range s.H {
			if id := p.RowAt(y); id != "" {
				m.add(sheet{m, o}, id, s.X, s.Y+y, s.W, 1)
			}
		}
	}
}

// leave leaves the composer, if it is open; what is typed is kept.
func (m *Model) leave() tea.Cmd {
	if !m.Composing() {
		return nil
	}
	return m.parts.Writer.LeaveBox()
}

// tabs is the line of filters. An id is a filter's name, or empty for the rest of the line.
type tabs struct{ *Model }

// Click implements [mouse.Part].
func (p tabs) Click(id string, _, _ int) tea.Cmd {
	leave := p.leave()
	if id == "" {
		return tea.Batch(leave, p.parts.Run("search"))
	}
	return tea.Batch(leave, p.parts.Run("filter_"+id))
}

// footer is the commands of the last line.
type footer struct{ *Model }

// Click implements [mouse.Part].
func (p footer) Click(id string, _, _ int) tea.Cmd {
	command, _, _ := strings.Cut(id, "\x00")
	return p.parts.Run(command)
}

// sheet is what lies over the screen. An id is that of a row.
type sheet struct {
	*Model
	o overlay.Overlay
}

// Click implements [mouse.Part].
func (p sheet) Click(id string, _, _ int) tea.Cmd {
	if p.Overlaid() != p.o || id == "" {
		return nil
	}
	return p.UpdateOverlay(overlay.Click{ID: id})
}

// Scroll implements [mouse.Scroller].
func (p sheet) Scroll(lines int) tea.Cmd {
	k := tea.KeyPressMsg{Code: tea.KeyDown}
	if lines < 0 {
		k.Code, lines = tea.KeyUp, -lines
	}
	var all []tea.Cmd
	for range lines {
		if p.Overlaid() == p.o {
			all = append(all, p.UpdateOverlay(k))
		}
	}
	return tea.Batch(all...)
}

// behind is what is seen behind an overlay.
type behind struct {
	*Model
	o overlay.Overlay
}

// Click implements [mouse.Part]: it closes what lies above, unless something may be typed there.
func (p behind) Click(string, int, int) tea.Cmd {
	_, _, typed := p.o.Cursor()
	if _, finds := p.o.(*overlay.Palette); typed && !finds || p.Overlaid() != p.o {
		return nil
	}
	return p.UpdateOverlay(tea.KeyPressMsg{Code: tea.KeyEscape})
}

// The borders that can be dragged, and where their places are kept.
const (
	listBorder  = "list_width"
	panelBorder = "panel_width"
)

// border is the column between two panes.
type border struct{ *Model }

// Click implements [mouse.Part].
func (border) Click(string, int, int) tea.Cmd { return nil }

// Drag implements [mouse.Dragger].
func (p border) Drag(id string, x int) {
	if id == listBorder {
		p.Widths.List = max(1, x)
		return
	}
	p.Widths.Panel = max(1, p.Layout.W-x-screen.Separator)
}

// Drop implements [mouse.Dragger].
func (p border) Drop(id string) tea.Cmd {
	w := p.Widths.List
	if id == panelBorder {
		w = p.Widths.Panel
	}
	if w == 0 {
		return nil // it was not moved
	}
	return p.Keep(id, w)
}
