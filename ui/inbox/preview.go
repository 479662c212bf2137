package inbox

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/ui/screen"
)

// PreviewAfter is how long the selection must rest before its conversation is shown.
const PreviewAfter = 150 * time.Millisecond

// rested says that the selection may have rested on a conversation.
type rested struct{ id model.ConversationID }

// PreviewLater shows the selected conversation after a moment, if the user wants previews and
// there is room.
func (m *Model) PreviewLater() tea.Cmd {
	r, ok := m.List.Selected()
	if !m.preview || !ok || m.W < screen.Previews {
		return nil
	}
	return m.Clock.After(PreviewAfter, rested{r.ID})
}

func (m *Model) rested(r rested) tea.Cmd {
	now, ok := m.List.Selected()
	if !ok || now.ID != r.id || m.Focus != screen.PaneList || m.Overlaid() != nil {
		return nil
	}
	open := m.PanelOpen
	cmd := m.conversation.Open(r.id)
	m.Focus, m.PanelOpen = screen.PaneList, open
	return cmd
}

// OpenSelected opens the selected conversation.
func (m *Model) OpenSelected() tea.Cmd {
	if r, ok := m.List.Selected(); ok {
		m.List.Unchoose() // what is done there is done to the one
		return m.conversation.Open(r.ID)
	}
	return nil
}
