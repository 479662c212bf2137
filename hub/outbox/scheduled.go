package outbox

import (
	"context"
	"errors"

	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
	"parley/model/schedule"
)

// queueScheduled queues the scheduled replies of a conversation whose time has come. Whether they
// may leave is judged where all replies are judged last: in claim.
func (o *Outbox) queueScheduled(ctx context.Context, r store.Reply) error {
	return o.change(ctx, r.MessageID, func(b *tx, c *txn.Conversation, now store.Reply) error {
		if now.State != model.Scheduled || b.Now.Before(now.SendAt) {
			return nil
		}
		return b.Queue(c)
	})
}

// interrupted has scheduled replies ask that were written before what is accepted now: those of
// others, if it is a reply, and those accepted now, if the customer wrote what their writer had
// not seen.
func (b *tx) interrupted(c *txn.Conversation, d Draft, user model.UserID) error {
	if d.Note {
		return nil
	}
	if d.SendAt == nil {
		return b.Interrupt(c, model.NewerReply, user)
	}
	if d.SeenSeq == nil {
		return nil
	}
	wrote, err := b.wroteSince(c.ID, *d.SeenSeq)
	if err != nil || !wrote {
		return err
	}
	return b.Interrupt(c, model.CustomerWrote, "")
}

// wroteSince reports whether the customer wrote after a seq of the Page.
func (b *tx) wroteSince(id model.ConversationID, seq int64) (bool, error) {
	newest, err := b.Store.NewestIn(id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && newest.FirstSeq > seq, err
}

// judgeScheduled decides on a scheduled reply that is about to leave: it returns false if it is
// settled, or waits.
func (b *tx) judgeScheduled(c *txn.Conversation, r store.Reply) (bool, error) {
	limit := r.AcceptedAt.Add(b.QueueLimit)
	m := schedule.Meanwhile{
		Late: !b.Now.Before(limit), Verdict: model.CanReply(b.Now, b.Page.Page, c.Conversation.Conversation, r.SentBy),
	}
	var err error
	if m.Wrote, err = b.wroteSince(c.ID, r.SeenSeq); err != nil {
		return false, err
	}
	if m.Answered, err = b.Store.AnsweredSince(c.ID, r.UserID, r.SeenSeq); err != nil {
		return false, err
	}
	if _, err = b.Store.User(r.UserID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, err
	}
	m.Removed = err != nil
	switch state, code := schedule.Decide(m); state {
	case model.Posting:
		return true, nil
	case model.Queued:
		return false, b.refusedBeforeCall(c, r, m.Verdict, limit)
	case model.Ask:
		e := &model.MessageError{Code: code}
		if code == model.NotSent {
			e = notSent(r)
		}
		return false, b.Settle(c, r, state, e)
	default:
		return false, b.Settle(c, r, state, &model.MessageError{Code: code})
	}
}
