package hub

import (
	"context"
	"errors"
	"strconv"
	"time"

	"parley/hub/store"
	"parley/model"
)

// freshRole reads a user anew with the role that they have now: where a CRM is configured
// it is asked, and what it can't answer is no leave.
func (h *Hub) freshRole(ctx context.Context, id model.UserID) (model.User, error) {
	u, err := h.fresh(ctx, id)
	if err != nil || h.crm == nil {
		return u, err
	}
	admin, err := h.askRole(ctx, u)
	var refusal *model.Refusal
	switch {
	case errors.As(err, &refusal): // they have no role that the CRM could tell of
		if err := h.keepRole(ctx, u, false); err != nil {
			return u, err
		}
		return u, refusal
	case err != nil:
		return u, err
	}
	u.Admin, u.AdminFrom = admin, model.FromPipedrive
	return u, h.keepRole(ctx, u, admin)
}

// askRole asks the CRM whether a user is an admin: by their own grant, else by the
// company token and their e-mail address.
func (h *Hub) askRole(ctx context.Context, u model.User) (bool, error) {
	company, err := h.tokenCompany(ctx)
	if err != nil {
		return false, err
	}
	me, err := h.crmSelf(ctx, u.ID)
	switch {
	case err == nil:
		return h.isAdmin(ctx, u, me, company)
	case !errors.Is(err, errNoGrant):
		return false, err
	case !h.crm.KnowsCompany():
		return false, model.Refuse(model.CRMSignIn)
	}
	all, err := h.crm.Colleagues(ctx)
	if errors.Is(err, model.ErrCRMRefused) { // the company token is over, too
		h.log.Error("the CRM refuses the company token", keyError, err)
		return false, model.Refuse(model.CRMSignIn)
	}
	return adminAmong(all, u), err
}

// isAdmin tells whether somebody whom the CRM told of themselves is an admin here.
func (h *Hub) isAdmin(ctx context.Context, u model.User, me model.CRMUser, token model.CRMCompany) (bool, error) {
	var company model.CRMCompany
	err := h.store.Read(ctx, func(r store.Reader) (err error) {
		company, err = companyOf(r, token)
		return err
	})
	return me.Admin && me.Company.ID == company.ID && sameEmail(me.Email, u.Email), err
}

// adminAmong tells whether one of these is the user, and an admin.
func adminAmong(all []model.CRMUser, u model.User) bool {
	for _, c := range all {
		if sameEmail(c.Email, u.Email) && c.Admin {
			return true
		}
	}
	return false
}

// keepRole notes what the CRM says of a user.
func (h *Hub) keepRole(ctx context.Context, u model.User, admin bool) error {
	err := h.store.Accounts(ctx, func(tx store.AccountTx) error { return h.putRole(tx, u, admin, nil) })
	if errors.Is(err, store.ErrNotFound) {
		return nil // the user was removed meanwhile
	}
	return err
}

// putRole notes what the CRM says of a user, and tells the audit log of what that
// changes. A sealed grant, unless it is nil, takes the place of the one there is.
func (h *Hub) putRole(tx store.AccountTx, u model.User, admin bool, sealed *string) error {
	kept, err := tx.CRMUser(u.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	was := kept.Admin
	kept.User, kept.Admin, kept.CheckedAt = u.ID, admin, h.utc()
	if sealed != nil {
		kept.SealedGrant = *sealed
	}
	if err := tx.PutCRMUser(kept); err != nil || was == admin {
		return err
	}
	h.log.Info("role told by the CRM", keyUser, string(u.ID), "admin", admin)
	e := aboutUser(model.AuditAdmin, u, h.utc())
	e.From, e.To, e.Via = strconv.FormatBool(was), strconv.FormatBool(admin), string(model.FromPipedrive)
	return tx.AddAudit(e)
}

// askedRole is a user who signs in by a code, with what the CRM says of them; one that
// can't say it now leaves them what they were.
func (h *Hub) askedRole(ctx context.Context, u model.User) model.User {
	if h.crm == nil {
		return u
	}
	const patience = 5 * time.Second
	short, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if asked, err := h.freshRole(short, u.ID); err == nil {
		return asked
	}
	err := h.store.Read(ctx, func(r store.Reader) (err error) {
		u, err = h.withRole(r, u)
		return err
	})
	if err != nil {
		u.Admin = false
	}
	return u
}

// runRoles asks the CRM now and then who is an admin, until ctx ends.
func (h *Hub) runRoles(ctx context.Context) error {
	for {
		h.readRoles(ctx)
		if !pause(ctx, h.timing.Roles) {
			return nil
		}
	}
}

// readRoles asks the CRM about everybody. Whom it can't tell of now keeps the role they
// have until the next time; connecting and uninstalling ask for themselves.
func (h *Hub) readRoles(ctx context.Context) {
	defer h.survive("read roles")
	users, err := ListUsers(ctx, h.store)
	if err != nil {
		h.log.Error("read users", keyError, err)
		return
	}
	var all []model.CRMUser
	listed, grantsAlone := false, !h.crm.KnowsCompany()
	if !grantsAlone {
		if all, err = h.crm.Colleagues(ctx); err != nil {
			h.log.Warn("the CRM does not tell of the company's users", keyError, err)
		}
		listed, grantsAlone = err == nil, errors.Is(err, model.ErrCRMRefused)
	}
	for _, u := range users {
		if ctx.Err() != nil {
			return
		}
		var err error
		if listed {
			err = h.keepRole(ctx, u, adminAmong(all, u))
		} else {
			err = h.readRole(ctx, u, grantsAlone)
		}
		if err != nil {
			h.log.Warn("the CRM does not tell a user's role", keyUser, string(u.ID), keyError, err)
		}
	}
}

// readRole asks about one user by their own grant. Where grants alone can tell, who has
// none is no admin.
func (h *Hub) readRole(ctx context.Context, u model.User, grantsAlone bool) error {
	me, err := h.crmSelf(ctx, u.ID)
	if errors.Is(err, errNoGrant) && grantsAlone {
		return h.keepRole(ctx, u, false)
	}
	if err != nil {
		return err
	}
	token, err := h.tokenCompany(ctx)
	if err != nil {
		return err
	}
	admin, err := h.isAdmin(ctx, u, me, token)
	if err != nil {
		return err
	}
	return h.keepRole(ctx, u, admin)
}
