package receive

import (
	"context"
	"errors"
	"time"

	"parley/hub/access"
	"parley/hub/audit"
	"parley/hub/logkey"
	"parley/hub/store"
	"parley/model"
)

// deletionSlack is how far ahead of the hub's clock the Meta time of a deleted message may be:
// clocks differ. A time beyond that is a mistake and must not keep later messages away.
const deletionSlack = time.Minute

// DeleteConversation deletes a conversation and everything that belongs to it. Only the Page's
// installer may do so, even after the Page was uninstalled. Nothing that Meta timed at or
// before the newest thing in it comes back; anything later opens a new conversation.
//
// It returns once nothing of it is left on disk. If something is left because somebody still
// reads the store, it returns [model.NotErased]; the conversation is deleted all the same.
//
// Replies waiting to be sent are deleted with it. One that is being posted can't be called
// back: it may arrive, but its outcome is not stored and its echo brings nothing back.
func (r *Receiver) DeleteConversation(ctx context.Context, user model.User, id model.ConversationID) error {
	if id.Page() == "" {
		return store.ErrNotFound
	}
	var uploads []string
	err := r.store.Write(ctx, id.Page(), func(tx store.PageTx) error {
		page, c, err := access.AuthorizeConversation(tx, user.ID, id)
		if err != nil {
			return err
		}
		if page.Installer.ID != user.ID {
			return model.Refuse(model.NotInstaller)
		}
		now := r.utc()
		until, err := newestHeld(tx, c)
		if err != nil {
			return err
		}
		if most := now.Add(deletionSlack); until.After(most) {
			until = most
		}
		if uploads, err = tx.Uploads(id); err != nil {
			return err
		}
		if err := tx.DeleteConversation(id, until); err != nil {
			return err
		}
		e := audit.AboutPage(model.AuditDeleted, user, page.ID, now)
		e.Conversation = id
		return tx.AddAudit(e)
	})
	if err != nil {
		return err
	}
	r.deleted.Notify()
	r.log.Info("conversation deleted", logkey.Conversation, string(id), logkey.User, string(user.ID))
	err = r.removeFiles(ctx, uploads)
	if r.forgetMedia != nil {
		err = errors.Join(err, r.forgetMedia(ctx, id))
	}
	if err = errors.Join(err, r.store.Erased()); err != nil {
		r.log.Warn("something of a deleted conversation is still on the disk", logkey.Conversation, string(id), logkey.Error, err)
		return model.Refuse(model.NotErased)
	}
	return nil
}

// newestHeld returns Meta's time of the newest thing that a conversation holds or knows of:
// events are forgotten after a while, but what they said is not.
func newestHeld(r store.Reader, c store.Conversation) (time.Time, error) {
	newest, err := r.HeldUpTo(c.ID)
	for _, at := range []time.Time{c.OpenedAt, c.InboundAt, c.OtherAppAt, c.DeliveredUpTo, c.ReadUpTo} {
		if at.After(newest) {
			newest = at
		}
	}
	return newest, err
}

// Deleted reports whether a customer's conversation was deleted along with everything said up
// to the given time.
func (b *Tx) Deleted(psid model.PSID, at time.Time) (bool, error) {
	until, err := b.Store.Tombstone(model.NewConversationID(b.Page.ID, psid))
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && !at.After(until), err
}

// deletedBefore reports whether an event belongs to something deleted: it is as old as that,
// or, whatever its time, about a deleted message or a reply that was on its way then.
func (b *Tx) deletedBefore(e model.Inbound) (bool, error) {
	gone, err := b.Deleted(e.Customer, e.At)
	if !gone && err == nil {
		gone, err = b.Store.BuriedEvent(b.Page.ID, e.Key)
	}
	if gone || err != nil {
		return gone, err
	}
	switch ev := e.Event.(type) {
	case model.CustomerMessage:
		return b.Store.Buried(b.Page.ID, "", ev.MID)
	case model.Postback:
		return b.Store.Buried(b.Page.ID, "", ev.MID)
	case model.Echo:
		return b.Store.Buried(b.Page.ID, ev.Metadata, ev.MID)
	}
	return false, nil
}
