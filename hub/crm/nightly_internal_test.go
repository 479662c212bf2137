package crm

import (
	"testing"
	"time"
)

// TestUntilTime: the next night, never now and never past.
func TestUntilTime(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("JST", 9*60*60)
	for name, c := range map[string]struct {
		now  time.Time
		want time.Duration
	}{
		"before it": {time.Date(2026, 3, 1, 1, 30, 0, 0, zone), 90 * time.Minute},
		"at it":     {time.Date(2026, 3, 1, 3, 0, 0, 0, zone), 24 * time.Hour},
		"after it":  {time.Date(2026, 3, 1, 23, 0, 0, 0, zone), 4 * time.Hour},
	} {
		if got := untilTime(c.now, 3*time.Hour); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
