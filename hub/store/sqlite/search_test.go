package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"parley/hub/store"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

// chatter writes messages as customers do, half of them in Japanese. Of a hundred
// messages 60 hold "please" or "お願い"; one in 10,000 holds "zebra".
type chatter struct{ *rand.Rand }

var (
	englishWords = strings.Fields(`the red one still there is it in stock could you send me an invoice tomorrow
		thank you very much what about the large table and four chairs delivery time address office kitchen lamp
		price discount color blue green wood steel order number returned broken box urgent friday monday morning`)
	japaneseWords = strings.Fields(`見積 東京 納期 在庫 請求書 椅子 机 会議室 明日 午前中 配送 住所 変更 注文 番号 赤い 大きい 木製
		ありがとうございます よろしく いつ届きますか できますか 確認 返品 破損 至急 月曜日 でしょうか リンゴ オフィス`)
)

func (c chatter) text(i int) string {
	var b strings.Builder
	n := 4 + c.IntN(12)
	japanese := i%2 == 0
	for range n {
		if japanese {
			b.WriteString(japaneseWords[c.IntN(len(japaneseWords))])
			if c.IntN(4) == 0 {
				b.WriteString("、")
			}
			continue
		}
		b.WriteString(englishWords[c.IntN(len(englishWords))] + " ")
		if c.IntN(3) == 0 {
			fmt.Fprintf(&b, "%c%c%d ", 'a'+rune(c.IntN(26)), 'a'+rune(c.IntN(26)), c.IntN(5000))
		}
	}
	switch {
	case i%10 < 6 && japanese:
		b.WriteString("お願いします")
	case i%10 < 6:
		b.WriteString("please")
	}
	if i%10_000 == 77 {
		b.WriteString(" zebra")
	}
	return b.String()
}

const (
	searchMessages      = 100_000
	searchConversations = 10_000
)

// fillMany makes a Page with many messages.
func fillMany(tb testing.TB, s *Store, messages, conversations int) {
	tb.Helper()
	talk := chatter{rand.New(rand.NewPCG(1, 2))}
	const chunk = 1000
	for from := 0; from < messages; from += chunk {
		err := s.Write(tb.Context(), "1", func(tx store.PageTx) error {
			for i := from; i < min(from+chunk, messages); i++ {
				c := manyth(i%conversations, true)
				if i < conversations {
					c.Customer.Name = model.Untrusted(fmt.Sprintf("山田 花子%d", i))
					if err := tx.PutConversation(&c); err != nil {
						return err
					}
				}
				m := messageOf(c.ID, fmt.Sprint(i), talk.text(i), start.Add(time.Duration(i)*time.Second))
				if err := tx.PutMessage(&m); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			tb.Fatalf("fill: %v", err)
		}
	}
}

func messageOf(c model.ConversationID, id, text string, at time.Time) store.Message {
	return store.Message{Message: model.Message{
		ID: model.NewMessageID(c.Page(), id), ConversationID: c, MID: model.MID("m_" + id),
		Direction: model.In, Author: model.Author{Kind: model.ByCustomer}, Text: model.Untrusted(text), SentAt: at,
	}, Order: at, MetaTime: true}
}

// sizeOf is how many bytes of the file are in use.
func sizeOf(tb testing.TB, s *Store) (all, index int64) {
	tb.Helper()
	err := s.readers.With(context.Background(), func(c *sqldb.Conn) error {
		if err := c.SQL.QueryRowContext(tb.Context(), `SELECT (SELECT page_count FROM pragma_page_count()) *
			(SELECT page_size FROM pragma_page_size())`).Scan(&all); err != nil {
			return err
		}
		return c.SQL.QueryRowContext(tb.Context(), `SELECT SUM(pgsize) FROM dbstat WHERE name LIKE 'search%' OR name LIKE 'sqlite_autoindex_search%'`).Scan(&index)
	})
	if err != nil {
		tb.Logf("size: %v", err)
	}
	return all, index
}

func BenchmarkSearch100k(b *testing.B) {
	s := newPages(b, "1")
	began := time.Now()
	fillMany(b, s, searchMessages, searchConversations)
	all, index := sizeOf(b, s)
	b.Logf("filled in %v; %d bytes a message, %d of them the index", time.Since(began), all/searchMessages, index/searchMessages)
	for _, c := range []struct{ name, query string }{
		{"rare", "zebra"},
		{"common", "please"},
		{"commonBeginning", "p"},
		{"everyName", "花子"},
		{"japanese", "東京"},
		{"oneCharacter", "い"},
		{"japanesePhrase", "お願いします"},
		{"two", "東京 見積"},
		{"nothing", "qqqqq"},
	} {
		for _, filter := range []store.Filter{store.FilterAll, store.FilterOpen, store.FilterSnoozed} {
			b.Run(c.name+"/"+string(filter), func(b *testing.B) { benchmarkSearch(b, s, c.query, filter) })
		}
	}
}

func benchmarkSearch(b *testing.B, s *Store, query string, filter store.Filter) {
	q := store.ConversationQuery{
		Pages: []store.PageScope{{ID: "1"}}, Filter: filter, User: "u3", Now: start, Limit: 50, Search: query,
	}
	n := 0
	for b.Loop() {
		err := s.Read(b.Context(), func(r store.Reader) error {
			list, _, err := r.SearchConversations(q)
			n = len(list)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n), "found")
}

// BenchmarkPutMessage is what it costs to store a message, with words to index
// and without.
func BenchmarkPutMessage(b *testing.B) {
	for _, c := range []struct {
		name  string
		words bool
		batch int
	}{{"words", true, 100}, {"noWords", false, 100}, {"wordsAlone", true, 1}, {"noWordsAlone", false, 1}} {
		b.Run(c.name, func(b *testing.B) {
			s := newPages(b, "1")
			fillMany(b, s, 5000, 1000)
			talk := chatter{rand.New(rand.NewPCG(3, 4))}
			b.ResetTimer()
			for i := 0; i < b.N; i += c.batch {
				err := s.Write(b.Context(), "1", func(tx store.PageTx) error {
					for j := i; j < min(i+c.batch, b.N); j++ {
						text := talk.text(j)
						if !c.words {
							text = strings.Repeat("-", len(text))
						}
						m := messageOf(manyth(talk.IntN(1000), true).ID, fmt.Sprint("n", j), text, start)
						if err := tx.PutMessage(&m); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}
