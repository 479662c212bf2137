package pointer

import (
	tea "charm.land/bubbletea/v2"

	"parley/model"
	box "parley/ui/composer"
	"parley/ui/screen"
)

// rows is the list. An id is a conversation's.
type rows struct{ *Model }

// Click implements [mouse.Part]: the first click selects, the second opens.
func (p rows) Click(id string, _, _ int) tea.Cmd {
	in := p.parts.Inbox
	leave := p.leave()
	selected, ok := in.List.Selected()
	again := ok && string(selected.ID) == id && p.Focus == screen.PaneList
	p.Focus = screen.PaneList
	switch {
	case id == "" || !in.List.Select(model.ConversationID(id)):
		return leave
	case again:
		return tea.Batch(leave, in.OpenSelected())
	}
	return tea.Batch(leave, in.FindMore(), in.PreviewLater())
}

// Scroll implements [mouse.Scroller].
func (p rows) Scroll(lines int) tea.Cmd {
	p.parts.Inbox.List.Scroll(lines)
	return nil
}

// messages is what was said in the conversation. An id is a message's.
type messages struct{ *Model }

// Click implements [mouse.Part].
func (p messages) Click(id string, _, _ int) tea.Cmd {
	if id == "" {
		return p.parts.Conversation.Open(p.Shown)
	}
	cmd := tea.Batch(p.leave(), p.parts.Conversation.Open(p.Shown))
	said := model.Message{ID: model.MessageID(id)}
	if id[0] == 0 {
		said = model.Message{ClientID: model.ClientID(id[1:])}
	}
	p.parts.Conversation.Thread.Light(said)
	return cmd
}

// Scroll implements [mouse.Scroller].
func (p messages) Scroll(lines int) tea.Cmd {
	p.parts.Conversation.Thread.Scroll(lines)
	return nil
}

// composer is where replies are written. An id is the conversation's.
type composer struct{ *Model }

// Click implements [mouse.Part]: it opens the composer, or puts its cursor there.
func (p composer) Click(_ string, x, y int) tea.Cmd {
	if p.Composing() {
		box.Point(p.parts.Writer.Box, x, y)
		return nil
	}
	return tea.Batch(p.parts.Conversation.Open(p.Shown), p.parts.Run("reply"))
}

// Scroll implements [mouse.Scroller]: the messages are above.
func (p composer) Scroll(lines int) tea.Cmd { return messages(p).Scroll(lines) }

// panel is the right-hand panel. An id is the conversation's.
type panel struct{ *Model }

// Click implements [mouse.Part].
func (p panel) Click(string, int, int) tea.Cmd {
	leave := p.leave()
	p.Focus = screen.PanePanel
	return leave
}

// Scroll implements [mouse.Scroller].
func (p panel) Scroll(lines int) tea.Cmd {
	p.parts.CRM.Scroll(lines)
	return nil
}
