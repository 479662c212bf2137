package look

import (
	"strconv"
	"strings"
	"time"

	"parley/ui/theme"
)

// Thousands writes a number with its thousands parted.
func Thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Blank returns so many spaces.
func Blank(n int) string { return strings.Repeat(" ", max(0, n)) }

// Piece is some text in one style.
type Piece struct {
	Text  string
	Style theme.Style
}

// NextDay is the midnight after a time, where the time is.
func NextDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, t.Location())
}

// Earlier returns the earlier of two times, of which a zero one is none.
func Earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
