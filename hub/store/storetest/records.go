package storetest

import (
	"errors"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

// strange is text that must come back byte for byte.
const strange = "東京 🏯👩‍👩‍👧 <b>&amp;</b> \u2028\u2029\u0000\x1b[31m\ufffd \\ufffd \" \\ e\u0301 é \u202e"

func fullPage() store.Page {
	p := newPage("7")
	p.Name = strange
	p.ConnectedAt, p.RateLimitedUntil = ptr(at(1)), ptr(at(2))
	p.Restricted = &model.Restriction{Reason: "理由", Since: at(3), RetryAt: ptr(at(4))}
	p.TokenRefused, p.MessagesOff = true, true
	p.SealedToken, p.Token, p.AccessGen, p.PolicyAt = "v1.…", "EAAG…", 3, at(5)
	p.RateBackoff = 90 * time.Second
	return p
}

func fullConversation() store.Conversation {
	c := newConversation("7", "42", at(100))
	c.Customer = model.Customer{PSID: "42", Name: strange, Locale: "ja_JP"}
	c.Status, c.SnoozedUntil = model.Snoozed, ptr(at(500))
	c.Assignee = &model.UserRef{ID: "u2", Name: "健"}
	c.Unread, c.Pinned, c.Labels = 4, true, []string{"急ぎ", "vip"}
	c.LastMessage = &model.Summary{
		ID: "7_m", Direction: model.In, Author: model.Author{Kind: model.ByCustomer, Name: strange},
		Text: strange, SentAt: at(99), Attachments: []string{"image"},
		Event: &model.Notable{Kind: model.EventPostback, Payload: "x"},
	}
	c.Started, c.WindowUntil, c.Unreachable = true, ptr(at(600)), true
	c.OtherApp, c.OtherAppUntil = true, ptr(at(700))
	c.Entry = &model.Entry{Source: model.SourceAds, Ref: strange, AdID: "9", Title: "春"}
	c.OpenedAt, c.InboundAt, c.UnreachableAt = at(1), at(3), at(4)
	c.OtherAppAt, c.DeliveredUpTo, c.ReadUpTo, c.ProfileAt = at(5), at(6), at(7), at(8)
	c.ReadMark = store.Mark{Order: at(9), FirstSeq: 3}
	return c
}

func fullMessage() store.Message {
	m := newMessage("7_42", "m1", at(50))
	m.MID, m.ClientID, m.Direction = "m_東", "client", model.Out
	m.Author = model.Author{Kind: model.ByUser, Name: strange, ID: "u1"}
	m.Text = strange
	m.Attachments = []model.Attachment{{ID: "a", Type: "image", URL: "https://x/?a=1&b=<2>", Title: strange, Size: 1 << 40}}
	m.ReplyTo, m.ReplyToMID = "7_m0", "m_0"
	m.Reactions = []model.Reaction{{By: model.ByCustomer, Kind: "love", Emoji: "❤️"}}
	m.Edited, m.Deleted, m.Feedback = true, true, "good"
	m.Event = &model.Notable{Kind: model.EventReferral, Action: "a", Entry: &model.Entry{Ref: "r"}}
	m.State, m.Attempt, m.WaitsFor = model.Sent, 2, "7_m0"
	m.Error = &model.MessageError{Code: model.OutcomeUnknown, Detail: strange}
	m.Probably, m.DeliveredTwice, m.EditNumber = true, true, 3
	m.ReactedAt = map[model.AuthorKind]time.Time{model.ByCustomer: at(51), model.ByPage: at(52)}
	return m
}

func testRecords(t *testing.T, s store.Store) {
	p, c, m := fullPage(), fullConversation(), fullMessage()
	bareConversation, bareMessage := newConversation("7", "43", time.Time{}), newMessage("7_43", "m2", time.Time{})
	n := model.Notice{ID: "n1", PageID: "7", Kind: model.NoticeUnknown, Event: "app_roles", Reason: strange, CreatedAt: at(1)}
	write(t, s, "7", func(tx store.PageTx) error {
		return errors.Join(tx.PutPage(&p), tx.PutConversation(&c), tx.PutMessage(&m), tx.PutNotice(&n),
			tx.PutConversation(&bareConversation), tx.PutMessage(&bareMessage))
	})
	read(t, s, func(r store.Reader) error {
		got, err := r.Page("7")
		same(t, "page", p, got)
		return err
	})
	for i, want := range []store.Conversation{c, bareConversation} {
		got := value(t, s, func(r store.Reader) (store.Conversation, error) { return r.Conversation(want.ID) })
		same(t, number("conversation ", i), want, got)
	}
	for i, want := range []store.Message{m, bareMessage} {
		got := value(t, s, func(r store.Reader) (store.Message, error) { return r.Message(want.ID) })
		same(t, number("message ", i), want, got)
	}
	same(t, "notice", n, value(t, s, func(r store.Reader) (model.Notice, error) { return r.Notice("7", "n1") }))
	same(t, "message by mid", m, value(t, s, func(r store.Reader) (store.Message, error) { return r.MessageByMID("7", m.MID) }))
	var rows []store.LogRow
	for i, row := range value(t, s, func(r store.Reader) ([]store.LogRow, error) { return r.Events("7", 0, 100) }) {
		if row.At.IsZero() {
			t.Errorf("log row %d has no time", i)
		}
		row.At = time.Time{}
		rows = append(rows, row)
	}
	same(t, "log", []store.LogRow{
		{Seq: 1, Kind: store.KindPage, ID: "7"},
		{Seq: 2, Kind: store.KindConversation, ID: "7_42"},
		{Seq: 3, Kind: store.KindMessage, ID: "7_m1"},
		{Seq: 4, Kind: store.KindNotice, ID: "n1"},
		{Seq: 5, Kind: store.KindConversation, ID: "7_43"},
		{Seq: 6, Kind: store.KindMessage, ID: "7_m2"},
	}, rows)
	testWorkedOut(t, s, c)
	testChanged(t, s, m)
}

// testWorkedOut: what is worked out when it is read is not kept.
func testWorkedOut(t *testing.T, s store.Store, c store.Conversation) {
	given := c
	given.Links = []model.Link{{Type: "person", ID: "1", Title: "x"}}
	given.Reply = model.Verdict{Allowed: true, Until: ptr(at(1))}
	given = putConversation(t, s, given)
	c.Seq = given.Seq
	same(t, "conversation without what is worked out", c,
		value(t, s, func(r store.Reader) (store.Conversation, error) { return r.Conversation(c.ID) }))
}

// testChanged: a message keeps its first seq whatever is stored later.
func testChanged(t *testing.T, s store.Store, m store.Message) {
	first := m.FirstSeq
	m.FirstSeq, m.Text, m.MID, m.State = 0, "other", "m_other", model.Read
	m = putMessage(t, s, m)
	if m.FirstSeq != first || m.Seq != head(t, s, "7") {
		t.Errorf("changed message has first seq %d and seq %d, want %d and the head", m.FirstSeq, m.Seq, first)
	}
	same(t, "changed message", m, value(t, s, func(r store.Reader) (store.Message, error) { return r.MessageByMID("7", "m_other") }))
	write(t, s, "7", func(tx store.PageTx) error { return tx.RemoveMessage(m.ID) })
	rows := value(t, s, func(r store.Reader) ([]store.LogRow, error) { return r.Events("7", m.Seq, 10) })
	if len(rows) != 1 || rows[0].Kind != store.KindRemoved || rows[0].ID != string(m.ID) || rows[0].Seq != m.Seq+1 {
		t.Errorf("log after removal: %+v", rows)
	}
}

// testText: any valid text comes back byte for byte; what would be altered is
// refused, or comes back as it was, never altered.
func testText(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	for i, text := range []model.Untrusted{strange, "", "\x7f\u0080", "𝕏", "\\ufffd", "\\\\ufffd", "\ufffd", "a\xffb", "\xed\xa0\x80"} {
		m := newMessage("1_2", number("m", i), at(i))
		m.Text = text
		if err := s.Write(t.Context(), "1", func(tx store.PageTx) error { return tx.PutMessage(&m) }); err != nil {
			if i < 7 {
				t.Errorf("text %d: %v", i, err)
			}
			continue
		}
		got := value(t, s, func(r store.Reader) (store.Message, error) { return r.Message(m.ID) })
		if got.Text != text {
			t.Errorf("text %d: %q came back as %q", i, string(text), string(got.Text))
		}
	}
}

// drop turns a reading method into one that answers its error alone.
func drop[T any](_ T, err error) error { return err }

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
		messages, cursor, err := r.Messages("1_2", "", 10, store.Eyes{})
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

// testOtherPage: a transaction can't change what lies in another Page.
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
		"taking":  func(tx store.PageTx) error { return tx.TakePending("2", "m") },
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
	// The same keys of others are free: another Page, another user, none.
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

// testConflictTakesNoSeq: who is told of a conflict may go on.
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

func testRaw(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	e := store.RawEvent{
		Page: "1", Key: "sha:x", Customer: "9", Name: "message", At: at(1), ReceivedAt: at(2),
		Body: []byte("{\"a\":\"\xff\x00\u6771\"}"), Understood: true,
	}
	for i, want := range []bool{true, false} {
		write(t, s, "1", func(tx store.PageTx) error {
			kept, err := tx.KeepRaw(e)
			if kept != want {
				t.Errorf("kept %t at time %d", kept, i+1)
			}
			return err
		})
	}
	same(t, "raw event", e, value(t, s, func(r store.Reader) (store.RawEvent, error) { return r.RawEvent("1", e.Key) }))
	if head(t, s, "1") != 1 {
		t.Error("bookkeeping took a seq")
	}
}

func testPending(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	list := []store.Pending{
		{Page: "1", MID: "m", Customer: "9", At: at(3), Event: model.Reacted{Target: "m", By: model.ByCustomer, Kind: "love", Emoji: "❤️"}},
		{Page: "1", MID: "m", Customer: "9", At: at(1), Event: model.Edit{Target: "m", Text: strange, Number: 2}},
		{Page: "1", MID: "m", Customer: "9", Event: model.Unsend{Target: "m"}},
		{Page: "1", MID: "m", Customer: "9", At: at(2), Event: model.Feedback{Target: "m", Words: "good"}},
		{Page: "1", MID: "m", Customer: "9", At: at(2), Event: model.DeliveredUpTo{MIDs: []model.MID{"m"}, Watermark: at(2)}},
	}
	other := store.Pending{Page: "1", MID: "n", Event: model.Unsend{Target: "n"}}
	write(t, s, "1", func(tx store.PageTx) error {
		err := tx.AddPending(other)
		for _, p := range list {
			err = errors.Join(err, tx.AddPending(p))
		}
		return err
	})
	pending := func(mid model.MID) []store.Pending {
		return value(t, s, func(r store.Reader) ([]store.Pending, error) { return r.Pending("1", mid) })
	}
	same(t, "pending", list, pending("m"))
	write(t, s, "1", func(tx store.PageTx) error { return tx.TakePending("1", "m") })
	same(t, "pending after taking", []store.Pending(nil), pending("m"))
	same(t, "pending of another", []store.Pending{other}, pending("n"))
	if err := s.Write(t.Context(), "1", func(tx store.PageTx) error { return tx.AddPending(store.Pending{Page: "1"}) }); err == nil {
		t.Error("no event is pending: no error")
	}
}

func testNotices(t *testing.T, s store.Store) {
	var want []string
	for i := range 30 {
		page := model.PageID(number("p", i%3))
		if i < 3 {
			putPage(t, s, page)
		}
		n := model.Notice{ID: number("n", i), PageID: page, Kind: model.NoticePolicyBlock, CreatedAt: at(i / 4)}
		write(t, s, page, func(tx store.PageTx) error { return tx.PutNotice(&n) })
		if page != "p002" {
			want = append([]string{n.ID}, want...)
		}
	}
	var got []string
	for cursor, first := "", true; first || cursor != ""; first = false {
		read(t, s, func(r store.Reader) (err error) {
			var list []model.Notice
			list, cursor, err = r.Notices([]model.PageID{"p000", "p001", "p000"}, cursor, 3)
			for _, n := range list {
				got = append(got, n.ID)
			}
			return err
		})
	}
	same(t, "notices", want, got)
}

func testCounters(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	for _, n := range []int64{1, 5, -2} {
		if err := s.Count(t.Context(), "rejected", n); err != nil {
			t.Fatalf("count: %v", err)
		}
	}
	write(t, s, "1", func(tx store.PageTx) error {
		return errors.Join(
			drop(tx.KeepRaw(store.RawEvent{Page: "1", Key: "a"})),
			drop(tx.KeepRaw(store.RawEvent{Page: "1", Key: "b", Understood: true})),
			drop(tx.KeepRaw(store.RawEvent{Page: "1", Key: "c", Understood: true})))
	})
	same(t, "counters", map[string]int64{"rejected": 4, "raw_not_understood": 1, "raw_events": 3},
		value(t, s, func(r store.Reader) (map[string]int64, error) { return r.Counters() }))
}

// testScrub: what is there stays, and can be changed as before.
func testScrub(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	c := putConversation(t, s, newConversation("1", "7", at(1)))
	m := putMessage(t, s, newMessage(c.ID, "m1", at(1)))
	if err := s.Scrub(t.Context()); err != nil {
		t.Fatalf("scrub: %v", err)
	}
	same(t, "message", m, value(t, s, func(r store.Reader) (store.Message, error) { return r.Message(m.ID) }))
	found := value(t, s, func(r store.Reader) ([]store.Found, error) {
		list, _, err := r.SearchConversations(store.ConversationQuery{
			Pages: []store.PageScope{{ID: "1"}}, Filter: store.FilterAll, Limit: 9, Search: "hello",
		})
		return list, err
	})
	if len(found) != 1 {
		t.Errorf("found %d conversations", len(found))
	}
	putMessage(t, s, newMessage(c.ID, "m2", at(2)))
	if n := head(t, s, "1"); n != 4 {
		t.Errorf("head is %d", n)
	}
}
