package outbox

import (
	"context"
	"errors"
	"time"

	"parley/hub/logkey"
	"parley/hub/replies"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
)

var errPageGone = errors.New("page not connected")

// makeUnknown marks a reply whose attempt can no longer be followed.
func (o *Outbox) makeUnknown(ctx context.Context, r store.Reply) error {
	return o.change(ctx, r.MessageID, func(b *tx, c *txn.Conversation, now store.Reply) error {
		if now.State != model.Posting || now.Attempt != r.Attempt {
			return nil
		}
		return b.unknown(c, now, "")
	})
}

// nextCheck returns when to look into the Page's inbox next for a reply of unknown outcome;
// after the last check, when to ask its writer.
func (o *Outbox) nextCheck(r store.Reply) time.Time {
	if r.Checks < len(o.timing.UnknownChecks) {
		return r.AttemptAt.Add(o.timing.UnknownChecks[r.Checks])
	}
	return r.AttemptAt.Add(o.timing.AskAfter)
}

// check looks into the Page's inbox for a reply of unknown outcome, and asks its writer once
// all checks are done.
func (o *Outbox) check(ctx context.Context, r store.Reply) error {
	if r.Checks >= len(o.timing.UnknownChecks) {
		return o.change(ctx, r.MessageID, o.askIfDue)
	}
	p, err := o.pageOf(ctx, r)
	if err != nil {
		return err // Meta was not asked: the reply stays due
	}
	thread, err := o.thread(ctx, p, r)
	if ctx.Err() != nil {
		return nil // the hub is stopping; the next run checks again
	}
	if err != nil {
		o.log.Warn("check reply in the page's inbox", logkey.Message, string(r.MessageID), logkey.Error, err)
	}
	return o.change(ctx, r.MessageID, func(b *tx, c *txn.Conversation, now store.Reply) error {
		if now.State != model.Unknown || now.Attempt != r.Attempt {
			return nil
		}
		if found, at, ferr := b.findInThread(now, thread); ferr != nil {
			return ferr
		} else if found != "" {
			return b.Arrive(c, &now, replies.Arrival{MID: found, At: at, Probably: true})
		}
		now.Checks = o.checksDone(now, b.Now)
		if err == nil {
			now.CheckedAt = b.Now
		}
		now.WakeAt = o.nextCheck(now)
		if err := b.Store.PutReply(now); err != nil {
			return err
		}
		return o.askIfDue(b, c, now)
	})
}

// checksDone counts the check just made, and those whose time came while it waited for its
// turn: they would ask the same again.
func (o *Outbox) checksDone(r store.Reply, now time.Time) int {
	n := r.Checks + 1
	for n < len(o.timing.UnknownChecks) && !now.Before(r.AttemptAt.Add(o.timing.UnknownChecks[n])) {
		n++
	}
	return n
}

func (o *Outbox) pageOf(ctx context.Context, r store.Reply) (p store.Page, err error) {
	err = o.store.Read(ctx, func(reader store.Reader) error {
		p, err = reader.Page(r.MessageID.Page())
		return err
	})
	return p, err
}

// thread reads the newest messages of a reply's conversation from the Page's inbox. It waits
// for its turn as long as the hub runs; the call itself has its own deadline.
func (o *Outbox) thread(ctx context.Context, p store.Page, r store.Reply) ([]model.SentMessage, error) {
	if p.UninstalledAt != nil {
		return nil, errPageGone
	}
	token, err := o.token(p)
	if err != nil {
		return nil, err
	}
	return o.graph.ThreadMessages(ctx, token, p.PageID, r.ConversationID.Customer())
}

// findInThread looks for a reply among the messages of the Page's inbox: from the Page, with
// the same text, not created before the attempt, and not another message of ours.
func (b *tx) findInThread(r store.Reply, thread []model.SentMessage) (model.MID, time.Time, error) {
	m, err := b.Store.Message(r.MessageID)
	if err != nil {
		return "", time.Time{}, err
	}
	if m.Text == "" {
		return "", time.Time{}, nil // a file: nothing in the inbox distinguishes it from others
	}
	for _, s := range thread {
		if !s.FromPage || !replies.SameText(s.Text, m.Text) || s.CreatedAt.Before(r.AttemptAt.Add(-replies.EchoSlack)) {
			continue
		}
		_, err := b.Store.MessageByMID(b.Page.ID, s.MID)
		if errors.Is(err, store.ErrNotFound) {
			return s.MID, b.EventTime(s.CreatedAt), nil
		}
		if err != nil {
			return "", time.Time{}, err
		}
	}
	return "", time.Time{}, nil
}

// askIfDue has a reply ask its writer once all checks are done and it is time.
func (o *Outbox) askIfDue(b *tx, c *txn.Conversation, r store.Reply) error {
	if r.State != model.Unknown || r.Checks < len(o.timing.UnknownChecks) || b.Now.Before(r.AttemptAt.Add(o.timing.AskAfter)) {
		return nil
	}
	m, err := b.Store.Message(r.MessageID)
	if err != nil {
		return err
	}
	e := &model.MessageError{Code: model.OutcomeUnknown, Unchecked: r.CheckedAt.Before(r.AttemptAt.Add(o.timing.CheckGrace))}
	if m.Error != nil {
		e.Detail = m.Error.Detail // what Meta answered to the attempt
	}
	return b.Settle(c, r, model.Ask, e)
}
