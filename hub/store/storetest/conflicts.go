package storetest

import (
	"errors"
	"testing"

	"parley/hub/store"
	"parley/model"
)

// testOtherPage: a transaction can't change what belongs to another Page.
func testOtherPage(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	putPage(t, s, "2")
	for name, f := range map[string]func(store.PageTx) error{
		"page":         func(tx store.PageTx) error { return tx.PutPage(ptr(newPage("2"))) },
		"conversation": func(tx store.PageTx) error { return tx.PutConversation(ptr(newConversation("2", "3", at(0)))) },
		"conversation of two": func(tx store.PageTx) error {
			c := newConversation("1", "3", at(0))
			c.PageID = "2"
			return tx.PutConversation(&c)
		},
		"message": func(tx store.PageTx) error { return tx.PutMessage(ptr(newMessage("2_3", "m", at(0)))) },
		"message of two": func(tx store.PageTx) error {
			m := newMessage("2_3", "m", at(0))
			m.ID = "1_m"
			return tx.PutMessage(&m)
		},
		"notice":  func(tx store.PageTx) error { return tx.PutNotice(&model.Notice{ID: "n", PageID: "2"}) },
		"raw":     func(tx store.PageTx) error { return drop(tx.KeepRaw(store.RawEvent{Page: "2", Key: "k"})) },
		"pending": func(tx store.PageTx) error { return tx.AddPending(store.Pending{Page: "2", Event: model.Unsend{}}) },
		"taking":  func(tx store.PageTx) error { return tx.RemovePending("2", "m") },
		"mail":    func(tx store.PageTx) error { return tx.PutMail(store.Mail{Page: "2", Notice: "n"}) },
		"reply":   func(tx store.PageTx) error { return tx.PutReply(store.Reply{MessageID: "2_m", ConversationID: "2_3"}) },
		"attempt": func(tx store.PageTx) error { return tx.PutAttempt(store.Attempt{MessageID: "2_m"}) },
		"delete":  func(tx store.PageTx) error { return tx.DeleteConversation("2_3", at(0)) },
		"remove":  func(tx store.PageTx) error { return tx.RemoveMessage("2_m") },
	} {
		if err := s.Write(t.Context(), "1", f); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if head(t, s, "1") != 1 || head(t, s, "2") != 1 {
		t.Error("a refused change took a seq")
	}
}

func testInstallations(t *testing.T, s store.Store) {
	for n := 1; n <= 11; n++ {
		id := model.MetaPageID("5").Installation(n)
		write(t, s, id, func(tx store.PageTx) error {
			p := newPage(id)
			if n != 7 {
				p.UninstalledAt = ptr(at(n))
			}
			return tx.PutPage(&p)
		})
	}
	putPage(t, s, "50")
	read(t, s, func(r store.Reader) error {
		list, err := r.Installations("5")
		if err != nil {
			return err
		}
		for i, p := range list {
			if p.ID != model.MetaPageID("5").Installation(i+1) {
				t.Errorf("installation %d is %s", i+1, p.ID)
			}
		}
		active, err := r.ActivePage("5")
		if active.ID != "5~7" || len(list) != 11 {
			t.Errorf("active %s of %d", active.ID, len(list))
		}
		all, err2 := r.Pages()
		if len(all) != 12 {
			t.Errorf("%d pages, want 12", len(all))
		}
		for i := 1; i < len(all); i++ {
			if all[i-1].ID >= all[i].ID {
				t.Errorf("page %s before %s", all[i-1].ID, all[i].ID)
			}
		}
		return errors.Join(err, err2)
	})
	write(t, s, "5~7", func(tx store.PageTx) error {
		p, err := tx.Page("5~7")
		p.UninstalledAt, p.Token = ptr(at(20)), ""
		return errors.Join(err, tx.PutPage(&p))
	})
	if err := s.Read(t.Context(), func(r store.Reader) error { return drop(r.ActivePage("5")) }); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("active page after the last uninstallation: %v", err)
	}
}

func testConflicts(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	putPage(t, s, "2")
	m := newMessage("1_9", "a", at(0))
	m.MID = "mid"
	putMessage(t, s, m)
	reply := store.Reply{MessageID: "1_a", ConversationID: "1_9", UserID: "u", ClientID: "c"}
	attempt := store.Attempt{MessageID: "1_a", Number: 1, Token: "t"}
	write(t, s, "1", func(tx store.PageTx) error { return errors.Join(tx.PutReply(reply), tx.PutAttempt(attempt)) })
	user := model.User{ID: "u", Name: "U"}
	accounts(t, s, func(tx store.AccountTx) error {
		return errors.Join(tx.CreateUser(user), tx.AddToken([]byte("h"), "u", at(0)), tx.AddLoginCode([]byte("l"), "u", at(9)))
	})
	page := func(f func(store.PageTx) error) error { return s.Write(t.Context(), "1", f) }
	account := func(f func(store.AccountTx) error) error { return s.Accounts(t.Context(), f) }
	for name, err := range map[string]error{
		"mid": page(func(tx store.PageTx) error {
			other := newMessage("1_8", "b", at(0))
			other.MID = "mid"
			return tx.PutMessage(&other)
		}),
		"client id": page(func(tx store.PageTx) error {
			other := reply
			other.MessageID = "1_b"
			return tx.PutReply(other)
		}),
		"token": page(func(tx store.PageTx) error {
			return tx.PutAttempt(store.Attempt{MessageID: "1_a", Number: 2, Token: "t"})
		}),
		"user":       account(func(tx store.AccountTx) error { return tx.CreateUser(user) }),
		"token hash": account(func(tx store.AccountTx) error { return tx.AddToken([]byte("h"), "u", at(0)) }),
		"login code": account(func(tx store.AccountTx) error { return tx.AddLoginCode([]byte("l"), "u", at(0)) }),
	} {
		if !errors.Is(err, store.ErrConflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The same keys are free for others: another Page, another user, none.
	elsewhere := newMessage("2_9", "a", at(0))
	elsewhere.MID = "mid"
	putMessage(t, s, elsewhere)
	write(t, s, "1", func(tx store.PageTx) error {
		return errors.Join(
			tx.PutReply(store.Reply{MessageID: "1_c", ConversationID: "1_9", UserID: "u2", ClientID: "c"}),
			tx.PutReply(reply), tx.PutAttempt(attempt), tx.PutMessage(&m),
			tx.PutMessage(ptr(newMessage("1_9", "d", at(0)))), tx.PutMessage(ptr(newMessage("1_9", "e", at(0)))))
	})
}

// testConflictTakesNoSeq: after a conflict the transaction may continue.
func testConflictTakesNoSeq(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	m := newMessage("1_9", "a", at(0))
	m.MID = "mid"
	m = putMessage(t, s, m)
	write(t, s, "1", func(tx store.PageTx) error {
		other := newMessage("1_9", "b", at(0))
		other.MID = "mid"
		if err := tx.PutMessage(&other); !errors.Is(err, store.ErrConflict) {
			t.Errorf("mid taken twice: %v", err)
		}
		return tx.PutMessage(&m)
	})
	rows := value(t, s, func(r store.Reader) ([]store.LogRow, error) { return r.Events("1", 0, 10) })
	if len(rows) != 3 || rows[2].Seq != 3 || m.Seq != 3 {
		t.Errorf("log after a conflict: %+v", rows)
	}
}
