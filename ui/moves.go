package ui

import (
	"math"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/model"
)

// move moves within the pane that has the keys.
func (m *Model) move(rows int) tea.Cmd {
	switch {
	case m.focus == paneThread && rows > 0:
		m.thread.Down(rows)
	case m.focus == paneThread:
		m.thread.Up(-rows)
	case m.focus == panePanel:
		m.crm.records.top += rows // what there is bounds it
	case m.focus == paneList:
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
	if !m.preview || !ok || m.w < twoPanes {
		return nil
	}
	return m.clock.after(previewAfter, rested{r.ID})
}

func (m *Model) rested(r rested) tea.Cmd {
	now, ok := m.list.Selected()
	if !ok || now.ID != r.id || m.focus != paneList || m.overlaid() != nil {
		return nil
	}
	open := m.panelOpen
	cmd := m.open(r.id)
	m.focus, m.panelOpen = paneList, open
	return cmd
}

func (m *Model) half(halves int) tea.Cmd {
	switch m.focus {
	case paneThread:
		m.thread.Page(halves)
	case paneList:
		m.list.Half(halves)
		return m.findMore()
	case panePanel:
		m.crm.records.top += halves * max(1, m.layout.body/2)
	}
	return nil
}

func (m *Model) end(last bool) tea.Cmd {
	switch {
	case m.focus == paneThread && last:
		m.thread.Bottom()
	case m.focus == paneThread:
		m.thread.Top()
	case m.focus == panePanel && last:
		m.crm.records.top = math.MaxInt32
	case m.focus == panePanel:
		m.crm.records.top = 0
	case m.focus == paneList && last:
		m.list.Last()
		return m.findMore()
	case m.focus == paneList:
		m.list.First()
	}
	return nil
}

func (m *Model) openSelected() tea.Cmd {
	if r, ok := m.list.Selected(); ok {
		return m.open(r.ID)
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
	case m.focus == panePanel || m.panelOpen && m.focus == paneThread && m.w < threePanes:
		m.panelOpen = false
		m.focus = paneThread
	case m.focus == paneThread:
		return m.close()
	case m.search.active():
		m.endSearch()
	}
	return nil
}

// turn gives the keys to the next pane, or the one before.
func (m *Model) turn(by int) tea.Cmd {
	panes := []pane{paneList}
	if m.shown != "" && (m.w >= threePanes || m.w < twoPanes || !m.panelOpen) {
		panes = append(panes, paneThread)
	}
	if m.panel() {
		panes = append(panes, panePanel)
	}
	at := 0
	for i, p := range panes {
		if p == m.focus {
			at = i
		}
	}
	m.focus = panes[(at+by+len(panes))%len(panes)]
	return nil
}

// turnPanel shows or hides the right-hand panel.
func (m *Model) turnPanel() tea.Cmd {
	if m.w >= threePanes {
		m.panelClosed = !m.panelClosed
		m.leavePanel()
		m.refreshRecords()
		return nil
	}
	m.panelOpen = !m.panelOpen
	m.focus = paneThread
	if m.panelOpen {
		m.focus = panePanel
		m.refreshRecords()
	}
	return nil
}

// leavePanel takes the keys from a panel that isn't shown any more.
func (m *Model) leavePanel() {
	switch {
	case m.focus != panePanel || m.panel():
	case m.shown == "":
		m.focus = paneList
	default:
		m.focus = paneThread
	}
}

// panel tells whether the panel is wanted.
func (m *Model) panel() bool {
	if m.shown == "" {
		return false
	}
	if m.w >= threePanes {
		return !m.panelClosed
	}
	return m.panelOpen
}
