// Package later asks for when a reply is to be sent, and offers only times within the reply
// window.
package later

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/model/schedule"
	"parley/model/when"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// Composer holds the reply that is being written.
type Composer interface {
	// Needs says why there is no reply to send later; empty: there is one.
	Needs() string
	// Of returns the conversation of the reply.
	Of() model.ConversationID
	// Send sends it off, for that time.
	Send(at time.Time) tea.Cmd
}

// Model asks for when a reply is to be sent.
type Model struct {
	*screen.Screen
	composer Composer
}

// New returns a Model for a composer.
func New(s *screen.Screen, c Composer) *Model { return &Model{s, c} }

// Needs says why no reply can be sent later now; empty: one can.
func (m *Model) Needs() string {
	if why := m.composer.Needs(); why != "" {
		return why
	}
	r, page, ok := m.row()
	if !ok {
		return m.Say(i18n.WhyNotOpen)
	}
	if _, ok := schedule.Latest(m.Now(), page, r.Conversation, m.Inbox.User().ID); !ok {
		return m.Say(i18n.LaterNever)
	}
	return ""
}

func (m *Model) row() (inbox.Row, model.Page, bool) {
	r, ok := m.Inbox.Conversation(m.composer.Of())
	page, known := m.Inbox.Page(r.PageID)
	return r, page, ok && known
}

// Ask asks for when to send the reply that is being written.
func (m *Model) Ask() tea.Cmd {
	r, page, ok := m.row()
	if !ok || m.Overlaid() != nil {
		return nil
	}
	now := m.Now()
	latest, _ := schedule.Latest(now, page, r.Conversation, m.Inbox.User().ID)
	latest = latest.Truncate(time.Minute) // as it is shown
	times := map[string]time.Time{"hour": now.Add(time.Hour), "tomorrow": when.Morning(now, m.Look.Zone, 1), "latest": latest}
	option := func(id, key string, title i18n.ID) overlay.Option {
		o := overlay.Option{ID: id, Key: key, Title: m.Say(title), Detail: m.Look.Moment(now, times[id])}
		o.Reason = m.why(r, page, times[id])
		return o
	}
	c := overlay.NewChoice(m.Say(i18n.LaterTitle, "Name", m.Look.Name(r.Customer)), []overlay.Option{
		option("hour", "h", i18n.SnoozeHour), option("tomorrow", "t", i18n.SnoozeTomorrow), option("latest", "l", i18n.LaterLatest),
		{ID: "typed", Key: "o", Title: m.Say(i18n.SnoozeTyped)},
	})
	c.Say(m.Say(i18n.LaterUntil, "Time", m.Look.Moment(now, latest)))
	c.Digits = "typed"
	m.Lay(c, func(a overlay.Action) tea.Cmd {
		if begun, ok := a.(overlay.Begun); ok {
			return m.askTime(r.ID, begun.Text, "")
		}
		chosen, ok := a.(overlay.Chosen)
		switch {
		case !ok:
			return nil
		case chosen.ID == "typed":
			return m.askTime(r.ID, "", "")
		}
		return m.send(r.ID, times[chosen.ID])
	})
	return nil
}

// why says why a reply can't be sent at a time; empty: it can.
func (m *Model) why(r inbox.Row, page model.Page, at time.Time) string {
	refusal := schedule.Check(m.Now(), at, page, r.Conversation, m.Inbox.User().ID)
	switch {
	case refusal == nil:
		return ""
	case refusal.Code == model.SendAtBeyond:
		return m.Say(i18n.LaterBeyond)
	}
	return m.Say(i18n.Code(string(refusal.Code)))
}

// askTime asks the user to type a time.
func (m *Model) askTime(id model.ConversationID, text, problem string) tea.Cmd {
	r, _ := m.Inbox.Conversation(id)
	p := overlay.NewPrompt(m.Say(i18n.LaterTitle, "Name", m.Look.Name(r.Customer)), m.Say(i18n.LaterHint), text)
	p.SetError(problem)
	m.Lay(p, func(a overlay.Action) tea.Cmd {
		e, ok := a.(overlay.Entered)
		if !ok {
			return nil
		}
		at, ok := when.Parse(e.Text, m.Now(), m.Look.Zone)
		if !ok {
			return m.askTime(id, e.Text, m.Say(i18n.SnoozeUnclear))
		}
		r, page, ok := m.row()
		if !ok {
			return nil
		}
		refusal := schedule.Check(m.Now(), at, page, r.Conversation, m.Inbox.User().ID)
		if refusal == nil {
			return m.send(id, at)
		}
		said := m.Say(i18n.Code(string(refusal.Code)))
		if refusal.Code == model.SendAtBeyond && refusal.Until != nil {
			said = m.Say(i18n.CodeUntil(string(refusal.Code)), "Time", m.Look.Moment(m.Now(), *refusal.Until))
		}
		return m.askTime(id, e.Text, said)
	})
	return nil
}

// send sends the reply off, if the composer is still that of its conversation.
func (m *Model) send(id model.ConversationID, at time.Time) tea.Cmd {
	if m.composer.Of() != id || m.composer.Needs() != "" {
		return nil
	}
	m.Notify(m.Say(i18n.LaterSaid, "Time", m.Look.Moment(m.Now(), at)))
	return m.composer.Send(at)
}
