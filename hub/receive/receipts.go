package receive

import (
	"errors"
	"time"

	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
)

// applyToMessage applies an event about one message: a reaction, an edit, feedback. If it comes
// before its message, it is kept until the message arrives.
func (b *Tx) applyToMessage(e model.Inbound, target model.MID, ev model.Event) error {
	m, err := b.Store.MessageByMID(b.Page.ID, target)
	if errors.Is(err, store.ErrNotFound) {
		return b.AddPending(e, target, ev)
	}
	if err != nil {
		return err
	}
	c, err := b.Find(m.ConversationID.Customer())
	if c == nil || err != nil {
		return err
	}
	changed := txn.Apply(&m, ev, e.At)
	if err := b.ForgetRaw(m.ConversationID, target, ev, e.Key, changed); err != nil || !changed {
		return err
	}
	if _, unsent := ev.(model.Unsend); unsent {
		b.MediaMoved = true // its files go, too
	}
	return b.PutState(c, &m)
}

// delivered applies a delivery receipt: to the messages it names, and to all sent up to its
// watermark.
func (b *Tx) delivered(e model.Inbound, ev model.DeliveredUpTo) error {
	for _, mid := range ev.MIDs {
		if err := b.applyToMessage(e, mid, model.DeliveredUpTo{MIDs: []model.MID{mid}}); err != nil {
			return err
		}
	}
	return b.advanceUpTo(e, ev.Watermark, model.DeliveredUpTo{Watermark: ev.Watermark}, model.Delivered, model.Sent)
}

// read applies the customer's read watermark.
func (b *Tx) read(e model.Inbound, ev model.ReadUpTo) error {
	return b.advanceUpTo(e, ev.Watermark, ev, model.Read, model.Sent, model.Delivered)
}

// advanceUpTo moves messages sent up to a watermark on to a state. A message that arrives later
// with an earlier time gets it from the watermark kept in the conversation.
func (b *Tx) advanceUpTo(e model.Inbound, until time.Time, ev model.Event, to model.State, from ...model.State) error {
	if until.IsZero() {
		return nil
	}
	c, err := b.Find(e.Customer)
	if err != nil {
		return err
	}
	if c == nil {
		return b.AddPending(e, txn.WatermarkKey(e.Customer), ev)
	}
	if !txn.Raise(c, ev) {
		return nil
	}
	sent, err := b.Store.Outgoing(c.ID, until, from...)
	if err != nil {
		return err
	}
	for i := range sent {
		if txn.Advance(&sent[i], to) {
			if err := b.PutState(c, &sent[i]); err != nil {
				return err
			}
		}
	}
	return nil
}
