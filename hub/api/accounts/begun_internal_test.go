package accounts

import (
	"strings"
	"testing"
	"time"

	"parley/hub/api/door"
)

// From where a sign-in was begun is known as long as it may be confirmed.
func TestFromWhereASignInWasBegun(t *testing.T) {
	t.Parallel()
	var b begunFrom
	now := time.Now()
	b.record("BCDF-GHJK", door.HostOf("203.0.113.5:77"), now)
	for _, tt := range []struct {
		code  string
		after time.Duration
		want  string
	}{{"BCDF-GHJK", time.Minute, "203.0.113.5"}, {"BCDF-GHJL", 0, ""}, {"BCDF-GHJK", time.Hour, ""}} {
		if got := b.find(tt.code, now.Add(tt.after)); got != tt.want {
			t.Errorf("%s after %s: %q", tt.code, tt.after, got)
		}
	}
	for n := range 3 * mostBegun {
		b.record(strings.Repeat("x", n%97)+time.Duration(n).String(), "192.0.2.1", now)
	}
	if len(b.from) > mostBegun {
		t.Errorf("%d are remembered", len(b.from))
	}
}
