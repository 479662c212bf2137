package hub

import (
	"context"
	"errors"
	"strconv"
	"time"

	"parley/hub/audit"
	"parley/hub/logkey"
	"parley/hub/store"
	"parley/hub/wake"
	"parley/model"
)

// freshRole reads a user anew with the role that they have now: where a CRM is configured
// it is asked, and what it can't answer is no leave.
func (h *Hub) freshRole(ctx context.Context, id model.UserID) (model.User, error) {
	u, err := h.fresh(ctx, id)
	if err != nil || h.crm == nil {
		return u, err
	}
	at, err := h.askRole(ctx, u)
	var refusal *model.Refusal
	if err != nil && !errors.As(err, &refusal) {
		return u, err
	}
	// Whoever is refused has no role that the CRM could tell of.
	if kerr := h.keepRole(ctx, u, at); kerr != nil {
		return u, kerr
	}
	if err == nil && at.inactive {
		return u, model.Refuse(model.CRMInactive)
	}
	u.Admin, u.AdminFrom = at.admin, model.FromPipedrive
	return u, err
}

// standing is what the CRM says of a user. The zero value is that of somebody whom it
// does not know, who may be a user all the same.
type standing struct {
	admin bool
	// inactive: they work there no more. unnamed: it does not know them, which lets nobody
	// in who was inactive.
	inactive, unnamed bool
}

// askRole asks the CRM what a user is: by their own grant, else by the company token and
// their e-mail address.
func (h *Hub) askRole(ctx context.Context, u model.User) (standing, error) {
	company, err := h.tokenCompany(ctx)
	if err != nil {
		return standing{}, err
	}
	me, err := h.crmSelf(ctx, u.ID)
	switch {
	case err == nil:
		return h.standingOf(ctx, u, me, company)
	case !errors.Is(err, errNoGrant):
		return standing{}, err
	case !h.crm.KnowsCompany():
		return standing{inactive: errors.Is(err, errGrantOver)}, model.Refuse(model.CRMSignIn)
	}
	all, err := h.crm.Colleagues(ctx)
	if errors.Is(err, model.ErrCRMRefused) { // the company token is over, too
		h.log.Error("the CRM refuses the company token", logkey.Error, err)
		return standing{}, model.Refuse(model.CRMSignIn)
	}
	return standingAmong(all, u), err
}

// standingOf tells what somebody whom the CRM told of themselves is here.
func (h *Hub) standingOf(ctx context.Context, u model.User, me model.CRMUser, token model.CRMCompany) (standing, error) {
	var company model.CRMCompany
	err := h.store.Read(ctx, func(r store.Reader) (err error) {
		company, err = companyOf(r, token)
		return err
	})
	return standing{admin: me.Admin && me.Company.ID == company.ID && sameEmail(me.Email, u.Email), inactive: !me.Active}, err
}

// standingAmong tells what a user is by the list of the company's users. One whom it
// names only as somebody who is not active any more is inactive.
func standingAmong(all []model.CRMUser, u model.User) standing {
	named, active, admin := false, false, false
	for _, c := range all {
		if sameEmail(c.Email, u.Email) {
			named, active, admin = true, active || c.Active, admin || c.Admin
		}
	}
	return standing{admin: admin, inactive: named && !active, unnamed: !named}
}

// keepRole notes what the CRM says of a user.
func (h *Hub) keepRole(ctx context.Context, u model.User, at standing) error {
	err := h.store.Accounts(ctx, func(tx store.AccountTx) error { return h.putRole(tx, u, at, nil) })
	if errors.Is(err, store.ErrNotFound) {
		return nil // the user was removed meanwhile
	}
	return err
}

// putRole notes what the CRM says of a user, and tells the audit log of what that
// changes. A sealed grant, unless it is nil, takes the place of the one there is. What is
// open by a token of somebody inactive closes within [Timing.Revalidate].
func (h *Hub) putRole(tx store.AccountTx, u model.User, at standing, sealed *string) error {
	kept, err := tx.CRMUser(u.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	was, admin := kept.Admin, at.admin
	if at.unnamed {
		at.inactive = kept.Inactive
	}
	if kept.Inactive != at.inactive {
		h.log.Info("standing told by the CRM", logkey.User, string(u.ID), "inactive", at.inactive)
	}
	kept.User, kept.Admin, kept.Inactive, kept.CheckedAt = u.ID, admin, at.inactive, h.utc()
	if sealed != nil {
		kept.SealedGrant, kept.GrantOver = *sealed, false
	}
	if err := tx.PutCRMUser(kept); err != nil || was == admin {
		return err
	}
	h.log.Info("role told by the CRM", logkey.User, string(u.ID), "admin", admin)
	e := audit.AboutUser(model.AuditAdmin, u, h.utc())
	e.From, e.To, e.Via = strconv.FormatBool(was), strconv.FormatBool(admin), string(model.FromPipedrive)
	return tx.AddAudit(e)
}

// askedRole is a user who signs in by a code, with what the CRM says of them; one that
// can't say it now leaves them what they were. Who is not active there is refused.
func (h *Hub) askedRole(ctx context.Context, u model.User) (model.User, error) {
	if h.crm == nil {
		return u, nil
	}
	const patience = 5 * time.Second
	short, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	asked, err := h.freshRole(short, u.ID)
	if err == nil || refusedAs(err, model.CRMInactive) {
		return asked, err
	}
	err = h.store.Read(ctx, func(r store.Reader) (err error) {
		u, err = h.withRole(r, u)
		return err
	})
	if err != nil {
		u.Admin = false
	}
	return u, nil
}

// runRoles asks the CRM now and then who is an admin, and who works there no more, until
// ctx ends; at once where it takes somebody's grant no more.
func (h *Hub) runRoles(ctx context.Context) error {
	wake.Loop(ctx, h.grantOver, func(ctx context.Context) time.Duration {
		h.readRoles(ctx)
		return h.timing.Roles
	})
	return nil
}

// readRoles asks the CRM about everybody. Whom it can't tell of now keeps the role they
// have until the next time; connecting and uninstalling ask for themselves.
func (h *Hub) readRoles(ctx context.Context) {
	defer h.survive("read roles")
	users, err := ListUsers(ctx, h.store)
	if err != nil {
		h.log.Error("read users", logkey.Error, err)
		return
	}
	var all []model.CRMUser
	listed, grantsAlone := false, !h.crm.KnowsCompany()
	if !grantsAlone {
		if all, err = h.crm.Colleagues(ctx); err != nil {
			h.log.Warn("the CRM does not tell of the company's users", logkey.Error, err)
		}
		listed, grantsAlone = err == nil, errors.Is(err, model.ErrCRMRefused)
	}
	for _, u := range users {
		if ctx.Err() != nil {
			return
		}
		var err error
		if listed {
			err = h.keepRole(ctx, u, standingAmong(all, u))
		} else {
			err = h.readRole(ctx, u, grantsAlone)
		}
		if err != nil {
			h.log.Warn("the CRM does not tell a user's role", logkey.User, string(u.ID), logkey.Error, err)
		}
	}
}

// readRole asks about one user by their own grant. Where grants alone can tell, who has
// none is no admin, and whose grant the CRM takes no more is inactive until they sign in
// through it again.
func (h *Hub) readRole(ctx context.Context, u model.User, grantsAlone bool) error {
	me, err := h.crmSelf(ctx, u.ID)
	if errors.Is(err, errNoGrant) && grantsAlone {
		return h.keepRole(ctx, u, standing{inactive: errors.Is(err, errGrantOver)})
	}
	if err != nil {
		return err
	}
	token, err := h.tokenCompany(ctx)
	if err != nil {
		return err
	}
	at, err := h.standingOf(ctx, u, me, token)
	if err != nil {
		return err
	}
	return h.keepRole(ctx, u, at)
}
