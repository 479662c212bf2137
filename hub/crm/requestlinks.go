package crm

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

// Link links a conversation to a record that the user may see. It replaces the linked person,
// or the linked lead or deal, as the case may be.
func (rq *Requests) Link(ctx context.Context, user model.User, id model.ConversationID, ref model.RecordRef) error {
	if _, err := rq.conversation(ctx, user, id); err != nil {
		return err
	}
	return rq.onRecord(ctx, user, ref, func(e viewer, r model.Record, _ []int64) error {
		defer rq.forgetSuggestions(id)
		err := rq.changeLinks(ctx, user, id, func(l *linker) error {
			now, err := l.tx.Links(id)
			for _, was := range now {
				if err != nil || was.Record == ref {
					return err // it is linked already
				}
			}
			for _, was := range now {
				if err == nil && (was.Record.Type == model.Person) == (ref.Type == model.Person) {
					err = l.unlink(was.Record)
				}
			}
			if err != nil {
				return err
			}
			return l.link(ref)
		})
		if err == nil && !r.Locked { // a user who may only see a person changes nothing of theirs
			rq.notePSID(ctx, e, id, ref)
		}
		return err
	})
}

// Unlink removes a link to a record that the user may see, or that they made. A link that does
// not exist is refused like one that they may not see.
func (rq *Requests) Unlink(ctx context.Context, user model.User, id model.ConversationID, ref model.RecordRef) error {
	if _, err := rq.conversation(ctx, user, id); err != nil {
		return err
	}
	if rq.records == nil {
		return model.Refuse(model.NoCRM)
	}
	if !ref.Valid() {
		return model.Refuse(model.BadRecord)
	}
	var mine bool
	err := rq.store.Read(ctx, func(r store.Reader) error {
		l, err := linked(r, id, ref)
		if err != nil || l == nil {
			return err
		}
		mine = l.By == user.ID
		if !mine {
			mine, err = r.SeesRecord(ref, store.Viewer{User: user.ID, Now: rq.now()})
		}
		return err
	})
	if err != nil {
		return err
	}
	if !mine { // even if there is no link, so that the time taken tells nothing
		if err := rq.onRecord(ctx, user, ref, func(viewer, model.Record, []int64) error { return nil }); err != nil {
			return err
		}
	}
	defer rq.forgetSuggestions(id)
	return rq.changeLinks(ctx, user, id, func(l *linker) error { return errors.Join(l.unlink(ref), rq.transcripts.Detach(l.tx, id, ref)) })
}

// linked returns the link of a conversation to a record, nil if there is none.
func linked(r store.Reader, id model.ConversationID, ref model.RecordRef) (*store.Link, error) {
	all, err := r.Links(id)
	for _, l := range all {
		if l.Record == ref {
			return &l, nil
		}
	}
	return nil, err
}

// linker changes the links of one conversation inside one transaction.
type linker struct {
	rq   *Requests
	tx   store.PageTx
	user model.User
	id   model.ConversationID
}

func (rq *Requests) changeLinks(ctx context.Context, user model.User, id model.ConversationID, f func(*linker) error) error {
	return rq.store.Write(ctx, id.Page(), func(tx store.PageTx) error {
		if _, _, err := access.AuthorizeConversation(tx, user.ID, id); err != nil {
			return err
		}
		return f(&linker{rq, tx, user, id})
	})
}

func (l *linker) link(ref model.RecordRef) error {
	err := l.tx.PutLink(store.Link{Conversation: l.id, Record: ref, By: l.user.ID, At: l.rq.now()})
	return errors.Join(err, l.rq.transcripts.WriteSoon(l.tx, l.id), l.record(model.ActionLinked, model.AuditLinked, ref))
}

func (l *linker) unlink(ref model.RecordRef) error {
	err := l.tx.RemoveLink(l.id, ref)
	if errors.Is(err, store.ErrNotFound) {
		return model.Refuse(model.RecordNotFound)
	}
	return errors.Join(err, l.record(model.ActionUnlinked, model.AuditUnlinked, ref))
}

// record stores the line and the audit entry about a change.
func (l *linker) record(action string, kind model.AuditKind, ref model.RecordRef) error {
	err := l.rq.putLine(l.tx, l.id, byUser(l.user), model.Notable{
		Kind: model.EventRecord, Action: action, Record: &model.Link{Type: string(ref.Type), ID: ref.ID},
	})
	if err != nil {
		return err
	}
	e := audit.AboutPage(kind, l.user, l.id.Page(), l.rq.now())
	e.Conversation, e.Record = l.id, &ref
	return l.tx.AddAudit(e)
}

// lookTimeout is how long opening a conversation waits for the CRM.
const lookTimeout = 3 * time.Second

// lookRetry is how long we wait to ask again after the CRM did not answer.
const lookRetry = 30 * time.Second

// OpenConversation returns a conversation as [Options.Conversation] does, after asking the CRM
// about links for which the user's permission is unknown. Links that it can't tell about now
// are left out.
func (rq *Requests) OpenConversation(ctx context.Context, user model.User, id model.ConversationID) (model.Conversation, error) {
	c, err := rq.conversation(ctx, user, id)
	if err != nil || rq.records == nil {
		return c, err
	}
	unknown, err := rq.unknownLinks(ctx, user, id)
	if err != nil || len(unknown) == 0 {
		return c, err
	}
	limited, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	for _, ref := range unknown {
		err := rq.onRecord(limited, user, ref, func(viewer, model.Record, []int64) error { return nil })
		var refusal *model.Refusal
		again := permissionTTL
		switch {
		case err == nil:
			// The user's other screens, and colleagues who may see it, learn of it, too.
			err = rq.announceLink(ctx, id, ref)
		case errors.As(err, &refusal) && refusal.Code == model.RecordNotFound && rq.company.KnowsCompany():
			err = rq.refreshUnseen(limited, ref) // they may not see it, or it is gone
		case errors.As(err, &refusal) && refusal.Code != model.CRMLimited:
			err = nil // they may not see it
		default:
			again = lookRetry
		}
		if err != nil {
			rq.log.Warn("the CRM does not tell of a link", logkey.Conversation, string(id), logkey.Error, err)
		}
		rq.looked.Put(looked{user.ID, ref}, struct{}{}, rq.now(), rq.now().Add(again))
	}
	return rq.conversation(ctx, user, id)
}

// unknownLinks returns the links for which the user's permission is unknown.
func (rq *Requests) unknownLinks(ctx context.Context, user model.User, id model.ConversationID) (unknown []model.RecordRef, err error) {
	err = rq.store.Read(ctx, func(r store.Reader) error {
		links, err := r.Links(id)
		for _, l := range links {
			if err != nil {
				return err
			}
			var sees bool
			sees, err = r.SeesRecord(l.Record, store.Viewer{User: user.ID, Now: rq.now()})
			_, asked := rq.looked.Get(looked{user.ID, l.Record}, rq.now())
			if err == nil && !sees && !asked {
				unknown = append(unknown, l.Record)
			}
		}
		return err
	})
	return unknown, err
}

// refreshUnseen reads a linked record again that a user does not see.
func (rq *Requests) refreshUnseen(ctx context.Context, ref model.RecordRef) error {
	unlock, err := rq.recordLocks.Lock(ctx, ref)
	if err != nil {
		return err
	}
	defer unlock()
	return rq.refresh(ctx, ref, fate{})
}

func (rq *Requests) announceLink(ctx context.Context, id model.ConversationID, ref model.RecordRef) error {
	return rq.store.Write(ctx, id.Page(), func(tx store.PageTx) error {
		l, err := linked(tx, id, ref)
		if err != nil || l == nil {
			return err
		}
		return tx.PutLink(*l)
	})
}

// looked is the key under which we remember asking for a user's permission to see a record.
type looked struct {
	user   model.UserID
	record model.RecordRef
}
