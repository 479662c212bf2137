package replies

import (
	"time"

	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
)

// Release makes the first unsettled reply of a conversation due and has the later ones wait for
// it: a conversation sends one reply at a time.
func (b *Tx) Release(c *txn.Conversation) error {
	open, err := b.Unsettled(c.ID)
	if err != nil {
		return err
	}
	for i, r := range open {
		if r.State != model.Queued {
			continue
		}
		limit := r.AcceptedAt.Add(b.QueueLimit)
		waitsFor, wake := HoldsUp(open, i), r.WakeAt
		if waitsFor == "" && (wake.IsZero() || wake.Equal(limit)) {
			wake = b.Now
		}
		if waitsFor != "" {
			wake = limit
		}
		if err := b.Reschedule(c, r, waitsFor, wake); err != nil {
			return err
		}
	}
	b.RepliesMoved = true
	return nil
}

// HoldsUp returns the reply that the nth of a conversation's unsettled replies waits for, empty
// if none: the first of them, or, for the first itself, a later one that may be on its way
// because somebody sent the first again.
func HoldsUp(open []store.Reply, n int) model.MessageID {
	if n > 0 {
		return open[0].MessageID
	}
	for _, r := range open[1:] {
		if r.State == model.Posting || r.State == model.Unknown {
			return r.MessageID
		}
	}
	return ""
}

// Reschedule stores when a reply is due and which other it waits for. It writes only what
// changed.
func (b *Tx) Reschedule(c *txn.Conversation, r store.Reply, waitsFor model.MessageID, wake time.Time) error {
	if !r.WakeAt.Equal(wake) {
		r.WakeAt = wake
		if err := b.Store.PutReply(r); err != nil {
			return err
		}
	}
	m, err := b.Store.Message(r.MessageID)
	if err != nil || m.WaitsFor == waitsFor {
		return err
	}
	m.WaitsFor = waitsFor
	return b.Put(c, &m)
}

// Settle ends a reply's way, or has it ask its writer. Its message says so, and the next reply
// of the conversation may go. One that needs its writer opens the conversation again if it was
// done or snoozed meanwhile: nobody would look there.
func (b *Tx) Settle(c *txn.Conversation, r store.Reply, state model.State, why *model.MessageError) error {
	r.State, r.WakeAt = state, time.Time{}
	if state == model.Ask {
		b.asks.Inc()
	}
	if (state == model.Ask || state == model.Failed) && c.Status != model.Open {
		c.Status, c.SnoozedUntil, c.Changed = model.Open, nil, true
	}
	if err := b.Move(c, r, why); err != nil {
		return err
	}
	return b.Release(c)
}

// Move stores a reply's new state, in its message too.
func (b *Tx) Move(c *txn.Conversation, r store.Reply, why *model.MessageError) error {
	if err := b.Store.PutReply(r); err != nil {
		return err
	}
	m, err := b.Store.Message(r.MessageID)
	if err != nil {
		return err
	}
	m.State, m.Attempt, m.Error, m.WaitsFor, m.Number = r.State, r.Attempt, why, "", r.Number
	m.SendAt = sendAt(r)
	return b.Put(c, &m)
}

// Earlier returns the earlier of two times.
func Earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
