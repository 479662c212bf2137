package inbox_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"parley/model"
	"parley/model/inbox"
)

const many = 100_000

// realistic returns the nth of many conversations: Japanese names, previews of 60
// runes; every fifth is linked and labelled, every third assigned; one in ten is
// open for a reply, most of the others done.
func realistic(n int) model.Conversation {
	page := model.PageID("104857600123456")
	psid := model.PSID(fmt.Sprintf("24%014d", n))
	at := noon.Add(-time.Duration(n) * 3 * time.Minute)
	until := at.Add(model.ReplyWindow)
	families, given := []rune("山佐高鈴田渡伊中小加"), []rune("花陽真結美蓮悠愛翔葵")
	c := model.Conversation{
		ID: model.NewConversationID(page, psid), PageID: page, Seq: int64(many - n),
		Customer: model.Customer{PSID: psid, Locale: "ja_JP", Name: model.Untrusted(
			string(families[n%10]) + "本 " + string(given[n/10%10]) + "子")},
		Status: model.Done, Unread: n % 3, Started: true, WindowUntil: &until, UpdatedAt: at,
		Labels: []string{}, Links: []model.Link{},
		Reply: model.Verdict{Code: model.WindowClosed},
	}
	if n%10 < 4 {
		c.Status = model.Open
	}
	if n%3 == 0 {
		c.Assignee = &model.UserRef{ID: model.UserID(fmt.Sprintf("u%d", n%7)), Name: "Ken"}
	}
	if n%5 == 0 {
		c.Labels = []string{"見積もり"}
		c.Links = []model.Link{{Type: "deal", ID: fmt.Sprint(n), Title: "Office chairs"}}
	}
	text := []rune(strings.Repeat("見積もりをお願いできますか？机は三台です。", 3) + fmt.Sprint(n))
	c.LastMessage = &model.Summary{
		ID:        model.NewMessageID(page, fmt.Sprintf("0192f0c1-0000-7000-8000-%012d", n)),
		Direction: model.In, Author: model.Author{Kind: model.ByCustomer, Name: c.Customer.Name},
		Text: model.Untrusted(text[len(text)-60:]), SentAt: at,
	}
	return c
}

func full(tb testing.TB) *inbox.Inbox {
	tb.Helper()
	return realInbox(tb, many)
}

// realInbox is an Inbox that holds so many conversations, as read from a hub's lists.
func realInbox(tb testing.TB, size int) *inbox.Inbox {
	tb.Helper()
	in := inbox.NewInbox(me)
	in.Advance(noon)
	page := model.PageID("104857600123456")
	at := model.Position{Epoch: "e", Seq: many}
	apply(in, reloading(page))
	for n := 0; n < size; n += 1000 {
		list := make([]model.Conversation, 0, 1000)
		for i := range 1000 {
			list = append(list, realistic(n+i))
		}
		if _, err := in.Apply(listed(page, copied(list), at)); err != nil {
			tb.Fatal(err)
		}
	}
	p := openPage()
	p.ID, p.PageID = page, page.Meta()
	apply(in, inbox.PagesListed{Pages: []model.Page{p}})
	if _, err := in.Apply(complete(page)); err != nil || !in.AllComplete() {
		tb.Fatalf("not complete: %v", err)
	}
	return in
}

// arrival is a message of a customer and what it does to its conversation, the nth
// change of that kind.
func arrival(n int) model.Batch {
	c := realistic(n * 7919 % many)
	from := int64(many + 2*n)
	at := noon.Add(time.Duration(n) * time.Second)
	m := model.Message{
		ID: c.LastMessage.ID[:len(c.LastMessage.ID)-1] + "x", Seq: from + 1, ConversationID: c.ID,
		Direction: model.In, Author: c.LastMessage.Author, Text: c.LastMessage.Text, SentAt: at,
		Attachments: []model.Attachment{}, Reactions: []model.Reaction{},
	}
	until := at.Add(model.ReplyWindow)
	c.Seq, c.Status, c.UpdatedAt, c.WindowUntil = from+2, model.Open, at, &until
	s := m.Summary()
	c.LastMessage = &s
	return model.Batch{Type: model.FrameBatch, Page: c.PageID, From: from, To: from + 2, Events: []model.Change{
		{Seq: from + 1, Kind: model.ChangeMessage, Object: encode(m)},
		{Seq: from + 2, Kind: model.ChangeConversation, Object: encode(c)},
	}}
}

var boards = []inbox.Query{
	{},
	{Filter: inbox.FilterOpen},
	{Filter: inbox.FilterMine},
	{Filter: inbox.FilterUnassigned},
	{Filter: inbox.FilterSnoozed},
	{Filter: inbox.FilterDone},
	{Filter: inbox.FilterBlocked},
}

// BenchmarkInboxApply is an arrival with many conversations held. Its sub-benchmarks
// tell what decoding the JSON costs, and what the rest does with more views in use.
func BenchmarkInboxApply(b *testing.B) {
	b.Run("decode", func(b *testing.B) {
		ev := arrival(1).Events[1]
		b.ReportAllocs()
		for b.Loop() {
			var c model.Conversation
			if err := json.Unmarshal(ev.Object, &c); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, views := range []int{1, len(boards)} {
		b.Run(fmt.Sprintf("views=%d", views), func(b *testing.B) {
			in := full(b)
			for _, q := range boards[:views] {
				in.View(q).Len()
			}
			applied, batch := 0, []model.Batch(nil)
			b.ReportAllocs()
			for b.Loop() {
				if applied%1000 == 0 {
					b.StopTimer()
					batch = batch[:0]
					for i := range 1000 {
						batch = append(batch, arrival(applied+i))
					}
					b.StartTimer()
				}
				if _, err := in.Apply(changed(batch[applied%1000])); err != nil {
					b.Fatal(err)
				}
				applied++
			}
		})
	}
	b.Run("put", func(b *testing.B) { // without JSON
		in := full(b)
		in.View(inbox.Query{}).Len()
		n := 0
		b.ReportAllocs()
		for b.Loop() {
			b.StopTimer()
			c := realistic(n * 7919 % many)
			c.Seq, c.UpdatedAt = int64(many+n+1), noon.Add(time.Duration(n)*time.Second)
			n++
			b.StartTimer()
			in.Put(c)
		}
	})
}

// BenchmarkInboxRead draws a screen of 50 rows from the middle.
func BenchmarkInboxRead(b *testing.B) {
	in := full(b)
	v := in.View(inbox.Query{})
	b.ReportAllocs()
	for b.Loop() {
		for i := range 50 {
			if _, ok := v.At(v.Len()/2 + i); !ok {
				b.Fatal("no row")
			}
		}
	}
}

// BenchmarkInboxView is the first read of a view: of an order not in use, and of a
// filter of one that is.
func BenchmarkInboxView(b *testing.B) {
	in := full(b)
	b.Run("order", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			b.StopTimer()
			in.Advance(noon.AddDate(-1, 0, 0)) // set back: every view is forgotten
			in.Advance(noon)
			b.StartTimer()
			in.View(inbox.Query{Sort: inbox.SortClosing}).Len()
		}
	})
	b.Run("filter", func(b *testing.B) {
		page, _ := in.Page("104857600123456")
		b.ReportAllocs()
		for b.Loop() {
			b.StopTimer()
			page.Seq++
			page.MessagesOff = !page.MessagesOff
			apply(in, inbox.PagesListed{Pages: []model.Page{page}})
			b.StartTimer()
			in.View(inbox.Query{Filter: inbox.FilterBlocked}).Len()
		}
	})
}

// BenchmarkInboxMemory reports the heap that many conversations take, with every
// filter's view in use.
func BenchmarkInboxMemory(b *testing.B) {
	for b.Loop() {
		before := heap()
		in := full(b)
		held := heap() - before
		for _, q := range boards {
			in.View(q).Len()
		}
		all := heap() - before
		b.ReportMetric(float64(held)/1e6, "MB-held")
		b.ReportMetric(float64(all)/1e6, "MB-with-views")
		b.ReportMetric(float64(all)/many, "B/conversation")
		runtime.KeepAlive(in)
	}
}

func heap() uint64 {
	var m runtime.MemStats
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
