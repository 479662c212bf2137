package hub

import (
	"context"
	"errors"
	"time"

	"parley/hub/logkey"
	"parley/hub/secret"
	"parley/hub/store"
	"parley/hub/wake"
	"parley/model"
)

// post hands a queued reply to Meta, if the rules still allow it. The attempt and
// its token are on disk before any byte leaves.
func (h *Hub) post(ctx context.Context, r store.Reply) error {
	var o model.Outgoing
	var file *model.OutgoingFile
	var attempt int
	err := h.change(ctx, r.MessageID, func(b *batch, c *openConversation, now store.Reply) (err error) {
		r = now
		o, attempt, err = b.claim(c, now)
		if errors.Is(err, errFileFirst) {
			file, err = b.outgoingFile(now)
		}
		return err
	})
	if err == nil && file != nil {
		return h.handFile(ctx, r, *file)
	}
	if err != nil || attempt == 0 {
		return err
	}
	// Once begun, a call is not cut off by the hub's end: its deadline bounds it.
	whole := context.WithoutCancel(ctx)
	out := h.graph.Send(whole, o)
	h.log.Info("reply attempted", logkey.Message, string(r.MessageID), logkey.Attempt, attempt,
		"outcome", int(out.Kind), logkey.Code, string(out.Code))
	return h.recordOutcome(whole, r.MessageID, attempt, out)
}

// recordOutcome stores what became of an attempt. It must not be lost: while the
// store can't be written it is tried again until the lease is over, after which the
// reply counts as unknown anyway.
func (h *Hub) recordOutcome(ctx context.Context, id model.MessageID, attempt int, out model.Outcome) error {
	ctx, cancel := context.WithTimeout(ctx, h.timing.Lease-h.timing.SendDeadline)
	defer cancel()
	for {
		err := h.change(ctx, id, func(b *batch, c *openConversation, r store.Reply) error {
			return b.outcome(c, r, attempt, out)
		})
		if errors.Is(err, ErrNotFound) { // deleted meanwhile
			err = h.bury(ctx, id.Page(), out.MID)
		}
		if err == nil || !wake.Pause(ctx, h.timing.RetryPause) {
			return err
		}
	}
}

// notSent says that a reply did not leave in time, and what Meta said of its file.
func notSent(r store.Reply) *model.MessageError {
	e := &model.MessageError{Code: model.NotSent}
	if r.File != nil && r.File.MetaID == "" {
		e.Detail = r.File.Said
	}
	return e
}

// claim judges a queued reply once more and, where it may leave, commits an attempt.
// It answers attempt 0 where it may not.
func (b *batch) claim(c *openConversation, r store.Reply) (model.Outgoing, int, error) {
	none := model.Outgoing{}
	if r.State != model.Queued || b.now.Before(r.WakeAt) {
		return none, 0, nil
	}
	limit := r.AcceptedAt.Add(b.h.timing.QueueLimit)
	if !b.now.Before(limit) {
		return none, 0, b.settle(c, r, model.Ask, notSent(r))
	}
	open, err := b.unsettled(c.ID)
	if err != nil {
		return none, 0, err
	}
	for n := range open {
		if other := holdsUp(open, n); open[n].MessageID == r.MessageID && other != "" {
			return none, 0, b.reschedule(c, r, other, limit)
		}
	}
	v := model.CanReply(b.now, b.page.Page, c.Conversation.Conversation, r.SentBy)
	if !v.Allowed {
		return none, 0, b.refusedBeforeCall(c, r, v, limit)
	}
	if r.File != nil && !handed(r.File, b.now) {
		return none, 0, errFileFirst
	}
	return b.attempt(c, r)
}

// errFileFirst: before the reply can leave, Meta must have its file.
var errFileFirst = errors.New("file first")

// outgoingFile is a reply's file on its way to Meta.
func (b *batch) outgoingFile(r store.Reply) (*model.OutgoingFile, error) {
	token, err := b.h.pageToken(b.page)
	return &model.OutgoingFile{
		Page: b.page.PageID, Token: token, Kind: r.File.Kind, Media: r.File.Media, Name: string(r.File.Name), Size: r.File.Size,
	}, err
}

// refusedBeforeCall ends a reply that may not leave any more, or has it wait.
func (b *batch) refusedBeforeCall(c *openConversation, r store.Reply, v model.Verdict, limit time.Time) error {
	switch v.Code {
	case model.RateLimited:
		return b.reschedule(c, r, "", earlier(*v.Until, limit))
	case model.Hidden:
		return b.settle(c, r, model.Dropped, &model.MessageError{Code: v.Code})
	default:
		return b.settle(c, r, model.Failed, &model.MessageError{Code: v.Code})
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// attemptTokenBytes is how long what an attempt carries as metadata is: 128 bits.
const attemptTokenBytes = 16

// attempt commits that the reply is about to leave, and returns what leaves.
func (b *batch) attempt(c *openConversation, r store.Reply) (model.Outgoing, int, error) {
	depart(c, &r)
	r.Attempt++
	r.Token = secret.New(attemptTokenBytes)
	r.State, r.AttemptAt, r.LeaseUntil = model.Posting, b.now, b.now.Add(b.h.timing.Lease)
	r.WakeAt, r.Checks, r.CheckedAt = r.LeaseUntil, 0, time.Time{}
	err := b.tx.PutAttempt(store.Attempt{MessageID: r.MessageID, Number: r.Attempt, Token: r.Token, At: b.now})
	if err != nil {
		return model.Outgoing{}, 0, err
	}
	b.probeRestriction()
	if err := b.moved(c, r, nil); err != nil {
		return model.Outgoing{}, 0, err
	}
	m, err := b.tx.Message(r.MessageID)
	if err != nil {
		return model.Outgoing{}, 0, err
	}
	token, err := b.h.pageToken(b.page)
	if err != nil {
		return model.Outgoing{}, 0, err
	}
	o := model.Outgoing{
		Page: b.page.PageID, Token: token, To: c.Customer.PSID, Text: m.Text, Metadata: r.Token,
	}
	if r.File != nil {
		o.Attachment = &model.OutgoingAttachment{Kind: r.File.Kind, ID: r.File.MetaID}
	}
	if m.ReplyTo != "" {
		q, err := b.tx.Message(m.ReplyTo)
		if err != nil {
			return model.Outgoing{}, 0, err
		}
		o.ReplyTo = q.MID
	}
	return o, r.Attempt, nil
}

// probeRestriction counts this reply as the one that is let through an hour after a
// restriction was learnt from a refusal: the next has to wait again.
func (b *batch) probeRestriction() {
	if p := b.page.Restricted; p != nil && p.RetryAt != nil {
		next := b.now.Add(model.RestrictionRetry)
		b.page.Restricted = &model.Restriction{Reason: p.Reason, Since: p.Since, RetryAt: &next}
		b.pageChanged = true
	}
}
