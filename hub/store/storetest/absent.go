package storetest

import (
	"errors"
	"testing"

	"parley/hub/store"
	"parley/model"
)

func testAbsent(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	read(t, s, func(r store.Reader) error {
		_, _, err := r.ReplyByToken("1", "")
		for name, err := range map[string]error{
			"page":             drop(r.Page("2")),
			"active page":      drop(r.ActivePage("2")),
			"conversation":     drop(r.Conversation("1_2")),
			"no conversation":  drop(r.Conversation("junk")),
			"tombstone":        drop(r.Tombstone("1_2")),
			"message":          drop(r.Message("1_x")),
			"message by mid":   drop(r.MessageByMID("1", "m")),
			"message, no mid":  drop(r.MessageByMID("1", "")),
			"newest":           drop(r.Newest("1_2", 0)),
			"newest up to":     drop(r.Newest("1_2", 5)),
			"newest in":        drop(r.NewestIn("1_2")),
			"raw event":        drop(r.RawEvent("1", "k")),
			"reply":            drop(r.Reply("1_x")),
			"reply by client":  drop(r.ReplyByClientID("1", "u", "c")),
			"reply, no client": drop(r.ReplyByClientID("1", "u", "")),
			"reply by token":   err,
			"notice":           drop(r.Notice("1", "n")),
			"user":             drop(r.User("u")),
			"user by token":    drop(r.UserByToken([]byte("h"))),
		} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		return nil
	})
	testAbsentLists(t, s)
	for name, f := range map[string]func(store.PageTx) error{
		"remove message":      func(tx store.PageTx) error { return tx.RemoveMessage("1_x") },
		"delete conversation": func(tx store.PageTx) error { return tx.DeleteConversation("1_x", at(0)) },
	} {
		if err := s.Write(t.Context(), "1", f); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	err := s.Write(t.Context(), "2", func(tx store.PageTx) error {
		c := newConversation("2", "3", at(0))
		return tx.PutConversation(&c)
	})
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("conversation of no page: %v", err)
	}
	if n := head(t, s, "1") + head(t, s, "2"); n != 1 {
		t.Errorf("failed calls took a seq: %d", n)
	}
}

func testAbsentLists(t *testing.T, s store.Store) {
	read(t, s, func(r store.Reader) error {
		conversations, cursor, err := r.Conversations(store.ConversationQuery{
			Pages: []store.PageScope{{ID: "1"}}, Filter: store.FilterAll, Limit: 10,
		})
		if err != nil || len(conversations) != 0 || cursor != "" {
			t.Errorf("conversations: %v %q %v", conversations, cursor, err)
		}
		messages, cursor, err := r.Messages("1_2", "", 10, store.Viewer{})
		if err != nil || len(messages) != 0 || cursor != "" {
			t.Errorf("messages: %v %q %v", messages, cursor, err)
		}
		notices, cursor, err := r.Notices([]model.PageID{"1"}, "", 10)
		if err != nil || len(notices) != 0 || cursor != "" {
			t.Errorf("notices: %v %q %v", notices, cursor, err)
		}
		due, next, err := r.DueReplies("1", model.Queued, at(0), 10)
		if err != nil || len(due) != 0 || !next.IsZero() {
			t.Errorf("due replies: %v %v %v", due, next, err)
		}
		return errors.Join(
			drop(r.Installations("2")), drop(r.Events("2", 0, 10)), drop(r.Nameless(at(0), 10)),
			drop(r.Outgoing("1_2", at(0))), drop(r.RepliesIn("1")), drop(r.UnsettledReplies("1_2")),
			drop(r.WaitingPages()), drop(r.Attempts("1_2")), drop(r.Pending("1", "m")), drop(r.Users()), drop(r.Counters()))
	})
}
