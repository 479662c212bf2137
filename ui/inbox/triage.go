package inbox

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/screen"
)

// Change is one triage action, or the one that undoes it.
type Change struct {
	ID model.ConversationID
	// Triage is the change; nil: it moves the read mark, to unread or up to a message.
	Triage *model.Triage
	unread bool
	upTo   model.MessageID
}

// act is a triage action and what to say once it is done.
type act struct {
	Change
	back *Change // nil: it can't be undone
	said string
}

// Action is an act after its key was pressed.
type Action struct {
	act
	// of is the action that this one undoes; nil: none.
	of *Action
	// refused: it was certainly not done. lost: nobody knows.
	refused, lost bool
	// bulk is what it is a part of; nil: it is one by itself.
	bulk *bulk
	// Undo is its entry for undoing it; nil: it can't be undone.
	Undo *screen.Undo
}

// acting holds the unanswered actions of each conversation, in the order of the key presses.
// Only the first is being done, so that none overtakes another.
type acting map[model.ConversationID][]*Action

// Triaged is the result of an action.
type Triaged struct {
	Action       *Action
	Conversation model.Conversation
	Err          error
}

// do queues an action after those before it. It is now the last one, which the undo key
// undoes.
func (m *Model) do(a act) tea.Cmd {
	x := &Action{act: a}
	if a.back != nil {
		x.Undo = &screen.Undo{
			Of: x.ID, Said: a.said, At: m.Now(), Back: func() tea.Cmd { return m.undoTriage(x) }, Why: func() string { return m.whyNotBack(x) },
		}
		m.Undo.Push(x.Undo)
	}
	return m.enqueue(x)
}

func (m *Model) enqueue(x *Action) tea.Cmd {
	m.Acting[x.ID] = append(m.Acting[x.ID], x)
	if len(m.Acting[x.ID]) > 1 {
		return nil
	}
	return m.begin(x)
}

// undoTriage undoes an action, once it is done.
func (m *Model) undoTriage(x *Action) tea.Cmd {
	return m.enqueue(&Action{act: act{Change: *x.back, said: m.SaidUndone(x.ID)}, of: x})
}

// begin asks the hub for an action.
func (m *Model) begin(x *Action) tea.Cmd {
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		c, err := Apply(ctx, hub, x.Change)
		return Triaged{Action: x, Conversation: c, Err: err}
	})
}

// Apply asks the hub for a change, and returns the conversation after it.
func Apply(ctx context.Context, hub TriageHub, c Change) (model.Conversation, error) {
	switch {
	case c.Triage != nil:
		return hub.Triage(ctx, c.ID, *c.Triage)
	case c.unread:
		return hub.MarkUnread(ctx, c.ID)
	default:
		return hub.MarkRead(ctx, c.ID, c.upTo)
	}
}

func (m *Model) triaged(t Triaged) tea.Cmd {
	x := t.Action
	x.refused = t.Err != nil && screen.Refused(t.Err)
	x.lost = t.Err != nil && !x.refused
	if t.Err == nil {
		m.conversation.Put(t.Conversation)
		m.Agenda.FinishedNow(t.Conversation)
	}
	switch {
	case x.bulk != nil:
		return tea.Batch(m.actNext(x.ID), m.Bulk.answered(x.bulk, t.Err))
	case t.Err != nil:
		m.Notify(m.Explain(t.Err))
		if x.refused {
			m.Undo.Drop(x.Undo)
		}
	default:
		m.Notify(x.said)
		if m.Undo.Newest(x.Undo) {
			m.OfferUndo()
		}
	}
	return m.actNext(x.ID)
}

// actNext starts the action after the one that was answered. The undo of an action that was
// not done is skipped.
func (m *Model) actNext(id model.ConversationID) tea.Cmd {
	for queue := m.Acting[id]; len(queue) > 1; {
		queue = queue[1:]
		m.Acting[id] = queue
		if of := queue[0].of; of == nil || !of.refused {
			return m.begin(queue[0])
		}
		if b := queue[0].bulk; b != nil {
			b.done++ // it is as before
		}
	}
	delete(m.Acting, id)
	return nil
}

// whyNotBack says why an action can't be undone: somebody has changed since what it changed.
// Empty: it can.
func (m *Model) whyNotBack(x *Action) string {
	r, ok := m.Inbox.Conversation(x.ID)
	if !ok || x.lost || x.Triage == nil || slices.Contains(m.Acting[x.ID], x) {
		return ""
	}
	if after, err := x.Triage.Of(r.Conversation, m.Now()); err == nil && !after.SameTriage(r.Conversation) {
		return m.Say(i18n.WhyChangedSince)
	}
	return ""
}

// Expected returns a conversation as it will be after all pending actions.
func (m *Model) Expected(id model.ConversationID) (inbox.Row, bool) {
	r, ok := m.Inbox.Conversation(id)
	for _, x := range m.Acting[id] {
		switch {
		case x.of != nil && x.of.refused:
		case x.Triage != nil:
			if c, err := x.Triage.Of(r.Conversation, m.Now()); err == nil {
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

// triage changes the triage of the current conversation.
func (m *Model) triage(t model.Triage, said i18n.ID) tea.Cmd {
	r, ok := m.Current()
	if !ok {
		return nil
	}
	return m.triageOf(r.ID, t, said)
}

// triageOf changes the triage of a conversation chosen before: another may be the current one
// by now.
func (m *Model) triageOf(id model.ConversationID, t model.Triage, said i18n.ID, pairs ...any) tea.Cmd {
	r, ok := m.Expected(id)
	if !ok {
		return nil
	}
	pairs = append(pairs, "Name", m.Look.Name(r.Customer))
	return m.changeTo(r.Conversation, t, m.Say(said, pairs...))
}

// changeTo changes the triage of a conversation, given as it will be by then.
func (m *Model) changeTo(c model.Conversation, t model.Triage, said string) tea.Cmd {
	now := m.Now()
	back := t.Inverse(c, now)
	cmd := m.do(act{Change: Change{ID: c.ID, Triage: &t}, back: &Change{ID: c.ID, Triage: &back}, said: said})
	if after, err := t.Of(c, now); err == nil {
		return tea.Batch(cmd, m.goOn(c, after))
	}
	return cmd
}

// Act changes the triage of a conversation in one step that can be undone; said is said once it is done.
func (m *Model) Act(id model.ConversationID, t model.Triage, said string) tea.Cmd {
	r, ok := m.Expected(id)
	if !ok {
		return nil
	}
	return m.changeTo(r.Conversation, t, said)
}

// Restore undoes what was done with a conversation otherwise than by an action of this inbox.
func (m *Model) Restore(id model.ConversationID, t model.Triage) tea.Cmd {
	return m.enqueue(&Action{act: act{Change: Change{ID: id, Triage: &t}, said: m.SaidUndone(id)}})
}

// goOn goes on from a conversation that the user is through with: it was put away, or given to a
// colleague. Where it is open, the next that waits opens, if the user wants that.
func (m *Model) goOn(was, now model.Conversation) tea.Cmd {
	changed := now.Status != was.Status
	away := changed && now.Status != model.Open || m.handedOn(was, now)
	if m.Advance && away && m.Focus != screen.PaneList && m.Shown == now.ID {
		if next, ok := m.Turns.GoOn(now.ID); ok {
			m.ArriveByKey()
			return next
		}
	}
	switch {
	case changed:
		return m.passOn(now)
	case m.Advance && away && m.Focus == screen.PaneList:
		m.List.Pass(now.ID)
		return m.PreviewLater()
	}
	return nil
}

// handedOn reports whether a conversation was given to somebody else.
func (m *Model) handedOn(was, now model.Conversation) bool {
	to := now.Assignee
	return to != nil && to.ID != m.Inbox.User().ID && (was.Assignee == nil || was.Assignee.ID != to.ID)
}

// passOn moves to the next conversation if the action removes this one from the list: the next
// key is not meant for it.
func (m *Model) passOn(c model.Conversation) tea.Cmd {
	if m.Search.Active() || m.Inbox.Holds(m.Query, c) {
		return nil
	}
	var left tea.Cmd
	if m.Shown == c.ID && m.Focus != screen.PaneList {
		m.List.Light(c.ID)
		left = m.conversation.Leave()
	}
	m.List.Pass(c.ID)
	if m.Focus != screen.PaneList {
		return left
	}
	return tea.Batch(left, m.PreviewLater())
}

// Finish marks the current conversation done, or reopens it.
func (m *Model) Finish() tea.Cmd {
	if ids := m.Bulk.Chosen(); ids != nil {
		return m.Bulk.finishAll(ids)
	}
	if m.Focus == screen.PaneList && m.KeyHeld() {
		return nil // the next row is another customer
	}
	r, _ := m.Current()
	if r, _ = m.Expected(r.ID); r.Status == model.Done {
		return m.triage(model.ToStatus(model.Open), i18n.SaidReopened)
	}
	return m.triage(model.ToStatus(model.Done), i18n.SaidDone)
}

// Pin pins or unpins the current conversation.
func (m *Model) Pin() tea.Cmd {
	if ids := m.Bulk.Chosen(); ids != nil {
		return m.Bulk.pinAll(ids)
	}
	r, _ := m.Current()
	if r, _ = m.Expected(r.ID); r.Pinned {
		return m.triage(model.Unpin(), i18n.SaidUnpinned)
	}
	return m.triage(model.Pin(), i18n.SaidPinned)
}

// Label gives a conversation all its labels from now on.
func (m *Model) Label(id model.ConversationID, labels []string) tea.Cmd {
	r, ok := m.Expected(id)
	switch {
	case !ok || slices.Equal(r.Labels, labels):
		return nil
	case len(labels) == 0:
		return m.triageOf(id, model.Label(), i18n.SaidUnlabelled)
	}
	return m.triageOf(id, model.Label(labels...), i18n.SaidLabelled, "Labels", m.Look.Ours(strings.Join(labels, ", ")))
}

// ToggleRead marks the current conversation read or unread.
func (m *Model) ToggleRead() tea.Cmd {
	if ids := m.Bulk.Chosen(); ids != nil {
		return m.Bulk.readAll(ids)
	}
	r, ok := m.Current()
	if !ok {
		return nil
	}
	r, _ = m.Expected(r.ID)
	name := m.Look.Name(r.Customer)
	if r.Unread > 0 && r.LastMessage != nil {
		return m.do(act{
			Change: Change{ID: r.ID, upTo: r.LastMessage.ID}, back: &Change{ID: r.ID, unread: true},
			said: m.Say(i18n.SaidRead, "Name", name),
		})
	}
	a := act{Change: Change{ID: r.ID, unread: true}, said: m.Say(i18n.SaidUnread, "Name", name)}
	if r.LastMessage != nil {
		a.back = &Change{ID: r.ID, upTo: r.LastMessage.ID}
	}
	if m.Shown == r.ID {
		// Marked unread by hand, it stays so while it is on screen.
		m.conversation.KeepUnread()
	}
	return m.do(a)
}
