package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/hub/store"
	"parley/hub/view"
	"parley/model"
	"parley/model/inbox"
)

// liveSorts and liveFilters are all that an Inbox can be asked for.
var (
	liveSorts   = []inbox.Sort{inbox.SortNewest, inbox.SortWaiting, inbox.SortClosing}
	liveFilters = []inbox.Filter{
		inbox.FilterAll, inbox.FilterOpen, inbox.FilterMine, inbox.FilterUnassigned, inbox.FilterSnoozed, inbox.FilterDone, inbox.FilterBlocked, inbox.FilterWaiting,
	}
)

// liveWatched are views that a screen has open all the time: their order is kept up by
// every change, and not built when they are compared. An Inbox keeps no more of them.
var liveWatched = []inbox.Query{
	{Sort: inbox.SortNewest},
	{Sort: inbox.SortWaiting},
	{Sort: inbox.SortClosing},
	{Sort: inbox.SortNewest, Filter: inbox.FilterOpen},
	{Sort: inbox.SortWaiting, Filter: inbox.FilterUnassigned},
	{Sort: inbox.SortClosing, Filter: inbox.FilterBlocked},
	{Sort: inbox.SortNewest, Page: "100"},
	{Sort: inbox.SortNewest, Filter: inbox.FilterMine},
}

// watch reads those views, as a screen does after each hand-over.
func watch(in *inbox.Inbox) {
	for _, q := range liveWatched {
		in.View(q).Len()
	}
}

// sameInbox expects the client's Inbox to hold what a new one's does, in the order of
// every one of those views, now and when every reply window has closed.
func (s *liveState) sameInbox(t testing.TB, fresh *liveState, queries ...inbox.Query) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh.mu.Lock()
	defer fresh.mu.Unlock()
	got, want := s.inbox, fresh.inbox
	now := time.Now()
	for when, at := range map[string]time.Time{"now": now, "in two days": now.Add(2 * model.ReplyWindow)} {
		got.Advance(at)
		want.Advance(at)
		if d := diffInboxes(got, want, queries); d != "" {
			t.Errorf("%s, the Inbox holds something else than a new one's:\n%.4000s", when, d)
		}
	}
	// Time is set back by this, which builds views anew; so it comes last.
	got.Advance(now)
	want.Advance(now)
}

// diffInboxes says how two Inboxes differ; "" where they are the same.
func diffInboxes(got, want *inbox.Inbox, queries []inbox.Query) string {
	var b strings.Builder
	if !got.AllComplete() || !want.AllComplete() {
		fmt.Fprintf(&b, "complete: %v, a new one: %v\n", got.AllComplete(), want.AllComplete())
	}
	b.WriteString(cmp.Diff(want.User(), got.User()))
	b.WriteString(cmp.Diff(seenPages(want), seenPages(got)))
	b.WriteString(cmp.Diff(want.Resume(), got.Resume()))
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

// seenPages are the Pages that the user sees into: nobody is told what changes of the
// others.
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

// sameRow compares by what tells most differences first: a hundred thousand are
// compared.// sameRow compares what tells most differences first.
func sameRow(g, w inbox.Row) bool { return g.ID == w.ID && g.Seq == w.Seq && reflect.DeepEqual(g, w) }

// allQueries are the views of everything that can be asked of two Pages and of all.
func allQueries() []inbox.Query {
	all := slices.Clone(liveWatched) // as they were kept up, before others push them out
	for _, s := range liveSorts {
		for _, f := range liveFilters {
			for _, p := range []model.PageID{"", "100", "200"} {
				all = append(all, inbox.Query{Sort: s, Filter: f, Page: p})
			}
		}
	}
	return all
}

// inboxAsTheHub expects the Inbox to count, filter and order as the hub itself does.
func (r *liveRun) inboxAsTheHub() {
	r.Helper()
	r.state.mu.Lock()
	defer r.state.mu.Unlock()
	in := r.state.inbox
	in.Advance(time.Now())
	counts, _, err := r.hub.Counts(r.Context(), r.cat.User, "")
	r.must(err)
	if got := in.Counts(""); got != inbox.Counts(counts) {
		r.Errorf("the Inbox counts %+v, the hub %+v", got, counts)
	}
	for _, f := range liveFilters {
		l, err := r.hub.Conversations(r.Context(), r.cat.User, view.ListQuery{Filter: store.Filter(f), Limit: 1000})
		r.must(err)
		var want, got []model.ConversationID
		for _, c := range l.Conversations {
			want = append(want, c.ID)
		}
		v := in.View(inbox.Query{Filter: f})
		for i := range v.Len() {
			row, _ := v.At(i)
			got = append(got, row.ID)
		}
		if !slices.Equal(got, want) {
			r.Errorf("the Inbox lists of %s %s, the hub %s", f, got, want)
		}
	}
}
