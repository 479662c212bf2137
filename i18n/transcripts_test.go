package i18n_test

import (
	"strings"
	"testing"
	"time"

	"parley/i18n"
	"parley/model"
)

// TestSyncedChanges: what is said of a transcript is another sentence once it is told to
// be, and none before.
func TestSyncedChanges(t *testing.T) {
	t.Parallel()
	w := i18n.New("en")
	written := time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)
	clock := func(at time.Time) string { return at.Format("15:04") }
	s := model.Sync{State: model.SyncDone, At: &written}
	var all []string
	for now := written; !now.IsZero(); {
		said := w.Synced(s, now, clock)
		next := i18n.SyncedChange(s, now)
		if !next.IsZero() {
			if !next.After(now) || w.Synced(s, next.Add(-time.Nanosecond), clock) != said {
				t.Fatalf("at %s %q, and otherwise before %s", now, said, next)
			}
		}
		all, now = append(all, said), next
	}
	if len(all) != 61 || all[0] != "Transcript synced just now" || all[2] != "Transcript synced 2 min ago" || all[60] != "Transcript synced 12:00" {
		t.Errorf("%d: %q", len(all), all)
	}
	for _, reason := range []model.Code{"", "crm_unavailable", "of a later hub"} {
		if got := w.Synced(model.Sync{State: model.SyncFailed, Reason: reason}, written, clock); got != "Transcript not synced. It is tried again." {
			t.Errorf("%q: %s", reason, got)
		}
	}
	if got := w.Synced(model.Sync{State: model.SyncFailed, Reason: model.CRMForbidden}, written, clock); !strings.Contains(got, "Pipedrive does not let you") {
		t.Errorf("it says %s", got)
	}
}
