package inbox

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/when"
	"parley/ui/overlay"
)

// Snooze asks until when to snooze the current conversation.
func (m *Model) Snooze() tea.Cmd {
	ids := m.Bulk.Chosen()
	r, ok := m.Current()
	if !ok && ids == nil {
		return nil
	}
	title, away := m.Say(i18n.SnoozeTitle, "Name", m.Look.Name(r.Customer)), func(until time.Time) tea.Cmd { return m.putAway(r.ID, until) }
	if ids != nil {
		title = m.Say(i18n.SnoozeTitleAll, "N", len(ids))
		away = func(until time.Time) tea.Cmd {
			return m.Bulk.TriageAll(ids, always(model.Snooze(until)), i18n.SaidAllSnoozed, "Time", m.Look.Moment(m.Now(), until))
		}
	}
	now := m.Now()
	tomorrow := when.Morning(now, m.Look.Zone, 1)
	monday := when.Morning(now, m.Look.Zone, (8-int(now.In(m.Look.Zone).Weekday()))%7)
	if !monday.After(tomorrow) {
		monday = monday.AddDate(0, 0, 7)
	}
	times := map[string]time.Time{"hour": now.Add(time.Hour), "tomorrow": tomorrow, "monday": monday}
	options := []overlay.Option{
		{ID: "hour", Key: "h", Title: m.Say(i18n.SnoozeHour), Detail: m.Look.Moment(now, times["hour"])},
		{ID: "tomorrow", Key: "t", Title: m.Say(i18n.SnoozeTomorrow), Detail: m.Look.Clock(tomorrow)},
		{ID: "monday", Key: "w", Title: m.Say(i18n.SnoozeMonday), Detail: m.Look.Moment(now, monday)},
		{ID: "typed", Key: "o", Title: m.Say(i18n.SnoozeTyped)},
	}
	choice := overlay.NewChoice(title, options)
	choice.Digits = "typed"
	m.Lay(choice, func(a overlay.Action) tea.Cmd {
		if begun, ok := a.(overlay.Begun); ok {
			return m.askSnooze(title, begun.Text, "", away)
		}
		c, ok := a.(overlay.Chosen)
		switch {
		case !ok:
			return nil
		case c.ID == "typed":
			return m.askSnooze(title, "", "", away)
		}
		return away(times[c.ID])
	})
	return nil
}

// askSnooze asks the user to type a time.
func (m *Model) askSnooze(title, text, problem string, away func(time.Time) tea.Cmd) tea.Cmd {
	p := overlay.NewPrompt(title, m.Say(i18n.SnoozeHint), text)
	p.SetError(problem)
	m.Lay(p, func(a overlay.Action) tea.Cmd {
		e, ok := a.(overlay.Entered)
		if !ok {
			return nil
		}
		until, ok := when.Parse(e.Text, m.Now(), m.Look.Zone)
		if !ok {
			return m.askSnooze(title, e.Text, m.Say(i18n.SnoozeUnclear), away)
		}
		return away(until)
	})
	return nil
}

func (m *Model) putAway(id model.ConversationID, until time.Time) tea.Cmd {
	return m.triageOf(id, model.Snooze(until), i18n.SaidSnoozed, "Time", m.Look.Moment(m.Now(), until))
}
