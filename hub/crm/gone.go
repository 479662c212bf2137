package crm

import (
	"context"
	"errors"
	"time"

	"parley/hub/store"
	"parley/hub/transcript"
	"parley/model"
)

// frozenPermission is how long users who could see a record when it was deleted may see that it
// was: the CRM can no longer be asked.
const frozenPermission = 100 * 365 * 24 * time.Hour

// fate is what is known about a record beyond what reading it tells.
type fate struct {
	// deleted: the CRM said that it was deleted. into is the person that it was merged into.
	deleted bool
	into    model.RecordRef
	// person is the person of a lead; permitted are the CRM users who could see the record, nil
	// if unknown.
	person    string
	permitted []int64
}

// refresh reads a linked record with the company token and applies what happened to it.
func (l *Links) refresh(ctx context.Context, ref model.RecordRef, f fate) error {
	r, err := l.records.Brief(ctx, ref)
	if !errors.Is(err, model.ErrCRMNotFound) {
		if err != nil {
			return err
		}
		return l.observe(ctx, r, byCRM())
	}
	if !f.deleted {
		// Either gone or hidden from the company token: an admin's token sees everything.
		if admin, err := l.company.TokenSeesAll(ctx); err != nil || !admin {
			return err
		}
	}
	return l.gone(ctx, ref, f)
}

// gone handles the links of a record that no longer exists.
func (l *Links) gone(ctx context.Context, ref model.RecordRef, f fate) error {
	switch {
	case ref.Type == model.Person && f.into.ID != "":
		return l.follow(ctx, ref, f.into, model.ActionMerged)
	case ref.Type == model.Lead:
		deal, err := l.dealOfLead(ctx, ref, f)
		if err != nil {
			return err
		}
		if deal.ID != "" {
			return l.follow(ctx, ref, deal, model.ActionConverted)
		}
	}
	return l.dropLinks(ctx, ref, f)
}

// dealOfLead returns the deal that a lead became, the zero value if unknown.
func (l *Links) dealOfLead(ctx context.Context, lead model.RecordRef, f fate) (model.RecordRef, error) {
	persons, err := l.personsOf(ctx, lead, f)
	if err != nil {
		return model.RecordRef{}, err
	}
	for _, p := range persons {
		deal, err := l.records.DealOfLead(ctx, lead.ID, p)
		if err == nil {
			return deal, nil
		}
		if !errors.Is(err, model.ErrCRMNotFound) {
			return model.RecordRef{}, err
		}
	}
	return l.dealOfNote(ctx, lead)
}

// dealOfNote finds the deal that a lead became through the note of a transcript, which moved to
// it.
func (l *Links) dealOfNote(ctx context.Context, lead model.RecordRef) (model.RecordRef, error) {
	if l.notes == nil {
		return model.RecordRef{}, nil
	}
	var parts []transcript.Part
	err := l.store.Read(ctx, func(r store.Reader) (err error) {
		parts, _, err = r.TranscriptsOn(lead, "", transcriptsAtOnce)
		return err
	})
	for _, p := range parts {
		if err != nil || p.Note == 0 {
			break
		}
		var n model.CRMNote
		n, err = l.notes.Note(ctx, nil, p.Note)
		if err == nil && n.Deal != "" {
			return model.RecordRef{Type: model.Deal, ID: n.Deal}, nil
		}
		if errors.Is(err, model.ErrCRMNotFound) {
			err = nil // that note is gone, too
		}
	}
	return model.RecordRef{}, err
}

// personsOf returns the persons that a lead was with, as far as known from the CRM and from
// links.
func (l *Links) personsOf(ctx context.Context, lead model.RecordRef, f fate) (list []string, err error) {
	seen := map[string]bool{"": true}
	add := func(id string) {
		if !seen[id] {
			seen[id] = true
			list = append(list, id)
		}
	}
	add(f.person)
	err = l.store.Read(ctx, func(r store.Reader) error {
		s, err := r.RecordState(lead)
		if err != nil {
			return err
		}
		add(s.Person)
		links, err := r.LinksTo(lead)
		for _, l := range links {
			if err != nil {
				break
			}
			var others []store.Link
			others, err = r.Links(l.Conversation)
			for _, o := range others {
				if o.Record.Type == model.Person {
					add(o.Record.ID)
				}
			}
		}
		return err
	})
	return list, err
}

// follow moves links to the record that replaced another, after asking the CRM who may see it.
func (l *Links) follow(ctx context.Context, from, to model.RecordRef, action string) error {
	r, err := l.records.Brief(ctx, to)
	if err != nil {
		return err
	}
	asked := l.now()
	ids, err := l.records.PermittedUsers(ctx, to)
	if err == nil {
		err = l.storePermissions(ctx, to, ids, asked)
	}
	if err == nil {
		err = l.observe(ctx, r, byCRM())
	}
	if err != nil {
		return err
	}
	return l.repoint(ctx, byCRM(), from, to, action)
}

// repoint moves links to the record that replaced another, and keeps who made them. A
// conversation keeps at most one person and one lead or deal.
func (l *Links) repoint(ctx context.Context, by model.Author, from, to model.RecordRef, action string) error {
	links, err := l.linksTo(ctx, from)
	for _, was := range links {
		if err != nil {
			break
		}
		err = l.store.Write(ctx, was.Conversation.Page(), func(tx store.PageTx) error {
			still, err := linked(tx, was.Conversation, from)
			if err != nil || still == nil {
				return err
			}
			if err := tx.RemoveLink(was.Conversation, from); err != nil {
				return err
			}
			others, err := tx.Links(was.Conversation)
			if err != nil {
				return err
			}
			for _, o := range others {
				if (o.Record.Type == model.Person) == (to.Type == model.Person) {
					return nil // it has a newer link already
				}
			}
			next := *still
			next.Record = to
			return errors.Join(tx.PutLink(next), l.transcripts.WriteSoon(tx, was.Conversation), l.putLine(tx, was.Conversation, by, model.Notable{
				Kind: model.EventRecord, Action: action, Record: &model.Link{Type: string(to.Type), ID: to.ID},
			}))
		})
		l.forgetSuggestions(was.Conversation)
	}
	return err
}

// dropLinks removes the links to a deleted record, and says so to users who could see it last;
// whoever made a link counts as one of them.
func (l *Links) dropLinks(ctx context.Context, ref model.RecordRef, f fate) error {
	links, err := l.linksTo(ctx, ref)
	if err != nil || len(links) == 0 {
		return err
	}
	if err := l.freeze(ctx, ref, links, f.permitted); err != nil {
		return err
	}
	for _, was := range links {
		err = errors.Join(err, l.store.Write(ctx, was.Conversation.Page(), func(tx store.PageTx) error {
			still, err := linked(tx, was.Conversation, ref)
			if err != nil || still == nil {
				return err
			}
			return errors.Join(tx.RemoveLink(was.Conversation, ref), l.transcripts.Detach(tx, was.Conversation, ref), l.putLine(tx, was.Conversation, byCRM(), model.Notable{
				Kind: model.EventRecord, Action: model.ActionDeleted, Record: &model.Link{Type: string(ref.Type), ID: ref.ID},
			}))
		}))
		l.forgetSuggestions(was.Conversation)
	}
	return err
}

// freeze stores for good who could see a deleted record: those whom the CRM named when it was
// deleted, or else those known to see it now and whoever linked it.
func (l *Links) freeze(ctx context.Context, ref model.RecordRef, links []store.Link, permitted []int64) error {
	var users []model.UserID
	if permitted != nil {
		var err error
		if users, err = l.company.UsersOf(ctx, permitted); err != nil {
			return err
		}
	}
	until := l.now().Add(frozenPermission)
	return l.store.Accounts(ctx, func(tx store.AccountTx) error {
		if permitted == nil {
			all, err := tx.Users()
			if err != nil {
				return err
			}
			for _, u := range all {
				sees, err := tx.SeesRecord(ref, store.Viewer{User: u.ID, Now: l.now()})
				if err != nil {
					return err
				}
				for _, l := range links {
					sees = sees || l.By == u.ID
				}
				if sees {
					users = append(users, u.ID)
				}
			}
		}
		s, err := tx.RecordState(ref)
		if err != nil {
			return err
		}
		s.Gone = true
		return errors.Join(tx.SetRecordState(ref, s), tx.SetPermissions(ref, users, until))
	})
}
