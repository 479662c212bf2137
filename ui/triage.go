package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/screen"
)

// change is one action of triage: what it does, and what would take it back.
type change struct {
	id model.ConversationID
	// The change, or, where it is nil, the read mark: unread, or read up to a message.
	triage *model.Triage
	unread bool
	upTo   model.MessageID
}

// act is an action of triage with what is said once it is done.
type act struct {
	change
	back *change // nil: it can't be taken back
	said string
}

// action is an act from its key press on.
type action struct {
	act
	// of is what it takes back; nil: it takes nothing back.
	of *action
	// refused: it was not done, for sure.
	refused bool
	// undo is that it can be taken back; nil: it can't be.
	undo *screen.Undo
}

// acting are actions that were not answered, by conversation, in the order of the key
// presses. Only the first is on its way, so that none overtakes another.
type acting map[model.ConversationID][]*action

// triaged is the answer to an action.
type triaged struct {
	action       *action
	conversation model.Conversation
	err          error
}

// do has the hub do an action, once those before it are done. From now on it is the last
// one, which the key for that takes back.
func (m *Model) do(a act) tea.Cmd {
	x := &action{act: a}
	if a.back != nil {
		x.undo = &screen.Undo{Of: x.id, Back: func() tea.Cmd { return m.undoTriage(x) }}
		m.Undo.Push(x.undo)
	}
	return m.enqueue(x)
}

func (m *Model) enqueue(x *action) tea.Cmd {
	m.acting[x.id] = append(m.acting[x.id], x)
	if len(m.acting[x.id]) > 1 {
		return nil
	}
	return m.begin(x)
}

// undoTriage takes an action back, once it is done.
func (m *Model) undoTriage(x *action) tea.Cmd {
	return m.enqueue(&action{act: act{change: *x.back, said: m.SaidUndone(x.id)}, of: x})
}

// begin has the hub do an action.
func (m *Model) begin(x *action) tea.Cmd {
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		c, err := apply(ctx, hub, x.change)
		return triaged{action: x, conversation: c, err: err}
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
	x := t.action
	switch {
	case t.err != nil:
		m.Notify(m.Explain(t.err))
		if x.refused = screen.Refused(t.err); x.refused {
			m.Undo.Drop(x.undo)
		}
	default:
		m.put(t.conversation)
		m.Notify(x.said)
		if x.undo != nil && m.Undo.Last() == x.undo {
			m.OfferUndo()
		}
	}
	return m.actNext(x.id)
}

// actNext begins the action after the one that was answered. What takes back something that
// was not done is done with.
func (m *Model) actNext(id model.ConversationID) tea.Cmd {
	for queue := m.acting[id]; len(queue) > 1; {
		queue = queue[1:]
		m.acting[id] = queue
		if of := queue[0].of; of == nil || !of.refused {
			return m.begin(queue[0])
		}
	}
	delete(m.acting, id)
	return nil
}

// expected is a conversation as it will be once what was asked for is done.
func (m *Model) expected(id model.ConversationID) (inbox.Row, bool) {
	r, ok := m.Inbox.Conversation(id)
	for _, x := range m.acting[id] {
		switch {
		case x.of != nil && x.of.refused:
		case x.triage != nil:
			if c, err := x.triage.Of(r.Conversation, m.Now()); err == nil {
				r.Conversation = c
			}
		case x.unread:
			r.Unread = max(1, r.Unread)
		default:
			r.Unread = 0
		}
	}
	return r, ok
}

// triage does a change of the current conversation.
func (m *Model) triage(t model.Triage, said i18n.ID) tea.Cmd {
	r, ok := m.Current()
	if !ok {
		return nil
	}
	return m.triageOf(r.ID, t, said)
}

// triageOf does a change of a conversation that was chosen before: meanwhile another may
// be the current one.
func (m *Model) triageOf(id model.ConversationID, t model.Triage, said i18n.ID, pairs ...any) tea.Cmd {
	r, ok := m.expected(id)
	if !ok {
		return nil
	}
	now := m.Now()
	back := t.Inverse(r.Conversation, now)
	pairs = append(pairs, "Name", m.Look.Name(r.Customer))
	cmd := m.do(act{
		change: change{id: r.ID, triage: &t}, back: &change{id: r.ID, triage: &back}, said: m.Say(said, pairs...),
	})
	if after, err := t.Of(r.Conversation, now); err == nil && after.Status != r.Status {
		return tea.Batch(cmd, m.passOn(after))
	}
	return cmd
}

// passOn goes on to the next conversation where the user put one away, which the list will
// not hold any more: whatever is pressed next is not meant for that one.
func (m *Model) passOn(c model.Conversation) tea.Cmd {
	if m.search.active() || m.Inbox.Holds(m.Query, c) {
		return nil
	}
	var left tea.Cmd
	if m.Shown == c.ID && m.Focus != screen.PaneList {
		m.list.Light(c.ID)
		left = m.leaveBox()
		m.panelOpen = false
		m.gone()
	}
	m.list.Pass(c.ID)
	if m.Focus != screen.PaneList {
		return left
	}
	return tea.Batch(left, m.previewLater())
}

// finish marks the current conversation done, or opens it again.
func (m *Model) finish() tea.Cmd {
	r, _ := m.Current()
	if r, _ = m.expected(r.ID); r.Status == model.Done {
		return m.triage(model.ToStatus(model.Open), i18n.SaidReopened)
	}
	return m.triage(model.ToStatus(model.Done), i18n.SaidDone)
}

func (m *Model) pin() tea.Cmd {
	r, _ := m.Current()
	if r, _ = m.expected(r.ID); r.Pinned {
		return m.triage(model.Unpin(), i18n.SaidUnpinned)
	}
	return m.triage(model.Pin(), i18n.SaidPinned)
}

// toggleRead marks the current conversation read or unread.
func (m *Model) toggleRead() tea.Cmd {
	r, ok := m.Current()
	if !ok {
		return nil
	}
	r, _ = m.expected(r.ID)
	name := m.Look.Name(r.Customer)
	if r.Unread > 0 && r.LastMessage != nil {
		return m.do(act{
			change: change{id: r.ID, upTo: r.LastMessage.ID}, back: &change{id: r.ID, unread: true},
			said: m.Say(i18n.SaidRead, "Name", name),
		})
	}
	a := act{change: change{id: r.ID, unread: true}, said: m.Say(i18n.SaidUnread, "Name", name)}
	if r.LastMessage != nil {
		a.back = &change{id: r.ID, upTo: r.LastMessage.ID}
	}
	if m.Shown == r.ID {
		// Marked unread by hand, it stays so while it is on screen.
		if upTo, ok := m.thread.SeenUpTo(); ok {
			m.talk.done = upTo
		}
	}
	return m.do(a)
}

// nextWaiting opens the conversation that needs the user most: of those in which a customer
// waits who may be answered, or a reply asks, the one that waits longest; then the others in
// that order.
func (m *Model) nextWaiting() tea.Cmd {
	v := m.Inbox.View(inbox.Query{Filter: inbox.FilterWaiting, Sort: inbox.SortWaiting, Page: m.Query.Page})
	from := 0
	if i, ok := v.Index(m.Shown); ok {
		from = i + 1
	}
	for n := range v.Len() {
		r, ok := v.At((from + n) % v.Len())
		if ok && waits(r) && r.ID != m.Shown {
			m.list.Select(r.ID)
			return m.Open(r.ID)
		}
	}
	m.Notify(m.Say(i18n.SaidNothingWaits))
	return nil
}

func waits(r inbox.Row) bool {
	who, _ := r.WhoWaits()
	return r.Reply.Allowed || who == model.WaitsReply
}
