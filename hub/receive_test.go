package hub_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/hub"
	"parley/hub/pages"
	"parley/hub/receive"
	"parley/hub/store"
	"parley/model"
)

func TestMessageStoredOnceUnderRedelivery(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		const messages, deliveries = 40, 5
		var events []model.Inbound
		for i := range messages {
			customer := []model.PSID{hanako, ken}[i%2]
			events = append(events, wrote(customer, model.MID(fmt.Sprintf("m%d", i)), fmt.Sprintf("text %02d", i),
				ago(time.Duration(messages-i)*time.Second)))
		}
		var wg sync.WaitGroup
		for n := range deliveries {
			wg.Go(func() {
				mine := slices.Clone(events)
				rand.New(rand.NewPCG(1, uint64(n))).Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
				for chunk := range slices.Chunk(mine, 1+n*3) {
					if err := w.hub.Receive(w.ctx, entry(chunk...)); err != nil {
						t.Errorf("receive: %v", err)
					}
				}
			})
		}
		wg.Wait()
		for i, customer := range []model.PSID{hanako, ken} {
			got := w.textsOf(customer)
			if len(got) != messages/2 {
				t.Fatalf("%d rows of %s, want %d", len(got), customer, messages/2)
			}
			for j, text := range got {
				if want := fmt.Sprintf("text %02d", 2*j+i); text != want {
					t.Errorf("message %d is %q, want %q", j, text, want)
				}
			}
			if c := w.conversation(customer); c.Unread != messages/2 {
				t.Errorf("%d unread, want %d", c.Unread, messages/2)
			}
		}
		wantNoGaps(w)
	})
}

// wantNoGaps expects the Page's log to hold each seq once, from 1.
func wantNoGaps(w *world) {
	w.Helper()
	rows := w.changes(0)
	for i, row := range rows {
		if row.Seq != int64(i+1) {
			w.Fatalf("row %d of the log has seq %d", i, row.Seq)
		}
	}
	if int64(len(rows)) != w.head() {
		w.Fatalf("head %d, %d rows", w.head(), len(rows))
	}
}

func TestRedeliveryChangesNothing(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		events := []model.Inbound{
			wrote(hanako, "m1", "hello", ago(time.Minute)),
			event("postback", hanako, ago(50*time.Second), model.Postback{Title: "Start"}),
			event("referral", hanako, ago(40*time.Second), model.Referral{Entry: model.Entry{Source: model.SourceAds}}),
			event("reaction", hanako, ago(30*time.Second), model.Reacted{Target: "m1", By: model.ByCustomer, Kind: "love"}),
			event("unheard_of", hanako, ago(20*time.Second), nil),
			policy("warning", "spam", ago(10*time.Second)),
		}
		w.receive(events...)
		before := w.head()
		slices.Reverse(events)
		w.receive(events...)
		w.receive(append(events, events...)...)
		if got := w.head(); got != before {
			t.Errorf("redelivery wrote %v", w.changes(before))
		}
	})
}

func TestOnePostOfManyPages(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		_, _, err := w.hub.ConnectPage(w.ctx, w.ben, pages.Connection{Page: "200", Token: "other", Visibility: model.Private})
		w.must(err)
		err = w.hub.Receive(w.ctx, []model.PageEntry{
			{Page: metaPage, Events: []model.Inbound{wrote(hanako, "m1", "to 100", now())}},
			{Page: "200", Events: []model.Inbound{wrote(hanako, "m1", "to 200", now())}}, // a mid is unique with its Page only
			{Page: metaPage, Events: []model.Inbound{wrote(hanako, "m2", "again", now().Add(time.Second))}},
			{Page: "300", Events: []model.Inbound{wrote(hanako, "m1", "to nobody", now())}},
		})
		w.must(err)
		if got := w.textsOf(hanako); !slices.Equal(got, []string{"to 100", "again"}) {
			t.Errorf("Page 100 got %q", got)
		}
		ms, _, _, err := w.hub.Messages(w.ctx, w.ben, "200_7001", "", 10)
		w.must(err)
		if len(ms) != 1 || ms[0].Text != "to 200" {
			t.Errorf("Page 200 got %d messages", len(ms))
		}
		if n := w.counter(receive.CounterUnknownPage); n != 1 {
			t.Errorf("%d events of unknown Pages, want 1", n)
		}
	})
}

func TestMessageAsItCame(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		text := model.Untrusted("  東京\x1b[31m\u202e\n😀 ")
		quick := model.Untrusted("PAYLOAD")
		at := ago(time.Minute)
		w.receive(
			withMID(event("message", hanako, at, model.CustomerMessage{
				MID: "m1", Text: text, Attachments: []model.Attachment{{Type: "image", URL: "https://x.fbcdn.net/a.jpg"}},
			}), "m1"),
			withMID(event("message", hanako, at.Add(time.Second), model.CustomerMessage{
				MID: "m2", Text: "yes", QuickReply: &quick, ReplyTo: "m1",
			}), "m2"),
			withMID(event("message", hanako, at.Add(2*time.Second), model.CustomerMessage{
				MID: "m3", Unsupported: true,
			}), "m3"),
			withMID(event("message", hanako, at.Add(3*time.Second), model.CustomerMessage{
				MID: "m4", Text: "from the ad", Referral: &model.Entry{Source: model.SourceAds, AdID: "9"}, ReplyTo: "unknown",
			}), "m4"),
		)
		ms := w.messages(hanako)
		if len(ms) != 4 {
			t.Fatalf("%d messages, want 4", len(ms))
		}
		m := ms[0]
		if m.Text != text || m.MID != "m1" || m.Direction != model.In || m.Author.Kind != model.ByCustomer ||
			!m.SentAt.Equal(at) || len(m.Attachments) != 1 || m.State != "" || m.Event != nil {
			t.Errorf("got %+v", m)
		}
		if e := ms[1].Event; e == nil || e.Kind != model.EventQuickReply || e.Payload != quick || ms[1].ReplyTo != m.ID {
			t.Errorf("the quick reply: event %+v, reply to %q", ms[1].Event, ms[1].ReplyTo)
		}
		if e := ms[2].Event; e == nil || e.Kind != model.EventUnknown {
			t.Errorf("what can't be shown: event %+v", ms[2].Event)
		}
		if e := ms[3].Event; e == nil || e.Kind != model.EventReferral || ms[3].ReplyTo != "" || ms[3].ReplyToMID != "unknown" {
			t.Errorf("the ad: event %+v, reply to %q", ms[3].Event, ms[3].ReplyTo)
		}
		c := w.conversation(hanako)
		if c.Entry == nil || c.Entry.AdID != "9" || c.Unread != 4 || c.LastMessage == nil || c.LastMessage.ID != ms[3].ID ||
			!c.UpdatedAt.Equal(at.Add(3*time.Second)) {
			t.Errorf("conversation %+v", c)
		}
	})
}

// Each kind of event that is no message shows as a line of its own.
func TestEventsShowAsLines(t *testing.T) {
	entry := model.Entry{Source: model.SourceShortlink, Ref: "spring"}
	tests := []struct {
		name      string
		event     model.Event
		kind      model.EventKind
		action    string
		direction model.Direction
		unread    int
	}{
		{"postback", model.Postback{Title: "Get started", Payload: "GO"}, model.EventPostback, "", model.In, 1},
		{"referral", model.Referral{Entry: entry}, model.EventReferral, "", model.System, 0},
		{"optin", model.Optin{Plugin: true, Type: "one_time", Ref: "r"}, model.EventOptin, "one_time", model.System, 0},
		{
			"account_linking",
			model.Happened{Notable: model.Notable{Kind: model.EventAccountLinking, Action: "linked"}},
			model.EventAccountLinking, "linked", model.System, 0,
		},
		{
			"order",
			model.Happened{Notable: model.Notable{Kind: model.EventOrder}},
			model.EventOrder, "", model.System, 0,
		},
		{"pass_thread_control", model.ThreadControl{Action: "pass", Owner: ourApp}, model.EventThreadControl, "pass", model.System, 0},
		{"request_thread_control", model.ThreadControl{Action: "request", Owner: otherApp}, model.EventThreadControl, "request", model.System, 0},
		{"something_new", nil, model.EventUnknown, "something_new", model.System, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.receive(event(tt.name, hanako, ago(time.Minute), tt.event))
				ms := w.messages(hanako)
				if len(ms) != 1 {
					t.Fatalf("%d lines, want 1", len(ms))
				}
				m := ms[0]
				if m.Event == nil || m.Event.Kind != tt.kind || m.Event.Action != tt.action || m.Direction != tt.direction {
					t.Errorf("got direction %q, event %+v", m.Direction, m.Event)
				}
				c := w.conversation(hanako)
				if c.Unread != tt.unread || c.LastMessage == nil || c.LastMessage.Event == nil {
					t.Errorf("unread %d, want %d; last message %+v", c.Unread, tt.unread, c.LastMessage)
				}
			})
		})
	}
}

func TestPostbackWithMIDIsStoredOnce(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		e := withMID(event("postback", hanako, ago(time.Minute), model.Postback{MID: "m1", Title: "Start"}), "m1")
		w.receive(e)
		w.receive(e, e)
		if got := w.textsOf(hanako); !slices.Equal(got, []string{"Start"}) {
			t.Errorf("got %q", got)
		}
	})
}

func TestUnknownEventIsKeptRaw(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		known, unknown := wrote(hanako, "m1", "hi", ago(time.Second)), event("something_new", hanako, now(), nil)
		w.receive(known, unknown)
		for e, understood := range map[*model.Inbound]bool{&known: true, &unknown: false} {
			w.read(func(r store.Reader) error {
				raw, err := r.RawEvent(page, e.Key)
				if err == nil && (string(raw.Body) != string(e.Raw) || raw.Understood != understood || raw.Name != e.Name) {
					t.Errorf("%s is kept as %+v", e.Name, raw)
				}
				return err
			})
		}
		if n := w.counter("raw_not_understood"); n != 1 {
			t.Errorf("%d not understood, want 1", n)
		}
	})
}

func TestUnknownEventWithoutCustomerIsANotice(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		at := ago(time.Minute)
		w.receive(event("app_roles", "", at, nil))
		ns := w.notices()
		if len(ns) != 1 || ns[0].Kind != model.NoticeUnknown || ns[0].Event != "app_roles" || !ns[0].CreatedAt.Equal(at) {
			t.Errorf("notices %+v", ns)
		}
		if n := w.counter("raw_not_understood"); n != 1 {
			t.Errorf("%d not understood, want 1", n)
		}
	})
}

// The Page's feed is kept raw and counted, not told: it is not of its messages.
func TestFeedMakesNoNotice(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.receive(event("changes:feed", "", ago(time.Minute), nil))
		if ns := w.notices(); len(ns) != 0 {
			t.Errorf("notices %+v", ns)
		}
		if n := w.counter("raw_not_understood"); n != 1 {
			t.Errorf("%d not understood, want 1", n)
		}
	})
}

func TestPolicy(t *testing.T) {
	const sec = time.Second
	type ev struct {
		action string
		ago    time.Duration
	}
	tests := []struct {
		name       string
		events     []ev
		restricted bool
	}{
		{"a warning changes nothing", []ev{{"warning", 10 * sec}}, false},
		{"a block", []ev{{"block", 10 * sec}}, true},
		{"a block and its end", []ev{{"block", 10 * sec}, {"unblock", 5 * sec}}, false},
		{"an older block after a newer unblock", []ev{{"unblock", 5 * sec}, {"block", 10 * sec}}, false},
		{"an older unblock after a newer block", []ev{{"block", 5 * sec}, {"unblock", 10 * sec}}, true},
		{"blocked again", []ev{{"block", 10 * sec}, {"unblock", 8 * sec}, {"block", 5 * sec}}, true},
		{"a warning between does not date the block", []ev{{"warning", 5 * sec}, {"block", 10 * sec}}, true},
		{"an action never heard of", []ev{{"frown", 10 * sec}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.customerWrites(hanako)
				var newest time.Time
				for _, e := range tt.events {
					at := ago(e.ago)
					w.receive(policy(e.action, "because", at))
					if e.action == "block" {
						newest = at
					}
				}
				if n := len(w.notices()); n != len(tt.events) {
					t.Errorf("%d notices, want %d", n, len(tt.events))
				}
				r := w.pageNow().Restricted
				if (r != nil) != tt.restricted {
					t.Fatalf("restricted: %+v", r)
				}
				want := model.Code("")
				if tt.restricted {
					want = model.PageRestricted
					if r.Reason != "because" || !r.Since.Equal(newest) || r.RetryAt != nil {
						t.Errorf("restriction %+v", r)
					}
				}
				w.wantVerdict(hanako, want)
			})
		})
	}
}

func TestDeliveryAndRead(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		var ids []model.MessageID
		for i := range 3 {
			id := w.reply(hanako, fmt.Sprintf("reply %d", i))
			w.receive(echoOf(w.graph.last(), w.message(id).MID))
			ids = append(ids, id)
			w.pass(time.Second)
		}
		states := func() []model.State {
			var out []model.State
			for _, id := range ids {
				out = append(out, w.wantState(id, w.state(id)).State)
			}
			return out
		}
		want := func(what string, s ...model.State) {
			t.Helper()
			if got := states(); !slices.Equal(got, s) {
				t.Errorf("%s: %v, want %v", what, got, s)
			}
		}
		at := func(i int) time.Time { return w.message(ids[i]).SentAt }
		deliveredUpTo := func(until time.Time, mids ...model.MID) model.Inbound {
			return event("delivery", hanako, now(), model.DeliveredUpTo{Watermark: until, MIDs: mids})
		}
		readUpTo := func(until time.Time) model.Inbound {
			return event("read", hanako, now(), model.ReadUpTo{Watermark: until})
		}
		w.receive(deliveredUpTo(at(0)))
		want("delivered at its very time", model.Delivered, model.Sent, model.Sent)
		w.receive(event("delivery", hanako, now(), model.DeliveredUpTo{MIDs: []model.MID{w.message(ids[2]).MID}}))
		want("delivered by mid", model.Delivered, model.Sent, model.Delivered)
		w.receive(readUpTo(at(1)))
		want("read", model.Read, model.Read, model.Delivered)
		w.receive(deliveredUpTo(at(2)))
		want("a later delivery moves nothing back", model.Read, model.Read, model.Delivered)
		before := w.head()
		w.receive(readUpTo(at(0)))
		want("an older read moves nothing back", model.Read, model.Read, model.Delivered)
		if rows := w.changes(before); len(rows) != 0 {
			t.Errorf("an older read wrote %v", rows)
		}
		w.receive(readUpTo(at(2)))
		want("all read", model.Read, model.Read, model.Read)
		if c := w.conversation(hanako); c.Unread != 1 {
			t.Errorf("what the customer read changed what the team has: %d unread", c.Unread)
		}
	})
}

// News about a message may come before it.
func TestNewsBeforeTheMessage(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		at := ago(time.Minute)
		w.receive(
			event("message_edit", hanako, at.Add(3*time.Second), model.Edit{Target: "m1", Text: "second edit", Number: 2}),
			event("message_edit", hanako, at.Add(2*time.Second), model.Edit{Target: "m1", Text: "first edit", Number: 1}),
			event("reaction", hanako, at.Add(2*time.Second), model.Reacted{Target: "m1", By: model.ByCustomer, Kind: "sad"}),
			event("reaction", hanako, at.Add(time.Second), model.Reacted{Target: "m1", By: model.ByCustomer, Kind: "love"}),
			event("reaction", hanako, at.Add(time.Second), model.Reacted{Target: "m1", By: model.ByPage, Kind: "like"}),
		)
		w.receive(wrote(hanako, "m1", "as sent", at))
		ms := w.messages(hanako)
		if len(ms) != 1 {
			t.Fatalf("%d rows, want 1", len(ms))
		}
		m := ms[0]
		if m.Text != "second edit" || !m.Edited || m.Was == nil || *m.Was != "as sent" {
			t.Errorf("text %q, edited %v, was %v", string(m.Text), m.Edited, m.Was != nil)
		}
		kinds := map[model.AuthorKind]string{}
		for _, r := range m.Reactions {
			kinds[r.By] += r.Kind
		}
		if kinds[model.ByCustomer] != "sad" || kinds[model.ByPage] != "like" {
			t.Errorf("reactions %v", kinds)
		}
		if c := w.conversation(hanako); c.LastMessage.Text != "second edit" {
			t.Errorf("the list shows %q", string(c.LastMessage.Text))
		}
	})
}

func TestDeliveryReadAndFeedbackBeforeTheMessage(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		at := ago(time.Minute)
		echo := func(mid model.MID, d time.Duration) model.Inbound {
			return echoed(hanako, at.Add(d), model.Echo{MID: mid, AppID: pageInbox, Text: model.Untrusted(mid)})
		}
		// Before the conversation itself.
		w.receive(
			event("delivery", hanako, at.Add(9*time.Second), model.DeliveredUpTo{MIDs: []model.MID{"e3"}}),
			event("delivery", hanako, at.Add(8*time.Second), model.DeliveredUpTo{Watermark: at.Add(2 * time.Second)}),
			event("read", hanako, at.Add(8*time.Second), model.ReadUpTo{Watermark: at.Add(time.Second)}),
			event("response_feedback", hanako, at.Add(8*time.Second), model.Feedback{Target: "e1", Words: "Good response"}),
		)
		w.receive(echo("e4", 4*time.Second), echo("e3", 3*time.Second), echo("e2", 2*time.Second), echo("e1", time.Second))
		var got []string
		for _, m := range w.messages(hanako) {
			got = append(got, string(m.Text)+" "+string(m.State)+" "+string(m.Feedback))
		}
		want := []string{"e1 read Good response", "e2 delivered ", "e3 delivered ", "e4 sent "}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestEditsOutOfOrder(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		at := ago(time.Minute)
		w.receive(wrote(hanako, "m1", "zero", at))
		edit := func(n int, text string) model.Inbound {
			return event("message_edit", hanako, at.Add(time.Duration(n)*time.Second),
				model.Edit{Target: "m1", Text: model.Untrusted(text), Number: n})
		}
		for _, tt := range []struct {
			n    int
			text string
			want string
		}{{2, "two", "two"}, {1, "one", "two"}, {2, "two again", "two"}, {5, "five", "five"}, {3, "three", "five"}} {
			w.receive(edit(tt.n, tt.text))
			m := w.byMID("m1")
			if string(m.Text) != tt.want || m.Was == nil || *m.Was != "zero" || !m.Edited {
				t.Errorf("after edit %d: %q, want %q", tt.n, string(m.Text), tt.want)
			}
		}
	})
}

func TestReactionsOutOfOrder(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		at := ago(time.Minute)
		w.receive(wrote(hanako, "m1", "hello", at))
		react := func(after time.Duration, kind string, by model.AuthorKind) {
			w.receive(event("reaction", hanako, at.Add(after),
				model.Reacted{Target: "m1", By: by, Kind: kind, Removed: kind == ""}))
		}
		want := func(what string, kinds ...string) {
			t.Helper()
			var got []string
			for _, r := range w.byMID("m1").Reactions {
				got = append(got, string(r.By)+":"+r.Kind)
			}
			slices.Sort(got)
			if !slices.Equal(got, kinds) {
				t.Errorf("%s: %v, want %v", what, got, kinds)
			}
		}
		react(5*time.Second, "love", model.ByCustomer)
		want("set", "customer:love")
		react(4*time.Second, "", model.ByCustomer)
		want("an older removal changes nothing", "customer:love")
		react(3*time.Second, "sad", model.ByCustomer)
		want("an older one changes nothing", "customer:love")
		react(time.Second, "like", model.ByPage)
		want("the other party's is apart", "customer:love", "page:like")
		react(6*time.Second, "wow", model.ByCustomer)
		want("changed", "customer:wow", "page:like")
		react(7*time.Second, "", model.ByCustomer)
		want("taken back", "page:like")
		react(5500*time.Millisecond, "angry", model.ByCustomer)
		want("what was before it was taken back", "page:like")
		react(8*time.Second, "smile", model.ByCustomer)
		want("set again", "customer:smile", "page:like")
	})
}

func TestUnsend(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		at := ago(time.Minute)
		gone := func(mid model.MID) model.Inbound {
			return event("message", hanako, at.Add(30*time.Second), model.Unsend{Target: mid})
		}
		w.receive(
			withMID(event("message", hanako, at, model.CustomerMessage{
				MID: "m1", Text: "regrets", Attachments: []model.Attachment{{Type: "image"}},
			}), "m1"),
			event("message_edit", hanako, at.Add(time.Second), model.Edit{Target: "m1", Text: "regrets a lot", Number: 1}),
			gone("m1"), gone("m2"),
			wrote(hanako, "m2", "unsent before it came", at.Add(2*time.Second)),
			event("message_edit", hanako, at.Add(40*time.Second), model.Edit{Target: "m1", Text: "too late", Number: 2}),
		)
		for _, mid := range []model.MID{"m1", "m2"} {
			if m := w.byMID(mid); !m.Deleted || m.Text != "" || m.Was != nil || len(m.Attachments) != 0 {
				t.Errorf("%s still says something: %+v", mid, m.Message)
			}
		}
		if c := w.conversation(hanako); c.LastMessage.Text != "" {
			t.Error("the list still shows the text")
		}
	})
}

// What came raw says no more than the message it is of: nothing of one that was taken back,
// and of edits at most the one that counts, in whichever order they came.
func TestRawSaysNoMoreThanTheMessage(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		at := ago(time.Minute)
		raw := func(e model.Inbound, says string) model.Inbound {
			e.Raw = []byte(says + " " + e.Key)
			return e
		}
		edited := func(mid model.MID, n int, text string) model.Inbound {
			e := event("message_edit", hanako, at.Add(time.Duration(n)*time.Second), model.Edit{Target: mid, Text: model.Untrusted(text), Number: n})
			e.Raw = []byte(text + " of " + string(mid))
			return e
		}
		back := event("message", hanako, at.Add(30*time.Second), model.Unsend{Target: "m1"})
		early := event("message", hanako, at.Add(30*time.Second), model.Unsend{Target: "m2"})
		sent := []model.Inbound{
			raw(wrote(hanako, "m1", "a", at), "taken back"), edited("m1", 1, "b"), back, edited("m1", 2, "too late"),
			early, edited("m2", 1, "c"), raw(wrote(hanako, "m2", "d", at), "taken back before it came"),
			raw(wrote(hanako, "m3", "e", at), "edited"), edited("m3", 2, "two"), edited("m3", 3, "three"), edited("m3", 1, "one, late"),
			raw(wrote(hanako, "m4", "f", at), "as it was"),
			raw(wrote(ken, "m5", "g", at), "of another"),
		}
		for _, e := range sent {
			w.receive(e)
		}
		var says []string
		w.read(func(r store.Reader) error {
			for _, e := range sent {
				kept, err := r.RawEvent(page, e.Key)
				if err != nil {
					return err
				}
				if len(kept.Body) > 0 && (e.Event != back.Event && e.Event != early.Event) {
					says = append(says, strings.Fields(string(kept.Body))[0])
				}
			}
			return nil
		})
		if want := []string{"as", "of"}; !slices.Equal(says, want) {
			t.Errorf("raw says %q, want %q", says, want)
		}
		if m := w.byMID("m3"); m.Text != "three" {
			t.Errorf("the edited message says %q", m.Text)
		}
	})
}

func TestOrderIsMetasTime(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		at := ago(time.Hour)
		w.receive(wrote(hanako, "m3", "third", at.Add(3*time.Second)))
		w.receive(wrote(hanako, "m1", "first", at.Add(time.Second)))
		w.receive(wrote(hanako, "m5", "fifth", at.Add(5*time.Second)), wrote(hanako, "m2", "second", at.Add(2*time.Second)))
		w.receive(echoed(hanako, at.Add(4*time.Second), model.Echo{MID: "e4", AppID: otherApp, Text: "fourth"}))
		w.receive(wrote(hanako, "m5b", "fifth, as well", at.Add(5*time.Second))) // a tie goes by coming
		want := []string{"first", "second", "third", "fourth", "fifth", "fifth, as well"}
		if got := w.textsOf(hanako); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		c := w.conversation(hanako)
		if c.LastMessage.Text != "fifth, as well" || !c.UpdatedAt.Equal(at.Add(5*time.Second)) {
			t.Errorf("the list shows %q at %v", string(c.LastMessage.Text), c.UpdatedAt)
		}
		w.receive(wrote(hanako, "m0", "before all", at))
		if c := w.conversation(hanako); c.LastMessage.Text != "fifth, as well" || !c.UpdatedAt.Equal(at.Add(5*time.Second)) {
			t.Errorf("a late message took the list: %q at %v", string(c.LastMessage.Text), c.UpdatedAt)
		}
	})
}

func TestUnreadAndReadMark(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		at := ago(time.Minute)
		for i := range 4 {
			w.receive(wrote(hanako, model.MID(fmt.Sprintf("m%d", i)), "hi", at.Add(time.Duration(i)*time.Second)))
		}
		unread := func(want int) {
			t.Helper()
			if got := w.conversation(hanako).Unread; got != want {
				t.Errorf("%d unread, want %d", got, want)
			}
		}
		mark := func(mid model.MID) {
			t.Helper()
			w.must(w.hub.MarkRead(w.ctx, w.cat, conversationWith(hanako), w.byMID(mid).ID))
		}
		unread(4)
		mark("m1")
		unread(2)
		mark("m0") // never back
		unread(2)
		w.receive(wrote(hanako, "late", "late, before the mark", at.Add(500*time.Millisecond)))
		unread(2)
		mark("m3")
		unread(0)
		w.receive(wrote(hanako, "tie", "at the very time of the mark", at.Add(3*time.Second)))
		unread(1)
		w.receive(wrote(hanako, "m4", "new", at.Add(4*time.Second)))
		unread(2)
		mark("m4")
		unread(0)
		w.receive(echoed(hanako, at.Add(5*time.Second), model.Echo{MID: "e", AppID: pageInbox, Text: "ours"}))
		unread(0)
		before := w.head()
		mark("m4")
		if got := w.head(); got != before {
			t.Error("a mark that moves nothing is logged")
		}
		w.hidden(w.hub.MarkRead(w.ctx, w.ann, conversationWith(ken), w.byMID("m4").ID))
		w.hidden(w.hub.MarkRead(w.ctx, w.ann, conversationWith(hanako), "100_nonsense"))
		w.hidden(w.hub.MarkRead(w.ctx, w.ann, "nonsense", "100_nonsense"))
	})
}

// putStatus triages a conversation.
func (w *world) putStatus(customer model.PSID, s model.Status, until *time.Time) {
	w.Helper()
	w.must(w.store.Write(w.ctx, page, func(tx store.PageTx) error {
		c, err := tx.Conversation(conversationWith(customer))
		if err != nil {
			return err
		}
		c.Status, c.SnoozedUntil = s, until
		return tx.PutConversation(&c)
	}))
}

func TestDoneConversationComesBack(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		at := ago(time.Minute)
		later := now().Add(time.Hour)
		w.receive(wrote(hanako, "m1", "hi", at))
		w.must(w.hub.MarkRead(w.ctx, w.ann, conversationWith(hanako), w.byMID("m1").ID))
		status := func(want model.Status) {
			t.Helper()
			if c := w.conversation(hanako); c.Status != want {
				t.Errorf("status %q, want %q", c.Status, want)
			}
		}
		w.putStatus(hanako, model.Done, nil)
		w.receive(echoed(hanako, at.Add(time.Second), model.Echo{MID: "e", AppID: pageInbox, Text: "bye"}))
		status(model.Done)
		w.receive(wrote(hanako, "m0", "from before", at.Add(-time.Second)))
		status(model.Done)
		w.receive(wrote(hanako, "m2", "one more thing", at.Add(2*time.Second)))
		status(model.Open)
		w.putStatus(hanako, model.Snoozed, &later)
		w.receive(event("postback", hanako, at.Add(3*time.Second), model.Postback{Title: "Call me"}))
		status(model.Open)
		if c := w.conversation(hanako); c.SnoozedUntil != nil {
			t.Error("still to be woken")
		}
	})
}

func TestUnknownPageIsCounted(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		e := []model.PageEntry{{Page: "999", Events: []model.Inbound{
			wrote(hanako, "m1", "hi", now()), wrote(hanako, "m2", "ho", now()),
		}}}
		w.must(w.hub.Receive(w.ctx, e))
		if n := w.counter(receive.CounterUnknownPage); n != 2 {
			t.Errorf("%d counted, want 2", n)
		}
		if n := w.counter("raw_events"); n != 0 {
			t.Errorf("%d events kept of a Page that is not connected", n)
		}
	})
}

func TestUninstalledPageReceivesNothing(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		_, err := w.hub.Uninstall(w.ctx, w.ben, page)
		w.must(err)
		before := w.head()
		w.receive(wrote(hanako, "m2", "anybody there?", now()), policy("block", "spam", now()))
		if got := w.head(); got != before {
			t.Errorf("an uninstalled Page changed: %v", w.changes(before))
		}
		if n := w.counter(receive.CounterUnknownPage); n != 2 {
			t.Errorf("%d counted, want 2", n)
		}
	})
}

func (w *world) deleteConversation(customer model.PSID, until time.Time) {
	w.Helper()
	w.must(w.store.Write(w.ctx, page, func(tx store.PageTx) error {
		return tx.DeleteConversation(conversationWith(customer), until)
	}))
}

func TestDeletedConversation(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		at := ago(time.Hour)
		old := []model.Inbound{
			wrote(hanako, "m1", "one", at), wrote(hanako, "m2", "two", at.Add(time.Minute)),
			event("postback", hanako, at.Add(30*time.Second), model.Postback{Title: "Start"}),
			echoed(hanako, at.Add(40*time.Second), model.Echo{MID: "e1", AppID: pageInbox, Text: "answer"}),
		}
		w.receive(old...)
		w.deleteConversation(hanako, at.Add(time.Minute))
		before := w.head()
		w.receive(old...)
		w.receive(wrote(hanako, "m3", "never seen, as old", at.Add(time.Minute)),
			event("reaction", hanako, at.Add(50*time.Second), model.Reacted{Target: "m1", By: model.ByCustomer, Kind: "love"}))
		if got := w.head(); got != before {
			t.Fatalf("what was deleted came back: %v", w.changes(before))
		}
		_, err := w.hub.Conversation(w.ctx, w.ann, conversationWith(hanako))
		w.hidden(err)
		w.receive(wrote(hanako, "m4", "new", at.Add(time.Minute+time.Millisecond)))
		if got := w.textsOf(hanako); !slices.Equal(got, []string{"new"}) {
			t.Errorf("the new conversation holds %q", got)
		}
		if c := w.conversation(hanako); c.Unread != 1 || !c.Started || c.Status != model.Open {
			t.Errorf("the new conversation is %+v", c)
		}
	})
}

// What waited for a message goes with its conversation: nothing of the customer's
// words stays behind, or comes up in the conversation that follows.
func TestDeletedConversationTakesWhatWaits(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		at := ago(time.Hour)
		w.receive(
			wrote(hanako, "m1", "one", at),
			event("message_edit", hanako, at.Add(time.Second), model.Edit{Target: "m9", Text: "secret", Number: 1}),
			event("delivery", hanako, at.Add(time.Second), model.DeliveredUpTo{MIDs: []model.MID{"e9"}}),
		)
		w.deleteConversation(hanako, at.Add(time.Minute))
		for _, mid := range []model.MID{"m9", "e9"} {
			w.read(func(r store.Reader) error {
				waiting, err := r.Pending(page, mid)
				if len(waiting) != 0 {
					t.Errorf("%d events still wait for %s", len(waiting), mid)
				}
				return err
			})
		}
	})
}

// brokenStore is a store whose disk is full for a while. It counts what is read.
type brokenStore struct {
	store.Store
	full  atomic.Bool
	reads atomic.Int64
}

func (s *brokenStore) set(broken bool) { s.full.Store(broken) }

func (s *brokenStore) Write(ctx context.Context, p model.PageID, f func(store.PageTx) error) error {
	if s.full.Load() {
		return fmt.Errorf("write: %w", store.ErrUnavailable)
	}
	return s.Store.Write(ctx, p, f)
}

func (s *brokenStore) Read(ctx context.Context, f func(store.Reader) error) error {
	s.reads.Add(1)
	return s.Store.Read(ctx, f)
}

// breakable puts a store that can break under a new hub.
func (w *world) breakable() *brokenStore {
	w.goesWrong()
	s := &brokenStore{Store: w.store}
	w.store = s
	w.restart()
	return s
}

func TestReceiveWhileTheStoreCantBeWritten(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		disk := w.breakable()
		disk.set(true)
		e := entry(wrote(hanako, "m1", "hello", now()))
		if err := w.hub.Receive(w.ctx, e); !errors.Is(err, hub.ErrUnavailable) {
			t.Fatalf("got %v, want unavailable: Meta must send it again", err)
		}
		if r := w.hub.Ready(w.ctx); r.Ready || r.Store != "unavailable" {
			t.Errorf("readiness %+v", r)
		}
		disk.set(false)
		w.must(w.hub.Receive(w.ctx, e))
		if got := w.textsOf(hanako); !slices.Equal(got, []string{"hello"}) {
			t.Errorf("got %q", got)
		}
		if r := w.hub.Ready(w.ctx); !r.Ready || r.Store != "ok" {
			t.Errorf("readiness %+v", r)
		}
	})
}

func TestNamesOfNewCustomers(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.graph.set(func() { w.graph.profile = model.Customer{Name: "山田 花子", Locale: "ja_JP"} })
		w.customerWrites(hanako)
		w.settle()
		c := w.conversation(hanako)
		if c.Customer.Name != "山田 花子" || c.Customer.Locale != "ja_JP" || c.LastMessage.Author.Name != "山田 花子" {
			t.Errorf("customer %+v", c.Customer.PSID)
		}
		if ms := w.messages(hanako); ms[0].Author.Name != "山田 花子" {
			t.Error("her message does not bear her name")
		}
		w.receive(wrote(hanako, "m2", "again", now()))
		if w.graph.profileCalls != 1 {
			t.Errorf("asked %d times, want once", w.graph.profileCalls)
		}
	})
}

// A name that Meta does not tell is asked for again, not at once.
func TestNamesNotTold(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.graph.set(func() { w.graph.profileErr = model.ErrNoProfile })
		w.customerWrites(hanako)
		w.pass(time.Hour)
		if w.graph.profileCalls != 1 {
			t.Errorf("asked %d times within the hour, want once", w.graph.profileCalls)
		}
		w.pass(6 * time.Hour)
		if w.graph.profileCalls != 2 {
			t.Errorf("asked %d times within seven hours, want twice", w.graph.profileCalls)
		}
	})
}
