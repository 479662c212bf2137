package sqlite

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/hub/store"
	"parley/model"
)

// Whatever is put, undone and deleted, by this writer and by another program, what is held is
// what is stored.
func TestHeldIsStored(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/hub.db"
	s, other := openAt(t, path, Options{}), openAt(t, path, Options{})
	hits := map[string]int{}
	pages := 0
	rapid.Check(t, func(t *rapid.T) {
		for _, w := range []*Store{s, other} {
			w.writer.Held().Verify(func(what string, held, stored any) {
				hits[what]++
				if !reflect.DeepEqual(held, stored) {
					t.Errorf("%s\nheld   %#v\nstored %#v", what, held, stored)
				}
			})
		}
		pages++
		page := model.PageID(fmt.Sprint(pages))
		write := func(w *Store, f func(store.PageTx) error) error { return w.Write(t.Context(), page, f) }
		if err := write(s, func(tx store.PageTx) error { return tx.PutPage(randomPage(t, page)) }); err != nil {
			t.Fatal(err)
		}
		undone := errors.New("undone")
		for range rapid.IntRange(1, 8).Draw(t, "transactions") {
			w := s
			if rapid.IntRange(0, 4).Draw(t, "another program") == 0 {
				w = other
			}
			err := write(w, func(tx store.PageTx) error {
				for range rapid.IntRange(1, 5).Draw(t, "steps") {
					if err := heldStep(t, tx, page); err != nil {
						return err
					}
				}
				switch rapid.IntRange(0, 5).Draw(t, "end") {
				case 0:
					return undone
				case 1:
					panic("on the way")
				}
				return nil
			})
			if errors.Is(err, store.ErrUnavailable) {
				t.Fatal(err)
			}
		}
		for _, w := range []*Store{s, other} {
			if err := write(w, func(tx store.PageTx) error { return heldReads(tx, page) }); err != nil {
				t.Fatal(err)
			}
		}
	})
	for _, what := range []string{"page", "conversation", "newest message", "scheduled replies", "unsettled replies", "tombstone", "buried", "buried event", "pending events"} {
		if hits[what] == 0 {
			t.Errorf("%s was never held", what)
		}
	}
}

func randomTime(t *rapid.T, name string) *time.Time {
	if rapid.IntRange(0, 2).Draw(t, name+" set") == 0 {
		return nil
	}
	at := start.Add(time.Duration(rapid.Int64Range(-9e9, 9e9).Draw(t, name)))
	return &at
}

func randomPage(t *rapid.T, id model.PageID) *store.Page {
	p := store.Page{Page: model.Page{ID: id, PageID: model.MetaPageID(id), Visibility: model.Shared, ConnectedAt: randomTime(t, "connected"), RateLimitedUntil: randomTime(t, "limited")}}
	if rapid.Bool().Draw(t, "restricted") {
		p.Restricted = &model.Restriction{Reason: "so", Since: start}
	}
	if rapid.Bool().Draw(t, "imports") {
		p.Import, p.History = &model.Import{}, &store.Reading{ID: "r", Done: []string{"a"}, News: time.Now().UTC()}
	}
	return &p
}

// heldReads asks for all that may be held.
func heldReads(tx store.PageTx, page model.PageID) error {
	p, err := tx.Page(page)
	if err != nil {
		return err
	}
	if p.History != nil { // what one makes of it is not what others get
		p.History.ID, p.History.Done = "changed", append(p.History.Done[:0], "changed")
	}
	if p.Restricted != nil {
		p.Restricted.Reason = "changed"
	}
	for n := 1; n <= 3; n++ {
		id := model.NewConversationID(page, model.PSID(fmt.Sprint(n)))
		for range 2 {
			c, err := tx.Conversation(id)
			if err == nil {
				c.Labels, c.Customer.Name = append(c.Labels[:0], "changed"), "changed"
				if c.LastMessage != nil {
					c.LastMessage.Text = "changed"
				}
			} else if !errors.Is(err, store.ErrNotFound) {
				return err
			}
			if m, err := tx.Newest(id, 0); err == nil && len(m.Reactions) > 0 {
				m.Reactions[0].Emoji = "changed"
			} else if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			_, err1 := tx.Tombstone(id)
			_, err2 := tx.ScheduledReplies(id)
			_, err3 := tx.UnsettledReplies(id)
			_, err4 := tx.Buried(page, "token", "mid")
			_, err5 := tx.BuriedEvent(page, "key")
			_, err6 := tx.Pending(page, "mid")
			if errors.Is(err1, store.ErrNotFound) {
				err1 = nil
			}
			if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil {
				return err
			}
		}
	}
	return nil
}

// heldStep changes something, or reads all.
func heldStep(t *rapid.T, tx store.PageTx, page model.PageID) error {
	id := model.NewConversationID(page, model.PSID(fmt.Sprint(rapid.IntRange(1, 3).Draw(t, "conversation"))))
	mid := model.NewMessageID(page, fmt.Sprint(rapid.IntRange(1, 5).Draw(t, "message")))
	switch rapid.IntRange(0, 9).Draw(t, "step") {
	case 0:
		return heldReads(tx, page)
	case 1:
		return tx.PutPage(randomPage(t, page))
	case 2:
		if err := tx.DeleteConversation(id, start); !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return nil
	case 3:
		if err := tx.RemoveMessage(mid); !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return nil
	case 4:
		if rapid.Bool().Draw(t, "bury") {
			return tx.BuryMID("mid")
		}
		return tx.AddPending(store.Pending{Page: page, MID: "mid", Customer: id.Customer(), Event: model.Unsend{Target: "mid"}, At: start})
	case 5:
		return tx.RemovePending(page, "mid")
	case 6:
		m, err := tx.Message(mid)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return tx.PutReply(store.Reply{
			MessageID: mid, ConversationID: m.ConversationID, UserID: "ann", ClientID: model.ClientID(mid), AcceptedAt: start,
			State: rapid.SampledFrom([]model.State{model.Queued, model.Ask, model.Scheduled, model.Sent}).Draw(t, "state"),
		})
	case 7, 8:
		return tx.PutConversation(randomConversation(t, id))
	}
	m := store.Message{Message: model.Message{
		ID: mid, ConversationID: id, Direction: model.In, Author: model.Author{Kind: model.ByCustomer}, Text: "text", SentAt: start,
		Attachments: []model.Attachment{}, Reactions: []model.Reaction{},
	}, Order: start.Add(time.Duration(rapid.Int64Range(0, 4000).Draw(t, "order"))), MetaTime: true}
	if was, err := tx.Message(mid); err == nil && rapid.IntRange(0, 3).Draw(t, "stays") > 0 {
		m.ConversationID = was.ConversationID
	}
	if rapid.Bool().Draw(t, "reacted") {
		m.Reactions = []model.Reaction{{By: model.ByCustomer, Kind: "love", Emoji: "❤"}}
		m.ReactedAt = map[model.AuthorKind]time.Time{model.ByCustomer: time.Now().UTC()}
	}
	return tx.PutMessage(&m)
}

func randomConversation(t *rapid.T, id model.ConversationID) *store.Conversation {
	c := store.Conversation{Conversation: model.Conversation{
		ID: id, PageID: id.Page(), Customer: model.Customer{PSID: id.Customer(), Name: "N"}, UpdatedAt: time.Now().UTC().UTC(),
		Status: rapid.SampledFrom([]model.Status{model.Open, model.Snoozed, model.Done}).Draw(t, "status"),
		Unread: rapid.IntRange(0, 2).Draw(t, "unread"), WindowUntil: randomTime(t, "window"), SnoozedUntil: randomTime(t, "snoozed"),
		OtherAppUntil: randomTime(t, "other"), UncertainUntil: randomTime(t, "uncertain"), WaitsSince: randomTime(t, "since"), Scheduled: randomTime(t, "scheduled"),
		Labels: rapid.SampledFrom([][]string{nil, {}, {"vip"}}).Draw(t, "labels"), Mentioned: rapid.SampledFrom([][]model.UserID{nil, {}, {"ann"}}).Draw(t, "mentioned"),
	}, OpenedAt: time.Now().UTC(), ReadMark: store.Mark{Order: time.Now().UTC(), FirstSeq: 3}}
	if rapid.Bool().Draw(t, "said") {
		c.LastMessage = &model.Summary{Text: "text", SentAt: time.Now().UTC().UTC()}
	}
	if rapid.Bool().Draw(t, "entered") {
		c.Entry = &model.Entry{Source: "ADS"}
	}
	if rapid.Bool().Draw(t, "assigned") {
		c.Assignee = &model.UserRef{ID: "ann"}
	}
	return &c
}
