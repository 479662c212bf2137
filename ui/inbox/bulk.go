package inbox

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/screen"
)

// bulkAtOnce is how many changes of one key press the hub is asked for at a time.
const bulkAtOnce = 4

// Bulk acts on several conversations at once: those that the user selected together.
type Bulk struct{ *Model }

// bulk is one action on several conversations, undone in one step.
type bulk struct {
	todo, begun []*Action
	// done and failed count the answers; why is what the last failure said.
	done, failed int
	why          string
	// said words it for a number of conversations.
	said func(n int) string
	undo *screen.Undo
}

// Chosen returns the conversations that a triage key is about if several are selected; nil: it is
// about the current one.
func (m *Bulk) Chosen() []model.ConversationID {
	if m.Focus != screen.PaneList || m.List.Chosen() == 0 {
		return nil
	}
	return m.List.chosenRows()
}

// NeedsOne says why what goes to one customer can't be done now; empty: it can.
func (m *Bulk) NeedsOne() string {
	if m.Focus == screen.PaneList && m.List.Chosen() > 0 {
		return m.Say(i18n.WhyToOne, "Key", m.KeyOf("back"))
	}
	return m.NeedsConversation()
}

// Choose selects the current row to act on several, or takes it out.
func (m *Bulk) Choose() tea.Cmd {
	m.List.Choose()
	return nil
}

// ChooseRange selects all rows from the one selected last up to here.
func (m *Bulk) ChooseRange() tea.Cmd { return m.chose(m.List.ChooseRange()) }

// ChooseAll selects all that the list shows, or none if all are.
func (m *Bulk) ChooseAll() tea.Cmd { return m.chose(m.List.ChooseAll()) }

func (m *Bulk) chose(all bool) tea.Cmd {
	if !all {
		m.Notify(m.Say(i18n.SaidChosenMost, "N", mostChosen))
	}
	return nil
}

// TriageAll changes the triage of several conversations, each as change says of it as it will be
// after what is on its way: one step, which is undone as one. said words it, with N and the pairs.
func (m *Bulk) TriageAll(ids []model.ConversationID, change func(model.Conversation) model.Triage, said i18n.ID, pairs ...any) tea.Cmd {
	now := m.Now()
	var acts []act
	leaves := false
	for _, id := range ids {
		r, ok := m.Expected(id)
		if !ok {
			continue
		}
		t := change(r.Conversation)
		back := t.Inverse(r.Conversation, now)
		acts = append(acts, act{Change: Change{ID: id, Triage: &t}, back: &Change{ID: id, Triage: &back}})
		after, err := t.Of(r.Conversation, now)
		leaves = leaves || err == nil && !m.Search.Active() && !m.Inbox.Holds(m.Query, after)
	}
	if leaves {
		m.List.passAll()
	}
	return tea.Batch(m.actAll(acts, func(n int) string { return m.Say(said, append([]any{"N", n}, pairs...)...) }), m.PreviewLater())
}

// actAll does several actions as one.
func (m *Bulk) actAll(acts []act, said func(n int) string) tea.Cmd {
	if len(acts) == 0 {
		return nil
	}
	b := &bulk{said: said}
	b.undo = &screen.Undo{Said: said(len(acts)), At: m.Now(), Back: func() tea.Cmd { return m.undoAll(b) }}
	for _, a := range acts {
		b.todo = append(b.todo, &Action{act: a, bulk: b})
		b.undo.Each = append(b.undo.Each, a.ID)
	}
	m.Undo.Push(b.undo)
	return m.beginAll(b)
}

// beginAll asks the hub for as many as may be on their way at once.
func (m *Bulk) beginAll(b *bulk) tea.Cmd {
	var cmds []tea.Cmd
	for len(b.todo) > 0 && len(b.begun)-b.done-b.failed < bulkAtOnce {
		x := b.todo[0]
		b.todo, b.begun = b.todo[1:], append(b.begun, x)
		cmds = append(cmds, m.enqueue(x))
	}
	return tea.Batch(cmds...)
}

// answered counts an answer, and says how it went once all are in.
func (m *Bulk) answered(b *bulk, err error) tea.Cmd {
	if err == nil {
		b.done++
	} else {
		b.failed++
		b.why = m.Explain(err)
	}
	if len(b.todo) > 0 {
		return m.beginAll(b)
	}
	if b.done+b.failed < len(b.begun) {
		return nil
	}
	switch {
	case b.failed == 0:
		m.Notify(b.said(b.done))
	case b.done == 0:
		m.NotifyLonger(b.why)
	default:
		m.NotifyLonger(m.Say(i18n.SaidAllPartly, "Said", b.said(b.done), "N", b.failed, "Why", b.why))
	}
	if b.done == 0 {
		m.Undo.Drop(b.undo)
	} else if b.undo != nil && m.Undo.Last() == b.undo {
		m.OfferUndo()
	}
	return nil
}

// undoAll undoes what was done, or is being done; what has not begun is left.
func (m *Bulk) undoAll(b *bulk) tea.Cmd {
	b.todo = nil
	back := &bulk{said: func(n int) string { return m.Say(i18n.SaidAllUndone, "N", n) }}
	for _, x := range b.begun {
		if !x.refused && m.whyNotBack(x) == "" {
			back.todo = append(back.todo, &Action{act: act{Change: *x.back}, of: x, bulk: back})
		}
	}
	if len(back.todo) == 0 {
		m.Notify(m.Say(i18n.WhyChangedSince))
	}
	return m.beginAll(back)
}

// all reports whether something holds for each of several conversations, as they will be.
func (m *Bulk) all(ids []model.ConversationID, holds func(inbox.Row) bool) bool {
	for _, id := range ids {
		if r, ok := m.Expected(id); ok && !holds(r) {
			return false
		}
	}
	return true
}

// always is a change that does not depend on the conversation.
func always(t model.Triage) func(model.Conversation) model.Triage {
	return func(model.Conversation) model.Triage { return t }
}

// finishAll marks several done; if all are, it opens them again.
func (m *Bulk) finishAll(ids []model.ConversationID) tea.Cmd {
	if m.all(ids, func(r inbox.Row) bool { return r.Status == model.Done }) {
		return m.TriageAll(ids, always(model.ToStatus(model.Open)), i18n.SaidAllReopened)
	}
	return m.TriageAll(ids, always(model.ToStatus(model.Done)), i18n.SaidAllDone)
}

// pinAll pins several; if all are, it takes the pins off.
func (m *Bulk) pinAll(ids []model.ConversationID) tea.Cmd {
	if m.all(ids, func(r inbox.Row) bool { return r.Pinned }) {
		return m.TriageAll(ids, always(model.Unpin()), i18n.SaidAllUnpinned)
	}
	return m.TriageAll(ids, always(model.Pin()), i18n.SaidAllPinned)
}

// readAll marks several read; if all are, unread.
func (m *Bulk) readAll(ids []model.ConversationID) tea.Cmd {
	unread := m.all(ids, func(r inbox.Row) bool { return r.Unread == 0 })
	var acts []act
	for _, id := range ids {
		r, ok := m.Expected(id)
		if !ok || r.LastMessage == nil || !unread && r.Unread == 0 {
			continue
		}
		read, back := Change{ID: id, upTo: r.LastMessage.ID}, Change{ID: id, unread: true}
		if unread {
			read, back = back, read
		}
		acts = append(acts, act{Change: read, back: &back})
	}
	said := i18n.SaidAllRead
	if unread {
		said = i18n.SaidAllUnread
	}
	return m.actAll(acts, func(n int) string { return m.Say(said, "N", n) })
}

// assignAll assigns several conversations as chosen.
func (m *Bulk) assignAll(ids []model.ConversationID, chosen string) tea.Cmd {
	switch to, colleague := strings.CutPrefix(chosen, assignTo); {
	case colleague:
		return m.TriageAll(ids, always(model.Assign(model.UserID(to))), i18n.SaidAllAssigned, "Who", m.Look.Ours(m.colleague(to)))
	case chosen == assignMe:
		return m.TriageAll(ids, always(model.Assign(m.Inbox.User().ID)), i18n.SaidAllAssignedMe)
	}
	return m.TriageAll(ids, always(model.Unassign()), i18n.SaidAllUnassigned)
}

// LabelAll gives several conversations labels, and takes others from them.
func (m *Bulk) LabelAll(ids []model.ConversationID, on, off []string) tea.Cmd {
	if len(on)+len(off) == 0 {
		return nil
	}
	return m.TriageAll(ids, func(c model.Conversation) model.Triage {
		labels := slices.DeleteFunc(slices.Clone(c.Labels), func(l string) bool { return slices.Contains(off, l) })
		for _, l := range on {
			if !slices.Contains(labels, l) {
				labels = append(labels, l)
			}
		}
		return model.Label(labels...)
	}, i18n.SaidAllLabelled)
}
