package crm

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"parley/hub/company"
	"parley/hub/store"
	"parley/model"
)

// permissionTTL is how long we rely on who may see a record.
const permissionTTL = 10 * time.Minute

// viewer is the user for whom the CRM is asked, and the access used for it.
type viewer struct {
	rq   *Requests
	user model.User
	// grant is the user's own. If nil, the company token is used, and every record is checked
	// for self, the user's account in the CRM.
	grant *model.CRMGrant
	self  model.CRMUser
}

// asViewer calls f with the user's own grant, if they signed in through the CRM, or else with
// the company token and the CRM account that has their e-mail address. It calls f again if an
// access token was refused.
func (rq *Requests) asViewer(ctx context.Context, user model.User, f func(viewer) error) error {
	if rq.records == nil {
		return model.Refuse(model.NoCRM)
	}
	for refused := ""; ; {
		g, err := rq.company.GrantOf(ctx, user.ID, refused)
		if errors.Is(err, company.ErrNoGrant) {
			break
		}
		if err != nil {
			return Refusal(err)
		}
		err = f(viewer{rq: rq, user: user, grant: &g})
		if !errors.Is(err, model.ErrCRMRefused) {
			return Refusal(err)
		}
		if refused != "" { // with a new token, too
			break
		}
		refused = g.Access
	}
	if !rq.company.KnowsCompany() {
		return model.Refuse(model.NoCRMUser)
	}
	self, err := rq.company.Find(ctx, user.Email)
	if err != nil {
		return Refusal(err)
	}
	return Refusal(f(viewer{rq: rq, user: user, self: self}))
}

// Refusal turns errors of the CRM into the refusals that users see.
func Refusal(err error) error {
	var limit *model.CRMLimit
	switch {
	case err == nil:
		return nil
	case errors.As(err, &limit):
		r := model.Refuse(model.CRMLimited)
		r.Until = &limit.Until
		return r
	case errors.Is(err, model.ErrCRMNotFound):
		return model.Refuse(model.RecordNotFound)
	case errors.Is(err, model.ErrCRMForbidden):
		return model.Refuse(model.CRMForbidden)
	case errors.Is(err, model.ErrCRMInvalid):
		return model.Refuse(model.CRMInvalid)
	case errors.Is(err, model.ErrCRMRefused):
		return company.TokenError(err)
	}
	return err
}

// readRecord reads a record from the CRM and stores its title and who may see it. It returns the ids
// of the CRM users who may see it, if known. A record that the user may not see is
// [model.ErrCRMNotFound].
func (e viewer) readRecord(ctx context.Context, ref model.RecordRef) (model.Record, []int64, error) {
	asked := e.rq.now()
	permitted, err := e.permitted(ctx, ref)
	var r model.Record
	if err == nil {
		r, err = e.rq.records.Record(ctx, e.grant, ref)
	}
	if errors.Is(err, model.ErrCRMNotFound) || errors.Is(err, model.ErrCRMForbidden) {
		return model.Record{}, nil, errors.Join(model.ErrCRMNotFound, e.rq.withdrawPermission(ctx, ref, e.user.ID))
	}
	if err != nil {
		return model.Record{}, nil, err
	}
	if r, err = e.shown(ctx, r); err != nil {
		return model.Record{}, nil, err
	}
	return r, permitted, e.rq.storeSeen(ctx, r, e.user, asked, byCRM())
}

// permitted asks who may see a record and stores that for all users. With the user's own grant
// it may fail: the grant itself decides. Without a company token nobody can be asked.
func (e viewer) permitted(ctx context.Context, ref model.RecordRef) ([]int64, error) {
	if !e.rq.company.KnowsCompany() {
		return nil, nil
	}
	asked, dropped := e.rq.now(), e.rq.permits.Drops()
	ids, err := e.rq.records.PermittedUsers(ctx, ref)
	switch {
	case err == nil:
		e.rq.permits.PutUnlessDropped(dropped, ref, ids, e.rq.now(), e.rq.now().Add(permissionTTL))
	case e.grant != nil && !errors.Is(err, model.ErrCRMNotFound):
		return nil, nil // their own grant decides
	default:
		return nil, err
	}
	if err := e.rq.storePermissions(ctx, ref, ids, asked); err != nil {
		return nil, err
	}
	if e.grant == nil && !slices.Contains(ids, e.self.ID) {
		return nil, model.ErrCRMNotFound
	}
	return ids, nil
}

// may reports whether the user may see a record that the CRM returned. With their own grant it
// returns no others.
func (e viewer) may(ctx context.Context, ref model.RecordRef) (bool, error) {
	if e.grant != nil {
		return true, nil
	}
	ids, known := e.rq.permits.Get(ref, e.rq.now())
	if !known {
		dropped := e.rq.permits.Drops()
		var err error
		ids, err = e.rq.records.PermittedUsers(ctx, ref)
		if err != nil && !errors.Is(err, model.ErrCRMNotFound) {
			return false, err
		}
		e.rq.permits.PutUnlessDropped(dropped, ref, ids, e.rq.now(), e.rq.now().Add(permissionTTL))
	}
	return slices.Contains(ids, e.self.ID), nil
}

// mayOrganization reports whether the user may see an organisation that the company token
// returned with a record.
func (e viewer) mayOrganization(ctx context.Context, organization int64) (bool, error) {
	if organization == 0 {
		return false, nil // nobody can tell
	}
	ids, known := e.rq.orgPermits.Get(organization, e.rq.now())
	if !known {
		var err error
		ids, err = e.rq.records.OrganizationUsers(ctx, organization)
		if err != nil && !errors.Is(err, model.ErrCRMNotFound) && !errors.Is(err, model.ErrCRMForbidden) {
			return false, err
		}
		e.rq.orgPermits.Put(organization, ids, e.rq.now(), e.rq.now().Add(permissionTTL))
	}
	return slices.Contains(ids, e.self.ID), nil
}

// checkOrganization refuses an organisation that the user may not see as if it did not exist;
// an empty id is allowed. With the user's own grant the CRM checks it.
func (e viewer) checkOrganization(ctx context.Context, id string) error {
	if id == "" || e.grant != nil {
		return nil
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return model.ErrCRMInvalid
	}
	sees, err := e.mayOrganization(ctx, n)
	if err == nil && !sees {
		err = model.ErrCRMNotFound
	}
	return err
}

// checksAtOnce is how many records are checked concurrently.
const checksAtOnce = 4

// filter returns the records that the user may see, without the parts that they may not.
func (e viewer) filter(ctx context.Context, found []model.Record) ([]model.Record, error) {
	keep := make([]bool, len(found))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(checksAtOnce)
	for i := range found {
		g.Go(func() (err error) {
			if keep[i], err = e.may(ctx, found[i].RecordRef); err != nil || !keep[i] {
				return err
			}
			found[i], err = e.shown(ctx, found[i])
			return err
		})
	}
	err := g.Wait()
	out := make([]model.Record, 0, len(found))
	for i, r := range found {
		if keep[i] {
			out = append(out, r)
		}
	}
	return out, err
}

// shown returns a record without what the user may not see of others: the person of a lead or
// deal with their addresses, the organisation, open leads and deals.
func (e viewer) shown(ctx context.Context, r model.Record) (model.Record, error) {
	if e.grant != nil {
		return r, nil
	}
	r.Mine = r.OwnerID != 0 && r.OwnerID == e.self.ID
	// The API says who may see a record, but not who may change it. Owners may change their
	// own, sales admins everything; the rest is unknown.
	r.Locked = !r.Mine && !e.self.EditsAll
	if r.Person != nil {
		sees, err := e.may(ctx, *r.Person)
		if err != nil {
			return model.Record{}, err
		}
		if !sees {
			r.Person, r.PersonName = nil, ""
		}
	}
	if r.Type != model.Person && r.Person == nil {
		r.PersonName, r.Emails, r.Phones = "", nil, nil // they are the person's
	}
	if r.Organization != "" {
		sees, err := e.mayOrganization(ctx, r.OrganizationID)
		if err != nil {
			return model.Record{}, err
		}
		if !sees {
			r.Organization, r.OrganizationID = "", 0
		}
	}
	open, err := e.filter(ctx, r.Open)
	if len(open) == 0 {
		open = nil
	}
	r.Open = open
	return r, err
}

// storePermissions stores which of the hub's users may see a record, given the CRM ids as of
// when they were asked for. An event after that knows better.
func (l *Links) storePermissions(ctx context.Context, ref model.RecordRef, ids []int64, asked time.Time) error {
	users, err := l.company.UsersOf(ctx, ids)
	if err != nil {
		return err
	}
	return l.store.Accounts(ctx, func(tx store.AccountTx) error {
		s, err := tx.RecordState(ref)
		if err != nil {
			return err
		}
		if s.ToldSince(asked) {
			l.permits.DropKeys(func(r model.RecordRef) bool { return r == ref })
			return withdraw(tx, ref, users)
		}
		s.AskedAt = asked
		return errors.Join(tx.SetRecordState(ref, s), tx.SetPermissions(ref, users, l.now().Add(permissionTTL)))
	})
}

// withdrawPermission stores that a user may not see a record. If the record was deleted, who
// saw it last stays.
func (l *Links) withdrawPermission(ctx context.Context, ref model.RecordRef, user model.UserID) error {
	return l.store.Accounts(ctx, func(tx store.AccountTx) error {
		s, err := tx.RecordState(ref)
		if err != nil || s.Gone {
			return err
		}
		return tx.SetPermission(ref, user, time.Time{})
	})
}

// storeSeen stores that a user saw a record when it was asked for, and the record's state.
func (l *Links) storeSeen(ctx context.Context, r model.Record, user model.User, asked time.Time, by model.Author) error {
	err := l.store.Accounts(ctx, func(tx store.AccountTx) error {
		s, err := tx.RecordState(r.RecordRef)
		if err != nil || s.ToldSince(asked) {
			return err
		}
		return tx.SetPermission(r.RecordRef, user.ID, l.now().Add(permissionTTL))
	})
	return errors.Join(err, l.observe(ctx, r, by))
}
