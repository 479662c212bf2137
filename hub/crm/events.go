package crm

import (
	"context"
	"errors"
	"slices"
	"time"

	"parley/hub/logkey"
	"parley/hub/rescue"
	"parley/hub/store"
	"parley/model"
)

const (
	// mostCRMEvents bounds the events of the CRM that wait; more are refused, and sent again.
	mostCRMEvents = 2000
	// crmEventKept is how long an event is known again: the CRM sends it four times within
	// some minutes.
	crmEventKept = 15 * time.Minute
	// crmClockSlack is how far the CRM's clock may be before ours.
	crmClockSlack = 5 * time.Minute
	// crmEventLimit is how long one event may take.
	crmEventLimit = time.Minute
)

// TakeCRMEvent takes an event of the CRM, and tells whether it could: it is seen to in the
// background. What is lost then, as webhooks are, is found when the record is read again.
func (ev *Events) TakeCRMEvent(e model.CRMEvent) bool {
	if ev.records == nil {
		return true
	}
	select {
	case ev.waiting <- e:
		return true
	default:
		return false
	}
}

// RunEvents sees to events of the CRM until ctx ends.
func (ev *Events) RunEvents(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case e := <-ev.waiting:
			ev.seeToCRMEvent(ctx, e)
		}
	}
}

func (ev *Events) seeToCRMEvent(ctx context.Context, e model.CRMEvent) {
	defer rescue.Log(ev.log, "see to an event of the CRM")
	if _, again := ev.seen.Get(e.ID, ev.now()); again {
		return
	}
	limited, cancel := context.WithTimeout(ctx, crmEventLimit)
	defer cancel()
	if err := ev.applyCRMEvent(limited, e); err != nil && ctx.Err() == nil {
		ev.log.Warn("an event of the CRM is not seen to", "record", e.Record.String(), logkey.Error, err)
		return
	}
	ev.seen.Put(e.ID, struct{}{}, ev.now(), ev.now().Add(crmEventKept))
}

// applyCRMEvent sees to one event. What became of the record is asked for: an event can be
// late, and says less.
func (ev *Events) applyCRMEvent(ctx context.Context, e model.CRMEvent) error {
	is, err := ev.company.TokenCompany(ctx)
	if err != nil {
		return err
	}
	if is.ID != e.Company {
		ev.log.Warn("an event of another company's CRM", "company", e.Company)
		return nil
	}
	if e.SourceLead != "" {
		if err := ev.leadBecame(ctx, model.RecordRef{Type: model.Lead, ID: e.SourceLead}, e.Record); err != nil {
			return err
		}
	}
	if e.Permitted != nil {
		ev.forgetShown(e.Record)
	}
	links, err := ev.linksTo(ctx, e.Record)
	if err != nil || len(links) == 0 {
		return err // it is no business of ours
	}
	give, err := ev.recordLocks.Lock(ctx, e.Record)
	if err != nil {
		return err
	}
	defer give()
	if err := ev.permittedBy(ctx, e); err != nil {
		return err
	}
	return ev.readAgain(ctx, e.Record, fate{deleted: e.Deleted, into: e.MergedInto, person: e.Person, permitted: e.Permitted})
}

// forgetShown forgets what was found of who may see a record, and what was found with it
// among the rest: somebody may see it no more.
func (ev *Events) forgetShown(ref model.RecordRef) {
	ev.permits.DropKeys(func(r model.RecordRef) bool { return r == ref })
	ev.searches.Drop(func(_ searchKey, found []model.Record) bool {
		return slices.ContainsFunc(found, func(r model.Record) bool { return shows(r, ref) })
	})
	ev.suggested.Drop(func(_ suggestionKey, found []model.Candidate) bool {
		return slices.ContainsFunc(found, func(c model.Candidate) bool { return shows(c.Record, ref) })
	})
}

// shows tells whether a record shows another: as itself, as the person whom it is with, or
// among what is open with them.
func shows(r model.Record, ref model.RecordRef) bool {
	return r.RecordRef == ref || r.Person != nil && *r.Person == ref ||
		slices.ContainsFunc(r.Open, func(o model.Record) bool { return o.RecordRef == ref })
}

// leadBecame links to a deal what is linked to the lead that it was made of.
func (ev *Events) leadBecame(ctx context.Context, lead, deal model.RecordRef) error {
	links, err := ev.linksTo(ctx, lead)
	if err != nil || len(links) == 0 {
		return err
	}
	give, err := ev.recordLocks.Lock(ctx, lead)
	if err != nil {
		return err
	}
	defer give()
	_, err = ev.records.Brief(ctx, lead)
	if errors.Is(err, model.ErrCRMNotFound) {
		return ev.follow(ctx, lead, deal, model.ActionConverted)
	}
	return err // the lead is still there
}

// permittedBy keeps who may see a record by an event. An event from before the CRM was
// last asked takes rights, and gives none; one from before another event says nothing.
func (ev *Events) permittedBy(ctx context.Context, e model.CRMEvent) error {
	if e.At.After(ev.now().Add(crmClockSlack)) {
		return nil
	}
	var users []model.UserID
	if e.Permitted != nil {
		var err error
		if users, err = ev.company.UsersOf(ctx, e.Permitted); err != nil {
			return err
		}
	}
	err := ev.store.Accounts(ctx, func(tx store.AccountTx) error {
		s, err := tx.RecordState(e.Record)
		if err != nil || e.At.Before(s.EventAt) {
			return err
		}
		asked := s.AskedAt
		s.EventAt = e.At
		if e.Permitted != nil {
			s.ToldAt = ev.now()
		}
		if err := tx.SetRecordState(e.Record, s); err != nil || e.Permitted == nil {
			return err
		}
		ev.permits.DropKeys(func(r model.RecordRef) bool { return r == e.Record })
		if e.At.Before(asked) {
			return withdraw(tx, e.Record, users)
		}
		return tx.SetSights(e.Record, users, ev.now().Add(sightFor))
	})
	return err
}

// withdraw takes the sight of a record from everybody but these users.
func withdraw(tx store.AccountTx, ref model.RecordRef, keep []model.UserID) error {
	all, err := tx.Users()
	for _, u := range all {
		if err == nil && !slices.Contains(keep, u.ID) {
			err = tx.SetSight(ref, u.ID, time.Time{})
		}
	}
	return err
}
