package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/ui/screen"
)

// move moves within the pane that has the keys.
func (m *Model) move(rows int) tea.Cmd {
	switch {
	case m.Focus == screen.PaneThread && rows > 0:
		m.thread.Down(rows)
	case m.Focus == screen.PaneThread:
		m.thread.Up(-rows)
	case m.Focus == screen.PanePanel:
		m.crm.Scroll(rows)
	case m.Focus == screen.PaneList:
		m.list.Move(rows)
		return tea.Batch(m.findMore(), m.previewLater())
	}
	return nil
}

// previewAfter is how long the selection rests until its conversation is shown.
const previewAfter = 150 * time.Millisecond

// rested tells that the selection may have rested on a conversation.
type rested struct{ id model.ConversationID }

// previewLater shows the selected conversation after a moment, where the user wants
// that and there is a place for it.
func (m *Model) previewLater() tea.Cmd {
	r, ok := m.list.Selected()
	if !m.preview || !ok || m.W < screen.TwoPanes {
		return nil
	}
	return m.Clock.After(previewAfter, rested{r.ID})
}

func (m *Model) rested(r rested) tea.Cmd {
	now, ok := m.list.Selected()
	if !ok || now.ID != r.id || m.Focus != screen.PaneList || m.Overlaid() != nil {
		return nil
	}
	open := m.panelOpen
	cmd := m.Open(r.id)
	m.Focus, m.panelOpen = screen.PaneList, open
	return cmd
}

func (m *Model) half(halves int) tea.Cmd {
	switch m.Focus {
	case screen.PaneThread:
		m.thread.Page(halves)
	case screen.PaneList:
		m.list.Half(halves)
		return m.findMore()
	case screen.PanePanel:
		m.crm.Scroll(halves * max(1, m.Layout.Body/2))
	}
	return nil
}

func (m *Model) end(last bool) tea.Cmd {
	switch {
	case m.Focus == screen.PaneThread && last:
		m.thread.Bottom()
	case m.Focus == screen.PaneThread:
		m.thread.Top()
	case m.Focus == screen.PanePanel:
		m.crm.ScrollTo(last)
	case m.Focus == screen.PaneList && last:
		m.list.Last()
		return m.findMore()
	case m.Focus == screen.PaneList:
		m.list.First()
	}
	return nil
}

func (m *Model) openSelected() tea.Cmd {
	if r, ok := m.list.Selected(); ok {
		return m.Open(r.ID)
	}
	return nil
}

// expand shows what an edited message was.
func (m *Model) expand() tea.Cmd {
	if msg, ok := m.thread.Selected(); ok {
		m.thread.Expand(msg.ID)
		m.talk.stale = true
	}
	return nil
}

// back leaves what is in front: the panel, the conversation, the search.
func (m *Model) back() tea.Cmd {
	switch {
	case m.Focus == screen.PanePanel || m.panelOpen && m.Focus == screen.PaneThread && m.W < screen.ThreePanes:
		m.panelOpen = false
		m.Focus = screen.PaneThread
	case m.Focus == screen.PaneThread:
		return m.close()
	case m.search.active():
		m.endSearch()
	}
	return nil
}

// turn gives the keys to the next pane, or the one before.
func (m *Model) turn(by int) tea.Cmd {
	panes := []screen.Pane{screen.PaneList}
	if m.Shown != "" && (m.W >= screen.ThreePanes || m.W < screen.TwoPanes || !m.panelOpen) {
		panes = append(panes, screen.PaneThread)
	}
	if m.PanelShown() {
		panes = append(panes, screen.PanePanel)
	}
	at := 0
	for i, p := range panes {
		if p == m.Focus {
			at = i
		}
	}
	m.Focus = panes[(at+by+len(panes))%len(panes)]
	return nil
}

// turnPanel shows or hides the right-hand panel.
func (m *Model) turnPanel() tea.Cmd {
	if m.W >= screen.ThreePanes {
		m.panelClosed = !m.panelClosed
		m.leavePanel()
		m.crm.Refresh()
		return nil
	}
	m.panelOpen = !m.panelOpen
	m.Focus = screen.PaneThread
	if m.panelOpen {
		m.Focus = screen.PanePanel
		m.crm.Refresh()
	}
	return nil
}

// leavePanel takes the keys from a panel that isn't shown any more.
func (m *Model) leavePanel() {
	switch {
	case m.Focus != screen.PanePanel || m.PanelShown():
	case m.Shown == "":
		m.Focus = screen.PaneList
	default:
		m.Focus = screen.PaneThread
	}
}

// PanelShown tells whether the panel is wanted.
func (m *Model) PanelShown() bool {
	if m.Shown == "" {
		return false
	}
	if m.W >= screen.ThreePanes {
		return !m.panelClosed
	}
	return m.panelOpen
}
