package inbox

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/model"
	"parley/model/inbox"
	"parley/ui/screen"
)

const turnPage = model.PageID("100")

var turnNoon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// turned returns an Inbox that holds those conversations, and who goes from one to the next.
func turned(tb interface {
	Helper()
	Fatalf(format string, args ...any)
}, now func() time.Time, list ...model.Conversation,
) *Turns {
	tb.Helper()
	in := inbox.NewInbox(model.User{ID: "me"})
	at := model.Position{Epoch: "e", Seq: 1 << 30}
	page := model.Page{ID: turnPage, PageID: "100", Visibility: model.Shared, Sees: true, Seq: 1, Subscribed: true}
	_, err := in.Apply(
		inbox.HubTime{Now: now()}, inbox.PagesListed{Pages: []model.Page{page}}, inbox.Reloading{Page: turnPage},
		inbox.Listed{Page: turnPage, Conversations: list, AsOf: at}, inbox.PagesListed{Pages: []model.Page{page}}, inbox.Complete{Page: turnPage},
	)
	if err != nil || !in.AllComplete() {
		tb.Fatalf("not complete: %v", err)
	}
	return &Turns{Screen: screen.New(nil, in, now, nil), list: NewList()}
}

// waits is a customer who waits since so many minutes.
func waits(n, minutes int, seq int64) model.Conversation {
	at := turnNoon.Add(-time.Duration(minutes) * time.Minute)
	until := at.Add(model.ReplyWindow)
	id := model.NewConversationID(turnPage, model.PSID(fmt.Sprint(1000+n)))
	return model.Conversation{
		ID: id, PageID: turnPage, Seq: seq, Customer: model.Customer{PSID: id.Customer()}, Status: model.Open, Started: true,
		WindowUntil: &until, UpdatedAt: at, Labels: []string{}, Links: []model.Link{},
		LastMessage: &model.Summary{ID: model.NewMessageID(turnPage, fmt.Sprint(n, "-", seq)), Direction: model.In, SentAt: at},
	}
}

// TestPeekFollows: who is first is found from what changed since the last look, and is who a look
// at all of them finds.
func TestPeekFollows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now, seq := turnNoon, int64(1)
		draw := func() model.Conversation {
			seq++
			c := waits(rapid.IntRange(0, 8).Draw(t, "n"), rapid.IntRange(0, 26*60).Draw(t, "minutes"), seq)
			c.Pinned = rapid.Bool().Draw(t, "pinned")
			switch rapid.IntRange(0, 6).Draw(t, "kind") {
			case 0:
				c.Status = model.Done
			case 1, 2, 3:
				c.Assignee = &model.UserRef{ID: "me"}
			case 4:
				c.Assignee = &model.UserRef{ID: "ken"}
			case 5:
				c.LastMessage.Direction = model.Out
			}
			return c
		}
		turns := turned(t, func() time.Time { return now })
		t.Repeat(map[string]func(*rapid.T){
			"change": func(*rapid.T) { turns.Inbox.Put(draw()) },
			"several": func(*rapid.T) {
				for range 80 {
					turns.Inbox.Put(draw())
				}
			},
			"time": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(1, 200).Draw(t, "passes")) * time.Minute)
				turns.Inbox.Advance(now)
			},
			"see": func(t *rapid.T) {
				turns.Focus, turns.Shown = screen.PaneThread, waits(rapid.IntRange(0, 8).Draw(t, "n"), 0, 0).ID
				turns.Watch()
				turns.Focus, turns.Shown = screen.PaneList, ""
			},
			"return": func(t *rapid.T) { turns.Return(waits(rapid.IntRange(0, 8).Draw(t, "n"), 0, 0).ID) },
			"": func(t *rapid.T) {
				got, _ := turns.Peek()
				want, _ := (&Turns{Screen: turns.Screen, round: turns.round}).Peek()
				if got.ID != want.ID {
					t.Fatalf("first is %q, not %q", got.ID, want.ID)
				}
			},
		})
	})
}

// BenchmarkPeek is a look for who is first of 10,000 who wait, after each change of one.
func BenchmarkPeek(b *testing.B) {
	list := make([]model.Conversation, 10_000)
	for i := range list {
		list[i] = waits(i, i%(23*60), int64(i+1))
	}
	turns := turned(b, func() time.Time { return turnNoon }, list...)
	seq := int64(len(list))
	b.ReportAllocs()
	for b.Loop() {
		seq++
		turns.Inbox.Put(waits(int(seq)%len(list), 5, seq))
		if _, ok := turns.Peek(); !ok {
			b.Fatal("nobody waits")
		}
	}
}
