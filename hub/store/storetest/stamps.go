package storetest

import (
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

// testStamps: each row of each log has a stamp of its own, and the head keeps that of its
// newest row even if the row is pruned.
func testStamps(t *testing.T, s store.Store) {
	stamp := func() string {
		return value(t, s, func(r store.Reader) (string, error) { return r.HeadStamp("1") })
	}
	if got := stamp(); got != "" {
		t.Errorf("the stamp of no log: %q", got)
	}
	putPage(t, s, "1")
	putPage(t, s, "2")
	const changes = 20
	for i := range changes {
		putConversation(t, s, newConversation("1", "2", at(i)))
		putConversation(t, s, newConversation("2", "2", at(i)))
	}
	seen := map[string]bool{}
	var last string
	for _, page := range []model.PageID{"2", "1"} {
		for _, row := range value(t, s, func(r store.Reader) ([]store.LogRow, error) {
			return r.Events(page, 0, 2*changes)
		}) {
			if row.Stamp == "" || seen[row.Stamp] {
				t.Errorf("row %d of %s has the stamp %q", row.Seq, page, row.Stamp)
			}
			seen[row.Stamp], last = true, row.Stamp
		}
	}
	if want := 2 * (changes + 1); len(seen) != want {
		t.Errorf("%d stamps of %d rows", len(seen), want)
	}
	same(t, "the head's stamp", last, stamp())
	if err := s.Prune(t.Context(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	same(t, "the head's stamp of a forgotten row", last, stamp())
}
