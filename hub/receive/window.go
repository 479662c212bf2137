package receive

import (
	"time"

	"parley/hub/txn"
	"parley/model"
)

// updateReplyInputs applies what an event says about what replies are judged by: whether the
// customer can be reached, until when the window is open, and who holds the thread. Each of
// these changes only by an event newer, by Meta's time, than the one that set it.
func (b *Tx) updateReplyInputs(e model.Inbound) error {
	byCustomer := customerActed(e)
	opens := byCustomer && model.OpensWindow(e.Event)
	_, controls := e.Event.(model.ThreadControl)
	if !byCustomer && !controls && !e.Standby {
		return nil
	}
	c, err := b.Find(e.Customer)
	if err == nil && c == nil && (opens || controls || e.Standby) {
		c, err = b.Open(e.Customer, e.At)
	}
	if c == nil || err != nil {
		return err
	}
	if byCustomer {
		NoteInbound(c, e.At)
	}
	noteEntry(c, entryOf(e.Event), e.At)
	if opens {
		OpenWindow(c, e.At)
	}
	applyThreadControl(c, e, b.App, opens)
	return nil
}

// applyThreadControl applies what an event says about who holds the thread.
func applyThreadControl(c *txn.Conversation, e model.Inbound, ours model.AppID, opens bool) {
	control, controls := e.Event.(model.ThreadControl)
	switch {
	case e.Standby:
		setThreadHolder(c, e.At, true)
	case controls && (control.Action == "pass" || control.Action == "take"):
		setThreadHolder(c, e.At, control.Owner != "" && control.Owner != ours)
	case opens && isMessage(e.Event):
		setThreadHolder(c, e.At, false)
	}
}

// customerActed reports whether the customer did what the event tells.
func customerActed(in model.Inbound) bool {
	if in.FromPage {
		return false
	}
	switch e := in.Event.(type) {
	case model.CustomerMessage, model.Postback, model.Referral, model.Optin, model.Edit, model.ReadUpTo:
		return true
	case model.Reacted:
		return e.By == model.ByCustomer
	}
	return false
}

// isMessage reports whether an event is a message to us. If it is not standby, no other app
// holds the thread.
func isMessage(e model.Event) bool {
	switch e.(type) {
	case model.CustomerMessage, model.Postback:
		return true
	}
	return false
}

// NoteInbound records that the customer did something at that time. A customer who can reach us
// can be reached.
func NoteInbound(c *txn.Conversation, at time.Time) {
	if !at.After(c.InboundAt) {
		return
	}
	c.InboundAt, c.Changed = at, true
	if c.Unreachable && at.After(c.UnreachableAt) {
		c.Unreachable = false
	}
}

// OpenWindow opens the reply window from what the customer did at that time, unless it is open
// for longer already.
func OpenWindow(c *txn.Conversation, at time.Time) {
	if !c.Started {
		c.Started, c.Changed = true, true
	}
	if !at.After(c.OpenedAt) {
		return
	}
	until := at.Add(model.ReplyWindow)
	c.OpenedAt, c.WindowUntil, c.UncertainUntil, c.Changed = at, &until, nil, true
	if c.Entry.ByAd() && !c.EnteredAt.After(at) {
		c.UncertainUntil = adWindow(at)
	}
}

// adWindow returns until when a customer who came by an ad and wrote at that time may be
// answered.
func adWindow(at time.Time) *time.Time {
	until := at.Add(model.AdWindow)
	return &until
}

// entryOf returns how a customer came in, nil if the event does not say.
func entryOf(e model.Event) *model.Entry {
	switch e := e.(type) {
	case model.CustomerMessage:
		return e.Referral
	case model.Postback:
		return e.Referral
	case model.Referral:
		return &e.Entry
	}
	return nil
}

// noteEntry records how the customer came in last. The event about an ad may arrive after the
// message written there.
func noteEntry(c *txn.Conversation, entry *model.Entry, at time.Time) {
	if entry == nil || at.Before(c.EnteredAt) {
		return
	}
	c.Entry, c.EnteredAt, c.Changed = entry, at, true
	if entry.ByAd() && !at.After(c.OpenedAt) && c.UncertainUntil == nil && !closedEarly(c) {
		c.UncertainUntil = adWindow(c.OpenedAt)
	}
}

// closedEarly reports whether Meta closed the window before its time.
func closedEarly(c *txn.Conversation) bool {
	return c.WindowUntil == nil || c.WindowUntil.Before(c.OpenedAt.Add(model.ReplyWindow))
}

// CloseWindow closes the window because Meta said so, until the customer acts again.
func CloseWindow(c *txn.Conversation, now time.Time) {
	if c.WindowUntil == nil || now.Before(*c.WindowUntil) {
		c.WindowUntil = &now
	}
	if c.UncertainUntil != nil && now.Before(*c.UncertainUntil) {
		c.UncertainUntil = &now
	}
	c.Changed = true
}

// setThreadHolder records whether another app holds the thread.
func setThreadHolder(c *txn.Conversation, at time.Time, other bool) {
	if !at.After(c.OtherAppAt) {
		return
	}
	c.OtherAppAt, c.OtherApp, c.OtherAppUntil, c.Changed = at, other, nil, true
	if other {
		until := at.Add(model.OtherAppIdle)
		c.OtherAppUntil = &until
	}
}
