package notify

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// Hours is a part of each day, from a time of day until another; it may span midnight. Both in
// minutes since midnight.
type Hours struct{ from, until int }

// ErrHours is that a text is not a part of the day.
var ErrHours = errors.New("must be two times of day such as 19:00-08:00")

// ParseHours reads a part of the day such as 19:00-08:00.
func ParseHours(s string) (Hours, error) {
	from, until, ok := strings.Cut(s, "-")
	if !ok {
		return Hours{}, ErrHours
	}
	var h Hours
	var good [2]bool
	h.from, good[0] = minutes(strings.TrimSpace(from))
	h.until, good[1] = minutes(strings.TrimSpace(until))
	if !good[0] || !good[1] || h.from == h.until {
		return Hours{}, ErrHours
	}
	return h, nil
}

// minutes reads a time of day.
func minutes(s string) (int, bool) {
	hour, minute, ok := strings.Cut(s, ":")
	if !ok || len(hour) < 1 || len(hour) > 2 || len(minute) != 2 {
		return 0, false
	}
	h, err := strconv.ParseUint(hour, 10, 8)
	m, err2 := strconv.ParseUint(minute, 10, 8)
	if err != nil || err2 != nil || h > 24 || m > 59 || h == 24 && m > 0 {
		return 0, false
	}
	return int(h)%24*60 + int(m), true
}

// Until reports whether a time is within the hours, by the clock of its zone, and when they
// end.
func (h Hours) Until(at time.Time) (time.Time, bool) {
	now, days := at.Hour()*60+at.Minute(), 0
	switch {
	case h.from < h.until && (now < h.from || now >= h.until):
		return at, false
	case h.from > h.until && now >= h.until && now < h.from:
		return at, false
	case h.from > h.until && now >= h.from:
		days = 1
	}
	return time.Date(at.Year(), at.Month(), at.Day()+days, 0, h.until, 0, 0, at.Location()), true
}
