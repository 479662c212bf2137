package hub

import (
	"context"

	"parley/hub/audit"
	"parley/hub/ids"
	"parley/hub/logkey"
	"parley/hub/store"
	"parley/model"
)

// admit finds whose grant it is, and lets them in by the sign-in that waits, or refuses.
func (h *Hub) admit(ctx context.Context, d store.DeviceLogin, grant model.CRMGrant) (model.User, error) {
	me, err := h.crm.Me(ctx, grant)
	if err != nil {
		return model.User{}, companyTokenError(err) // a token that was given just now
	}
	if !me.Active {
		return model.User{}, model.Refuse(model.CRMInactive)
	}
	company, err := h.tokenCompany(ctx)
	if err != nil {
		return model.User{}, err
	}
	var u model.User
	err = h.store.Accounts(ctx, func(tx store.AccountTx) (err error) {
		now, err := h.stillOpen(tx.DeviceLogin(store.ByDeviceCode, d.Hash))
		if err != nil {
			return err
		}
		if u, err = h.account(tx, me, company); err != nil {
			return err
		}
		sealed, err := sealGrant(h.vault, u.ID, grant)
		if err != nil {
			return err
		}
		if err := h.putRole(tx, u, standing{admin: me.Admin}, &sealed); err != nil {
			return err
		}
		now.User = u.ID
		return tx.ChangeDeviceLogin(now)
	})
	if err != nil {
		return model.User{}, err
	}
	h.live.staffing.Lock() // as availability is told: in order
	h.live.tellUser(u)     // they may be new, or be called otherwise now
	h.live.staffing.Unlock()
	u.Admin, u.AdminFrom = me.Admin, model.FromPipedrive
	return u, nil
}

// account finds or makes the account of somebody whom the CRM knows, of this hub's
// company alone, and takes over what it tells of them. token is the company of the
// company token.
func (h *Hub) account(tx store.AccountTx, me model.CRMUser, token model.CRMCompany) (model.User, error) {
	u, known, err := h.byEmail(tx, me.Email)
	if err != nil {
		return u, err
	}
	company, err := companyOf(tx, token)
	if err != nil {
		return u, err
	}
	switch {
	case company.ID == 0 && (!known || !u.Admin):
		return u, model.Refuse(model.NoCompany)
	case company.ID == 0: // the first admin added at the hub who signs in
		if err := tx.SetCRMCompany(me.Company); err != nil {
			return u, err
		}
	case company.ID != me.Company.ID:
		return u, model.Refuse(model.WrongCompany)
	}
	if !known && (!h.newColleagues || me.Email == "") {
		return u, model.Refuse(model.NoAccount)
	}
	tell(&u, me)
	if known {
		return u, tx.ChangeUser(u)
	}
	u.ID = model.UserID(ids.New())
	if err := tx.CreateUser(u); err != nil {
		return u, err
	}
	e := audit.Entry(model.AuditUserAdded, u, h.utc())
	ref := u.Ref()
	e.User, e.Via = &ref, string(model.FromPipedrive)
	return u, tx.AddAudit(e)
}

// tell takes over what the CRM tells of somebody.
func tell(u *model.User, me model.CRMUser) {
	if me.Name != "" {
		u.Name = me.Name
	}
	if u.Name == "" {
		u.Name = me.Email
	}
	u.Email, u.Language, u.TimeZone = me.Email, me.Language, me.TimeZone
}

// byEmail finds the one user with an e-mail address. Where several have it nobody knows
// who it is.
func (h *Hub) byEmail(tx store.AccountTx, email string) (u model.User, known bool, err error) {
	all, err := tx.Users()
	if err != nil {
		return u, false, err
	}
	for _, one := range all {
		if !sameEmail(one.Email, email) {
			continue
		}
		if known {
			h.log.Warn("several users have one e-mail address", logkey.User, string(u.ID), "other", string(one.ID))
			return model.User{}, false, model.Refuse(model.NoAccount)
		}
		u, known = one, true
	}
	return u, known, nil
}
