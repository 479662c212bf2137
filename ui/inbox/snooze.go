package inbox

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/text/unicode/norm"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/overlay"
)

// morning is the hour when a working day begins.
const morning = 9

// Snooze asks until when to snooze the current conversation.
func (m *Model) Snooze() tea.Cmd {
	r, ok := m.Current()
	if !ok {
		return nil
	}
	now := m.Now()
	tomorrow := at(now.In(m.Look.Zone), 1, morning, 0)
	monday := at(now.In(m.Look.Zone), (8-int(now.In(m.Look.Zone).Weekday()))%7, morning, 0)
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
		until, ok := when(e.Text, m.Now(), m.Look.Zone)
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

// at returns a time of day, that many days after t.
func at(t time.Time, days, hour, minute int) time.Time {
	y, mo, d := t.Date()
	return time.Date(y, mo, d+days, hour, minute, 0, 0, t.Location())
}

var (
	spanForm  = regexp.MustCompile(`^(\d{1,4}) ?(m|min|分|h|時間|d|日)(後)?$`)
	clockForm = regexp.MustCompile(`^(?:(.+?) ?)??(\d{1,2})(?::(\d{2})|時(?:(\d{1,2})分)?)$`)
	dateForm  = regexp.MustCompile(`^(?:(\d{4})[-/])?(\d{1,2})[-/](\d{1,2})$`)
)

// when parses a time that somebody typed: 2h, 30m, 3d, 15:30, tomorrow, tomorrow 9:00,
// fri 14:00, 12/24, 2026-12-24 10:00, and the same in Japanese. A day without a time of day is
// its morning; a time of day without a day is the next one.
func when(text string, now time.Time, zone *time.Location) (time.Time, bool) {
	s := strings.ToLower(strings.TrimSpace(norm.NFKC.String(text)))
	now = now.In(zone)
	if f := spanForm.FindStringSubmatch(s); f != nil {
		n, _ := strconv.Atoi(f[1])
		unit := map[string]time.Duration{"m": time.Minute, "min": time.Minute, "分": time.Minute, "h": time.Hour, "時間": time.Hour}[f[2]]
		if unit == 0 {
			return at(now, n, morning, 0), n > 0
		}
		return now.Add(time.Duration(n) * unit), n > 0
	}
	day, hour, minute := s, morning, 0
	if f := clockForm.FindStringSubmatch(s); f != nil {
		day = f[1]
		hour, _ = strconv.Atoi(f[2])
		minute, _ = strconv.Atoi(f[3] + f[4])
	}
	if hour > 23 || minute > 59 || s == "" {
		return time.Time{}, false
	}
	days, ok := dayFrom(day, now)
	if !ok {
		return time.Time{}, false
	}
	t := at(now, days, hour, minute)
	if day == "" && !t.After(now) {
		t = at(now, 1, hour, minute)
	}
	return t, t.After(now) && t.Sub(now) <= model.MaxSnooze
}

// dayFrom returns how many days from now a day is.
func dayFrom(day string, now time.Time) (int, bool) {
	switch day {
	case "", "today", "今日":
		return 0, true
	case "tomorrow", "明日":
		return 1, true
	case "明後日":
		return 2, true
	}
	if f := dateForm.FindStringSubmatch(day); f != nil {
		return dateFrom(f, now)
	}
	day = strings.TrimSuffix(strings.TrimSuffix(day, "日"), "曜")
	for n := 1; n <= 7; n++ {
		w := now.AddDate(0, 0, n).Weekday()
		name := strings.ToLower(w.String())
		if day == string([]rune("日月火水木金土")[w]) || len(day) >= 3 && strings.HasPrefix(name, day) {
			return n, true
		}
	}
	return 0, false
}

// dateFrom returns how many days from now a date is; without a year, the next one.
func dateFrom(f []string, now time.Time) (int, bool) {
	month, _ := strconv.Atoi(f[2])
	d, _ := strconv.Atoi(f[3])
	year := now.Year()
	if f[1] != "" {
		year, _ = strconv.Atoi(f[1])
	}
	t := time.Date(year, time.Month(month), d, 0, 0, 0, 0, time.UTC)
	if int(t.Month()) != month || t.Day() != d {
		return 0, false
	}
	y, mo, today := now.Date()
	from := time.Date(y, mo, today, 0, 0, 0, 0, time.UTC)
	if f[1] == "" && t.Before(from) {
		t = t.AddDate(1, 0, 0)
	}
	return int(t.Sub(from) / (24 * time.Hour)), true
}
