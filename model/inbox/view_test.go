package inbox_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/model"
	"parley/model/inbox"
)

func TestViewOfNothing(t *testing.T) {
	t.Parallel()
	in := inbox.NewInbox(me)
	v := in.View(inbox.Query{})
	if _, ok := v.At(0); ok || v.Len() != 0 {
		t.Error("an empty Inbox shows something")
	}
	if _, ok := v.Index("1_7"); ok || !in.Next().IsZero() || in.Counts("") != (inbox.Counts{}) {
		t.Error("an empty Inbox knows something")
	}
	c := loaded(t, 2)
	if n := c.in.View(inbox.Query{Filter: "junk"}).Len(); n != 0 {
		t.Errorf("an unknown filter holds %d", n)
	}
	if n := c.in.View(inbox.Query{Sort: "junk"}).Len(); n != 2 {
		t.Errorf("an unknown sort holds %d", n)
	}
	if n := c.in.View(inbox.Query{Page: "9"}).Len(); n != 0 {
		t.Errorf("an unknown Page holds %d", n)
	}
	if _, ok := c.in.View(inbox.Query{}).At(-1); ok {
		t.Error("a row before the first")
	}
}

func TestViewOrders(t *testing.T) {
	t.Parallel()
	c := loaded(t, 0)
	p := c.w.pages["1"]
	id := func(n int) model.ConversationID {
		return model.NewConversationID("1", model.PSID(fmt.Sprintf("%sc%d", mark("1"), n)))
	}
	// 0 and 1 wait, 2 was answered, 3 waits and its window is closed, 4 is pinned.
	for _, n := range []int{3, 0, 1, 2, 4} {
		c.w.message(p, n, model.In, "hello")
		c.w.now = c.w.now.Add(time.Hour)
		if n == 3 {
			c.w.now = c.w.now.Add(30 * time.Hour)
		}
	}
	c.w.message(p, 2, model.Out, "answer")
	p.convs[id(4)].Pinned = true
	p.touch(p.convs[id(4)])
	if !c.settle() {
		t.Fatal(c.state())
	}
	c.in.Advance(c.w.now)
	for sort, want := range map[inbox.Sort][]int{
		inbox.SortNewest:  {4, 2, 1, 0, 3},
		inbox.SortWaiting: {4, 3, 0, 1, 2},
		inbox.SortClosing: {4, 0, 1, 2, 3},
	} {
		var got []model.ConversationID
		for _, r := range rows(c.in.View(inbox.Query{Sort: sort})) {
			got = append(got, r.ID)
		}
		for i, n := range want {
			if got[i] != id(n) {
				t.Errorf("%s: %v, want %v", sort, got, want)
				break
			}
		}
	}
}

// TestViewTime: what time alone changes, changes when Advance comes there, and Next
// says when.
func TestViewTime(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		apply         func(*model.Page, *model.Conversation)
		filter        inbox.Filter
		before, after int
	}{
		"a snooze ends": {func(_ *model.Page, c *model.Conversation) {
			c.Status, c.SnoozedUntil = model.Snoozed, at(time.Hour)
		}, inbox.FilterSnoozed, 1, 0},
		"and it is open": {func(_ *model.Page, c *model.Conversation) {
			c.Status, c.SnoozedUntil = model.Snoozed, at(time.Hour)
		}, inbox.FilterUnassigned, 0, 1},
		"a window closes": {func(_ *model.Page, c *model.Conversation) {
			c.WindowUntil = at(time.Hour)
		}, inbox.FilterBlocked, 0, 1},
		"an ad's week is over": {func(_ *model.Page, c *model.Conversation) {
			c.WindowUntil, c.UncertainUntil = at(-time.Hour), at(time.Hour)
		}, inbox.FilterBlocked, 0, 1},
		"another app lets go": {func(_ *model.Page, c *model.Conversation) {
			c.OtherApp, c.OtherAppUntil = true, at(time.Hour)
		}, inbox.FilterBlocked, 1, 0},
		"a Page may send again": {func(p *model.Page, _ *model.Conversation) {
			p.RateLimitedUntil = at(time.Hour)
		}, inbox.FilterBlocked, 1, 0},
		"a restriction is tried": {func(p *model.Page, _ *model.Conversation) {
			p.Restricted = &model.Restriction{RetryAt: at(time.Hour)}
		}, inbox.FilterBlocked, 1, 0},
	} {
		w := newWorld(1)
		p := w.pages["1"]
		w.message(p, 0, model.In, "hello")
		for _, c := range p.convs {
			tt.apply(&p.page, c)
		}
		in := w.fresh()
		v := in.View(inbox.Query{Filter: tt.filter})
		check := func(when string, want int) {
			t.Helper()
			if v.Len() != want || in.Counts("").Of(tt.filter) != want || in.Counts("1").Of(tt.filter) != want {
				t.Errorf("%s, %s: %d shown, counts %+v, want %d", name, when, v.Len(), in.Counts(""), want)
			}
		}
		check("before", tt.before)
		if next := in.Next(); !next.Equal(*at(time.Hour)) {
			t.Errorf("%s: next change %v", name, next)
		}
		if in.Advance(at(time.Hour).Add(-time.Microsecond)).Any() {
			t.Errorf("%s: too early", name)
		}
		check("just before", tt.before)
		if ch := in.Advance(*at(time.Hour)); !ch.Lists {
			t.Errorf("%s: nothing changed", name)
		}
		check("then", tt.after)
		in.Advance(noon)
		check("set back", tt.before)
	}
}

// TestViewsKeepUp: views of many conversations stay right through changes at every
// place, with lists long enough to be split and merged.
func TestViewsKeepUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(2)
		in := w.fresh()
		all := map[model.ConversationID]model.Conversation{}
		seq := int64(0)
		for range rapid.IntRange(1, 5).Draw(rt, "rounds") {
			page := model.PageID(rapid.SampledFrom([]string{"1", "2"}).Draw(rt, "page"))
			if rapid.IntRange(0, 5).Draw(rt, "kind") == 0 {
				in.Advance(noon.Add(time.Duration(rapid.IntRange(-300, 3000).Draw(rt, "now")) * time.Minute))
			}
			from, step := rapid.IntRange(0, 900).Draw(rt, "from"), rapid.IntRange(1, 7).Draw(rt, "step")
			at := rapid.IntRange(0, 4000).Draw(rt, "at")
			remove := rapid.IntRange(0, 2).Draw(rt, "remove") == 0
			batch := model.Batch{Page: page, From: position(in, page), To: position(in, page)}
			for i := range rapid.IntRange(1, 600).Draw(rt, "many") {
				seq++
				batch.To = max(batch.To+1, seq)
				seq = batch.To
				c := scattered(page, from+i*step, at+i*13)
				c.Seq = seq
				ev := model.Change{Seq: seq, Kind: model.ChangeConversation, Object: encode(c)}
				if remove {
					ev.Kind, ev.Object = model.ChangeRemoved, encode(model.Removed{ID: string(c.ID)})
					delete(all, c.ID)
				} else {
					all[c.ID] = copied(c)
				}
				batch.Events = append(batch.Events, ev)
			}
			if _, err := in.Apply(changed(batch)); err != nil {
				rt.Fatal(err)
			}
			q := inbox.Query{
				Filter: rapid.SampledFrom(filters).Draw(rt, "filter"), Sort: rapid.SampledFrom(sorts).Draw(rt, "sort"),
				Page: rapid.SampledFrom([]model.PageID{"", "", "1", "2"}).Draw(rt, "of page"),
			}
			var list []model.Conversation
			for _, c := range all {
				list = append(list, c)
			}
			checkView(rt, in, q, list, in.Now())
			checkView(rt, in, inbox.Query{Filter: inbox.FilterAll, Sort: inbox.SortNewest}, list, in.Now())
			checkCounts(rt, in, list, in.Now())
		}
	})
}

func position(in *inbox.Inbox, page model.PageID) int64 {
	at, _ := in.Position(page)
	return at.Seq
}

// scattered is a conversation whose state follows from two numbers.
func scattered(page model.PageID, n, k int) model.Conversation {
	psid := model.PSID(fmt.Sprintf("%05d", n))
	when := func(minutes int) *time.Time { return at(time.Duration(minutes) * time.Minute) }
	c := model.Conversation{
		ID: model.NewConversationID(page, psid), PageID: page, Customer: model.Customer{PSID: psid},
		Status: []model.Status{model.Open, model.Open, model.Snoozed, model.Done}[k%4],
		Unread: k % 3, Pinned: k%29 == 0, Started: k%11 != 0, Unreachable: k%17 == 0,
		WindowUntil: when(k%2000 - 500), UpdatedAt: *when(-k % 97), Labels: []string{}, Links: []model.Link{},
	}
	if k%5 == 0 {
		c.SnoozedUntil = when(k % 900)
	}
	if k%3 == 0 {
		c.UncertainUntil = when(k%2500 - 600)
	}
	if k%7 == 0 {
		c.OtherApp, c.OtherAppUntil = true, when(k%700)
	}
	if k%3 == 0 {
		c.Assignee = &model.UserRef{ID: []model.UserID{me.ID, "u2"}[k%2]}
	}
	if k%10 != 0 {
		c.LastMessage = &model.Summary{
			ID: model.NewMessageID(page, string(psid)), Direction: []model.Direction{model.In, model.Out}[k%2], SentAt: *when(-k % 53),
		}
	}
	return c
}

// TestInboxAllocations: beyond what decoding takes, an arrival costs the new strings
// and the odd split of a list. It counts allocations, so nothing may run beside it.
func TestInboxAllocations(t *testing.T) {
	in := realInbox(t, 2000)
	for _, q := range boards {
		in.View(q).Len()
	}
	n := 0
	changed := make([]model.Conversation, 0, 600)
	for i := range 600 {
		c := realistic(i * 7 % 2000)
		c.Seq, c.UpdatedAt = int64(many+i+1), noon.Add(time.Duration(i)*time.Second)
		changed = append(changed, c)
	}
	if got := testing.AllocsPerRun(500, func() {
		in.Put(changed[n])
		n++
	}); got > 4 {
		t.Errorf("%v allocations a change, at most 4", got)
	}
	v := in.View(inbox.Query{})
	if got := testing.AllocsPerRun(100, func() { v.At(1000) }); got > 6 {
		t.Errorf("%v allocations a row, at most 6", got)
	}
	if got := testing.AllocsPerRun(100, func() { in.Counts(""); in.Advance(noon) }); got > 0 {
		t.Errorf("%v allocations for counts and time, want none", got)
	}
}
