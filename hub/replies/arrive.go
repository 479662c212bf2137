package replies

import (
	"errors"
	"strings"
	"time"

	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
)

// EchoSlack is how much earlier than its attempt, by the hub's clock, an echo or a message in
// the Page's inbox may claim to be: clocks differ.
const EchoSlack = time.Minute

// RememberAttempt stores Meta's id of an attempt.
func (b *Tx) RememberAttempt(a store.Attempt, mid model.MID) error {
	if a.MID == mid {
		return nil
	}
	a.MID = mid
	return b.Store.PutAttempt(a)
}

// MayHaveArrived returns since when an open reply may have reached Meta, zero if it can't have.
// A queued reply may have arrived by an earlier attempt, whose echo then cancels the resend.
func MayHaveArrived(r store.Reply) time.Time {
	switch r.State {
	case model.Queued:
		return r.UncertainSince
	case model.Posting:
		return r.AttemptAt
	default:
		if r.UncertainSince.IsZero() {
			return r.AttemptAt
		}
		return r.UncertainSince
	}
}

// Arrival says how we know that a reply reached Meta.
type Arrival struct {
	MID model.MID
	At  time.Time
	// MetaTime: At is Meta's own time, to the millisecond.
	MetaTime bool
	Probably bool
}

// Arrive marks a reply as sent. If its echo had made a row before, that row is merged into it.
func (b *Tx) Arrive(c *txn.Conversation, r *store.Reply, a Arrival) error {
	m, err := b.Store.Message(r.MessageID)
	if err != nil {
		return err
	}
	if err := b.fold(c, &m, &a); err != nil {
		return err
	}
	m.MID, m.State, m.Error, m.WaitsFor = a.MID, model.Sent, nil, ""
	m.MetaTime, m.Probably = a.MetaTime, a.Probably
	m.Order = Later(m.Order, a.At)
	if a.MetaTime {
		m.Order = a.At
	}
	m.SentAt = m.Order
	txn.ApplyWatermarks(c, &m)
	r.State, r.WakeAt = m.State, time.Time{}
	if err := b.Store.PutReply(*r); err != nil {
		return err
	}
	if err := b.Put(c, &m); err != nil {
		return err
	}
	if err := b.ApplyPending(c, &m); err != nil {
		return err
	}
	if err := b.LineUp(c); err != nil {
		return err
	}
	return b.Release(c)
}

// fold merges the row that an echo made of the same message into the reply's, and removes it.
func (b *Tx) fold(c *txn.Conversation, m *store.Message, a *Arrival) error {
	other, err := b.Store.MessageByMID(b.Page.ID, a.MID)
	if errors.Is(err, store.ErrNotFound) || err == nil && other.ID == m.ID {
		return nil
	}
	if err != nil {
		return err
	}
	m.Reactions, m.ReactedAt, m.Feedback = other.Reactions, other.ReactedAt, other.Feedback
	if other.MetaTime {
		a.At, a.MetaTime = other.SentAt, true
	}
	c.Changed, c.Newest = true, true
	return b.Store.RemoveMessage(other.ID)
}

// Rebind gives a reply the id that Meta's answer or its token names, after its text had tied it
// to another message of our app. That message becomes a row of its own again.
func (b *Tx) Rebind(c *txn.Conversation, r store.Reply, m store.Message, a Arrival) error {
	stray := m
	m.MID, m.MetaTime = "", false
	if err := b.Put(c, &m); err != nil {
		return err
	}
	if err := b.Arrive(c, &r, a); err != nil {
		return err
	}
	return b.Add(c, &store.Message{
		Message: model.Message{
			MID: stray.MID, Direction: model.Out, Author: model.Author{Kind: model.ByApp, ID: string(b.App)},
			Text: stray.Text, SentAt: stray.SentAt, State: model.Sent,
		},
		Order: stray.Order, MetaTime: stray.MetaTime,
	})
}

// Later returns the later of two times.
func Later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// SameText compares texts without the white space around them, which Meta may trim.
func SameText(a, b model.Untrusted) bool {
	return strings.TrimSpace(string(a)) == strings.TrimSpace(string(b))
}
