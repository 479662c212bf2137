package look

import (
	"fmt"
	"strconv"
	"time"

	"parley/i18n"
)

const day = 24 * time.Hour

// Age returns how long ago something was, short: now, 4m, 3h, Tue, 12 Nov; and when that
// changes.
func (l Look) Age(now, at time.Time) (string, time.Time) {
	d := now.Sub(at)
	switch {
	case d < time.Minute:
		return l.Say(i18n.AgeNow), at.Add(time.Minute)
	case d < time.Hour:
		n := d / time.Minute
		return l.Say(i18n.AgeMinutes, "N", int(n)), at.Add((n + 1) * time.Minute)
	case d < day:
		n := d / time.Hour
		return l.Say(i18n.AgeHours, "N", int(n)), at.Add((n + 1) * time.Hour)
	case d < 6*day:
		return l.Weekday(at), at.Add(6 * day)
	}
	return l.Date(now, at), l.midnight(now).AddDate(0, 0, 1)
}

// Left returns the remaining time, short, rounded down: 6d, 23h, 40m, <1m; and when that
// changes.
func (l Look) Left(now, until time.Time) (string, time.Time) {
	d := until.Sub(now)
	id, unit := i18n.AgeHours, time.Hour
	switch {
	case d <= 0:
		return "", time.Time{}
	case d < time.Minute:
		return l.Say(i18n.LeftLeast), until
	case d < time.Hour:
		id, unit = i18n.AgeMinutes, time.Minute
	case d >= 2*day:
		id, unit = i18n.LeftDays, day
	}
	n := d / unit
	return l.Say(id, "N", int(n)), until.Add(-n * unit).Add(time.Nanosecond)
}

// LeftSaid words the remaining time: 13m left; and when that changes. uncertain: Facebook may
// refuse a reply before.
func (l Look) LeftSaid(now, until time.Time, uncertain bool) (string, time.Time) {
	left, changes := l.Left(now, until)
	switch {
	case left == "":
		return "", changes
	case uncertain:
		return l.Say(i18n.LeftMaybe, "Time", left), changes
	}
	return l.Say(i18n.LeftSaid, "Time", left), changes
}

// Clock formats a time of day: 10:02.
func (l Look) Clock(at time.Time) string { return at.In(l.Zone).Format("15:04") }

// Weekday returns the short name of a day of the week: Tue, 火.
func (l Look) Weekday(at time.Time) string {
	w := at.In(l.Zone).Weekday()
	if l.Words.Japanese() {
		return string([]rune("日月火水木金土")[w])
	}
	return w.String()[:3]
}

// Date formats a date, with the year if it is not this one: 12 Nov, 11/12.
func (l Look) Date(now, at time.Time) string {
	at, now = at.In(l.Zone), now.In(l.Zone)
	ja, other := l.Words.Japanese(), at.Year() != now.Year()
	switch {
	case ja && other:
		return at.Format("2006/1/2")
	case ja:
		return at.Format("1/2")
	case other:
		return at.Format("2 Jan 2006")
	}
	return at.Format("2 Jan")
}

// Day formats a day for a heading: Today, Yesterday, Tuesday 17 November.
func (l Look) Day(now, at time.Time) string {
	switch int(l.midnight(now).Sub(l.midnight(at)).Round(day) / day) {
	case 0:
		return l.Say(i18n.DayToday)
	case 1:
		return l.Say(i18n.DayYesterday)
	}
	at = at.In(l.Zone)
	if l.Words.Japanese() {
		s := fmt.Sprintf("%d月%d日（%s）", int(at.Month()), at.Day(), l.Weekday(at))
		if at.Year() != now.In(l.Zone).Year() {
			s = strconv.Itoa(at.Year()) + "年" + s
		}
		return s
	}
	if at.Year() != now.In(l.Zone).Year() {
		return at.Format("Monday 2 January 2006")
	}
	return at.Format("Monday 2 January")
}

// Moment formats a time near now for a sentence: 10:02, tomorrow 10:02, Tue 10:02, 12 Nov
// 10:02.
func (l Look) Moment(now, at time.Time) string {
	days := int(l.midnight(at).Sub(l.midnight(now)).Round(day) / day)
	clock := l.Clock(at)
	switch {
	case days == 0:
		return clock
	case days == 1:
		return l.Say(i18n.MomentTomorrow, "Time", clock)
	case days == -1:
		return l.Say(i18n.MomentYesterday, "Time", clock)
	case days > -6 && days < 7:
		return l.Say(i18n.MomentDay, "Day", l.Weekday(at), "Time", clock)
	}
	return l.Say(i18n.MomentDay, "Day", l.Date(now, at), "Time", clock)
}

func (l Look) midnight(t time.Time) time.Time {
	y, m, d := t.In(l.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, l.Zone)
}
