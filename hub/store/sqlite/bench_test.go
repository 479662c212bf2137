package sqlite

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

// callers is how many goroutines write at once, for each processor.
const callers = 32

func benchmarkWrites(b *testing.B, pages int) {
	ids := make([]model.PageID, pages)
	for i := range ids {
		ids[i] = model.PageID(fmt.Sprint("p", i))
	}
	s := newPages(b, ids...)
	var n atomic.Int64
	b.SetParallelism(callers)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := int(n.Add(1))
			if err := writeBoth(s, ids[i%pages], fmt.Sprint(i), i); err != nil {
				b.Errorf("write: %v", err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tx/s")
}

func BenchmarkWriteOnePage(b *testing.B)      { benchmarkWrites(b, 1) }
func BenchmarkWriteHundredPages(b *testing.B) { benchmarkWrites(b, 100) }

// BenchmarkWriteAlone is one caller after the other: a commit each.
func BenchmarkWriteAlone(b *testing.B) {
	s := newPages(b, "1")
	for i := range b.N {
		if err := writeBoth(s, "1", fmt.Sprint(i), i); err != nil {
			b.Fatal(err)
		}
	}
}

const (
	manyConversations = 100_000
	// lively is how many of them had a message in the last day.
	lively = 5_000
)

// fill makes a store of many conversations on one Page: of every twenty 14 are
// open, 2 snoozed (one of them over) and 4 done.
func fill(b *testing.B, allowed func(i int) bool) *Store {
	b.Helper()
	s := newPages(b, "1")
	for from := 0; from < manyConversations; from += 1000 {
		err := s.Write(b.Context(), "1", func(tx store.PageTx) error {
			for i := from; i < from+1000; i++ {
				c := manyth(i, allowed(i))
				if err := tx.PutConversation(&c); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatalf("fill: %v", err)
		}
	}
	return s
}

// manyth is the ith conversation, counted from the newest.
func manyth(i int, allowed bool) store.Conversation {
	psid := model.PSID(fmt.Sprintf("%016d", i))
	updated := start.Add(-time.Duration(i) * time.Second)
	window := start.Add(-time.Hour)
	if allowed {
		window = start.Add(time.Hour)
	}
	c := store.Conversation{Conversation: model.Conversation{
		ID: model.NewConversationID("1", psid), PageID: "1", Status: model.Open, Unread: i % 3,
		Customer: model.Customer{PSID: psid, Name: "Customer"}, Started: true,
		WindowUntil: &window, UpdatedAt: updated,
		LastMessage: &model.Summary{Text: "Is the red one still there?", SentAt: updated},
	}}
	over, later := start.Add(-time.Minute), start.Add(time.Minute)
	switch i % 20 {
	case 3:
		c.Status, c.SnoozedUntil = model.Snoozed, &over
	case 7:
		c.Status, c.SnoozedUntil = model.Snoozed, &later
	case 5, 9, 13, 17:
		c.Status = model.Done
	}
	if i%4 != 0 {
		c.Assignee = &model.UserRef{ID: model.UserID(fmt.Sprint("u", i%7))}
	}
	return c
}

func benchmarkFirstPage(b *testing.B, s *Store, filter store.Filter) {
	q := store.ConversationQuery{
		Pages: []store.PageScope{{ID: "1"}}, Filter: filter, User: "u3", Now: start, Limit: 50,
	}
	for b.Loop() {
		err := s.Read(b.Context(), func(r store.Reader) error {
			list, _, err := r.Conversations(q)
			if len(list) == 0 {
				b.Error("nothing listed")
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFirstPage100k(b *testing.B) {
	s := fill(b, func(i int) bool { return i < lively })
	for _, filter := range []store.Filter{
		store.FilterAll, store.FilterOpen, store.FilterMine, store.FilterUnassigned,
		store.FilterSnoozed, store.FilterDone, store.FilterBlocked,
	} {
		b.Run(string(filter), func(b *testing.B) { benchmarkFirstPage(b, s, filter) })
	}
	b.Run("counts", func(b *testing.B) { benchmarkCounts(b, s) })
}

// BenchmarkFirstPage100kFewBlocked is the worst case of that filter: what it
// lists stands at the end.
func BenchmarkFirstPage100kFewBlocked(b *testing.B) {
	s := fill(b, func(i int) bool { return i < manyConversations-200 })
	benchmarkFirstPage(b, s, store.FilterBlocked)
}

func BenchmarkCounts100k(b *testing.B) {
	benchmarkCounts(b, fill(b, func(i int) bool { return i < lively }))
}

func benchmarkCounts(b *testing.B, s *Store) {
	q := store.CountQuery{Pages: []store.PageScope{{ID: "1"}}, User: "u3", Now: start}
	for b.Loop() {
		err := s.Read(b.Context(), func(r store.Reader) error {
			counts, err := r.CountConversations(q)
			if counts.All != manyConversations {
				b.Errorf("%d counted", counts.All)
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpen is the time to open a store that exists.
func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "hub.db")
	for b.Loop() {
		s, err := Open(b.Context(), path, Options{Exclusive: true})
		if err != nil {
			b.Fatal(err)
		}
		closeStore(b, s)
	}
}
