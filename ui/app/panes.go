package app

import (
	tea "charm.land/bubbletea/v2"

	"parley/model/inbox"
	"parley/ui/command"
	"parley/ui/conversation"
	"parley/ui/crm"
	list "parley/ui/inbox"
	"parley/ui/screen"
)

// panes are the list, the conversation and the panel: which of them has the keys, and how
// to move within it.
type panes struct {
	*screen.Screen
	inbox        *list.Model
	conversation *conversation.Model
	crm          *crm.Model
}

// scope is where the keys act.
func (m panes) scope() command.Scope {
	switch m.Focus {
	case screen.PaneThread:
		return command.Thread
	case screen.PanePanel:
		return command.Panel
	default:
		return command.List
	}
}

// move moves within the pane that has the keys.
func (m panes) move(rows int) tea.Cmd {
	switch m.Focus {
	case screen.PaneThread:
		m.conversation.Step(rows)
	case screen.PanePanel:
		m.crm.Scroll(rows)
	case screen.PaneList:
		m.inbox.List.Move(rows)
		return tea.Batch(m.inbox.FindMore(), m.inbox.PreviewLater())
	}
	return nil
}

func (m panes) half(halves int) tea.Cmd {
	switch m.Focus {
	case screen.PaneThread:
		m.conversation.HalfPage(halves)
	case screen.PaneList:
		m.inbox.List.Half(halves)
		return tea.Batch(m.inbox.FindMore(), m.inbox.PreviewLater())
	case screen.PanePanel:
		m.crm.Scroll(halves * max(1, m.Layout.Body/2))
	}
	return nil
}

func (m panes) end(last bool) tea.Cmd {
	switch {
	case m.Focus == screen.PaneThread:
		m.conversation.ToEnd(last)
	case m.Focus == screen.PanePanel:
		m.crm.ScrollTo(last)
	case m.Focus == screen.PaneList && last:
		m.inbox.List.Last()
		return tea.Batch(m.inbox.FindMore(), m.inbox.PreviewLater())
	case m.Focus == screen.PaneList:
		m.inbox.List.First()
		return m.inbox.PreviewLater()
	}
	return nil
}

// back leaves what is in front: the panel, the conversation, the search.
func (m panes) back() tea.Cmd {
	switch {
	case m.Focus == screen.PanePanel || m.PanelOpen && m.Focus == screen.PaneThread && m.W < screen.ThreePanes:
		m.PanelOpen = false
		m.Focus = screen.PaneThread
	case m.Focus == screen.PaneThread:
		return m.conversation.Close()
	case m.inbox.List.Chosen() > 0:
		m.inbox.List.Unchoose()
	case m.inbox.Search.Active():
		m.inbox.EndSearch()
	case m.Query.Where != "":
		return m.inbox.Filter(inbox.FilterOpen)
	}
	return nil
}

// turn gives the keys to the next pane, or the one before.
func (m panes) turn(by int) tea.Cmd {
	panes := []screen.Pane{screen.PaneList}
	if m.Shown != "" && (m.W >= screen.ThreePanes || m.W < screen.TwoPanes || !m.PanelOpen) {
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
func (m panes) turnPanel() tea.Cmd {
	if m.W >= screen.ThreePanes {
		m.PanelClosed = !m.PanelClosed
		m.leave()
		m.crm.Refresh()
		return nil
	}
	m.PanelOpen = !m.PanelOpen
	m.Focus = screen.PaneThread
	if m.PanelOpen {
		m.Focus = screen.PanePanel
		m.crm.Refresh()
	}
	return nil
}

// leavePanel takes the keys from a panel that isn't shown any more.
func (m panes) leave() {
	switch {
	case m.Focus != screen.PanePanel || m.PanelShown():
	case m.Shown == "":
		m.Focus = screen.PaneList
	default:
		m.Focus = screen.PaneThread
	}
}
