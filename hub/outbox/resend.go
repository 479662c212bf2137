package outbox

import (
	"context"
	"time"

	"parley/hub/access"
	"parley/hub/audit"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
)

// Retry sends a reply again that failed or asks, or a scheduled one before its time, because a
// person said so. attempt is the
// attempt that they saw.
func (o *Outbox) Retry(ctx context.Context, user model.User, id model.MessageID, conversation model.ConversationID, attempt int, seen *int64) (model.Message, error) {
	return o.decide(ctx, model.AuditResent, user, id, conversation, func(b *tx, c *txn.Conversation, r store.Reply) error {
		if r.Attempt != attempt || r.State != model.Ask && r.State != model.Failed && r.State != model.Scheduled {
			return model.Refuse(model.StateChanged)
		}
		if v := model.CanReply(b.Now, b.Page.Page, c.Conversation.Conversation, user.ID); !v.Allowed {
			return model.RefuseReply(v, b.Page.Page, c.Conversation.Conversation)
		}
		if err := checkNewer(b.Store, user.ID, c.ID, seen); err != nil {
			return err
		}
		r.State, r.AcceptedAt, r.SentBy, r.Failures, r.WakeAt = model.Queued, b.Now, user.ID, 0, time.Time{}
		r.SendAt, r.SeenSeq = time.Time{}, 0 // from now on it is as any other
		if err := b.Move(c, r, nil); err != nil {
			return err
		}
		return b.Release(c)
	})
}

// Drop gives up a reply that is not on its way: one that asks, failed, waits or is scheduled. A nil attempt
// is not checked.
func (o *Outbox) Drop(ctx context.Context, user model.User, id model.MessageID, conversation model.ConversationID, attempt *int) (model.Message, error) {
	return o.decide(ctx, model.AuditDropped, user, id, conversation, func(b *tx, c *txn.Conversation, r store.Reply) error {
		if attempt != nil && r.Attempt != *attempt {
			return model.Refuse(model.StateChanged)
		}
		switch r.State {
		case model.Ask, model.Failed, model.Queued, model.Scheduled:
			return b.Settle(c, r, model.Dropped, nil)
		default:
			return model.Refuse(model.StateChanged)
		}
	})
}

// decide applies a person's decision about a reply.
func (o *Outbox) decide(ctx context.Context, kind model.AuditKind, user model.User, id model.MessageID, conversation model.ConversationID,
	f func(*tx, *txn.Conversation, store.Reply) error,
) (model.Message, error) {
	if conversation.Page() == "" {
		return model.Message{}, store.ErrNotFound
	}
	var out model.Message
	err := o.store.Write(ctx, conversation.Page(), func(tx store.PageTx) error {
		if _, _, err := access.AuthorizeConversation(tx, user.ID, conversation); err != nil {
			return err
		}
		r, err := tx.Reply(id)
		if err != nil {
			return err
		}
		if r.ConversationID != conversation || r.State == "" {
			return store.ErrNotFound // of another conversation, or a note
		}
		b, err := o.begin(tx, conversation.Page())
		if err != nil {
			return err
		}
		c, err := b.Find(conversation.Customer())
		if err != nil {
			return err
		}
		if err := f(b, c, r); err != nil {
			return err
		}
		if err := b.Flush(); err != nil {
			return err
		}
		e := audit.AboutPage(kind, user, b.Page.ID, b.Now)
		e.Conversation, e.Message = conversation, id
		if err := tx.AddAudit(e); err != nil {
			return err
		}
		m, err := tx.Message(id)
		out = m.Message
		return err
	})
	if err != nil {
		return model.Message{}, err
	}
	o.Wake.Notify()
	if out.State == model.Dropped {
		o.files.Gone.Notify() // its file may no longer be needed
	}
	return out, nil
}
