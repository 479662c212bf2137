package look

import (
	"strconv"
	"strings"
	"time"

	"parley/ui/theme"
)

// Thousands formats a number with commas between thousands.
func Thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Blank returns n spaces.
func Blank(n int) string { return strings.Repeat(" ", max(0, n)) }

// Piece is a text in one style.
type Piece struct {
	Text  string
	Style theme.Style
}

// Midnight returns the midnight before t, in t's zone.
func Midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// NextDay returns the midnight after t, in t's zone.
func NextDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, t.Location())
}

// Earlier returns the earlier of two times; a zero time is none.
func Earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
