package view_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/hub/store"
	"parley/hub/store/sqlite"
	"parley/hub/txn"
	"parley/hub/view"
	"parley/model"
)

// Whatever is put, undone and deleted, changes that are told from memory are those that the
// store has, and nothing of a deleted conversation is told.
func TestRecentIsWhatTheStoreHas(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "hub.db"), sqlite.Options{Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	pages := 0
	rapid.Check(t, func(t *rapid.T) {
		s := &txn.Store{Store: db}
		pages++
		p := store.Page{Page: model.Page{ID: model.PageID(fmt.Sprint(pages)), PageID: model.MetaPageID(fmt.Sprint(pages)), Visibility: model.Shared, ConnectedAt: &at}}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(s.Write(t.Context(), p.ID, func(tx store.PageTx) error { return tx.PutPage(&p) }))
		deleted := map[model.ConversationID]bool{}
		for range rapid.IntRange(1, 12).Draw(t, "transactions") {
			undone := errors.New("undone")
			gone := map[model.ConversationID]bool{}
			err := s.Write(t.Context(), p.ID, func(tx store.PageTx) error {
				for range rapid.IntRange(1, 4).Draw(t, "changes") {
					n := rapid.IntRange(1, 3).Draw(t, "conversation")
					id := model.NewConversationID(p.ID, model.PSID(fmt.Sprint(n)))
					if deleted[id] || gone[id] {
						continue
					}
					must(putRandom(t, tx, id, at))
					if rapid.IntRange(0, 9).Draw(t, "deletes") == 0 {
						must(tx.DeleteConversation(id, at))
						gone[id] = true
					}
				}
				if rapid.IntRange(0, 3).Draw(t, "undone") == 0 {
					return undone
				}
				return nil
			})
			if errors.Is(err, undone) {
				continue
			}
			must(err)
			for id := range gone {
				deleted[id] = true
			}
		}
		must(s.Read(t.Context(), func(r store.Reader) error {
			head, err := r.Head(p.ID)
			must(err)
			for from := range head {
				read, _, err := view.OfInstaller(r, p, at, nil).CommonChangesAfter(p, from)
				must(err)
				told, _, err := view.OfInstaller(r, p, at, s.Recent()).CommonChangesAfter(p, from)
				must(err)
				a, _ := json.Marshal(read)
				b, _ := json.Marshal(told)
				if string(a) != string(b) {
					t.Fatalf("after %d\nread %s\ntold %s", from, a, b)
				}
			}
			return nil
		}))
	})
}

// putRandom puts a conversation with a message, new or changed.
func putRandom(t *rapid.T, tx store.PageTx, id model.ConversationID, at time.Time) error {
	m := store.Message{Message: model.Message{
		ID: model.NewMessageID(id.Page(), fmt.Sprint(id.Customer(), "-", rapid.IntRange(1, 3).Draw(t, "message"))), ConversationID: id,
		Direction: model.In, Author: model.Author{Kind: model.ByCustomer}, SentAt: at, Attachments: []model.Attachment{}, Reactions: []model.Reaction{},
		Text: model.Untrusted(rapid.StringMatching(`[a-zあ-ん<>&]{0,9}`).Draw(t, "text")),
	}, Order: at, MetaTime: true}
	if rapid.Bool().Draw(t, "reacted") {
		m.Reactions = []model.Reaction{{By: model.ByCustomer, Kind: "love", Emoji: "❤"}}
	}
	if err := tx.PutMessage(&m); err != nil {
		return err
	}
	said := m.Summary()
	c := store.Conversation{Conversation: model.Conversation{
		ID: id, PageID: id.Page(), Status: model.Open, Labels: []string{}, Customer: model.Customer{PSID: id.Customer(), Name: m.Text},
		LastMessage: &said, UpdatedAt: at, Started: true, WindowUntil: &at, Pinned: rapid.Bool().Draw(t, "pinned"),
	}}
	if rapid.Bool().Draw(t, "labelled") {
		c.Labels = []string{"vip"}
	}
	err := tx.PutConversation(&c)
	c.Labels = append(c.Labels, "later") // what was put is not what the caller makes of it later
	m.Text = "later"
	return err
}
