package receive_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/hub/pages"
	"parley/hub/receive"
	"parley/hub/store"
	"parley/model"
)

func TestMessageStoredOnceUnderRedelivery(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		const messages, deliveries = 40, 5
		var events []model.Inbound
		for i := range messages {
			customer := []model.PSID{hanako, ken}[i%2]
			events = append(events, hubtest.Wrote(customer, model.MID(fmt.Sprintf("m%d", i)), fmt.Sprintf("text %02d", i),
				hubtest.Ago(time.Duration(messages-i)*time.Second)))
		}
		var wg sync.WaitGroup
		for n := range deliveries {
			wg.Go(func() {
				mine := slices.Clone(events)
				rand.New(rand.NewPCG(1, uint64(n))).Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
				for chunk := range slices.Chunk(mine, 1+n*3) {
					if err := w.Hub.Receive(w.Ctx, hubtest.Entry(chunk...)); err != nil {
						t.Errorf("receive: %v", err)
					}
				}
			})
		}
		wg.Wait()
		for i, customer := range []model.PSID{hanako, ken} {
			got := w.Texts(customer)
			if len(got) != messages/2 {
				t.Fatalf("%d rows of %s, want %d", len(got), customer, messages/2)
			}
			for j, text := range got {
				if want := fmt.Sprintf("text %02d", 2*j+i); text != want {
					t.Errorf("message %d is %q, want %q", j, text, want)
				}
			}
			if c := w.Conversation(customer); c.Unread != messages/2 {
				t.Errorf("%d unread, want %d", c.Unread, messages/2)
			}
		}
		w.WantNoGaps()
	})
}

func TestRedeliveryChangesNothing(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		events := []model.Inbound{
			hubtest.Wrote(hanako, "m1", "hello", hubtest.Ago(time.Minute)),
			hubtest.Event("postback", hanako, hubtest.Ago(50*time.Second), model.Postback{Title: "Start"}),
			hubtest.Event("referral", hanako, hubtest.Ago(40*time.Second), model.Referral{Entry: model.Entry{Source: model.SourceAds}}),
			hubtest.Event("reaction", hanako, hubtest.Ago(30*time.Second), model.Reacted{Target: "m1", By: model.ByCustomer, Kind: "love"}),
			hubtest.Event("unheard_of", hanako, hubtest.Ago(20*time.Second), nil),
			hubtest.Policy("warning", "spam", hubtest.Ago(10*time.Second)),
		}
		w.Receive(events...)
		before := w.Head()
		slices.Reverse(events)
		w.Receive(events...)
		w.Receive(append(events, events...)...)
		if got := w.Head(); got != before {
			t.Errorf("redelivery wrote %v", w.Changes(before))
		}
	})
}

func TestOnePostOfManyPages(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		_, _, err := w.Hub.ConnectPage(w.Ctx, w.Ben, pages.Connection{Page: "200", Token: "other", Visibility: model.Private})
		w.Must(err)
		err = w.Hub.Receive(w.Ctx, []model.PageEntry{
			{Page: metaPage, Events: []model.Inbound{hubtest.Wrote(hanako, "m1", "to 100", hubtest.Now())}},
			{Page: "200", Events: []model.Inbound{hubtest.Wrote(hanako, "m1", "to 200", hubtest.Now())}}, // a mid is unique with its Page only
			{Page: metaPage, Events: []model.Inbound{hubtest.Wrote(hanako, "m2", "again", hubtest.Now().Add(time.Second))}},
			{Page: "300", Events: []model.Inbound{hubtest.Wrote(hanako, "m1", "to nobody", hubtest.Now())}},
		})
		w.Must(err)
		if got := w.Texts(hanako); !slices.Equal(got, []string{"to 100", "again"}) {
			t.Errorf("Page 100 got %q", got)
		}
		ms, _, _, err := w.Hub.Messages(w.Ctx, w.Ben, "200_7001", "", 10)
		w.Must(err)
		if len(ms) != 1 || ms[0].Text != "to 200" {
			t.Errorf("Page 200 got %d messages", len(ms))
		}
		if n := w.Counter(receive.CounterUnknownPage); n != 1 {
			t.Errorf("%d events of unknown Pages, want 1", n)
		}
	})
}

func TestMessageAsItCame(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		text := model.Untrusted("  東京\x1b[31m\u202e\n😀 ")
		quick := model.Untrusted("PAYLOAD")
		at := hubtest.Ago(time.Minute)
		w.Receive(
			hubtest.WithMID(hubtest.Event("message", hanako, at, model.CustomerMessage{
				MID: "m1", Text: text, Attachments: []model.Attachment{{Type: "image", URL: "https://x.fbcdn.net/a.jpg"}},
			}), "m1"),
			hubtest.WithMID(hubtest.Event("message", hanako, at.Add(time.Second), model.CustomerMessage{
				MID: "m2", Text: "yes", QuickReply: &quick, ReplyTo: "m1",
			}), "m2"),
			hubtest.WithMID(hubtest.Event("message", hanako, at.Add(2*time.Second), model.CustomerMessage{
				MID: "m3", Unsupported: true,
			}), "m3"),
			hubtest.WithMID(hubtest.Event("message", hanako, at.Add(3*time.Second), model.CustomerMessage{
				MID: "m4", Text: "from the ad", Referral: &model.Entry{Source: model.SourceAds, AdID: "9"}, ReplyTo: "unknown",
			}), "m4"),
		)
		ms := w.Messages(hanako)
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
		c := w.Conversation(hanako)
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
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.Receive(hubtest.Event(tt.name, hanako, hubtest.Ago(time.Minute), tt.event))
				ms := w.Messages(hanako)
				if len(ms) != 1 {
					t.Fatalf("%d lines, want 1", len(ms))
				}
				m := ms[0]
				if m.Event == nil || m.Event.Kind != tt.kind || m.Event.Action != tt.action || m.Direction != tt.direction {
					t.Errorf("got direction %q, event %+v", m.Direction, m.Event)
				}
				c := w.Conversation(hanako)
				if c.Unread != tt.unread || c.LastMessage == nil || c.LastMessage.Event == nil {
					t.Errorf("unread %d, want %d; last message %+v", c.Unread, tt.unread, c.LastMessage)
				}
			})
		})
	}
}

func TestPostbackWithMIDIsStoredOnce(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		e := hubtest.WithMID(hubtest.Event("postback", hanako, hubtest.Ago(time.Minute), model.Postback{MID: "m1", Title: "Start"}), "m1")
		w.Receive(e)
		w.Receive(e, e)
		if got := w.Texts(hanako); !slices.Equal(got, []string{"Start"}) {
			t.Errorf("got %q", got)
		}
	})
}

func TestUnknownEventIsKeptRaw(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		known, unknown := hubtest.Wrote(hanako, "m1", "hi", hubtest.Ago(time.Second)), hubtest.Event("something_new", hanako, hubtest.Now(), nil)
		w.Receive(known, unknown)
		for e, understood := range map[*model.Inbound]bool{&known: true, &unknown: false} {
			w.Read(func(r store.Reader) error {
				raw, err := r.RawEvent(page, e.Key)
				if err == nil && (string(raw.Body) != string(e.Raw) || raw.Understood != understood || raw.Name != e.Name) {
					t.Errorf("%s is kept as %+v", e.Name, raw)
				}
				return err
			})
		}
		if n := w.Counter("raw_not_understood"); n != 1 {
			t.Errorf("%d not understood, want 1", n)
		}
	})
}

func TestUnknownEventWithoutCustomerIsANotice(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		at := hubtest.Ago(time.Minute)
		w.Receive(hubtest.Event("app_roles", "", at, nil))
		ns := w.Notices()
		if len(ns) != 1 || ns[0].Kind != model.NoticeUnknown || ns[0].Event != "app_roles" || !ns[0].CreatedAt.Equal(at) {
			t.Errorf("notices %+v", ns)
		}
		if n := w.Counter("raw_not_understood"); n != 1 {
			t.Errorf("%d not understood, want 1", n)
		}
	})
}

// The Page's feed is kept raw and counted, not told: it is not of its messages.
func TestFeedMakesNoNotice(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Receive(hubtest.Event("changes:feed", "", hubtest.Ago(time.Minute), nil))
		if ns := w.Notices(); len(ns) != 0 {
			t.Errorf("notices %+v", ns)
		}
		if n := w.Counter("raw_not_understood"); n != 1 {
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
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				var newest time.Time
				for _, e := range tt.events {
					at := hubtest.Ago(e.ago)
					w.Receive(hubtest.Policy(e.action, "because", at))
					if e.action == "block" {
						newest = at
					}
				}
				if n := len(w.Notices()); n != len(tt.events) {
					t.Errorf("%d notices, want %d", n, len(tt.events))
				}
				r := w.Page().Restricted
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
				w.WantVerdict(hanako, want)
			})
		})
	}
}

func TestDeliveryAndRead(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		var ids []model.MessageID
		for i := range 3 {
			id := w.Reply(hanako, fmt.Sprintf("reply %d", i))
			w.Receive(hubtest.EchoOf(w.Graph.Last(), w.Message(id).MID))
			ids = append(ids, id)
			w.Pass(time.Second)
		}
		states := func() []model.State {
			var out []model.State
			for _, id := range ids {
				out = append(out, w.WantState(id, w.State(id)).State)
			}
			return out
		}
		want := func(what string, s ...model.State) {
			t.Helper()
			if got := states(); !slices.Equal(got, s) {
				t.Errorf("%s: %v, want %v", what, got, s)
			}
		}
		at := func(i int) time.Time { return w.Message(ids[i]).SentAt }
		deliveredUpTo := func(until time.Time, mids ...model.MID) model.Inbound {
			return hubtest.Event("delivery", hanako, hubtest.Now(), model.DeliveredUpTo{Watermark: until, MIDs: mids})
		}
		readUpTo := func(until time.Time) model.Inbound {
			return hubtest.Event("read", hanako, hubtest.Now(), model.ReadUpTo{Watermark: until})
		}
		w.Receive(deliveredUpTo(at(0)))
		want("delivered at its very time", model.Delivered, model.Sent, model.Sent)
		w.Receive(hubtest.Event("delivery", hanako, hubtest.Now(), model.DeliveredUpTo{MIDs: []model.MID{w.Message(ids[2]).MID}}))
		want("delivered by mid", model.Delivered, model.Sent, model.Delivered)
		w.Receive(readUpTo(at(1)))
		want("read", model.Read, model.Read, model.Delivered)
		w.Receive(deliveredUpTo(at(2)))
		want("a later delivery moves nothing back", model.Read, model.Read, model.Delivered)
		before := w.Head()
		w.Receive(readUpTo(at(0)))
		want("an older read moves nothing back", model.Read, model.Read, model.Delivered)
		if rows := w.Changes(before); len(rows) != 0 {
			t.Errorf("an older read wrote %v", rows)
		}
		w.Receive(readUpTo(at(2)))
		want("all read", model.Read, model.Read, model.Read)
		if c := w.Conversation(hanako); c.Unread != 1 {
			t.Errorf("what the customer read changed what the team has: %d unread", c.Unread)
		}
	})
}

// News about a message may come before it.
func TestNewsBeforeTheMessage(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		at := hubtest.Ago(time.Minute)
		w.Receive(
			hubtest.Event("message_edit", hanako, at.Add(3*time.Second), model.Edit{Target: "m1", Text: "second edit", Number: 2}),
			hubtest.Event("message_edit", hanako, at.Add(2*time.Second), model.Edit{Target: "m1", Text: "first edit", Number: 1}),
			hubtest.Event("reaction", hanako, at.Add(2*time.Second), model.Reacted{Target: "m1", By: model.ByCustomer, Kind: "sad"}),
			hubtest.Event("reaction", hanako, at.Add(time.Second), model.Reacted{Target: "m1", By: model.ByCustomer, Kind: "love"}),
			hubtest.Event("reaction", hanako, at.Add(time.Second), model.Reacted{Target: "m1", By: model.ByPage, Kind: "like"}),
		)
		w.Receive(hubtest.Wrote(hanako, "m1", "as sent", at))
		ms := w.Messages(hanako)
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
		if c := w.Conversation(hanako); c.LastMessage.Text != "second edit" {
			t.Errorf("the list shows %q", string(c.LastMessage.Text))
		}
	})
}

func TestDeliveryReadAndFeedbackBeforeTheMessage(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		at := hubtest.Ago(time.Minute)
		echo := func(mid model.MID, d time.Duration) model.Inbound {
			return hubtest.Echoed(hanako, at.Add(d), model.Echo{MID: mid, AppID: pageInbox, Text: model.Untrusted(mid)})
		}
		// Before the conversation itself.
		w.Receive(
			hubtest.Event("delivery", hanako, at.Add(9*time.Second), model.DeliveredUpTo{MIDs: []model.MID{"e3"}}),
			hubtest.Event("delivery", hanako, at.Add(8*time.Second), model.DeliveredUpTo{Watermark: at.Add(2 * time.Second)}),
			hubtest.Event("read", hanako, at.Add(8*time.Second), model.ReadUpTo{Watermark: at.Add(time.Second)}),
			hubtest.Event("response_feedback", hanako, at.Add(8*time.Second), model.Feedback{Target: "e1", Words: "Good response"}),
		)
		w.Receive(echo("e4", 4*time.Second), echo("e3", 3*time.Second), echo("e2", 2*time.Second), echo("e1", time.Second))
		var got []string
		for _, m := range w.Messages(hanako) {
			got = append(got, string(m.Text)+" "+string(m.State)+" "+string(m.Feedback))
		}
		want := []string{"e1 read Good response", "e2 delivered ", "e3 delivered ", "e4 sent "}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestEditsOutOfOrder(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		at := hubtest.Ago(time.Minute)
		w.Receive(hubtest.Wrote(hanako, "m1", "zero", at))
		edit := func(n int, text string) model.Inbound {
			return hubtest.Event("message_edit", hanako, at.Add(time.Duration(n)*time.Second),
				model.Edit{Target: "m1", Text: model.Untrusted(text), Number: n})
		}
		for _, tt := range []struct {
			n    int
			text string
			want string
		}{{2, "two", "two"}, {1, "one", "two"}, {2, "two again", "two"}, {5, "five", "five"}, {3, "three", "five"}} {
			w.Receive(edit(tt.n, tt.text))
			m := w.ByMID("m1")
			if string(m.Text) != tt.want || m.Was == nil || *m.Was != "zero" || !m.Edited {
				t.Errorf("after edit %d: %q, want %q", tt.n, string(m.Text), tt.want)
			}
		}
	})
}

func TestReactionsOutOfOrder(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		at := hubtest.Ago(time.Minute)
		w.Receive(hubtest.Wrote(hanako, "m1", "hello", at))
		react := func(after time.Duration, kind string, by model.AuthorKind) {
			w.Receive(hubtest.Event("reaction", hanako, at.Add(after),
				model.Reacted{Target: "m1", By: by, Kind: kind, Removed: kind == ""}))
		}
		want := func(what string, kinds ...string) {
			t.Helper()
			var got []string
			for _, r := range w.ByMID("m1").Reactions {
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
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		at := hubtest.Ago(time.Minute)
		gone := func(mid model.MID) model.Inbound {
			return hubtest.Event("message", hanako, at.Add(30*time.Second), model.Unsend{Target: mid})
		}
		w.Receive(
			hubtest.WithMID(hubtest.Event("message", hanako, at, model.CustomerMessage{
				MID: "m1", Text: "regrets", Attachments: []model.Attachment{{Type: "image"}},
			}), "m1"),
			hubtest.Event("message_edit", hanako, at.Add(time.Second), model.Edit{Target: "m1", Text: "regrets a lot", Number: 1}),
			gone("m1"), gone("m2"),
			hubtest.Wrote(hanako, "m2", "unsent before it came", at.Add(2*time.Second)),
			hubtest.Event("message_edit", hanako, at.Add(40*time.Second), model.Edit{Target: "m1", Text: "too late", Number: 2}),
		)
		for _, mid := range []model.MID{"m1", "m2"} {
			if m := w.ByMID(mid); !m.Deleted || m.Text != "" || m.Was != nil || len(m.Attachments) != 0 {
				t.Errorf("%s still says something: %+v", mid, m.Message)
			}
		}
		if c := w.Conversation(hanako); c.LastMessage.Text != "" {
			t.Error("the list still shows the text")
		}
	})
}

// What came raw says no more than the message it is of: nothing of one that was taken back,
// and of edits at most the one that counts, in whichever order they came.
func TestRawSaysNoMoreThanTheMessage(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		at := hubtest.Ago(time.Minute)
		raw := func(e model.Inbound, says string) model.Inbound {
			e.Raw = []byte(says + " " + e.Key)
			return e
		}
		edited := func(mid model.MID, n int, text string) model.Inbound {
			e := hubtest.Event("message_edit", hanako, at.Add(time.Duration(n)*time.Second), model.Edit{Target: mid, Text: model.Untrusted(text), Number: n})
			e.Raw = []byte(text + " of " + string(mid))
			return e
		}
		back := hubtest.Event("message", hanako, at.Add(30*time.Second), model.Unsend{Target: "m1"})
		early := hubtest.Event("message", hanako, at.Add(30*time.Second), model.Unsend{Target: "m2"})
		sent := []model.Inbound{
			raw(hubtest.Wrote(hanako, "m1", "a", at), "taken back"), edited("m1", 1, "b"), back, edited("m1", 2, "too late"),
			early, edited("m2", 1, "c"), raw(hubtest.Wrote(hanako, "m2", "d", at), "taken back before it came"),
			raw(hubtest.Wrote(hanako, "m3", "e", at), "edited"), edited("m3", 2, "two"), edited("m3", 3, "three"), edited("m3", 1, "one, late"),
			raw(hubtest.Wrote(hanako, "m4", "f", at), "as it was"),
			raw(hubtest.Wrote(ken, "m5", "g", at), "of another"),
		}
		for _, e := range sent {
			w.Receive(e)
		}
		var says []string
		w.Read(func(r store.Reader) error {
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
		if m := w.ByMID("m3"); m.Text != "three" {
			t.Errorf("the edited message says %q", m.Text)
		}
	})
}

func TestOrderIsMetasTime(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		at := hubtest.Ago(time.Hour)
		w.Receive(hubtest.Wrote(hanako, "m3", "third", at.Add(3*time.Second)))
		w.Receive(hubtest.Wrote(hanako, "m1", "first", at.Add(time.Second)))
		w.Receive(hubtest.Wrote(hanako, "m5", "fifth", at.Add(5*time.Second)), hubtest.Wrote(hanako, "m2", "second", at.Add(2*time.Second)))
		w.Receive(hubtest.Echoed(hanako, at.Add(4*time.Second), model.Echo{MID: "e4", AppID: otherApp, Text: "fourth"}))
		w.Receive(hubtest.Wrote(hanako, "m5b", "fifth, as well", at.Add(5*time.Second))) // a tie goes by coming
		want := []string{"first", "second", "third", "fourth", "fifth", "fifth, as well"}
		if got := w.Texts(hanako); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		c := w.Conversation(hanako)
		if c.LastMessage.Text != "fifth, as well" || !c.UpdatedAt.Equal(at.Add(5*time.Second)) {
			t.Errorf("the list shows %q at %v", string(c.LastMessage.Text), c.UpdatedAt)
		}
		w.Receive(hubtest.Wrote(hanako, "m0", "before all", at))
		if c := w.Conversation(hanako); c.LastMessage.Text != "fifth, as well" || !c.UpdatedAt.Equal(at.Add(5*time.Second)) {
			t.Errorf("a late message took the list: %q at %v", string(c.LastMessage.Text), c.UpdatedAt)
		}
	})
}

func TestUnreadAndReadMark(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		at := hubtest.Ago(time.Minute)
		for i := range 4 {
			w.Receive(hubtest.Wrote(hanako, model.MID(fmt.Sprintf("m%d", i)), "hi", at.Add(time.Duration(i)*time.Second)))
		}
		unread := func(want int) {
			t.Helper()
			if got := w.Conversation(hanako).Unread; got != want {
				t.Errorf("%d unread, want %d", got, want)
			}
		}
		mark := func(mid model.MID) {
			t.Helper()
			w.Must(w.Hub.MarkRead(w.Ctx, w.Cat, hubtest.ConversationWith(hanako), w.ByMID(mid).ID))
		}
		unread(4)
		mark("m1")
		unread(2)
		mark("m0") // never back
		unread(2)
		w.Receive(hubtest.Wrote(hanako, "late", "late, before the mark", at.Add(500*time.Millisecond)))
		unread(2)
		mark("m3")
		unread(0)
		w.Receive(hubtest.Wrote(hanako, "tie", "at the very time of the mark", at.Add(3*time.Second)))
		unread(1)
		w.Receive(hubtest.Wrote(hanako, "m4", "new", at.Add(4*time.Second)))
		unread(2)
		mark("m4")
		unread(0)
		w.Receive(hubtest.Echoed(hanako, at.Add(5*time.Second), model.Echo{MID: "e", AppID: pageInbox, Text: "ours"}))
		unread(0)
		before := w.Head()
		mark("m4")
		if got := w.Head(); got != before {
			t.Error("a mark that moves nothing is logged")
		}
		w.WantHidden(w.Hub.MarkRead(w.Ctx, w.Ann, hubtest.ConversationWith(ken), w.ByMID("m4").ID))
		w.WantHidden(w.Hub.MarkRead(w.Ctx, w.Ann, hubtest.ConversationWith(hanako), "100_nonsense"))
		w.WantHidden(w.Hub.MarkRead(w.Ctx, w.Ann, "nonsense", "100_nonsense"))
	})
}

func TestDoneConversationComesBack(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		at := hubtest.Ago(time.Minute)
		later := hubtest.Now().Add(time.Hour)
		w.Receive(hubtest.Wrote(hanako, "m1", "hi", at))
		w.Must(w.Hub.MarkRead(w.Ctx, w.Ann, hubtest.ConversationWith(hanako), w.ByMID("m1").ID))
		status := func(want model.Status) {
			t.Helper()
			if c := w.Conversation(hanako); c.Status != want {
				t.Errorf("status %q, want %q", c.Status, want)
			}
		}
		w.PutStatus(hanako, model.Done, nil)
		w.Receive(hubtest.Echoed(hanako, at.Add(time.Second), model.Echo{MID: "e", AppID: pageInbox, Text: "bye"}))
		status(model.Done)
		w.Receive(hubtest.Wrote(hanako, "m0", "from before", at.Add(-time.Second)))
		status(model.Done)
		w.Receive(hubtest.Wrote(hanako, "m2", "one more thing", at.Add(2*time.Second)))
		status(model.Open)
		w.PutStatus(hanako, model.Snoozed, &later)
		w.Receive(hubtest.Event("postback", hanako, at.Add(3*time.Second), model.Postback{Title: "Call me"}))
		status(model.Open)
		if c := w.Conversation(hanako); c.SnoozedUntil != nil {
			t.Error("still to be woken")
		}
	})
}

func TestUnknownPageIsCounted(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		e := []model.PageEntry{{Page: "999", Events: []model.Inbound{
			hubtest.Wrote(hanako, "m1", "hi", hubtest.Now()), hubtest.Wrote(hanako, "m2", "ho", hubtest.Now()),
		}}}
		w.Must(w.Hub.Receive(w.Ctx, e))
		if n := w.Counter(receive.CounterUnknownPage); n != 2 {
			t.Errorf("%d counted, want 2", n)
		}
		if n := w.Counter("raw_events"); n != 0 {
			t.Errorf("%d events kept of a Page that is not connected", n)
		}
	})
}

func TestUninstalledPageReceivesNothing(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		_, err := w.Hub.Uninstall(w.Ctx, w.Ben, page)
		w.Must(err)
		before := w.Head()
		w.Receive(hubtest.Wrote(hanako, "m2", "anybody there?", hubtest.Now()), hubtest.Policy("block", "spam", hubtest.Now()))
		if got := w.Head(); got != before {
			t.Errorf("an uninstalled Page changed: %v", w.Changes(before))
		}
		if n := w.Counter(receive.CounterUnknownPage); n != 2 {
			t.Errorf("%d counted, want 2", n)
		}
	})
}

func deleteConversation(w *hubtest.World, customer model.PSID, until time.Time) {
	w.Helper()
	w.Must(w.Store.Write(w.Ctx, page, func(tx store.PageTx) error {
		return tx.DeleteConversation(hubtest.ConversationWith(customer), until)
	}))
}

func TestDeletedConversation(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		at := hubtest.Ago(time.Hour)
		old := []model.Inbound{
			hubtest.Wrote(hanako, "m1", "one", at), hubtest.Wrote(hanako, "m2", "two", at.Add(time.Minute)),
			hubtest.Event("postback", hanako, at.Add(30*time.Second), model.Postback{Title: "Start"}),
			hubtest.Echoed(hanako, at.Add(40*time.Second), model.Echo{MID: "e1", AppID: pageInbox, Text: "answer"}),
		}
		w.Receive(old...)
		deleteConversation(w, hanako, at.Add(time.Minute))
		before := w.Head()
		w.Receive(old...)
		w.Receive(hubtest.Wrote(hanako, "m3", "never seen, as old", at.Add(time.Minute)),
			hubtest.Event("reaction", hanako, at.Add(50*time.Second), model.Reacted{Target: "m1", By: model.ByCustomer, Kind: "love"}))
		if got := w.Head(); got != before {
			t.Fatalf("what was deleted came back: %v", w.Changes(before))
		}
		_, err := w.Hub.Conversation(w.Ctx, w.Ann, hubtest.ConversationWith(hanako))
		w.WantHidden(err)
		w.Receive(hubtest.Wrote(hanako, "m4", "new", at.Add(time.Minute+time.Millisecond)))
		if got := w.Texts(hanako); !slices.Equal(got, []string{"new"}) {
			t.Errorf("the new conversation holds %q", got)
		}
		if c := w.Conversation(hanako); c.Unread != 1 || !c.Started || c.Status != model.Open {
			t.Errorf("the new conversation is %+v", c)
		}
	})
}

// What waited for a message goes with its conversation: nothing of the customer's
// words stays behind, or comes up in the conversation that follows.
func TestDeletedConversationTakesWhatWaits(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		at := hubtest.Ago(time.Hour)
		w.Receive(
			hubtest.Wrote(hanako, "m1", "one", at),
			hubtest.Event("message_edit", hanako, at.Add(time.Second), model.Edit{Target: "m9", Text: "secret", Number: 1}),
			hubtest.Event("delivery", hanako, at.Add(time.Second), model.DeliveredUpTo{MIDs: []model.MID{"e9"}}),
		)
		deleteConversation(w, hanako, at.Add(time.Minute))
		for _, mid := range []model.MID{"m9", "e9"} {
			w.Read(func(r store.Reader) error {
				waiting, err := r.Pending(page, mid)
				if len(waiting) != 0 {
					t.Errorf("%d events still wait for %s", len(waiting), mid)
				}
				return err
			})
		}
	})
}

func TestReceiveWhileTheStoreCantBeWritten(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		disk := w.Breakable()
		disk.Break(true)
		e := hubtest.Entry(hubtest.Wrote(hanako, "m1", "hello", hubtest.Now()))
		if err := w.Hub.Receive(w.Ctx, e); !errors.Is(err, store.ErrUnavailable) {
			t.Fatalf("got %v, want unavailable: Meta must send it again", err)
		}
		if r := w.Hub.Ready(w.Ctx); r.Ready || r.Store != "unavailable" {
			t.Errorf("readiness %+v", r)
		}
		disk.Break(false)
		w.Must(w.Hub.Receive(w.Ctx, e))
		if got := w.Texts(hanako); !slices.Equal(got, []string{"hello"}) {
			t.Errorf("got %q", got)
		}
		if r := w.Hub.Ready(w.Ctx); !r.Ready || r.Store != "ok" {
			t.Errorf("readiness %+v", r)
		}
	})
}
