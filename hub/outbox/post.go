package outbox

import (
	"context"
	"errors"
	"time"

	"parley/hub/logkey"
	"parley/hub/replies"
	"parley/hub/secret"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/hub/wake"
	"parley/model"
)

// post sends a queued reply to Meta, if the rules still allow it. The attempt and its token are
// on disk before any byte leaves.
func (o *Outbox) post(ctx context.Context, r store.Reply) error {
	var out model.Outgoing
	var file *model.OutgoingFile
	var attempt int
	err := o.change(ctx, r.MessageID, func(b *tx, c *txn.Conversation, now store.Reply) (err error) {
		r = now
		out, attempt, err = b.claim(c, now)
		if errors.Is(err, errFileFirst) {
			file, err = b.outgoingFile(now)
		}
		return err
	})
	if err == nil && file != nil {
		return o.uploadFile(ctx, r, *file)
	}
	if err != nil || attempt == 0 {
		return err
	}
	// Once begun, a call is not cut off when the hub stops: its own deadline bounds it.
	whole := context.WithoutCancel(ctx)
	outcome := o.graph.Send(whole, out)
	o.log.Info("reply attempted", logkey.Message, string(r.MessageID), logkey.Attempt, attempt,
		"outcome", int(outcome.Kind), logkey.Code, string(outcome.Code))
	return o.recordOutcome(whole, r.MessageID, attempt, outcome)
}

// recordOutcome stores the outcome of an attempt. It must not be lost: while the store can't be
// written, this tries again until the lease is over, after which the reply counts as unknown
// anyway.
func (o *Outbox) recordOutcome(ctx context.Context, id model.MessageID, attempt int, out model.Outcome) error {
	ctx, cancel := context.WithTimeout(ctx, o.timing.Lease-o.timing.SendDeadline)
	defer cancel()
	for {
		err := o.change(ctx, id, func(b *tx, c *txn.Conversation, r store.Reply) error {
			return b.outcome(c, r, attempt, out)
		})
		if errors.Is(err, store.ErrNotFound) { // deleted meanwhile
			err = o.bury(ctx, id.Page(), out.MID)
		}
		if err == nil || !wake.Pause(ctx, o.timing.RetryPause) {
			return err
		}
	}
}

// notSent is the error of a reply that did not leave in time, with what Meta said about its
// file.
func notSent(r store.Reply) *model.MessageError {
	e := &model.MessageError{Code: model.NotSent}
	if r.File != nil && r.File.MetaID == "" {
		e.Detail = r.File.Said
	}
	return e
}

// claim judges a queued reply once more and commits an attempt if it may leave. Otherwise it
// returns attempt 0.
func (b *tx) claim(c *txn.Conversation, r store.Reply) (model.Outgoing, int, error) {
	none := model.Outgoing{}
	if r.State != model.Queued || b.Now.Before(r.WakeAt) {
		return none, 0, nil
	}
	if !r.SendAt.IsZero() {
		if goes, err := b.judgeScheduled(c, r); !goes || err != nil {
			return none, 0, err
		}
	}
	limit := r.AcceptedAt.Add(b.QueueLimit)
	if !b.Now.Before(limit) {
		return none, 0, b.Settle(c, r, model.Ask, notSent(r))
	}
	open, err := b.Unsettled(c.ID)
	if err != nil {
		return none, 0, err
	}
	for n := range open {
		if other := replies.HoldsUp(open, n); open[n].MessageID == r.MessageID && other != "" {
			return none, 0, b.Reschedule(c, r, other, limit)
		}
	}
	v := model.CanReply(b.Now, b.Page.Page, c.Conversation.Conversation, r.SentBy)
	if !v.Allowed {
		return none, 0, b.refusedBeforeCall(c, r, v, limit)
	}
	if r.File != nil && !atMeta(r.File, b.Now) {
		return none, 0, errFileFirst
	}
	return b.attempt(c, r)
}

// errFileFirst means that Meta must have the reply's file before the reply can leave.
var errFileFirst = errors.New("file first")

// outgoingFile returns a reply's file for upload to Meta.
func (b *tx) outgoingFile(r store.Reply) (*model.OutgoingFile, error) {
	token, err := b.o.token(b.Page)
	return &model.OutgoingFile{
		Page: b.Page.PageID, Token: token, Kind: r.File.Kind, Media: r.File.Media, Name: string(r.File.Name), Size: r.File.Size,
	}, err
}

// refusedBeforeCall ends a reply that may no longer leave, or has it wait.
func (b *tx) refusedBeforeCall(c *txn.Conversation, r store.Reply, v model.Verdict, limit time.Time) error {
	switch v.Code {
	case model.RateLimited:
		return b.Reschedule(c, r, "", replies.Earlier(*v.Until, limit))
	case model.Hidden:
		return b.Settle(c, r, model.Dropped, &model.MessageError{Code: v.Code})
	default:
		return b.Settle(c, r, model.Failed, &model.MessageError{Code: v.Code})
	}
}

// attemptTokenBytes is the length of the token that an attempt carries as metadata: 128 bits.
const attemptTokenBytes = 16

// attempt commits that the reply is about to leave, and returns what to send.
func (b *tx) attempt(c *txn.Conversation, r store.Reply) (model.Outgoing, int, error) {
	replies.Depart(c, &r)
	r.Attempt++
	r.Token = secret.New(attemptTokenBytes)
	r.State, r.AttemptAt, r.LeaseUntil = model.Posting, b.Now, b.Now.Add(b.o.timing.Lease)
	r.WakeAt, r.Checks, r.CheckedAt = r.LeaseUntil, 0, time.Time{}
	err := b.Store.PutAttempt(store.Attempt{MessageID: r.MessageID, Number: r.Attempt, Token: r.Token, At: b.Now})
	if err != nil {
		return model.Outgoing{}, 0, err
	}
	b.probeRestriction()
	if err := b.Move(c, r, nil); err != nil {
		return model.Outgoing{}, 0, err
	}
	m, err := b.Store.Message(r.MessageID)
	if err != nil {
		return model.Outgoing{}, 0, err
	}
	token, err := b.o.token(b.Page)
	if err != nil {
		return model.Outgoing{}, 0, err
	}
	o := model.Outgoing{
		Page: b.Page.PageID, Token: token, To: c.Customer.PSID, Text: m.Text, Metadata: r.Token,
	}
	if r.File != nil {
		o.Attachment = &model.OutgoingAttachment{Kind: r.File.Kind, ID: r.File.MetaID}
	}
	if m.ReplyTo != "" {
		q, err := b.Store.Message(m.ReplyTo)
		if err != nil {
			return model.Outgoing{}, 0, err
		}
		o.ReplyTo = q.MID
	}
	return o, r.Attempt, nil
}

// probeRestriction counts this reply as the one let through an hour after a restriction was
// learned from a refusal: the next has to wait again.
func (b *tx) probeRestriction() {
	if p := b.Page.Restricted; p != nil && p.RetryAt != nil {
		next := b.Now.Add(model.RestrictionRetry)
		b.Page.Restricted = &model.Restriction{Reason: p.Reason, Since: p.Since, RetryAt: &next}
		b.PageChanged = true
	}
}

// bury remembers the mid of a reply that Meta accepted while its conversation was deleted: its
// echo may come without the token.
func (o *Outbox) bury(ctx context.Context, page model.PageID, mid model.MID) error {
	if mid == "" {
		return nil
	}
	return o.store.Write(ctx, page, func(tx store.PageTx) error { return tx.BuryMID(mid) })
}

// failQueued fails the Page's queued and scheduled replies.
func (b *tx) failQueued() error {
	queued, err := b.Store.RepliesIn(b.Page.ID, model.Queued, model.Scheduled)
	if err != nil {
		return err
	}
	for _, r := range queued {
		c, err := b.Find(r.ConversationID.Customer())
		if err != nil {
			return err
		}
		if c == nil {
			continue
		}
		if err := b.Settle(c, r, model.Failed, &model.MessageError{Code: model.PageDisconnected}); err != nil {
			return err
		}
	}
	return nil
}
