package accounts

import (
	"context"

	"parley/hub/audit"
	"parley/hub/company"
	"parley/hub/ids"
	"parley/hub/logkey"
	"parley/hub/sealing"
	"parley/hub/store"
	"parley/model"
)

// admit signs in the user that a grant belongs to, for the sign-in that waits, or refuses.
func (a *Accounts) admit(ctx context.Context, d store.DeviceLogin, grant model.CRMGrant) (model.User, error) {
	me, err := a.crm.Me(ctx, grant)
	if err != nil {
		return model.User{}, company.TokenError(err) // the token was given just now
	}
	if !me.Active {
		return model.User{}, model.Refuse(model.CRMInactive)
	}
	token, err := a.company.TokenCompany(ctx)
	if err != nil {
		return model.User{}, err
	}
	var u model.User
	err = a.store.Accounts(ctx, func(tx store.AccountTx) (err error) {
		now, err := a.stillOpen(tx.DeviceLogin(store.ByDeviceCode, d.Hash))
		if err != nil {
			return err
		}
		if u, err = a.account(tx, me, token); err != nil {
			return err
		}
		sealed, err := sealing.SealGrant(a.vault, u.ID, grant)
		if err != nil {
			return err
		}
		if err := a.company.PutRole(tx, u, company.Standing{Admin: me.Admin}, &sealed); err != nil {
			return err
		}
		now.User = u.ID
		return tx.ChangeDeviceLogin(now)
	})
	if err != nil {
		return model.User{}, err
	}
	a.staffing.Lock() // for the order, as in SetAvailable
	a.userChanged(u)  // they may be new, or have another name now
	a.staffing.Unlock()
	u.Admin, u.AdminFrom = me.Admin, model.FromPipedrive
	return u, nil
}

// account finds or creates the account of a CRM user, if they are of this hub's company, and
// updates it by what the CRM says. token is the company of the company token.
func (a *Accounts) account(tx store.AccountTx, me model.CRMUser, token model.CRMCompany) (model.User, error) {
	u, known, err := a.byEmail(tx, me.Email)
	if err != nil {
		return u, err
	}
	is, err := company.Of(tx, token)
	if err != nil {
		return u, err
	}
	switch {
	case is.ID == 0 && (!known || !u.Admin):
		return u, model.Refuse(model.NoCompany)
	case is.ID == 0: // the first admin added at the hub who signs in
		if err := tx.SetCRMCompany(me.Company); err != nil {
			return u, err
		}
	case is.ID != me.Company.ID:
		return u, model.Refuse(model.WrongCompany)
	}
	if !known && (!a.newColleagues || me.Email == "") {
		return u, model.Refuse(model.NoAccount)
	}
	update(&u, me)
	if known {
		return u, tx.ChangeUser(u)
	}
	u.ID = model.UserID(ids.New())
	if err := tx.CreateUser(u); err != nil {
		return u, err
	}
	e := audit.Entry(model.AuditUserAdded, u, a.now())
	ref := u.Ref()
	e.User, e.Via = &ref, string(model.FromPipedrive)
	return u, tx.AddAudit(e)
}

// update copies what the CRM says about somebody.
func update(u *model.User, me model.CRMUser) {
	if me.Name != "" {
		u.Name = me.Name
	}
	if u.Name == "" {
		u.Name = me.Email
	}
	u.Email, u.Language, u.TimeZone = me.Email, me.Language, me.TimeZone
}

// byEmail returns the one user with an e-mail address. If several have it, nobody knows who it
// is.
func (a *Accounts) byEmail(tx store.AccountTx, email string) (u model.User, known bool, err error) {
	all, err := tx.Users()
	if err != nil {
		return u, false, err
	}
	for _, one := range all {
		if !company.SameEmail(one.Email, email) {
			continue
		}
		if known {
			a.log.Warn("several users have one e-mail address", logkey.User, string(u.ID), "other", string(one.ID))
			return model.User{}, false, model.Refuse(model.NoAccount)
		}
		u, known = one, true
	}
	return u, known, nil
}
