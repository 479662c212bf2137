package engine

import (
	"errors"
	"testing"
	"time"
)

// TestReplaced: text that JSON would alter is refused, and no other.
func TestReplaced(t *testing.T) {
	t.Parallel()
	for text, bad := range map[string]bool{
		"":                false,
		"a\ufffdb":        false,
		`\ufffd`:          false,
		`\\ufffd`:         false,
		"\xff":            true,
		"\\\xff":          true,
		`\ufffd` + "\x80": true,
		"\xed\xa0\x80":    true,
	} {
		if _, err := Encode(text); errors.Is(err, ErrNotUTF8) != bad {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestExact: a column and the record beside it hold the same time.
func TestExact(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for _, when := range []time.Time{
		{}, start, start.Add(1), start.Add(999), start.Add(-1), time.Unix(-1, 1), time.Unix(0, 1500),
	} {
		e := Exact(when)
		if e.IsZero() != when.IsZero() || !when.IsZero() && (e.UnixMicro() != when.UnixMicro() || when.Sub(e) < 0) {
			t.Errorf("%v is kept as %v", when, e)
		}
		if Micros(e) != 0 && !FromMicros(Micros(e)).Equal(e) {
			t.Errorf("%v comes back as %v", e, FromMicros(Micros(e)))
		}
	}
}
