package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/words"
)

// change is one action of triage: what it does, and what would take it back.
type change struct {
	id model.ConversationID
	// The change, or, where it is nil, the read mark: unread, or read up to a message.
	triage *model.Triage
	unread bool
	upTo   model.MessageID
	// crm is a change in the CRM instead; it is about the conversation.
	crm *crmChange
}

// act is an action of triage with what is said once it is done.
type act struct {
	change
	back *change // nil: it can't be taken back
	said string
}

// triaged is the answer to an action.
type triaged struct {
	act
	conversation model.Conversation
	err          error
}

// do has the hub do an action.
func (m *Model) do(a act) tea.Cmd {
	hub := m.hub
	return call(func(ctx context.Context) tea.Msg {
		c, err := apply(ctx, hub, a.change)
		return triaged{act: a, conversation: c, err: err}
	})
}

func apply(ctx context.Context, hub Hub, c change) (model.Conversation, error) {
	switch {
	case c.triage != nil:
		return hub.Triage(ctx, c.id, *c.triage)
	case c.unread:
		return hub.MarkUnread(ctx, c.id)
	default:
		return hub.MarkRead(ctx, c.id, c.upTo)
	}
}

func (m *Model) triaged(t triaged) tea.Cmd {
	if t.err != nil {
		m.notify(m.hub.Explain(t.err))
		return nil
	}
	m.put(t.conversation)
	m.notify(t.said)
	if t.back != nil {
		m.undo.push(*t.back)
		m.offerUndo()
	}
	return nil
}

// offerUndo adds to what was just said that it can be taken back.
func (m *Model) offerUndo() {
	m.toast.key, m.toast.label = m.keyOf("undo"), m.say(words.CommandLabel("undo"))
	m.toast.until = m.clock.now().Add(toastUndoFor)
}

// triage does a change of the current conversation.
func (m *Model) triage(t model.Triage, said words.ID) tea.Cmd {
	r, ok := m.current()
	if !ok {
		return nil
	}
	return m.triageOf(r.ID, t, said)
}

// triageOf does a change of a conversation that was chosen before: meanwhile another may
// be the current one.
func (m *Model) triageOf(id model.ConversationID, t model.Triage, said words.ID, pairs ...any) tea.Cmd {
	r, ok := m.inbox.Conversation(id)
	if !ok {
		return nil
	}
	back := t.Inverse(r.Conversation, m.clock.now())
	pairs = append(pairs, "Name", m.look.Name(r.Customer))
	return m.do(act{
		change: change{id: r.ID, triage: &t}, back: &change{id: r.ID, triage: &back}, said: m.say(said, pairs...),
	})
}

// finish marks the current conversation done, or opens it again.
func (m *Model) finish() tea.Cmd {
	r, _ := m.current()
	if r.Status == model.Done {
		return m.triage(model.ToStatus(model.Open), words.SaidReopened)
	}
	cmd := m.triage(model.ToStatus(model.Done), words.SaidDone)
	if m.focus == paneThread && m.frame.layout.list == 0 {
		return tea.Batch(cmd, m.close())
	}
	return cmd
}

func (m *Model) pin() tea.Cmd {
	if r, _ := m.current(); r.Pinned {
		return m.triage(model.Unpin(), words.SaidUnpinned)
	}
	return m.triage(model.Pin(), words.SaidPinned)
}

// toggleRead marks the current conversation read or unread.
func (m *Model) toggleRead() tea.Cmd {
	r, ok := m.current()
	if !ok {
		return nil
	}
	name := m.look.Name(r.Customer)
	if r.Unread > 0 && r.LastMessage != nil {
		return m.do(act{
			change: change{id: r.ID, upTo: r.LastMessage.ID}, back: &change{id: r.ID, unread: true},
			said: m.say(words.SaidRead, "Name", name),
		})
	}
	a := act{change: change{id: r.ID, unread: true}, said: m.say(words.SaidUnread, "Name", name)}
	if r.LastMessage != nil {
		a.back = &change{id: r.ID, upTo: r.LastMessage.ID}
	}
	if m.shown.id == r.ID {
		// Marked unread by hand, it stays so while it is on screen.
		if upTo, ok := m.thread.SeenUpTo(); ok {
			m.shown.done = upTo
		}
	}
	return m.do(a)
}

// undoDepth is how many actions can be taken back.
const undoDepth = 20

// undoStack holds what would take the last actions back, the newest last.
type undoStack []change

func (s *undoStack) push(c change) {
	*s = append(*s, c)
	*s = (*s)[max(0, len(*s)-undoDepth):]
}

func needsUndo(m *Model) string {
	if len(m.undo) == 0 {
		return m.say(words.WhyNothingToUndo)
	}
	return ""
}

// takeBack takes the newest action back.
func (m *Model) takeBack() tea.Cmd {
	last := m.undo[len(m.undo)-1]
	m.undo = m.undo[:len(m.undo)-1]
	name := ""
	if r, ok := m.inbox.Conversation(last.id); ok {
		name = m.look.Name(r.Customer)
	}
	if last.crm != nil {
		return m.doCRM(crmAct{id: last.id, do: *last.crm, said: m.say(words.SaidUndone, "Name", name)})
	}
	return m.do(act{change: last, said: m.say(words.SaidUndone, "Name", name)})
}

// nextWaiting opens the conversation that needs an answer most: of those whose last
// message is the customer's and that may be answered, the one that waits longest; then
// the others in that order.
func (m *Model) nextWaiting() tea.Cmd {
	v := m.inbox.View(model.Query{Filter: model.FilterOpen, Sort: model.SortWaiting, Page: m.query.Page})
	from := 0
	if i, ok := v.Index(m.shown.id); ok {
		from = i + 1
	}
	// Those that wait stand before the others, but for pinned ones.
	for n := range v.Len() {
		r, ok := v.At((from + n) % v.Len())
		if ok && waits(r) && r.ID != m.shown.id {
			m.list.Select(r.ID)
			return m.open(r.ID)
		}
	}
	m.notify(m.say(words.SaidNothingWaits))
	return nil
}

func waits(r model.Row) bool {
	return r.Reply.Allowed && r.LastMessage != nil && r.LastMessage.Direction == model.In
}
