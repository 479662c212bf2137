package inbox_test

import (
	"testing"
	"time"

	"parley/model"
	"parley/model/inbox"
)

// A reload ends with what its lists brought and nothing else: a conversation that is in
// none of them is gone, and with it its count, its thread and its place in every view.
func TestWhatAReloadDoesNotBringIsGone(t *testing.T) {
	t.Parallel()
	c := loaded(t, 3)
	p := c.w.pages["1"]
	all, _ := p.list(nil, 10)
	gone, kept := all[1].ID, all[0].ID
	for _, id := range []model.ConversationID{gone, kept} {
		c.open(id)
	}
	c.answerAll()
	open := c.in.Counts("1").Open
	apply(c.in, reloading("1"))
	if _, err := c.in.Apply(listed("1", []model.Conversation{all[0], all[2]}, p.position())); err != nil {
		t.Fatal(err)
	}
	apply(c.in, inbox.PagesListed{Pages: c.w.pageList()})
	if _, held := c.in.Conversation(gone); !held {
		t.Error("gone before the reload is complete")
	}
	if _, held := c.in.Thread(gone); !held {
		t.Error("its thread is gone before the reload is complete")
	}
	ch, err := c.in.Apply(complete("1"))
	if err != nil || !c.in.Complete("1") {
		t.Fatalf("complete %t, %v", c.in.Complete("1"), err)
	}
	if _, held := c.in.Conversation(gone); held {
		t.Error("a conversation that no list brought is held")
	}
	if _, held := c.in.Thread(gone); held {
		t.Error("its thread is held")
	}
	if _, held := c.in.Thread(kept); !held {
		t.Error("the thread of one that was brought is not")
	}
	if n := c.in.Counts("1").Open; n != open-1 {
		t.Errorf("%d open, were %d", n, open)
	}
	for _, row := range rows(c.in.View(inbox.Query{})) {
		if row.ID == gone {
			t.Error("it is in the view")
		}
	}
	if !ch.Pages || len(ch.Threads) == 0 {
		t.Errorf("the changes tell nothing of it: %+v", ch)
	}
}

// A reload that brings everything takes nothing away.
func TestAReloadThatBringsAll(t *testing.T) {
	t.Parallel()
	c := loaded(t, 3)
	p := c.w.pages["1"]
	all, _ := p.list(nil, 10)
	c.open(all[1].ID)
	c.answerAll()
	apply(c.in, reloading("1"))
	if _, err := c.in.Apply(listed("1", all, p.position())); err != nil {
		t.Fatal(err)
	}
	apply(c.in, inbox.PagesListed{Pages: c.w.pageList()})
	if _, err := c.in.Apply(complete("1")); err != nil || !c.in.Complete("1") {
		t.Fatalf("complete %t, %v", c.in.Complete("1"), err)
	}
	if _, held := c.in.Thread(all[1].ID); !held || c.in.View(inbox.Query{}).Len() != 3 {
		t.Errorf("%d held", c.in.View(inbox.Query{}).Len())
	}
}

// What the hub answers alone while a reload runs may tell of before it: it makes a row
// newer and confirms none. One that the lists don't bring is gone in the end, also where
// it was answered; one that they brought stays, also where it was answered after.
func TestAnsweredAloneDuringAReload(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		listed, newer, before bool
		holds                 bool
	}{
		"in no list, newer":                 {false, true, false, false},
		"in no list, as held":               {false, false, false, false},
		"in no list, before the first list": {false, true, true, false},
		"in a list, newer":                  {true, true, false, true},
		"in a list, as held":                {true, false, false, true},
	} {
		c := loaded(t, 2)
		p := c.w.pages["1"]
		all, _ := p.list(nil, 10)
		alone := all[1]
		if tt.newer {
			alone.Seq = p.head // a change of the user's own, which is no event of its own here
			alone.Pinned = !alone.Pinned
		}
		list := all[:1]
		if tt.listed {
			list = all
		}
		apply(c.in, reloading("1"))
		if tt.before {
			c.in.Put(alone)
		}
		if _, err := c.in.Apply(listed("1", list, p.position())); err != nil {
			t.Fatal(err)
		}
		if !tt.before {
			c.in.Put(alone)
		}
		row, held := c.in.Conversation(alone.ID)
		if !held || row.Stale == tt.listed {
			t.Errorf("%s: while it runs held %t, stale %t", name, held, row.Stale)
		}
		apply(c.in, inbox.PagesListed{Pages: c.w.pageList()})
		if _, err := c.in.Apply(complete("1")); err != nil || !c.in.Complete("1") {
			t.Fatalf("%s: complete %t, %v", name, c.in.Complete("1"), err)
		}
		if row, held := c.in.Conversation(alone.ID); held != tt.holds || row.Stale {
			t.Errorf("%s: in the end held %t, stale %t", name, held, row.Stale)
		}
	}
}

// A conversation that another app handles is blocked until that is over, and no longer.
func TestBlockedByAnotherAppUntil(t *testing.T) {
	t.Parallel()
	c := loaded(t, 1)
	all, _ := c.w.pages["1"].list(nil, 1)
	const idle = 10 * time.Minute
	one, until := all[0], c.in.Now().Add(idle)
	one.OtherApp, one.OtherAppUntil, one.Seq = true, &until, c.w.pages["1"].head+1
	c.in.Put(one)
	for _, tt := range []struct {
		left    time.Duration
		blocked int
	}{{idle, 1}, {time.Second, 1}, {0, 0}, {-time.Second, 0}} {
		c.in.Advance(until.Add(-tt.left))
		if n := c.in.Counts("1").Blocked; n != tt.blocked {
			t.Errorf("%v before its end %d are blocked, want %d", tt.left, n, tt.blocked)
		}
	}
}
