package hub

import (
	"errors"
	"slices"
	"time"

	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
)

// echoSlack is how much earlier than its attempt, by the hub's clock, an echo or a
// message in the Page's inbox may say it was created: clocks differ.
const echoSlack = time.Minute

// echo stores what the Page wrote. It may be a reply of ours, which must not show
// twice: it is known by Meta's id, by the token of an attempt, or, where Meta sends
// no token, by its text.
func (b *receiveTx) echo(e model.Inbound, ev model.Echo) error {
	if elsewhere, err := b.repliedElsewhere(ev); elsewhere || err != nil {
		return err
	}
	c, err := b.Open(e.Customer, e.At)
	if err != nil {
		return err
	}
	m, err := b.Store.MessageByMID(b.Page.ID, ev.MID)
	if err == nil {
		return b.echoOfKnown(c, m, e, ev)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if ev.Metadata != "" {
		r, a, err := b.Store.ReplyByToken(b.Page.ID, ev.Metadata)
		if err == nil {
			return b.echoOfAttempt(c, r, a, ev.MID, e.At)
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	r, found, err := b.replyLike(c, e, ev)
	if err != nil {
		return err
	}
	if found {
		return b.arrive(c, &r, arrival{mid: ev.MID, at: e.At, metaTime: true})
	}
	return b.sentElsewhere(c, e, ev)
}

// repliedElsewhere tells whether an echo is of a reply that was sent by another
// installation of the Page. It may come after the Page has changed hands, and what was
// said in the one is not for who has the other: it makes no row there.
func (b *receiveTx) repliedElsewhere(ev model.Echo) (bool, error) {
	if ev.Metadata == "" {
		return false, nil
	}
	all, err := b.Store.Installations(b.Page.PageID)
	if err != nil {
		return false, err
	}
	for _, p := range all {
		if p.ID == b.Page.ID {
			continue
		}
		_, _, err := b.Store.ReplyByToken(p.ID, ev.Metadata)
		if !errors.Is(err, store.ErrNotFound) {
			return err == nil, err
		}
	}
	return false, nil
}

// echoOfKnown gives a message that is here Meta's own time.
func (b *receiveTx) echoOfKnown(c *txn.Conversation, m store.Message, e model.Inbound, ev model.Echo) error {
	if m.MID != ev.MID {
		return nil // an earlier attempt's, already counted
	}
	if r, a, err := b.Store.ReplyByToken(b.Page.ID, ev.Metadata); err == nil && r.MessageID == m.ID {
		if err := b.rememberAttempt(a, ev.MID); err != nil {
			return err
		}
		m.Probably = false
	} else if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	m.SentAt, m.Order, m.MetaTime = e.At, e.At, true
	if m.ClientID == "" && !m.Deleted && m.EditNumber == 0 && unshown(m) != nil && !ev.Blank() { // an import was told less
		m.Text, m.Attachments, m.Event = ev.Text, ev.Attachments, nil
	}
	txn.ApplyWatermarks(c, &m)
	if err := b.PutState(c, &m); err != nil || m.Number == 0 {
		return err
	}
	return b.lineUp(c)
}

// unshown returns what stands for a message that would show as nothing; nil: it does not.
func unshown(m store.Message) *model.Notable {
	if !m.Text.Blank() || len(m.Attachments) > 0 {
		return nil
	}
	return &model.Notable{Kind: model.EventUnknown}
}

// echoOfAttempt counts an attempt as arrived. It never makes a row: the reply has
// one, whatever was thought of the attempt.
func (b *receiveTx) echoOfAttempt(c *txn.Conversation, r store.Reply, a store.Attempt, mid model.MID, at time.Time) error {
	if err := b.rememberAttempt(a, mid); err != nil {
		return err
	}
	m, err := b.Store.Message(r.MessageID)
	if err != nil {
		return err
	}
	as := arrival{mid: mid, at: at, metaTime: true}
	switch {
	case m.MID == "":
		return b.arrive(c, &r, as)
	case r.Attempt == 1 && a.MID != m.MID: // what it was taken for by its text is another message
		return b.rebind(c, r, m, as)
	}
	m.DeliveredTwice = true
	return b.Put(c, &m)
}

func (b *repliesTx) rememberAttempt(a store.Attempt, mid model.MID) error {
	if a.MID == mid {
		return nil
	}
	a.MID = mid
	return b.Store.PutAttempt(a)
}

// replyLike finds the reply that an echo of our app without a token must be: the
// only open one of the conversation with that text, attempted before.
func (b *receiveTx) replyLike(c *txn.Conversation, e model.Inbound, ev model.Echo) (store.Reply, bool, error) {
	if ev.AppID != b.h.appID || ev.Metadata != "" {
		return store.Reply{}, false, nil
	}
	open, err := b.Store.UnsettledReplies(c.ID)
	if err != nil {
		return store.Reply{}, false, err
	}
	var match []store.Reply
	for _, r := range open {
		since := mayHaveArrived(r)
		if since.IsZero() || e.At.Before(since.Add(-echoSlack)) {
			continue
		}
		m, err := b.Store.Message(r.MessageID)
		if err != nil {
			return store.Reply{}, false, err
		}
		if sameText(m.Text, ev.Text) && sameKinds(m.Attachments, ev.Attachments) {
			match = append(match, r)
		}
	}
	if len(match) != 1 {
		return store.Reply{}, false, nil
	}
	return match[0], true, nil
}

// sameKinds tells whether both carry files of the same kinds.
func sameKinds(a, b []model.Attachment) bool {
	return slices.EqualFunc(a, b, func(a, b model.Attachment) bool { return a.Type == b.Type })
}

// mayHaveArrived returns since when an open reply may have reached Meta, zero if it
// can't have. One that waits to be sent again may have by an earlier attempt: its echo
// cancels the resend. One that is being posted is left to the outcome of that call.
func mayHaveArrived(r store.Reply) time.Time {
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

// sentElsewhere stores what somebody sent past us: in Meta's inbox, by another app.
func (b *receiveTx) sentElsewhere(c *txn.Conversation, e model.Inbound, ev model.Echo) error {
	author := model.Author{Kind: model.ByApp, ID: string(ev.AppID)}
	if ev.AppID == "" || ev.AppID.IsPageInbox() {
		author = model.Author{Kind: model.ByPage}
	}
	m := store.Message{
		Message: model.Message{
			MID: ev.MID, Direction: model.Out, Author: author, Text: ev.Text,
			Attachments: ev.Attachments, ReplyToMID: ev.ReplyTo, SentAt: e.At, State: model.Sent,
			Standby: e.Standby,
		},
		Order: e.At, MetaTime: true,
	}
	if m.Event = unshown(m); m.Event != nil {
		m.Event.Action = ev.Holds
	}
	return b.Add(c, &m)
}

// arrival is how a reply is known to have reached Meta.
type arrival struct {
	mid model.MID
	at  time.Time
	// metaTime: at is Meta's, to the millisecond.
	metaTime bool
	probably bool
}

// arrive makes a reply sent. A row that its echo made before is folded into it.
func (b *repliesTx) arrive(c *txn.Conversation, r *store.Reply, a arrival) error {
	m, err := b.Store.Message(r.MessageID)
	if err != nil {
		return err
	}
	if err := b.fold(c, &m, &a); err != nil {
		return err
	}
	m.MID, m.State, m.Error, m.WaitsFor = a.mid, model.Sent, nil, ""
	m.MetaTime, m.Probably = a.metaTime, a.probably
	m.Order = later(m.Order, a.at)
	if a.metaTime {
		m.Order = a.at
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
	if err := b.lineUp(c); err != nil {
		return err
	}
	return b.releaseQueue(c)
}

// fold takes over what is known of the row that an echo made of the same message,
// and removes that row.
func (b *repliesTx) fold(c *txn.Conversation, m *store.Message, a *arrival) error {
	other, err := b.Store.MessageByMID(b.Page.ID, a.mid)
	if errors.Is(err, store.ErrNotFound) || err == nil && other.ID == m.ID {
		return nil
	}
	if err != nil {
		return err
	}
	m.Reactions, m.ReactedAt, m.Feedback = other.Reactions, other.ReactedAt, other.Feedback
	if other.MetaTime {
		a.at, a.metaTime = other.SentAt, true
	}
	c.Changed, c.Newest = true, true
	return b.Store.RemoveMessage(other.ID)
}
