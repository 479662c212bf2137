package transcripts

import (
	"context"
	"errors"
	"time"

	"parley/hub/access"
	"parley/hub/audit"
	"parley/hub/store"
	"parley/model"
)

// What the audit log says about syncing before and after.
const (
	auditOn  = "on"
	auditOff = "off"
)

func onOff(on bool) string {
	if on {
		return auditOn
	}
	return auditOff
}

func wakeIf(on bool, s *store.Sync, now time.Time) {
	s.Failures, s.Reason = 0, ""
	if on {
		s.Wake(now)
	} else {
		s.Rest()
	}
}

// SetSync turns the sync of a conversation's transcript on or off, for a user who may see a
// record that it is linked to. What was written stays.
func (ts *Transcripts) SetSync(ctx context.Context, user model.User, id model.ConversationID, on bool) error {
	return ts.ofLinked(ctx, user, id, func(tx store.PageTx, s *store.Sync, seen model.RecordRef) error {
		if s.Off == !on {
			return nil
		}
		s.Off = !on
		wakeIf(on, s, ts.now())
		e := audit.AboutPage(model.AuditSync, user, id.Page(), ts.now())
		// With the record in it, the entry shows only to those who may know of the link.
		e.Conversation, e.Record, e.From, e.To = id, &seen, onOff(!on), onOff(on)
		return tx.AddAudit(e)
	})
}

// SyncNow has a conversation's transcript written without waiting for more messages. It does
// nothing if the sync is off.
func (ts *Transcripts) SyncNow(ctx context.Context, user model.User, id model.ConversationID) error {
	return ts.ofLinked(ctx, user, id, func(tx store.PageTx, s *store.Sync, _ model.RecordRef) error {
		active, err := syncActive(tx, *s)
		if active {
			s.Wake(ts.now())
		}
		return err
	})
}

// ofLinked changes the sync of a conversation for a user who may see one of its linked records,
// which it passes to f.
func (ts *Transcripts) ofLinked(ctx context.Context, user model.User, id model.ConversationID, f func(store.PageTx, *store.Sync, model.RecordRef) error) error {
	c, err := ts.open(ctx, user, id)
	switch {
	case err != nil:
		return err
	case ts.notes == nil:
		return model.Refuse(model.NoCRM)
	case len(c.Links) == 0:
		return model.Refuse(model.NotLinked)
	}
	err = ts.store.Write(ctx, id.Page(), func(tx store.PageTx) error {
		if _, _, err := access.AuthorizeConversation(tx, user.ID, id); err != nil {
			return err
		}
		s, err := tx.Sync(id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		s.Conversation = id
		was := s
		if err := f(tx, &s, c.Links[0].Ref()); err != nil || s == was {
			return err
		}
		return putSync(tx, was, s)
	})
	return err
}

// SetPageSync turns the sync of a Page's transcripts on or off, for an admin who sees the Page.
// What was written stays.
func (ts *Transcripts) SetPageSync(ctx context.Context, user model.User, id model.PageID, on bool) (model.Page, error) {
	if err := ts.checked(ctx, user, id); err != nil {
		return model.Page{}, err
	}
	if ts.notes == nil {
		return model.Page{}, model.Refuse(model.NoCRM)
	}
	p, err := ts.changePage(ctx, id, func(tx store.PageTx, p *store.Page) error {
		switch {
		case !model.CanSee(user.ID, p.Page):
			return model.Refuse(model.NotInstaller)
		case p.SyncOff == !on:
			return nil
		}
		p.SyncOff = !on
		e := audit.AboutPage(model.AuditSync, user, id, ts.now())
		e.From, e.To = onOff(!on), onOff(on)
		return errors.Join(tx.AddAudit(e), ts.wakePage(tx, id, on))
	})
	p.Sees = true
	return p, err
}

// wakePage has the transcripts of a Page's conversations written if they are to be, and
// announces the links again.
func (ts *Transcripts) wakePage(tx store.PageTx, id model.PageID, on bool) error {
	all, err := tx.PageSyncs(id)
	for _, s := range all {
		if err != nil {
			break
		}
		if !s.Off {
			wakeIf(on, &s, ts.now())
			err = errors.Join(tx.PutSync(s), announceLinks(tx, s.Conversation))
		}
	}
	return err
}
