package inbox_test

import (
	"testing"

	"parley/model"
	"parley/model/inbox"
)

// TestInboxTellsTheHubsCountsWhileItReads: of a Page being read, and of no other.
func TestInboxTellsTheHubsCountsWhileItReads(t *testing.T) {
	t.Parallel()
	c := loaded(t, 3)
	p := c.w.pages["1"]
	all, _ := p.list(nil, 10)
	own := c.in.Counts("1")
	hubs := inbox.Counts{All: 900, Open: 800, Mine: 7, Unassigned: 6, Snoozed: 5, Done: 4, Blocked: 3, Unread: 2}
	counts := func(when string, want inbox.Counts) {
		t.Helper()
		if got, sum := c.in.Counts("1"), c.in.Counts(""); got != want || sum != want {
			t.Errorf("%s: %+v, in all %+v, want %+v", when, got, sum, want)
		}
	}
	ignored := func(when string, page model.PageID, at model.Position) {
		t.Helper()
		before := c.in.Counts("1")
		if apply(c.in, inbox.Counted{Page: page, Counts: hubs, AsOf: at}).Any() {
			t.Errorf("%s: something changed", when)
		}
		counts(when, before)
	}

	ignored("complete", "1", p.position())
	ignored("an unknown Page", "9", p.position())
	apply(c.in, reloading("1"))
	counts("what is stale, until the hub counts", own)
	if _, err := c.in.Apply(listed("1", all[:1], p.position())); err != nil {
		t.Fatal(err)
	}
	ignored("another epoch", "1", model.Position{Epoch: "other", Seq: p.head})
	if !apply(c.in, inbox.Counted{Page: "1", Counts: hubs, AsOf: p.position()}).Lists {
		t.Error("the counts changed unnoticed")
	}
	counts("being read", hubs)

	apply(c.in, reloading("1"))
	counts("begun again", own)
	if _, err := c.in.Apply(listed("1", all, p.position())); err != nil {
		t.Fatal(err)
	}
	apply(c.in, inbox.Counted{Page: "1", Counts: hubs, AsOf: p.position()})
	apply(c.in, inbox.PagesListed{Pages: c.w.pageList()})
	if changes, err := c.in.Apply(complete("1")); err != nil || !changes.Lists {
		t.Errorf("complete: %+v, %v", changes, err)
	}
	counts("complete again", own)

	apply(c.in, reloading("1"))
	if _, err := c.in.Apply(listed("1", nil, p.position())); err != nil {
		t.Fatal(err)
	}
	apply(c.in, inbox.Counted{Page: "1", Counts: hubs, AsOf: p.position()})
	if changes := apply(c.in, inbox.Dropped{Page: "1"}); !changes.Lists {
		t.Error("the counts went unnoticed")
	}
	counts("hidden", inbox.Counts{})
	ignored("hidden still", "1", p.position())
}

// TestCountsOf: each filter has the count that bears its name; no filter is all.
func TestCountsOf(t *testing.T) {
	t.Parallel()
	counts := inbox.Counts{All: 1, Open: 2, Mine: 3, Unassigned: 4, Snoozed: 5, Done: 6, Blocked: 7, Unread: 8, Waiting: 9, Mentioned: 10}
	for filter, want := range map[inbox.Filter]int{
		"": 1, inbox.FilterAll: 1, inbox.FilterOpen: 2, inbox.FilterMine: 3, inbox.FilterUnassigned: 4,
		inbox.FilterSnoozed: 5, inbox.FilterDone: 6, inbox.FilterBlocked: 7, inbox.FilterWaiting: 9, inbox.FilterMentioned: 10, "junk": 0,
	} {
		if got := counts.Of(filter); got != want {
			t.Errorf("%q: %d, want %d", filter, got, want)
		}
	}
}
