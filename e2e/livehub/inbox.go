package livehub

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/model"
	"parley/model/inbox"
)

// liveSorts and LiveFilters are all that an Inbox can be asked for.
var (
	liveSorts   = []inbox.Sort{inbox.SortNewest, inbox.SortWaiting, inbox.SortClosing}
	LiveFilters = []inbox.Filter{
		inbox.FilterAll, inbox.FilterOpen, inbox.FilterMine, inbox.FilterUnassigned, inbox.FilterSnoozed, inbox.FilterDone, inbox.FilterBlocked, inbox.FilterWaiting,
	}
)

// LiveWatched are views that a screen always has open: their order is kept up to date by every
// change, not built when they are compared. An Inbox keeps no more of them.
var LiveWatched = []inbox.Query{
	{Sort: inbox.SortNewest},
	{Sort: inbox.SortWaiting},
	{Sort: inbox.SortClosing},
	{Sort: inbox.SortNewest, Filter: inbox.FilterOpen},
	{Sort: inbox.SortWaiting, Filter: inbox.FilterUnassigned},
	{Sort: inbox.SortClosing, Filter: inbox.FilterBlocked},
	{Sort: inbox.SortNewest, Page: "100"},
	{Sort: inbox.SortNewest, Filter: inbox.FilterMine},
}

// watch reads those views, as a screen does after each update.
func watch(in *inbox.Inbox) {
	for _, q := range LiveWatched {
		in.View(q).Len()
	}
}

// SameInbox expects the client's Inbox to hold what a new one holds, in the order of each of
// those views, now and when every reply window has closed.
func (s *State) SameInbox(t testing.TB, fresh *State, queries ...inbox.Query) {
	t.Helper()
	s.Mu.Lock()
	defer s.Mu.Unlock()
	fresh.Mu.Lock()
	defer fresh.Mu.Unlock()
	got, want := s.Inbox, fresh.Inbox
	now := time.Now()
	for when, at := range map[string]time.Time{"now": now, "in two days": now.Add(2 * model.ReplyWindow)} {
		got.Advance(at)
		want.Advance(at)
		if d := diffInboxes(got, want, queries); d != "" {
			t.Errorf("%s, the Inbox holds something else than a new one's:\n%.4000s", when, d)
		}
	}
	// This sets time back, which rebuilds the views; so it comes last.
	got.Advance(now)
	want.Advance(now)
}

// diffInboxes returns how two Inboxes differ; "" if they are the same.
func diffInboxes(got, want *inbox.Inbox, queries []inbox.Query) string {
	var b strings.Builder
	if !got.AllComplete() || !want.AllComplete() {
		fmt.Fprintf(&b, "complete: %v, a new one: %v\n", got.AllComplete(), want.AllComplete())
	}
	b.WriteString(cmp.Diff(want.User(), got.User()))
	b.WriteString(cmp.Diff(seenPages(want), seenPages(got)))
	b.WriteString(cmp.Diff(positions(want), positions(got)))
	b.WriteString(cmp.Diff(want.Notices(), got.Notices()))
	b.WriteString(cmp.Diff(want.Counts(""), got.Counts("")))
	for _, p := range seenPages(want) {
		b.WriteString(cmp.Diff(want.Counts(p.ID), got.Counts(p.ID)))
	}
	for _, q := range queries {
		if d := diffViews(got.View(q), want.View(q)); d != "" {
			fmt.Fprintf(&b, "%+v: %s", q, d)
		}
	}
	return b.String()
}

// positions returns up to where the changes of each Page are applied.
func positions(in *inbox.Inbox) map[model.PageID]model.Position {
	out := map[model.PageID]model.Position{}
	for _, p := range in.Pages() {
		if at, ok := in.Position(p.ID); ok {
			out[p.ID] = at
		}
	}
	return out
}

// seenPages returns the Pages that the user may see: changes of the others are not sent.
func seenPages(in *inbox.Inbox) []model.Page {
	return slices.DeleteFunc(in.Pages(), func(p model.Page) bool { return !p.Sees })
}

func diffViews(got, want inbox.View) string {
	if got.Len() != want.Len() {
		return fmt.Sprintf("%d conversations, a new one has %d\n", got.Len(), want.Len())
	}
	for i := range want.Len() {
		g, gok := got.At(i)
		w, wok := want.At(i)
		if gok != wok || !sameRow(g, w) {
			return fmt.Sprintf("the conversation at %d differs:\n%s", i, cmp.Diff(w, g))
		}
	}
	return ""
}

// sameRow compares the cheapest fields first: there are a hundred thousand rows.
func sameRow(g, w inbox.Row) bool { return g.ID == w.ID && g.Seq == w.Seq && reflect.DeepEqual(g, w) }

// AllQueries returns all queries for two Pages and for all.
func AllQueries() []inbox.Query {
	all := slices.Clone(LiveWatched) // as they were kept, before other queries displace them
	for _, s := range liveSorts {
		for _, f := range LiveFilters {
			for _, p := range []model.PageID{"", "100", "200"} {
				all = append(all, inbox.Query{Sort: s, Filter: f, Page: p})
			}
		}
	}
	return all
}
