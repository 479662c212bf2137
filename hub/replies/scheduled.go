package replies

import (
	"cmp"
	"slices"
	"time"

	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
)

// A scheduled reply is none of its conversation's line: it holds up no other, and takes its place
// when its time has come.

// sendAt returns for when a reply is scheduled, as its message says it.
func sendAt(r store.Reply) *time.Time {
	if r.SendAt.IsZero() {
		return nil
	}
	return &r.SendAt
}

// Interrupt has the scheduled replies of a conversation ask their writers: they were written
// before what happened now. Those by a user, if one is given, stay.
func (b *Tx) Interrupt(c *txn.Conversation, code model.Code, but model.UserID) error {
	scheduled, err := b.Store.ScheduledReplies(c.ID)
	if err != nil {
		return err
	}
	for _, r := range scheduled {
		if but != "" && r.UserID == but {
			continue
		}
		if err := b.Settle(c, r, model.Ask, &model.MessageError{Code: code}); err != nil {
			return err
		}
	}
	return nil
}

// Queue queues the scheduled replies of a conversation whose time has come, at the end of its
// line, in the order of their times.
func (b *Tx) Queue(c *txn.Conversation) error {
	scheduled, err := b.Store.ScheduledReplies(c.ID)
	if err != nil {
		return err
	}
	slices.SortStableFunc(scheduled, func(x, y store.Reply) int {
		return cmp.Or(x.SendAt.Compare(y.SendAt), cmp.Compare(x.Number, y.Number), cmp.Compare(x.AcceptedSeq, y.AcceptedSeq))
	})
	number := c.Posted.Number
	for _, r := range scheduled {
		if r.SendAt.After(b.Now) {
			continue
		}
		number = max(number+1, r.SendAt.UnixMicro())
		r.State, r.Number, r.AcceptedAt, r.WakeAt = model.Queued, number, r.SendAt, b.Now
		if err := b.Move(c, r, nil); err != nil {
			return err
		}
		if err := b.toEnd(c, r.MessageID); err != nil {
			return err
		}
	}
	if err := b.LineUp(c); err != nil {
		return err
	}
	return b.Release(c)
}

// toEnd shows a message after all others of its conversation.
func (b *Tx) toEnd(c *txn.Conversation, id model.MessageID) error {
	at, err := b.PlaceAfter(c.ID, 0)
	if err != nil {
		return err
	}
	m, err := b.Store.Message(id)
	if err != nil {
		return err
	}
	m.Order, m.SentAt = at, at
	return b.Put(c, &m)
}
