package pages

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"parley/hub/receive"
	"parley/hub/replies"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
)

// pastThread stores the messages of a thread that the hub lacks, oldest first, and returns how
// many. What was written before r.News was read elsewhere long ago: it does not count as unread
// and does not reopen the conversation.
//
// Deleted messages do not come back: see [receive.Tx.Deleted].
func (b *pastTx) pastThread(t model.PastThread, r store.Reading) (int, error) {
	past := pastReader{Tx: b.Tx, thread: t, news: r.News, from: r.Floor}
	for _, m := range slices.Backward(t.Messages) {
		if err := past.message(m); err != nil {
			return 0, err
		}
	}
	return past.added, past.finish()
}

// pastReader stores the messages of one thread, in the order in which they were written.
type pastReader struct {
	*receive.Tx
	thread model.PastThread
	news   time.Time
	// from: messages written before it are left out.
	from time.Time

	c     *txn.Conversation
	added int
	// floor is the order time of the previous message, which may be known to the millisecond.
	floor time.Time
	// old is the mark of the newest message that counts as history.
	old store.Mark
}

// message stores one message, unless it is stored already or was deleted.
func (p *pastReader) message(m model.PastMessage) error {
	at := p.EventTime(m.CreatedAt)
	if at.Before(p.from) {
		return nil
	}
	gone, err := p.Deleted(p.thread.Customer, at)
	if gone || err != nil {
		return err
	}
	known, err := p.Store.MessageByMID(p.Page.ID, m.MID)
	if err == nil {
		p.floor = replies.Later(p.floor, known.Order)
		return nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if p.c == nil {
		if p.c, err = p.Open(p.thread.Customer, at); err != nil {
			return err
		}
		p.named()
	}
	if m.FromPage {
		mine, err := p.ownReply(m, at)
		if mine || err != nil {
			return err
		}
	}
	row := p.row(m, at)
	if err := p.Add(p.c, row); err != nil {
		return err
	}
	p.added++
	p.floor = row.Order
	p.count(row, at)
	return nil
}

// keepPast stores a message raw that can't be stored properly. It uses a key of its own,
// because the message's webhook may still bring it in a better form.
func (b *pastTx) keepPast(customer model.PSID, m model.PastMessage) error {
	body, err := json.Marshal(m)
	if err != nil {
		body = []byte(m.Text) // what can't be encoded is left out
	}
	_, err = b.Store.KeepRaw(store.RawEvent{
		Page: b.Page.ID, Key: "past:" + string(m.MID), Customer: customer, Name: "past_message",
		At: b.EventTime(m.CreatedAt), ReceivedAt: b.Now, Body: body,
	})
	return err
}

// row returns the message as it is stored. Meta gives seconds here, so a message that follows
// another of the same second whose millisecond is known is put after it.
func (p *pastReader) row(m model.PastMessage, at time.Time) *store.Message {
	row := &store.Message{
		Message: model.Message{
			MID: m.MID, Direction: model.In, Author: model.Author{Kind: model.ByCustomer}, Text: m.Text,
			Attachments: m.Attachments, ReplyToMID: m.ReplyTo, SentAt: at,
		},
		Order: at,
	}
	if p.floor.After(at) && p.floor.Sub(at) < time.Second {
		row.Order = p.floor
	}
	if m.FromPage {
		row.Direction, row.Author, row.State = model.Out, model.Author{Kind: model.ByPage}, model.Sent
	}
	row.Event = receive.Unshown(*row)
	return row
}

// count applies the effects of a customer's message on its conversation.
func (p *pastReader) count(row *store.Message, at time.Time) {
	isNews := !at.Before(p.news)
	if !isNews && txn.After(row.Mark(), p.old) {
		p.old = row.Mark()
	}
	if row.Direction != model.In {
		return
	}
	receive.NoteInbound(p.c, at)
	receive.OpenWindow(p.c, at)
	if isNews && txn.After(row.Mark(), p.c.ReadMark) {
		p.c.Unread++
		p.c.Status, p.c.SnoozedUntil = model.Open, nil
	}
}

// named sets the customer's name if it is unknown, which saves asking for it.
func (p *pastReader) named() {
	if p.c.Customer.Name == "" && p.thread.Name != "" {
		p.c.Customer.Name, p.c.Changed = p.thread.Name, true
	}
}

// finish moves the read mark past the history.
func (p *pastReader) finish() error {
	if p.c == nil || !txn.After(p.old, p.c.ReadMark) {
		return nil
	}
	p.c.ReadMark, p.c.Changed = p.old, true
	var err error
	p.c.Unread, err = p.Store.CountUnread(p.c.ID, p.old)
	return err
}

// ownReply reports whether a message of the Page may be a reply of ours whose outcome is
// unknown: then it gets no row of its own. If only one reply matches, it arrived, unless it is
// being posted, when its call will tell. If several match, the checks will tell.
func (p *pastReader) ownReply(m model.PastMessage, at time.Time) (bool, error) {
	open, err := p.Store.UnsettledReplies(p.c.ID)
	if err != nil {
		return false, err
	}
	var match []store.Reply
	for _, r := range open {
		since := replies.MayHaveArrived(r)
		if since.IsZero() || at.Before(since.Add(-replies.EchoSlack)) {
			continue
		}
		own, err := p.Store.Message(r.MessageID)
		if err != nil {
			return false, err
		}
		if replies.SameText(own.Text, m.Text) {
			match = append(match, r)
		}
	}
	if len(match) == 1 && match[0].State != model.Posting {
		p.RepliesMoved = true
		return true, p.Arrive(p.c, &match[0], replies.Arrival{MID: m.MID, At: at, Probably: true})
	}
	return len(match) > 0, nil
}
