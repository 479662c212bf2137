// Package when parses the times that users type: until when to snooze, when to send.
package when

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"parley/model"
)

// morning is the hour when a working day begins.
const morning = 9

// Morning returns the morning of the day that many days from now.
func Morning(now time.Time, zone *time.Location, days int) time.Time {
	return at(now.In(zone), days, morning, 0)
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

// Parse parses a time that somebody typed: 2h, 30m, 3d, 15:30, tomorrow, tomorrow 9:00,
// fri 14:00, 12/24, 2026-12-24 10:00, and the same in Japanese. A day without a time of day is
// its morning; a time of day without a day is the next one. It returns false for a text that
// is no time, for a time that is not after now, and for one beyond [model.MaxSnooze].
func Parse(text string, now time.Time, zone *time.Location) (time.Time, bool) {
	s := strings.ToLower(strings.TrimSpace(norm.NFKC.String(text)))
	now = now.In(zone)
	if f := spanForm.FindStringSubmatch(s); f != nil {
		n, _ := strconv.Atoi(f[1])
		unit := map[string]time.Duration{"m": time.Minute, "min": time.Minute, "分": time.Minute, "h": time.Hour, "時間": time.Hour}[f[2]]
		if unit == 0 {
			return ahead(at(now, n, morning, 0), now)
		}
		return ahead(now.Add(time.Duration(n)*unit), now)
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
	return ahead(t, now)
}

// ahead reports whether a time is after now, and not too far.
func ahead(t, now time.Time) (time.Time, bool) {
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
