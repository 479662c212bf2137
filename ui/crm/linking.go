package crm

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/look"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// changeKind is the kind of a change in the CRM.
type changeKind uint8

const (
	linkRecord changeKind = iota
	unlinkRecord
	setStage
	setStatus
)

// recordChange is a change in the CRM that another one can undo.
type recordChange struct {
	kind   changeKind
	ref    model.RecordRef
	stage  int64
	status model.DealStatus
	reason string
}

// recordAction is a change about a conversation, with what to say once it is done.
type recordAction struct {
	id   model.ConversationID
	do   recordChange
	back *recordChange // nil: it can't be undone
	said string
	// undo is its entry for undoing it; nil: it can't be undone.
	undo *screen.Undo
}

// recordDone is the result of a change.
type recordDone struct {
	recordAction
	conversation *model.Conversation
	record       *model.Record
	err          error
}

// do asks the hub for a change in the CRM.
func (m *changes) do(a recordAction) tea.Cmd {
	m.busy = true
	if a.back != nil {
		a.undo = &screen.Undo{Of: a.id, Said: a.said, At: m.Now(), Why: m.whyBusy, Back: func() tea.Cmd {
			return m.do(recordAction{id: a.id, do: *a.back, said: m.SaidUndone(a.id)})
		}}
		m.Undo.Push(a.undo)
	}
	m.Notify(m.Say(i18n.SaidAsksCRM))
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		d := recordDone{recordAction: a}
		switch a.do.kind {
		case linkRecord, unlinkRecord:
			var c model.Conversation
			if a.do.kind == linkRecord {
				c, d.err = hub.Link(ctx, a.id, a.do.ref)
			} else {
				c, d.err = hub.Unlink(ctx, a.id, a.do.ref)
			}
			d.conversation = &c
		case setStage, setStatus:
			var r model.Record
			if a.do.kind == setStage {
				r, d.err = hub.SetStage(ctx, a.do.ref.ID, a.do.stage)
			} else {
				r, d.err = hub.SetDealStatus(ctx, a.do.ref.ID, a.do.status, a.do.reason)
			}
			d.record = &r
		}
		return d
	})
}

// recordDone applies a change, and says what was done.
func (m *changes) recordDone(d recordDone) {
	m.busy = false
	if d.err != nil {
		m.Notify(m.Explain(d.err))
		if screen.Refused(d.err) {
			m.Undo.Drop(d.undo)
		}
		return
	}
	if m.Lost(d.id) {
		return // it was done, but the user may no longer see its name
	}
	if d.conversation != nil {
		m.conversations.PutLinked(*d.conversation)
	}
	if d.record != nil {
		m.putRecord(*d.record)
	}
	m.announce(d.id, d.said)
	if d.undo != nil && m.Undo.Last() == d.undo {
		m.OfferUndo()
	}
}

// askLink links a conversation to a record; it asks first if others could then read a private
// conversation, or another link would be replaced.
func (m *Model) askLink(r inbox.Row, to model.Record) tea.Cmd {
	title := m.Look.Line(to.Title)
	what := m.linkMeans(r, to.Type, title, nil)
	if what == "" {
		return m.link(r.ID, to)
	}
	c := m.warn(r, title, what, func() tea.Cmd { return m.link(r.ID, to) }, func() {
		if m.picker != nil {
			m.layPicker()
		}
	})
	if p, ok := m.Inbox.Page(r.PageID); !ok || p.Visibility != model.Private {
		return nil
	}
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		v, err := hub.RecordFor(ctx, to.RecordRef, r.ID)
		return countedOthers{warning: c, id: r.ID, view: v, err: err}
	})
}

// countedOthers is the answer with how many others may see a record.
type countedOthers struct {
	warning *overlay.Choice
	id      model.ConversationID
	view    model.RecordView
	err     error
}

// countedOthers puts the number into the warning. Without it the warning says that there may
// be others.
func (m *changes) countedOthers(c countedOthers) {
	r, ok := m.Inbox.Conversation(c.id)
	if !ok || c.err != nil || m.Overlaid() != overlay.Overlay(c.warning) {
		return
	}
	c.warning.Say(m.linkMeans(r, c.view.Record.Type, m.Look.Line(c.view.Record.Title), c.view.Others))
}

// linkMeans says what else linking changes: who can read then (and how many, if known), and
// which link is replaced.
func (m *prose) linkMeans(r inbox.Row, t model.RecordType, title string, others *int) string {
	var all []string
	if p, ok := m.Inbox.Page(r.PageID); ok && p.Visibility == model.Private {
		n := ""
		if others != nil {
			n = look.Thousands(*others)
		}
		said := i18n.LinkPrivateTo(others, p.SyncOff || r.SyncOff())
		all = append(all, m.Say(said, "Page", m.Look.Line(p.Name), "Title", title, "N", n))
	}
	if old, ok := slotOf(r.Links, t); ok {
		all = append(all, m.Say(i18n.LinkReplaces, "Old", m.Look.Line(old.Title)))
	}
	return strings.Join(all, " ")
}

// warn says what linking means, and asks; the default changes nothing.
func (m *changes) warn(r inbox.Row, title, what string, yes func() tea.Cmd, no func()) *overlay.Choice {
	c := overlay.NewChoice(m.Say(i18n.LinkTitle, "Name", m.Look.Name(r.Customer), "Title", title), []overlay.Option{
		{ID: screen.AnswerNo, Key: "n", Title: m.Say(i18n.LinkNo)},
		{ID: screen.AnswerYes, Key: "y", Title: m.Say(i18n.LinkYes)},
	})
	c.Say(what)
	m.lay(r.ID, c, func(a overlay.Action) tea.Cmd {
		if chosen, ok := a.(overlay.Chosen); ok && chosen.ID == screen.AnswerYes {
			return yes()
		}
		no()
		return nil
	})
	return c
}

func (m *changes) link(id model.ConversationID, to model.Record) tea.Cmd {
	r, ok := m.Inbox.Conversation(id)
	if !ok {
		return nil
	}
	back := &recordChange{kind: unlinkRecord, ref: to.RecordRef}
	if old, ok := slotOf(r.Links, to.Type); ok {
		back = &recordChange{kind: linkRecord, ref: old.Ref()}
	}
	return m.do(recordAction{
		id: id, do: recordChange{kind: linkRecord, ref: to.RecordRef}, back: back,
		said: m.Say(i18n.SaidLinked, "Name", m.Look.Name(r.Customer), "Title", m.Look.Line(to.Title)),
	})
}

func (m *changes) unlink(id model.ConversationID, ref model.RecordRef) tea.Cmd {
	r, ok := m.Inbox.Conversation(id)
	if !ok {
		return nil
	}
	title := ""
	for _, l := range r.Links {
		if l.Ref() == ref {
			title = m.Look.Line(l.Title)
		}
	}
	return m.do(recordAction{
		id: id, do: recordChange{kind: unlinkRecord, ref: ref}, back: &recordChange{kind: linkRecord, ref: ref},
		said: m.Say(i18n.SaidUnlinked, "Name", m.Look.Name(r.Customer), "Title", title),
	})
}

// AskUnlink asks which link to remove.
func (m *changes) AskUnlink() tea.Cmd {
	r, _ := m.Current()
	return m.chooseLink(r, m.Say(i18n.UnlinkTitle, "Name", m.Look.Name(r.Customer)), m.Say(i18n.UnlinkWhat), func(ref model.RecordRef) tea.Cmd {
		return m.unlink(r.ID, ref)
	})
}

// chooseLink asks for one of a conversation's links.
func (m *changes) chooseLink(r inbox.Row, title, said string, then func(model.RecordRef) tea.Cmd) tea.Cmd {
	var options []overlay.Option
	for i, l := range r.Links {
		options = append(options, overlay.Option{
			ID: l.Ref().String(), Key: string(rune('1' + i)), Title: m.Look.Line(l.Title), Detail: m.Say(i18n.RecordKind(l.Type)),
		})
	}
	c := overlay.NewChoice(title, options)
	c.Say(said)
	m.lay(r.ID, c, func(a overlay.Action) tea.Cmd {
		chosen, ok := a.(overlay.Chosen)
		if !ok {
			return nil
		}
		ref, err := model.ParseRecordRef(chosen.ID)
		if err != nil {
			return nil
		}
		return then(ref)
	})
	return nil
}
