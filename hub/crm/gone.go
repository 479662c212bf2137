package crm

import (
	"context"
	"errors"
	"time"

	"parley/hub/store"
	"parley/hub/transcript"
	"parley/model"
)

// frozenSight is how long those who could see a record when it was deleted are told that
// it was: nobody can be asked any more.
const frozenSight = 100 * 365 * 24 * time.Hour

// fate is what is known of a record besides what reading it tells.
type fate struct {
	// deleted: the CRM said that it is gone. into is into which person it was merged.
	deleted bool
	into    model.RecordRef
	// person is whom a lead was with; permitted who could see the record, nil: not known.
	person    string
	permitted []int64
}

// readAgain reads a linked record by the company token, and sees to what became of it.
func (ls *Links) readAgain(ctx context.Context, ref model.RecordRef, f fate) error {
	r, err := ls.records.Brief(ctx, ref)
	if !errors.Is(err, model.ErrCRMNotFound) {
		if err != nil {
			return err
		}
		return ls.observe(ctx, r, byCRM())
	}
	if !f.deleted {
		// Not there, or not for the company token to see: that of an admin sees all.
		if admin, err := ls.company.OfAdmin(ctx); err != nil || !admin {
			return err
		}
	}
	return ls.gone(ctx, ref, f)
}

// gone sees to the links of a record that is not there any more.
func (ls *Links) gone(ctx context.Context, ref model.RecordRef, f fate) error {
	switch {
	case ref.Type == model.Person && f.into.ID != "":
		return ls.follow(ctx, ref, f.into, model.ActionMerged)
	case ref.Type == model.Lead:
		deal, err := ls.dealOfLead(ctx, ref, f)
		if err != nil {
			return err
		}
		if deal.ID != "" {
			return ls.follow(ctx, ref, deal, model.ActionConverted)
		}
	}
	return ls.dropLinks(ctx, ref, f)
}

// dealOfLead finds the deal that a lead became; zero: none is known.
func (ls *Links) dealOfLead(ctx context.Context, lead model.RecordRef, f fate) (model.RecordRef, error) {
	persons, err := ls.personsOf(ctx, lead, f)
	if err != nil {
		return model.RecordRef{}, err
	}
	for _, p := range persons {
		deal, err := ls.records.DealOfLead(ctx, lead.ID, p)
		if err == nil {
			return deal, nil
		}
		if !errors.Is(err, model.ErrCRMNotFound) {
			return model.RecordRef{}, err
		}
	}
	return ls.dealOfNote(ctx, lead)
}

// dealOfNote finds the deal that a lead became by a transcript's note, which went over to
// it.
func (ls *Links) dealOfNote(ctx context.Context, lead model.RecordRef) (model.RecordRef, error) {
	if ls.notes == nil {
		return model.RecordRef{}, nil
	}
	var parts []transcript.Part
	err := ls.store.Read(ctx, func(r store.Reader) (err error) {
		parts, _, err = r.TranscriptsOn(lead, "", transcriptsAtOnce)
		return err
	})
	for _, p := range parts {
		if err != nil || p.Note == 0 {
			break
		}
		var n model.CRMNote
		n, err = ls.notes.Note(ctx, nil, p.Note)
		if err == nil && n.Deal != "" {
			return model.RecordRef{Type: model.Deal, ID: n.Deal}, nil
		}
		if errors.Is(err, model.ErrCRMNotFound) {
			err = nil // that one is gone, too
		}
	}
	return model.RecordRef{}, err
}

// personsOf are whom a lead was with, as far as that is known: by the CRM, and by links.
func (ls *Links) personsOf(ctx context.Context, lead model.RecordRef, f fate) (list []string, err error) {
	seen := map[string]bool{"": true}
	add := func(id string) {
		if !seen[id] {
			seen[id] = true
			list = append(list, id)
		}
	}
	add(f.person)
	err = ls.store.Read(ctx, func(r store.Reader) error {
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

// follow links to another record what is linked to one that it took the place of, after
// the CRM was asked who may see it.
func (ls *Links) follow(ctx context.Context, from, to model.RecordRef, action string) error {
	r, err := ls.records.Brief(ctx, to)
	if err != nil {
		return err
	}
	asked := ls.now()
	ids, err := ls.records.PermittedUsers(ctx, to)
	if err == nil {
		err = ls.keepSights(ctx, to, ids, asked)
	}
	if err == nil {
		err = ls.observe(ctx, r, byCRM())
	}
	if err != nil {
		return err
	}
	return ls.repoint(ctx, byCRM(), from, to, action)
}

// repoint links to another record what is linked to one that it took the place of. Who
// made the links made them, and a conversation keeps at most one person, and one lead or
// deal.
func (ls *Links) repoint(ctx context.Context, by model.Author, from, to model.RecordRef, action string) error {
	links, err := ls.linksTo(ctx, from)
	for _, was := range links {
		if err != nil {
			break
		}
		err = ls.store.Write(ctx, was.Conversation.Page(), func(tx store.PageTx) error {
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
					return nil // it was linked anew already
				}
			}
			next := *still
			next.Record = to
			return errors.Join(tx.PutLink(next), ls.transcripts.Soon(tx, was.Conversation), ls.putLine(tx, was.Conversation, by, model.Notable{
				Kind: model.EventRecord, Action: action, Record: &model.Link{Type: string(to.Type), ID: to.ID},
			}))
		})
		ls.forgetSuggestions(was.Conversation)
	}
	return err
}

// dropLinks takes the links to a record away that is gone, and says so to those who could
// see it last: who makes a link does, too.
func (ls *Links) dropLinks(ctx context.Context, ref model.RecordRef, f fate) error {
	links, err := ls.linksTo(ctx, ref)
	if err != nil || len(links) == 0 {
		return err
	}
	if err := ls.freeze(ctx, ref, links, f.permitted); err != nil {
		return err
	}
	for _, was := range links {
		err = errors.Join(err, ls.store.Write(ctx, was.Conversation.Page(), func(tx store.PageTx) error {
			still, err := linked(tx, was.Conversation, ref)
			if err != nil || still == nil {
				return err
			}
			return errors.Join(tx.RemoveLink(was.Conversation, ref), ls.transcripts.Leave(tx, was.Conversation, ref), ls.putLine(tx, was.Conversation, byCRM(), model.Notable{
				Kind: model.EventRecord, Action: model.ActionDeleted, Record: &model.Link{Type: string(ref.Type), ID: ref.ID},
			}))
		}))
		ls.forgetSuggestions(was.Conversation)
	}
	return err
}

// freeze keeps for good who could see a record that is gone: by what the CRM told as it
// went, else who is known to see it now and who linked it.
func (ls *Links) freeze(ctx context.Context, ref model.RecordRef, links []store.Link, permitted []int64) error {
	var users []model.UserID
	if permitted != nil {
		var err error
		if users, err = ls.company.UsersOf(ctx, permitted); err != nil {
			return err
		}
	}
	until := ls.now().Add(frozenSight)
	return ls.store.Accounts(ctx, func(tx store.AccountTx) error {
		if permitted == nil {
			all, err := tx.Users()
			if err != nil {
				return err
			}
			for _, u := range all {
				sees, err := tx.SeesRecord(ref, store.Viewer{User: u.ID, Now: ls.now()})
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
		return errors.Join(tx.SetRecordState(ref, s), tx.SetSights(ref, users, until))
	})
}
