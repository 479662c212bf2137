package receive

import (
	"errors"
	"strings"
	"time"

	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
)

// apply stores one event and applies its effects, unless it was stored before.
func (b *Tx) apply(e model.Inbound) error {
	e = b.timed(e)
	if e.Customer != "" {
		gone, err := b.deletedBefore(e)
		if gone || err != nil {
			return err
		}
	}
	fresh, err := b.Store.KeepRaw(store.RawEvent{
		Page: b.Page.ID, Key: e.Key, Customer: e.Customer, Name: e.Name,
		At: e.At, ReceivedAt: b.Now, Body: e.Raw, Understood: understood(e),
	})
	if err != nil || !fresh || e.Foreign {
		return err
	}
	if e.Customer == "" {
		return b.aboutPage(e)
	}
	return b.aboutCustomer(e)
}

// understood reports whether an event could be read. An event of another Page counts as
// understood, and so does one that merely can't be shown.
func understood(e model.Inbound) bool {
	switch ev := e.Event.(type) {
	case nil:
		return e.Foreign
	case model.CustomerMessage:
		return !ev.Unsupported
	case model.Happened:
		return ev.Notable.Kind != model.EventUnknown
	}
	return true
}

// aboutPage applies an event that concerns the Page as a whole.
func (b *Tx) aboutPage(e model.Inbound) error {
	if news, ok := e.Event.(model.PageNews); ok {
		return b.r.notice(b.Tx.Tx, e, news.Kind, "")
	}
	if _, optin := e.Event.(model.Optin); optin {
		return nil // known once they write, and recorded then
	}
	p, ok := e.Event.(model.Policy)
	if !ok {
		if strings.HasPrefix(e.Name, "changes:") {
			return nil // about the Page's feed, not its messages: kept raw and counted
		}
		return b.r.notice(b.Tx.Tx, e, model.NoticeUnknown, "")
	}
	kinds := map[string]model.NoticeKind{
		"warning": model.NoticePolicyWarning, "block": model.NoticePolicyBlock, "unblock": model.NoticePolicyUnblock,
	}
	kind, known := kinds[p.Action]
	if !known {
		return b.r.notice(b.Tx.Tx, e, model.NoticeUnknown, p.Reason)
	}
	if e.At.After(b.Page.PolicyAt) {
		b.enforce(p, e.At)
	}
	return b.r.notice(b.Tx.Tx, e, kind, p.Reason)
}

// enforce sets or lifts the Page's restriction. A warning changes nothing.
func (b *Tx) enforce(p model.Policy, at time.Time) {
	switch p.Action {
	case "block":
		b.Page.Restricted = &model.Restriction{Reason: p.Reason, Since: at}
	case "unblock":
		b.Page.Restricted = nil
	default:
		return
	}
	b.Page.PolicyAt, b.PageChanged, b.RepliesMoved = at, true, true
}

// aboutCustomer applies an event that concerns one conversation.
func (b *Tx) aboutCustomer(e model.Inbound) error {
	if err := b.updateReplyInputs(e); err != nil {
		return err
	}
	switch ev := e.Event.(type) {
	case nil:
		return b.systemLine(e, model.Notable{Kind: model.EventUnknown, Action: e.Name})
	case model.CustomerMessage:
		return b.customerMessage(e, ev)
	case model.Postback:
		return b.postback(e, ev)
	case model.Echo:
		return b.echo(e, ev)
	case model.Referral:
		return b.systemLine(e, model.Notable{Kind: model.EventReferral, Entry: &ev.Entry})
	case model.Optin:
		return b.systemLine(e, optin(ev))
	case model.ThreadControl:
		return b.systemLine(e, model.Notable{
			Kind: model.EventThreadControl, Action: ev.Action, Payload: model.Untrusted(ev.Owner), Owner: b.ownerOf(ev.Owner),
		})
	case model.Happened:
		return b.systemLine(e, ev.Notable)
	case model.DeliveredUpTo:
		return b.delivered(e, ev)
	case model.ReadUpTo:
		return b.read(e, ev)
	case model.Reacted:
		return b.applyToMessage(e, ev.Target, ev)
	case model.Edit:
		return b.applyToMessage(e, ev.Target, ev)
	case model.Unsend:
		return b.applyToMessage(e, ev.Target, ev)
	case model.Feedback:
		return b.applyToMessage(e, ev.Target, ev)
	}
	return b.systemLine(e, model.Notable{Kind: model.EventUnknown, Action: e.Name})
}

// customerMessage stores what the customer wrote.
func (b *Tx) customerMessage(e model.Inbound, ev model.CustomerMessage) error {
	c, err := b.Open(e.Customer, e.At)
	if err != nil {
		return err
	}
	m := inbound(e, ev.MID, ev.Text)
	m.Attachments, m.ReplyToMID = ev.Attachments, ev.ReplyTo
	switch {
	case ev.Unsupported:
		m.Event = &model.Notable{Kind: model.EventUnknown, Action: e.Name}
	case ev.QuickReply != nil:
		m.Event = &model.Notable{Kind: model.EventQuickReply, Payload: *ev.QuickReply, Entry: ev.Referral}
	case ev.Command != "":
		m.Event = &model.Notable{Kind: model.EventCommand, Payload: ev.Command, Entry: ev.Referral}
	case ev.Referral != nil:
		m.Event = &model.Notable{Kind: model.EventReferral, Entry: ev.Referral}
	}
	noteEntry(c, ev.Referral, e.At)
	return b.fromCustomer(c, m)
}

func (b *Tx) postback(e model.Inbound, ev model.Postback) error {
	c, err := b.Open(e.Customer, e.At)
	if err != nil {
		return err
	}
	m := inbound(e, ev.MID, ev.Title)
	m.Event = &model.Notable{Kind: model.EventPostback, Payload: ev.Payload, Entry: ev.Referral}
	noteEntry(c, ev.Referral, e.At)
	return b.fromCustomer(c, m)
}

func inbound(e model.Inbound, mid model.MID, text model.Untrusted) *store.Message {
	return &store.Message{
		Message: model.Message{
			MID: mid, Direction: model.In, Author: model.Author{Kind: model.ByCustomer}, Text: text, SentAt: e.At,
			Standby: e.Standby,
		},
		Order: e.At, MetaTime: true,
	}
}

// fromCustomer stores a message from the customer. It counts as unread, and reopens a
// conversation that was closed or snoozed.
func (b *Tx) fromCustomer(c *txn.Conversation, m *store.Message) error {
	if m.MID != "" {
		known, err := b.Store.MessageByMID(b.Page.ID, m.MID)
		if err == nil {
			return b.mergeWebhook(c, known, m) // an import brought it first
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	if err := b.Add(c, m); err != nil {
		return err
	}
	if err := b.Interrupt(c, model.CustomerWrote, ""); err != nil {
		return err
	}
	if txn.After(m.Mark(), c.ReadMark) {
		c.Unread++
		c.Status, c.SnoozedUntil = model.Open, nil
	}
	return nil
}

// systemLine stores an event that shows as a line of its own.
func (b *Tx) systemLine(e model.Inbound, n model.Notable) error {
	c, err := b.Open(e.Customer, e.At)
	if err != nil {
		return err
	}
	noteEntry(c, n.Entry, e.At)
	by := model.Author{Kind: model.ByCustomer}
	if _, notice := e.Event.(model.Happened); e.FromPage || notice && (n.Kind == model.EventAdminText || n.Kind == model.EventUnknown) {
		by = model.Author{Kind: model.ByPage} // a message without a mid is not the customer's
	}
	return b.Add(c, &store.Message{
		Message: model.Message{
			Direction: model.System, Author: by, Event: &n, SentAt: e.At,
		},
		Order: e.At, MetaTime: true,
	})
}

// optin describes an opt-in by what was agreed to, if that has a name.
func optin(ev model.Optin) model.Notable {
	n := model.Notable{Kind: model.EventOptin, Action: ev.Type, Payload: ev.Title}
	if ev.Plugin {
		n.Payload = ev.Ref
	}
	if ev.Status != "" {
		n.Action += "_" + ev.Status
	}
	return n
}

// ownerOf tells which kind of app an app id belongs to, as far as users care.
func (b *Tx) ownerOf(app model.AppID) model.ThreadOwner {
	switch {
	case app == "":
		return model.OwnerNobody
	case app == b.App:
		return model.OwnerParley
	case app.IsPageInbox():
		return model.OwnerInbox
	}
	return model.OwnerApp
}

// timed replaces the event's times by those that count: see [txn.Tx.EventTime].
func (b *Tx) timed(e model.Inbound) model.Inbound {
	e.At = b.EventTime(e.At)
	switch ev := e.Event.(type) {
	case model.DeliveredUpTo:
		if !ev.Watermark.IsZero() {
			ev.Watermark = model.EventTime(ev.Watermark, b.Now)
		}
		e.Event = ev
	case model.ReadUpTo:
		ev.Watermark = model.EventTime(ev.Watermark, b.Now)
		e.Event = ev
	}
	return e
}
