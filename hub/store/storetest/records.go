package storetest

import (
	"errors"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

// strange is a text that must come back byte for byte.
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
	c.UncertainUntil, c.EnteredAt = ptr(at(650)), at(2)
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
		row.At, row.Stamp = time.Time{}, ""
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

// testWorkedOut: what is computed when it is read is not stored.
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

// testText: any valid text comes back byte for byte; invalid text is refused or comes back as
// it was, never altered.
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

// drop reduces the results of a reading method to its error.
func drop[T any](_ T, err error) error { return err }
