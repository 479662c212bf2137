package view

import (
	"context"
	"errors"

	"parley/hub/access"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
)

// Triage changes where a conversation stands in the team's work. An invalid change is a
// [*model.InvalidError]; one that changes nothing stores nothing.
func (i *Views) Triage(ctx context.Context, user model.User, id model.ConversationID, t model.Triage) error {
	if id.Page() == "" {
		return store.ErrNotFound
	}
	return i.store.Write(ctx, id.Page(), func(tx store.PageTx) error {
		page, was, err := access.AuthorizeConversation(tx, user.ID, id)
		if err != nil {
			return err
		}
		to, err := t.Of(was.Conversation, i.now())
		var bad *model.TriageError
		if errors.As(err, &bad) {
			return &model.InvalidError{Field: bad.Field, Reason: bad.Reason}
		}
		if err != nil || to.SameTriage(was.Conversation) {
			return err
		}
		if to.Assignee != nil && t.Assignee.Named {
			if to.Assignee, err = assignable(tx, page, to.Assignee.ID, was.Assignee); err != nil {
				return err
			}
		}
		if t.Assignee.Named && !sameUser(to.Assignee, was.Assignee) {
			to.AssignedBy = nil
			if to.Assignee != nil {
				by := user.Ref()
				to.AssignedBy = &by
			}
		}
		b, err := txn.Begin(tx, id.Page(), i.now())
		if err != nil {
			return err
		}
		c, err := b.Find(id.Customer())
		if err != nil {
			return err
		}
		c.Conversation.Conversation, c.Changed = to, true
		return b.Flush()
	})
}

// sameUser reports whether two references are to the same user, or both to nobody.
func sameUser(a, b *model.UserRef) bool {
	return a == nil && b == nil || a != nil && b != nil && a.ID == b.ID
}

// assignable returns the user to whom a conversation of a Page is to be assigned: one who may
// see it and is available, or to whom it was assigned before.
func assignable(r store.Reader, page store.Page, id model.UserID, was *model.UserRef) (*model.UserRef, error) {
	u, err := r.User(id)
	if errors.Is(err, store.ErrNotFound) || err == nil && !model.CanSee(u.ID, page.Page) {
		return nil, &model.InvalidError{Field: "assignee", Reason: "must be a user of this hub who may see the Page."}
	}
	if err != nil {
		return nil, err
	}
	if !model.CanAssign(u.ID, u.Away, was) {
		return nil, model.Refuse(model.NotAvailable)
	}
	ref := u.Ref()
	return &ref, nil
}

// MarkUnread moves the team's read mark back to before the customer's newest message. If that
// is unread already, or there is none, nothing changes.
func (i *Views) MarkUnread(ctx context.Context, user model.User, id model.ConversationID) error {
	if id.Page() == "" {
		return store.ErrNotFound
	}
	return i.store.Write(ctx, id.Page(), func(tx store.PageTx) error {
		_, was, err := access.AuthorizeConversation(tx, user.ID, id)
		if err != nil {
			return err
		}
		m, err := tx.NewestIn(id)
		if errors.Is(err, store.ErrNotFound) || err == nil && txn.After(m.Mark(), was.ReadMark) {
			return nil
		}
		if err != nil {
			return err
		}
		b, err := txn.Begin(tx, id.Page(), i.now())
		if err != nil {
			return err
		}
		c, err := b.Find(id.Customer())
		if err != nil {
			return err
		}
		c.ReadMark = store.Mark{Order: m.Order, FirstSeq: m.FirstSeq - 1}
		c.Changed = true
		if c.Unread, err = tx.CountUnread(id, c.ReadMark); err != nil {
			return err
		}
		return b.Flush()
	})
}
