package inbox

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/model/when"
	"parley/ui/overlay"
)

// Snooze asks until when to snooze the current conversation.
func (m *Model) Snooze() tea.Cmd {
	r, ok := m.Current()
	if !ok {
		return nil
	}
	now := m.Now()
	tomorrow := when.Morning(now, m.Look.Zone, 1)
	monday := when.Morning(now, m.Look.Zone, (8-int(now.In(m.Look.Zone).Weekday()))%7)
	if !monday.After(tomorrow) {
		monday = monday.AddDate(0, 0, 7)
	}
	times := map[string]time.Time{"hour": now.Add(time.Hour), "tomorrow": tomorrow, "monday": monday}
	options := []overlay.Option{
		{ID: "hour", Key: "1", Title: m.Say(i18n.SnoozeHour), Detail: m.Look.Moment(now, times["hour"])},
		{ID: "tomorrow", Key: "2", Title: m.Say(i18n.SnoozeTomorrow), Detail: m.Look.Clock(tomorrow)},
		{ID: "monday", Key: "3", Title: m.Say(i18n.SnoozeMonday), Detail: m.Look.Moment(now, monday)},
		{ID: "typed", Key: "4", Title: m.Say(i18n.SnoozeTyped)},
	}
	m.Lay(overlay.NewChoice(m.Say(i18n.SnoozeTitle, "Name", m.Look.Name(r.Customer)), options), func(a overlay.Action) tea.Cmd {
		c, ok := a.(overlay.Chosen)
		switch {
		case !ok:
			return nil
		case c.ID == "typed":
			return m.askSnooze(r, "", "")
		}
		return m.putAway(r.ID, times[c.ID])
	})
	return nil
}

// askSnooze asks the user to type a time.
func (m *Model) askSnooze(r inbox.Row, text, problem string) tea.Cmd {
	p := overlay.NewPrompt(m.Say(i18n.SnoozeTitle, "Name", m.Look.Name(r.Customer)), m.Say(i18n.SnoozeHint), text)
	p.SetError(problem)
	m.Lay(p, func(a overlay.Action) tea.Cmd {
		e, ok := a.(overlay.Entered)
		if !ok {
			return nil
		}
		until, ok := when.Parse(e.Text, m.Now(), m.Look.Zone)
		if !ok {
			return m.askSnooze(r, e.Text, m.Say(i18n.SnoozeUnclear))
		}
		return m.putAway(r.ID, until)
	})
	return nil
}

func (m *Model) putAway(id model.ConversationID, until time.Time) tea.Cmd {
	return m.triageOf(id, model.Snooze(until), i18n.SaidSnoozed, "Time", m.Look.Moment(m.Now(), until))
}
