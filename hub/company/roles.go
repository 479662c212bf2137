package company

import (
	"context"
	"errors"
	"strconv"
	"time"

	"parley/hub/audit"
	"parley/hub/logkey"
	"parley/hub/rescue"
	"parley/hub/store"
	"parley/hub/wake"
	"parley/model"
)

// FreshRole reads a user again with the role that they have now. If a CRM is configured, it is
// asked, and its failure is an error.
func (c *Company) FreshRole(ctx context.Context, id model.UserID) (model.User, error) {
	u, err := c.Fresh(ctx, id)
	if err != nil || c.crm == nil {
		return u, err
	}
	at, err := c.askRole(ctx, u)
	var refusal *model.Refusal
	if err != nil && !errors.As(err, &refusal) {
		return u, err
	}
	// A user whom the CRM refuses has no role.
	if kerr := c.storeRole(ctx, u, at); kerr != nil {
		return u, kerr
	}
	if err == nil && at.inactive {
		return u, model.Refuse(model.CRMInactive)
	}
	u.Admin, u.AdminFrom = at.Admin, model.FromPipedrive
	return u, err
}

// Standing is what the CRM says about a user. The zero value is that of a user whom it does not
// know, who may use the hub all the same.
type Standing struct {
	Admin bool
	// inactive: they no longer work there. unnamed: the CRM does not know them; that does not
	// readmit a user who was inactive.
	inactive, unnamed bool
}

// askRole asks the CRM for a user's standing: with their own grant, or else with the company
// token and their e-mail address.
func (c *Company) askRole(ctx context.Context, u model.User) (Standing, error) {
	company, err := c.TokenCompany(ctx)
	if err != nil {
		return Standing{}, err
	}
	me, err := c.self(ctx, u.ID)
	switch {
	case err == nil:
		return c.standingOf(ctx, u, me, company)
	case !errors.Is(err, ErrNoGrant):
		return Standing{}, err
	case !c.crm.KnowsCompany():
		return Standing{inactive: errors.Is(err, ErrGrantOver)}, model.Refuse(model.CRMSignIn)
	}
	all, err := c.crm.Colleagues(ctx)
	if errors.Is(err, model.ErrCRMRefused) { // the company token is no longer accepted, either
		c.log.Error("the CRM refuses the company token", logkey.Error, err)
		return Standing{}, model.Refuse(model.CRMSignIn)
	}
	return standingAmong(all, u), err
}

// standingOf returns a user's standing by what the CRM said about them with their own grant.
func (c *Company) standingOf(ctx context.Context, u model.User, me model.CRMUser, token model.CRMCompany) (Standing, error) {
	var company model.CRMCompany
	err := c.store.Read(ctx, func(r store.Reader) (err error) {
		company, err = Of(r, token)
		return err
	})
	return Standing{Admin: me.Admin && me.Company.ID == company.ID && SameEmail(me.Email, u.Email), inactive: !me.Active}, err
}

// standingAmong returns a user's standing by the list of the company's users. They are inactive
// if every entry with their address is.
func standingAmong(all []model.CRMUser, u model.User) Standing {
	named, active, admin := false, false, false
	for _, c := range all {
		if SameEmail(c.Email, u.Email) {
			named, active, admin = true, active || c.Active, admin || c.Admin
		}
	}
	return Standing{Admin: admin, inactive: named && !active, unnamed: !named}
}

// storeRole stores what the CRM says about a user.
func (c *Company) storeRole(ctx context.Context, u model.User, at Standing) error {
	err := c.store.Accounts(ctx, func(tx store.AccountTx) error { return c.PutRole(tx, u, at, nil) })
	if errors.Is(err, store.ErrNotFound) {
		return nil // the user was removed meanwhile
	}
	return err
}

// PutRole stores what the CRM says about a user, and logs a changed role in the audit log.
// sealed, unless nil, replaces the user's grant. Connections of a user who became inactive are
// closed at the next check of open connections.
func (c *Company) PutRole(tx store.AccountTx, u model.User, at Standing, sealed *string) error {
	kept, err := tx.CRMUser(u.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	was, admin := kept.Admin, at.Admin
	if at.unnamed {
		at.inactive = kept.Inactive
	}
	if kept.Inactive != at.inactive {
		c.log.Info("standing told by the CRM", logkey.User, string(u.ID), "inactive", at.inactive)
	}
	kept.User, kept.Admin, kept.Inactive, kept.CheckedAt = u.ID, admin, at.inactive, c.now()
	if sealed != nil {
		kept.SealedGrant, kept.GrantOver = *sealed, false
	}
	if err := tx.PutCRMUser(kept); err != nil || was == admin {
		return err
	}
	c.log.Info("role told by the CRM", logkey.User, string(u.ID), "admin", admin)
	e := audit.AboutUser(model.AuditAdmin, u, c.now())
	e.From, e.To, e.Via = strconv.FormatBool(was), strconv.FormatBool(admin), string(model.FromPipedrive)
	return tx.AddAudit(e)
}

// RoleAtSignIn returns a user who signs in by a code with their role in the CRM; if the CRM
// can't answer now, they keep the stored one. A user who is not active in the CRM is refused.
func (c *Company) RoleAtSignIn(ctx context.Context, u model.User) (model.User, error) {
	if c.crm == nil {
		return u, nil
	}
	const most = 5 * time.Second
	short, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	asked, err := c.FreshRole(short, u.ID)
	if err == nil || isInactive(err) {
		return asked, err
	}
	err = c.store.Read(ctx, func(r store.Reader) (err error) {
		u, err = c.WithRole(r, u)
		return err
	})
	if err != nil {
		u.Admin = false
	}
	return u, nil
}

// Run asks the CRM regularly who is an admin and who no longer works there, until ctx ends; at
// once if it stops accepting a grant.
func (c *Company) Run(ctx context.Context) error {
	wake.Loop(ctx, c.grantOver, func(ctx context.Context) time.Duration {
		c.readRoles(ctx)
		return c.every
	})
	return nil
}

// readRoles asks the CRM about all users. Those it can't tell about keep their roles until the
// next time; connecting and uninstalling Pages ask for themselves.
func (c *Company) readRoles(ctx context.Context) {
	defer rescue.Log(c.log, "read roles")
	users, err := c.list(ctx)
	if err != nil {
		c.log.Error("read users", logkey.Error, err)
		return
	}
	var all []model.CRMUser
	listed, grantsAlone := false, !c.crm.KnowsCompany()
	if !grantsAlone {
		if all, err = c.crm.Colleagues(ctx); err != nil {
			c.log.Warn("the CRM does not tell of the company's users", logkey.Error, err)
		}
		listed, grantsAlone = err == nil, errors.Is(err, model.ErrCRMRefused)
	}
	for _, u := range users {
		if ctx.Err() != nil {
			return
		}
		var err error
		if listed {
			err = c.storeRole(ctx, u, standingAmong(all, u))
		} else {
			err = c.readRole(ctx, u, grantsAlone)
		}
		if err != nil {
			c.log.Warn("the CRM does not tell a user's role", logkey.User, string(u.ID), logkey.Error, err)
		}
	}
}

// list returns all users as they are stored.
func (c *Company) list(ctx context.Context) (all []model.User, err error) {
	err = c.store.Read(ctx, func(r store.Reader) error {
		all, err = r.Users()
		return err
	})
	return all, err
}

// isInactive reports whether somebody was refused because they no longer work there.
func isInactive(err error) bool {
	var r *model.Refusal
	return errors.As(err, &r) && r.Code == model.CRMInactive
}

// readRole asks about one user with their own grant. If grants are the only source, a user
// without one is no admin, and one whose grant the CRM no longer accepts is inactive until they
// sign in with it again.
func (c *Company) readRole(ctx context.Context, u model.User, grantsAlone bool) error {
	me, err := c.self(ctx, u.ID)
	if errors.Is(err, ErrNoGrant) && grantsAlone {
		return c.storeRole(ctx, u, Standing{inactive: errors.Is(err, ErrGrantOver)})
	}
	if err != nil {
		return err
	}
	token, err := c.TokenCompany(ctx)
	if err != nil {
		return err
	}
	at, err := c.standingOf(ctx, u, me, token)
	if err != nil {
		return err
	}
	return c.storeRole(ctx, u, at)
}
