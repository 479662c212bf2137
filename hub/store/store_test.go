package store_test

import (
	"errors"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

// TestToldSince: what an event tells counts from the moment at which somebody began to ask,
// by the CRM's clock or by ours.
func TestToldSince(t *testing.T) {
	t.Parallel()
	asked := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	before, after := asked.Add(-time.Second), asked.Add(time.Second)
	for name, c := range map[string]struct {
		event, told time.Time
		want        bool
	}{
		"never told":                {time.Time{}, time.Time{}, false},
		"an event from before":      {before, time.Time{}, false},
		"an event of the moment":    {asked, time.Time{}, false},
		"a later event":             {after, time.Time{}, true},
		"told before":               {before, before, false},
		"told at the moment":        {before, asked, true},
		"told after, of one before": {before, after, true},
		"a later event, told early": {after, before, true},
	} {
		if got := (store.RecordState{EventAt: c.event, ToldAt: c.told}).ToldSince(asked); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestContradiction: a refusal to open says what was found, where more is known than the
// kind.
func TestContradiction(t *testing.T) {
	t.Parallel()
	const want = "store is not the one that the hub ran with: damaged (3 changes, 5 were made)"
	e := &store.ContradictionError{Difference: store.Damaged, Was: 5, Is: 3}
	if e.Error() != want {
		t.Errorf("%q", e.Error())
	}
	e.Err = errors.New("page 7 is torn")
	if e.Error() != want+": page 7 is torn" {
		t.Errorf("%q", e.Error())
	}
}

// TestLinkID: a link's name in the log is read back; what is none names no record.
func TestLinkID(t *testing.T) {
	t.Parallel()
	ref := model.RecordRef{Type: model.Deal, ID: "42"}
	if c, r := store.ParseLinkID(store.LinkID("1_7", ref)); c != "1_7" || r != ref {
		t.Errorf("%s, %s", c, r)
	}
	if c, r := store.ParseLinkID("1_7"); c != "1_7" || r.Valid() {
		t.Errorf("%s, %s", c, r)
	}
}
