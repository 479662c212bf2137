package receive

import (
	"errors"
	"slices"
	"strings"
	"time"

	"parley/hub/replies"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
)

// echo stores what the Page wrote. It may be one of our replies, which must not show twice: it
// is recognised by Meta's id, by the token of an attempt, or, if Meta sends no token, by its
// text.
func (b *Tx) echo(e model.Inbound, ev model.Echo) error {
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
		return b.Arrive(c, &r, replies.Arrival{MID: ev.MID, At: e.At, MetaTime: true})
	}
	return b.sentElsewhere(c, e, ev)
}

// repliedElsewhere reports whether an echo is of a reply sent by another installation of the
// Page. It may arrive after the Page changed hands, and what was said in one installation is
// not for the owner of the other: it makes no row there.
func (b *Tx) repliedElsewhere(ev model.Echo) (bool, error) {
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

// echoOfKnown gives a message that is already stored Meta's own time.
func (b *Tx) echoOfKnown(c *txn.Conversation, m store.Message, e model.Inbound, ev model.Echo) error {
	if m.MID != ev.MID {
		return nil // an earlier attempt's echo, already counted
	}
	if r, a, err := b.Store.ReplyByToken(b.Page.ID, ev.Metadata); err == nil && r.MessageID == m.ID {
		if err := b.RememberAttempt(a, ev.MID); err != nil {
			return err
		}
		m.Probably = false
	} else if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	m.SentAt, m.Order, m.MetaTime = e.At, e.At, true
	then := func() error { return nil }
	if m.ClientID == "" && !m.Deleted && m.EditNumber == 0 && Unshown(m) != nil && !ev.Blank() { // an import was told less
		m.Text, m.Event = ev.Text, nil
		then = b.replaceAttachments(&m, ev.Attachments)
	}
	txn.ApplyWatermarks(c, &m)
	if err := b.PutState(c, &m); err != nil {
		return err
	}
	if err := then(); err != nil || m.Number == 0 {
		return err
	}
	return b.LineUp(c)
}

// Unshown returns what to show for a message that has no text and no attachments, or nil if it
// has some.
func Unshown(m store.Message) *model.Notable {
	if !m.Text.Blank() || len(m.Attachments) > 0 {
		return nil
	}
	return &model.Notable{Kind: model.EventUnknown}
}

// echoOfAttempt counts an attempt as arrived. It never makes a row: the reply has one already,
// whatever became of the attempt.
func (b *Tx) echoOfAttempt(c *txn.Conversation, r store.Reply, a store.Attempt, mid model.MID, at time.Time) error {
	if err := b.RememberAttempt(a, mid); err != nil {
		return err
	}
	m, err := b.Store.Message(r.MessageID)
	if err != nil {
		return err
	}
	as := replies.Arrival{MID: mid, At: at, MetaTime: true}
	switch {
	case m.MID == "":
		return b.Arrive(c, &r, as)
	case r.Attempt == 1 && a.MID != m.MID: // the message matched by its text was another one
		return b.Rebind(c, r, m, as)
	}
	m.DeliveredTwice = true
	return b.Put(c, &m)
}

// replyLike finds the reply that an echo of our app without a token must belong to: the only
// open one of the conversation with that text and an attempt before.
func (b *Tx) replyLike(c *txn.Conversation, e model.Inbound, ev model.Echo) (store.Reply, bool, error) {
	if ev.AppID != b.App || ev.Metadata != "" {
		return store.Reply{}, false, nil
	}
	open, err := b.Store.UnsettledReplies(c.ID)
	if err != nil {
		return store.Reply{}, false, err
	}
	var match []store.Reply
	for _, r := range open {
		since := replies.MayHaveArrived(r)
		if since.IsZero() || e.At.Before(since.Add(-replies.EchoSlack)) {
			continue
		}
		m, err := b.Store.Message(r.MessageID)
		if err != nil {
			return store.Reply{}, false, err
		}
		if replies.SameText(m.Text, ev.Text) && sameKinds(m.Attachments, ev.Attachments) {
			match = append(match, r)
		}
	}
	if len(match) != 1 {
		return store.Reply{}, false, nil
	}
	return match[0], true, nil
}

// sameKinds reports whether both have attachments of the same kinds in the same order.
func sameKinds(a, b []model.Attachment) bool {
	return slices.EqualFunc(a, b, func(a, b model.Attachment) bool { return a.Type == b.Type })
}

// sentElsewhere stores what somebody sent without us: from Meta's inbox or another app.
func (b *Tx) sentElsewhere(c *txn.Conversation, e model.Inbound, ev model.Echo) error {
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
	if m.Event = Unshown(m); m.Event != nil {
		m.Event.Action = ev.Holds
	}
	if err := b.Add(c, &m); err != nil {
		return err
	}
	return b.Interrupt(c, model.NewerReply, "")
}

// mergeWebhook updates a message that an import brought with what its webhook knows better: the
// time to the millisecond, the attachments and the event.
func (b *Tx) mergeWebhook(c *txn.Conversation, known store.Message, told *store.Message) error {
	if known.MetaTime || known.Direction != model.In {
		return nil
	}
	read := !txn.After(known.Mark(), c.ReadMark)
	known.SentAt, known.Order, known.MetaTime = told.SentAt, told.Order, true
	known.Event = told.Event
	then := func() error { return nil }
	if !known.Deleted {
		if len(told.Attachments) > 0 {
			then = b.replaceAttachments(&known, told.Attachments)
		}
		if known.EditNumber == 0 && strings.TrimSpace(string(told.Text)) != "" {
			known.Text = told.Text
		}
	}
	if read && txn.After(known.Mark(), c.ReadMark) {
		c.ReadMark, c.Changed = known.Mark(), true
	}
	if err := b.Put(c, &known); err != nil {
		return err
	}
	return then()
}
