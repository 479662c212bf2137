package receive

import (
	"time"

	"parley/hub/txn"
	"parley/model"
)

// act applies what an event says of the conversation's reply inputs: whether the
// customer can be answered, until when, and who holds the thread. Each of them
// changes only by an event newer, by Meta's time, than what set it.
func (b *Tx) act(e model.Inbound) error {
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
		Reached(c, e.At)
	}
	came(c, entryOf(e.Event), e.At)
	if opens {
		OpenWindow(c, e.At)
	}
	passThread(c, e, b.App, opens)
	return nil
}

// passThread applies what an event says of who holds the thread.
func passThread(c *txn.Conversation, e model.Inbound, ours model.AppID, opens bool) {
	control, controls := e.Event.(model.ThreadControl)
	switch {
	case e.Standby:
		holdThread(c, e.At, true)
	case controls && (control.Action == "pass" || control.Action == "take"):
		holdThread(c, e.At, control.Owner != "" && control.Owner != ours)
	case opens && wrote(e.Event):
		holdThread(c, e.At, false)
	}
}

// customerActed tells whether an event is the customer's own doing.
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

// wrote tells whether an event is a message to us: where it is not standby, no
// other app holds the thread.
func wrote(e model.Event) bool {
	switch e.(type) {
	case model.CustomerMessage, model.Postback:
		return true
	}
	return false
}

// Reached notes that the customer did something at that time: who reaches us can be reached.
func Reached(c *txn.Conversation, at time.Time) {
	if !at.After(c.InboundAt) {
		return
	}
	c.InboundAt, c.Changed = at, true
	if c.Unreachable && at.After(c.UnreachableAt) {
		c.Unreachable = false
	}
}

// OpenWindow opens the reply window as of what the customer did at that time, if it is not
// open for longer already.
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

// adWindow is until when a customer who came by an ad and wrote then may be answered.
func adWindow(at time.Time) *time.Time {
	until := at.Add(model.AdWindow)
	return &until
}

// entryOf returns how a customer came in, as an event has it; nil: it does not say.
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

// came remembers how the customer came in last. An ad may be told of after what was
// written there.
func came(c *txn.Conversation, entry *model.Entry, at time.Time) {
	if entry == nil || at.Before(c.EnteredAt) {
		return
	}
	c.Entry, c.EnteredAt, c.Changed = entry, at, true
	if entry.ByAd() && !at.After(c.OpenedAt) && c.UncertainUntil == nil && !shut(c) {
		c.UncertainUntil = adWindow(c.OpenedAt)
	}
}

// shut tells whether Meta closed the window before its time.
func shut(c *txn.Conversation) bool {
	return c.WindowUntil == nil || c.WindowUntil.Before(c.OpenedAt.Add(model.ReplyWindow))
}

// ShutWindow closes the window because Meta said so, until the customer's next act.
func ShutWindow(c *txn.Conversation, now time.Time) {
	if c.WindowUntil == nil || now.Before(*c.WindowUntil) {
		c.WindowUntil = &now
	}
	if c.UncertainUntil != nil && now.Before(*c.UncertainUntil) {
		c.UncertainUntil = &now
	}
	c.Changed = true
}

// holdThread sets who holds the thread: another app, or nobody but us.
func holdThread(c *txn.Conversation, at time.Time, other bool) {
	if !at.After(c.OtherAppAt) {
		return
	}
	c.OtherAppAt, c.OtherApp, c.OtherAppUntil, c.Changed = at, other, nil, true
	if other {
		until := at.Add(model.OtherAppIdle)
		c.OtherAppUntil = &until
	}
}
