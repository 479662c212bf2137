package crm

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/look"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// syncLines word the state of the transcript in the CRM; only once if it is the same on all
// linked records. next is when they change by time alone.
func (m *prose) syncLines(r inbox.Row) (lines []syncLine, next time.Time) {
	now := m.Now()
	for _, l := range r.Links {
		if l.Sync == nil {
			continue
		}
		next = look.Earlier(next, i18n.SyncedChange(*l.Sync, now))
		said := m.Look.Words.Synced(*l.Sync, now, func(at time.Time) string { return m.Look.Moment(now, at) })
		lines = append(lines, syncLine{of: m.Look.Line(l.Title), said: said, state: l.Sync.State})
	}
	for _, l := range lines {
		if l.said != lines[0].said {
			for i := range lines {
				lines[i].said = m.Say(i18n.SyncOf, "Title", lines[i].of, "State", lines[i].said)
			}
			return lines, next
		}
	}
	return lines[:min(len(lines), 1)], next
}

// syncLine is the state of the transcript on one record.
type syncLine struct {
	of, said string
	state    model.SyncState
}

// synced adds the state of the transcript.
func (p *panelText) synced(r inbox.Row) {
	th := p.m.Look.Theme
	lines, next := p.m.syncLines(r)
	p.next = look.Earlier(p.next, next)
	for _, l := range lines {
		switch l.state {
		case model.SyncFailed:
			p.line(l.said, th.Danger)
		case model.SyncWaiting:
			p.line(l.said, th.Warn)
		case model.SyncDone:
			p.line(l.said, th.Good)
		case model.SyncOff:
			p.line(l.said, th.Muted)
		}
	}
}

// NeedsSynced says why the transcript can't be written now.
func (m *changes) NeedsSynced() string {
	if why := m.NeedsSwitch(); why != "" {
		return why
	}
	if r, _ := m.Current(); r.SyncOff() {
		return m.Say(i18n.WhySyncOff, "Key", m.KeyOf("sync"))
	}
	return ""
}

// NeedsSwitch says why the transcript can't be switched on or off now.
func (m *changes) NeedsSwitch() string {
	if why := m.NeedsLinked(); why != "" {
		return why
	}
	r, _ := m.Current()
	if p, ok := m.Inbox.Page(r.PageID); ok && p.SyncOff {
		return m.Say(i18n.WhyPageSyncOff, "Page", m.Look.Line(p.Name))
	}
	if m.busy {
		return m.Say(i18n.WhyCRMBusy)
	}
	return ""
}

// syncDone is the result of a change about a transcript.
type syncDone struct {
	id           model.ConversationID
	conversation model.Conversation
	said         string
	err          error
}

func (m *changes) changeSync(id model.ConversationID, said i18n.ID, do func(context.Context) (model.Conversation, error)) tea.Cmd {
	m.busy = true
	sentence := m.Say(said)
	return screen.Call(func(ctx context.Context) tea.Msg {
		c, err := do(ctx)
		return syncDone{id: id, conversation: c, said: sentence, err: err}
	})
}

func (m *changes) syncDone(d syncDone) {
	m.busy = false
	switch {
	case d.err != nil:
		m.Notify(m.Explain(d.err))
	case !m.Lost(d.id):
		m.conversations.PutLinked(d.conversation)
		m.Notify(d.said)
	}
}

// SyncNow writes the transcript now.
func (m *changes) SyncNow() tea.Cmd {
	r, _ := m.Current()
	hub := m.hub
	return m.changeSync(r.ID, i18n.SaidSyncNow, func(ctx context.Context) (model.Conversation, error) { return hub.SyncNow(ctx, r.ID) })
}

// TurnSync switches the transcript on or off; it asks first if others could then read a
// private conversation.
func (m *changes) TurnSync() tea.Cmd {
	r, _ := m.Current()
	on, said := r.SyncOff(), i18n.SaidSyncOff
	if on {
		said = i18n.SaidSyncOn
	}
	hub := m.hub
	set := func() tea.Cmd {
		return m.changeSync(r.ID, said, func(ctx context.Context) (model.Conversation, error) { return hub.SetSync(ctx, r.ID, on) })
	}
	p, ok := m.Inbox.Page(r.PageID)
	if !on || !ok || p.Visibility != model.Private {
		return set()
	}
	titles := make([]string, 0, len(r.Links))
	for _, l := range r.Links {
		titles = append(titles, m.Look.Line(l.Title))
	}
	what := m.Say(i18n.SyncPrivate, "Page", m.Look.Line(p.Name), "Title", strings.Join(titles, m.Say(i18n.ListOr)))
	c := m.askSync(m.Look.Name(r.Customer), what)
	m.lay(r.ID, c, confirmed(set))
	return nil
}

func (m *prose) askSync(name, what string) *overlay.Choice {
	c := overlay.NewChoice(m.Say(i18n.SyncTitle, "Name", name), []overlay.Option{
		{ID: screen.AnswerNo, Key: "n", Title: m.Say(i18n.SyncNo)},
		{ID: screen.AnswerYes, Key: "y", Title: m.Say(i18n.SyncYes)},
	})
	c.Say(what)
	return c
}

// confirmed returns a handler that runs do if yes was chosen.
func confirmed(do func() tea.Cmd) func(overlay.Action) tea.Cmd {
	return func(a overlay.Action) tea.Cmd {
		if chosen, ok := a.(overlay.Chosen); !ok || chosen.ID != screen.AnswerYes {
			return nil
		}
		return do()
	}
}

// pageSynced is the result of switching a Page's transcripts.
type pageSynced struct {
	page model.PageID
	on   bool
	err  error
}

// TurnPageSync switches the transcripts of a Page's conversations on or off.
func (m *changes) TurnPageSync() tea.Cmd {
	p, _ := m.Page()
	hub, on := m.hub, p.SyncOff
	set := func() tea.Cmd {
		return screen.Call(func(ctx context.Context) tea.Msg {
			_, err := hub.SetPageSync(ctx, p.ID, on)
			return pageSynced{page: p.ID, on: on, err: err}
		})
	}
	if !on || p.Visibility != model.Private {
		return set()
	}
	name := m.Look.Line(p.Name)
	m.Lay(m.askSync(name, m.Say(i18n.SyncPrivatePage, "Page", name)), confirmed(set))
	return nil
}

// pageSynced says what was done. The stream brings the Page.
func (m *changes) pageSynced(s pageSynced) {
	if s.err != nil {
		m.Notify(m.Explain(s.err))
		return
	}
	p, _ := m.Inbox.Page(s.page)
	said := i18n.SaidPageSyncOff
	if s.on {
		said = i18n.SaidPageSyncOn
	}
	m.Notify(m.Say(said, "Page", m.Look.Line(p.Name)))
}
