package sqlite

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/hub/store"
	"parley/model"
)

// Whatever is stored, changed, undone and deleted, and whenever it is asked, the counts that are
// kept are those of the lists.
func TestTalliesAreTheCounts(t *testing.T) {
	t.Parallel()
	s := newStore(t, Options{})
	t.Cleanup(func() { closeStore(t, s) })
	pages := 0
	rapid.Check(t, func(t *rapid.T) {
		pages++
		page := model.PageID(fmt.Sprint(pages))
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(s.Write(t.Context(), page, func(tx store.PageTx) error {
			return tx.PutPage(&store.Page{Page: model.Page{ID: page, PageID: model.MetaPageID(page), Visibility: model.Shared}})
		}))
		users := []model.UserID{"ann", "bob"}
		times := make([]time.Time, 0, 8)
		for range 8 {
			times = append(times, start.Add(time.Duration(rapid.Int64Range(-int64(40*time.Minute), int64(40*time.Minute)).Draw(t, "time"))))
		}
		moment := func(name string) *time.Time {
			i := rapid.IntRange(-2, len(times)-1).Draw(t, name)
			if i < 0 {
				return nil
			}
			return &times[i]
		}
		undone := errors.New("undone")
		for range rapid.IntRange(1, 10).Draw(t, "transactions") {
			err := s.Write(t.Context(), page, func(tx store.PageTx) error {
				for range rapid.IntRange(1, 4).Draw(t, "changes") {
					id := model.NewConversationID(page, model.PSID(fmt.Sprint(rapid.IntRange(1, 6).Draw(t, "conversation"))))
					if rapid.IntRange(0, 7).Draw(t, "deletes") == 0 {
						if err := tx.DeleteConversation(id, start); err != nil && !errors.Is(err, store.ErrNotFound) {
							return err
						}
						continue
					}
					c := store.Conversation{Conversation: model.Conversation{
						ID: id, PageID: page, Customer: model.Customer{PSID: id.Customer()}, UpdatedAt: start,
						Status:       rapid.SampledFrom([]model.Status{model.Open, model.Snoozed, model.Done}).Draw(t, "status"),
						Unread:       rapid.IntRange(0, 2).Draw(t, "unread"),
						Waits:        rapid.SampledFrom([]model.Waiting{model.WaitsNobody, model.WaitsCustomer, model.WaitsReply}).Draw(t, "waits"),
						Started:      rapid.IntRange(0, 3).Draw(t, "started") > 0,
						Unreachable:  rapid.IntRange(0, 5).Draw(t, "unreachable") == 0,
						OtherApp:     rapid.IntRange(0, 2).Draw(t, "other app") == 0,
						WindowUntil:  moment("window"),
						SnoozedUntil: moment("snoozed until"), OtherAppUntil: moment("other app until"), UncertainUntil: moment("uncertain until"),
					}}
					if i := rapid.IntRange(-1, 1).Draw(t, "assignee"); i >= 0 {
						c.Assignee = &model.UserRef{ID: users[i]}
					}
					if err := tx.PutConversation(&c); err != nil {
						return err
					}
				}
				if rapid.IntRange(0, 3).Draw(t, "undone") == 0 {
					return undone
				}
				return nil
			})
			if !errors.Is(err, undone) {
				must(err)
			}
		}
		asked := append(times, start, times[0].Add(-time.Microsecond), times[0].Add(time.Microsecond))
		for _, now := range asked {
			for _, blocks := range []bool{false, true} {
				q := store.CountQuery{Pages: []store.PageScope{{ID: page, Blocks: blocks}}, User: users[0], Now: now}
				var kept, counted store.Counts
				must(s.Read(t.Context(), func(r store.Reader) (err error) {
					kept, err = r.CountConversations(q)
					return err
				}))
				must(s.Write(t.Context(), page, func(tx store.PageTx) (err error) {
					counted, err = tx.CountConversations(q)
					return err
				}))
				if kept != counted {
					t.Fatalf("at %s\nkept    %+v\ncounted %+v", now, kept, counted)
				}
			}
		}
	})
}

// A store of before has its counts once it is open.
func TestTalliesOfAnOlderStore(t *testing.T) {
	t.Parallel()
	s := openAt(t, older(t, wideRows), Options{Exclusive: true})
	var pages []store.Page
	err := s.Read(t.Context(), func(r store.Reader) (err error) {
		pages, err = r.Pages()
		return err
	})
	if err != nil || len(pages) == 0 {
		t.Fatalf("%d Pages: %v", len(pages), err)
	}
	for _, p := range pages {
		var newest time.Time
		count := func(r store.Reader) (n store.Counts, err error) {
			return r.CountConversations(store.CountQuery{Pages: []store.PageScope{{ID: p.ID}}, User: p.Installer.ID, Now: newest})
		}
		err := s.Read(t.Context(), func(r store.Reader) error {
			list, _, err := r.Conversations(store.ConversationQuery{Pages: []store.PageScope{{ID: p.ID}}, Filter: store.FilterAll, Now: start, Limit: 1})
			if len(list) > 0 {
				newest = list[0].UpdatedAt
			}
			return err
		})
		var kept, counted store.Counts
		if err == nil {
			err = s.Read(t.Context(), func(r store.Reader) (err error) { kept, err = count(r); return err })
		}
		if err == nil {
			err = s.Write(t.Context(), p.ID, func(tx store.PageTx) (err error) { counted, err = count(tx); return err })
		}
		if err != nil || kept != counted || kept.All == 0 {
			t.Errorf("page %s: kept %+v, counted %+v: %v", p.ID, kept, counted, err)
		}
	}
}
