package crm

import (
	"context"
	"net/url"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// linkedRecord returns the current conversation and its linked record of that type.
func (m *changes) linkedRecord(t model.RecordType) (model.ConversationID, model.Link) {
	r, _ := m.Current()
	l, _ := slotOf(r.Links, t)
	return r.ID, l
}

// NeedsDeal says why the linked deal can't be set to a status now.
func (m *changes) NeedsDeal(to model.DealStatus) func() string {
	already := map[model.DealStatus]i18n.ID{
		model.DealWon: i18n.WhyWonAlready, model.DealLost: i18n.WhyLostAlready, model.DealOpen: i18n.WhyOpenDeal,
	}
	return func() string {
		if why := m.NeedsRecord(model.Deal)(); why != "" {
			return why
		}
		_, l := m.linkedRecord(model.Deal)
		if held := m.records.held[l.Ref()]; held != nil && held.read && held.Status == to {
			return m.Say(already[to])
		}
		return ""
	}
}

// dealRead is the current version of a deal, read before it is changed.
type dealRead struct {
	id     model.ConversationID
	record model.Record
	stages []model.Stage
	then   func(dealRead) tea.Cmd
	err    error
}

// readDeal reads the linked deal, and then calls then with it.
func (m *changes) readDeal(withStages bool, then func(dealRead) tea.Cmd) tea.Cmd {
	id, l := m.linkedRecord(model.Deal)
	m.busy = true
	m.Notify(m.Say(i18n.SaidAsksCRM))
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		d := dealRead{id: id, then: then}
		if d.record, d.err = hub.Record(ctx, l.Ref()); d.err == nil && withStages {
			d.stages, d.err = hub.Stages(ctx)
		}
		return d
	})
}

func (m *changes) dealRead(d dealRead) tea.Cmd {
	m.busy = false
	m.Hush()
	if d.err != nil {
		m.Notify(m.Explain(d.err))
		return nil
	}
	r, ok := m.Inbox.Conversation(d.id)
	if !ok || !linked(r.Links, d.record.RecordRef) || m.Overlaid() != nil {
		return nil // meanwhile it was hidden or unlinked, or something else was started
	}
	m.putRecord(d.record)
	return d.then(d)
}

// AskStage asks for the new stage of the linked deal.
func (m *changes) AskStage() tea.Cmd {
	return m.readDeal(true, m.chooseStage)
}

func (m *changes) chooseStage(d dealRead) tea.Cmd {
	title := m.Look.Line(d.record.Title)
	var now int64
	var pipeline int64
	if s := d.record.Stage; s != nil {
		now, pipeline = s.ID, s.PipelineID
	}
	var options []overlay.Option
	stages := map[string]model.Stage{}
	for _, s := range d.stages {
		if pipeline != 0 && s.PipelineID != pipeline {
			continue
		}
		o := overlay.Option{ID: formatID(s.ID), Title: m.Look.Line(s.Name)}
		if n := len(options) + 1; n <= mostKeys {
			o.Key = formatID(int64(n))
		}
		if s.ID == now {
			o.Detail = m.Say(i18n.StageNow)
		}
		if pipeline == 0 {
			o.Detail = m.Look.Line(s.Pipeline)
		}
		stages[o.ID] = s
		options = append(options, o)
	}
	if len(options) < 2 {
		m.Notify(m.Say(i18n.StageNone))
		return nil
	}
	choice := overlay.NewChoice(m.Say(i18n.StageTitle, "Title", title), options)
	choice.Select(formatID(now))
	m.lay(d.id, choice, func(a overlay.Action) tea.Cmd {
		c, ok := a.(overlay.Chosen)
		s := stages[c.ID]
		if !ok || s.ID == now {
			return nil
		}
		act := recordAction{
			id: d.id, do: recordChange{kind: setStage, ref: d.record.RecordRef, stage: s.ID},
			said: m.Say(i18n.SaidStage, "Title", title, "Stage", m.Look.Line(s.Name)),
		}
		if now != 0 {
			act.back = &recordChange{kind: setStage, ref: d.record.RecordRef, stage: now}
		}
		return m.do(act)
	})
	return nil
}

// Win marks the linked deal won.
func (m *changes) Win() tea.Cmd {
	return m.readDeal(false, m.closeDeal(model.DealWon, "", i18n.SaidWon))
}

// Reopen reopens the linked deal.
func (m *changes) Reopen() tea.Cmd {
	return m.readDeal(false, m.closeDeal(model.DealOpen, "", i18n.SaidReopen))
}

// closeDeal sets the status of a deal. Undoing it restores the one before.
func (m *changes) closeDeal(to model.DealStatus, reason string, said i18n.ID) func(dealRead) tea.Cmd {
	return func(d dealRead) tea.Cmd {
		act := recordAction{
			id: d.id, do: recordChange{kind: setStatus, ref: d.record.RecordRef, status: to, reason: reason},
			said: m.Say(said, "Title", m.Look.Line(d.record.Title)),
		}
		switch d.record.Status {
		case to:
			m.putRecord(d.record)
			m.announce(d.id, act.said)
			return nil
		case model.DealOpen, model.DealWon:
			act.back = &recordChange{kind: setStatus, ref: d.record.RecordRef, status: d.record.Status}
		case model.DealLost: // we don't know its reason, so it can't be restored
		}
		return m.do(act)
	}
}

// Lose asks why the deal was lost.
func (m *changes) Lose() tea.Cmd {
	id, l := m.linkedRecord(model.Deal)
	p := overlay.NewPrompt(m.Say(i18n.LostTitle, "Title", m.Look.Line(l.Title)), m.Say(i18n.LostHint), "")
	m.lay(id, p, func(a overlay.Action) tea.Cmd {
		e, ok := a.(overlay.Entered)
		if _, now := m.linkedRecord(model.Deal); !ok || now.Ref() != l.Ref() {
			return nil
		}
		return m.readDeal(false, m.closeDeal(model.DealLost, e.Text, i18n.SaidLost))
	})
	return nil
}

// converted is the result of converting a lead.
type converted struct {
	id   model.ConversationID
	said string
	err  error
}

// AskConvert asks before it converts the linked lead to a deal.
func (m *changes) AskConvert() tea.Cmd {
	id, l := m.linkedRecord(model.Lead)
	title := m.Look.Line(l.Title)
	c := overlay.NewChoice(m.Say(i18n.ConvertTitle, "Title", title), []overlay.Option{
		{ID: screen.AnswerNo, Key: "n", Title: m.Say(i18n.ConvertNo)},
		{ID: screen.AnswerYes, Key: "y", Title: m.Say(i18n.ConvertYes)},
	})
	c.Say(m.Say(i18n.ConvertWhat))
	m.lay(id, c, func(a overlay.Action) tea.Cmd {
		if chosen, ok := a.(overlay.Chosen); !ok || chosen.ID != screen.AnswerYes {
			return nil
		}
		m.busy = true
		m.Notify(m.Say(i18n.SaidAsksCRM))
		hub := m.hub
		return screen.Call(func(ctx context.Context) tea.Msg {
			_, err := hub.ConvertLead(ctx, l.ID)
			return converted{id: id, said: m.Say(i18n.SaidConverted, "Title", title), err: err}
		})
	})
	return nil
}

// converted says that it was done. The stream brings the link to the deal.
func (m *changes) converted(c converted) {
	m.busy = false
	switch {
	case c.err != nil:
		m.Notify(m.Explain(c.err))
	case !m.Lost(c.id):
		m.announce(c.id, c.said)
	}
}

// recordAddress is the answer with a record whose page is to be opened.
type recordAddress struct {
	id     model.ConversationID
	record model.Record
	err    error
}

// OpenRecord opens a linked record in the browser; if there are several, it asks which.
func (m *changes) OpenRecord() tea.Cmd {
	r, _ := m.Current()
	if len(r.Links) == 1 {
		return m.findAddress(r.ID, r.Links[0].Ref())
	}
	return m.chooseLink(r, m.Say(i18n.OpenRecordTitle), "", func(ref model.RecordRef) tea.Cmd { return m.findAddress(r.ID, ref) })
}

// findAddress opens a record, which it reads first unless it is held.
func (m *changes) findAddress(id model.ConversationID, ref model.RecordRef) tea.Cmd {
	if held := m.records.held[ref]; held != nil && held.read && m.records.of == id {
		return m.recordAddress(recordAddress{id: id, record: held.Record})
	}
	m.Notify(m.Say(i18n.SaidAsksCRM))
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		r, err := hub.Record(ctx, ref)
		return recordAddress{id: id, record: r, err: err}
	})
}

func (m *changes) recordAddress(a recordAddress) tea.Cmd {
	if a.err != nil {
		m.Notify(m.Explain(a.err))
		return nil
	}
	u, err := url.Parse(a.record.URL)
	if m.Lost(a.id) {
		return nil
	}
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		m.Notify(m.Say(i18n.WhyNoRecordPage))
		return nil
	}
	return m.BrowseTo(u)
}
