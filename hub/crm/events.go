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
	// mostCRMEvents bounds the queue of CRM events; more are refused, and the CRM sends them
	// again.
	mostCRMEvents = 2000
	// crmEventKept is how long an event is recognised as a repetition: the CRM sends it up to
	// four times within some minutes.
	crmEventKept = 15 * time.Minute
	// crmClockSlack is how far the CRM's clock may be ahead of ours.
	crmClockSlack = 5 * time.Minute
	// crmEventLimit is the longest that handling one event may take.
	crmEventLimit = time.Minute
)

// QueueCRMEvent queues an event to be handled in the background, and returns false if the queue
// is full. An event that is lost is made up for when the record is read again.
func (ev *Events) QueueCRMEvent(e model.CRMEvent) bool {
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

// RunEvents handles the CRM's events until ctx ends.
func (ev *Events) RunEvents(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case e := <-ev.waiting:
			ev.handleCRMEvent(ctx, e)
		}
	}
}

func (ev *Events) handleCRMEvent(ctx context.Context, e model.CRMEvent) {
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

// applyCRMEvent handles one event. It reads the record anew: an event can be late, and says
// less.
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
		ev.dropCached(e.Record)
	}
	links, err := ev.linksTo(ctx, e.Record)
	if err != nil || len(links) == 0 {
		return err // no conversation is linked to it
	}
	unlock, err := ev.recordLocks.Lock(ctx, e.Record)
	if err != nil {
		return err
	}
	defer unlock()
	if err := ev.permitFromEvent(ctx, e); err != nil {
		return err
	}
	return ev.refresh(ctx, e.Record, fate{deleted: e.Deleted, into: e.MergedInto, person: e.Person, permitted: e.Permitted})
}

// dropCached drops cached permissions, searches and suggestions that show a record: somebody
// may no longer be allowed to see it.
func (ev *Events) dropCached(ref model.RecordRef) {
	ev.permits.DropKeys(func(r model.RecordRef) bool { return r == ref })
	ev.searches.Drop(func(_ searchKey, found []model.Record) bool {
		return slices.ContainsFunc(found, func(r model.Record) bool { return shows(r, ref) })
	})
	ev.suggested.Drop(func(_ suggestionKey, found []model.Candidate) bool {
		return slices.ContainsFunc(found, func(c model.Candidate) bool { return shows(c.Record, ref) })
	})
}

// shows reports whether a record shows another: itself, its person, or one of its open leads
// and deals.
func shows(r model.Record, ref model.RecordRef) bool {
	return r.RecordRef == ref || r.Person != nil && *r.Person == ref ||
		slices.ContainsFunc(r.Open, func(o model.Record) bool { return o.RecordRef == ref })
}

// leadBecame moves links from a lead to the deal that it became.
func (ev *Events) leadBecame(ctx context.Context, lead, deal model.RecordRef) error {
	links, err := ev.linksTo(ctx, lead)
	if err != nil || len(links) == 0 {
		return err
	}
	unlock, err := ev.recordLocks.Lock(ctx, lead)
	if err != nil {
		return err
	}
	defer unlock()
	_, err = ev.records.Brief(ctx, lead)
	if errors.Is(err, model.ErrCRMNotFound) {
		return ev.follow(ctx, lead, deal, model.ActionConverted)
	}
	return err // the lead still exists
}

// permitFromEvent stores who may see a record as an event says. An event from before we last
// asked the CRM only takes permissions away; one from before another event is ignored.
func (ev *Events) permitFromEvent(ctx context.Context, e model.CRMEvent) error {
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
		return tx.SetPermissions(e.Record, users, ev.now().Add(permissionTTL))
	})
	return err
}

// withdraw removes the permission to see a record from everybody but these users.
func withdraw(tx store.AccountTx, ref model.RecordRef, keep []model.UserID) error {
	all, err := tx.Users()
	for _, u := range all {
		if err == nil && !slices.Contains(keep, u.ID) {
			err = tx.SetPermission(ref, u.ID, time.Time{})
		}
	}
	return err
}
