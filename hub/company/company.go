package company

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"parley/hub/keylock"
	"parley/hub/store"
	"parley/hub/vault"
	"parley/hub/wake"
	"parley/model"
)

// CRM is what the company is asked for. Its errors are [model.ErrCRMRefused] or
// [model.ErrCRMUnavailable].
type CRM interface {
	// KnowsCompany tells whether there is a company token.
	KnowsCompany() bool
	// Refresh must not be called twice at a time for one grant.
	Refresh(ctx context.Context, g model.CRMGrant) (model.CRMGrant, error)
	Me(ctx context.Context, g model.CRMGrant) (model.CRMUser, error)
	// Company tells whose the company token is, Colleagues all users of the company.
	Company(ctx context.Context) (model.CRMUser, error)
	Colleagues(ctx context.Context) ([]model.CRMUser, error)
}

// Options are what a company is made of.
type Options struct {
	Store store.AccountStore
	// CRM is nil where none is configured: then everybody has the role that the hub gives
	// them.
	CRM CRM
	// Vault seals what users have granted us; without one nobody can.
	Vault *vault.Vault
	// Every is how often the CRM is asked who is an admin.
	Every time.Duration
	// Now is the hub's time, as it is stored and shown.
	Now func() time.Time
	Log *slog.Logger
}

// Company is what the CRM says of the hub's users. It is safe for concurrent use.
type Company struct {
	store store.AccountStore
	crm   CRM
	vault *vault.Vault
	every time.Duration
	now   func() time.Time
	log   *slog.Logger

	// company is that of the company token, once it was asked for.
	company kept
	staff   staff
	// grants has one at a time refresh a grant: of two at once, one may end the other's
	// access token.
	grants    keylock.Locks[model.UserID]
	grantOver wake.Signal
}

// New returns a company; [Company.Run] keeps its roles up to date.
func New(o Options) *Company {
	return &Company{
		store: o.Store, crm: o.CRM, vault: o.Vault, every: o.Every, now: o.Now, log: o.Log, grantOver: wake.NewSignal(),
	}
}

// Configured tells whether there is a CRM.
func (c *Company) Configured() bool { return c.crm != nil }

// KnowsCompany tells whether there is a company token, by which the CRM can be asked for
// everybody.
func (c *Company) KnowsCompany() bool { return c.crm != nil && c.crm.KnowsCompany() }

// OfAdmin tells whether the company token is an admin's, who sees all of the CRM.
func (c *Company) OfAdmin(ctx context.Context) (bool, error) {
	u, err := c.crm.Company(ctx)
	return err == nil && u.Admin, err
}

// Fresh reads a user anew: rights may have changed since they signed in.
func (c *Company) Fresh(ctx context.Context, id model.UserID) (u model.User, err error) {
	err = c.store.Read(ctx, func(r store.Reader) error {
		u, err = r.User(id)
		return err
	})
	return u, err
}

// WithRole is a user with the role that they have: where a CRM is configured what it said
// last, whatever the hub's own flag is.
func (c *Company) WithRole(r store.Reader, u model.User) (model.User, error) {
	if c.crm == nil {
		return u, nil
	}
	kept, err := r.CRMUser(u.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return u, err
	}
	u.Admin, u.AdminFrom = kept.Admin, model.FromPipedrive
	return u, nil
}

// Admitted is a user with the role that they have; who is not active in the CRM is
// refused with [model.CRMInactive].
func (c *Company) Admitted(r store.Reader, u model.User) (model.User, error) {
	if c.crm == nil {
		return u, nil
	}
	kept, err := r.CRMUser(u.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return u, err
	}
	if kept.Inactive {
		return u, model.Refuse(model.CRMInactive)
	}
	return c.WithRole(r, u)
}

// Users returns all users with their roles.
func (c *Company) Users(r store.Reader) ([]model.User, error) {
	all, err := r.Users()
	if err != nil {
		return nil, err
	}
	for i, u := range all {
		if all[i], err = c.WithRole(r, u); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// kept is the company of the company token.
type kept struct {
	mu sync.Mutex
	is model.CRMCompany
}

// TokenCompany returns the company of the company token; a zero one where there is no
// such token.
func (c *Company) TokenCompany(ctx context.Context) (model.CRMCompany, error) {
	if !c.crm.KnowsCompany() {
		return model.CRMCompany{}, nil
	}
	c.company.mu.Lock()
	is := c.company.is
	c.company.mu.Unlock()
	if is.ID != 0 {
		return is, nil
	}
	u, err := c.crm.Company(ctx)
	if err != nil {
		return model.CRMCompany{}, TokenError(err)
	}
	c.company.mu.Lock()
	c.company.is = u.Company
	c.company.mu.Unlock()
	return u.Company, nil
}

// TokenError makes the refusal of the company token what it is: a mistake of the
// hub's settings, which says nothing of any user.
func TokenError(err error) error {
	if errors.Is(err, model.ErrCRMRefused) {
		return errors.Join(model.ErrCRMUnavailable, errors.New("company token: "+err.Error()))
	}
	return err
}

// Of returns the company that the hub belongs to; a zero one where it does not
// know yet. token is that of the company token.
func Of(r store.Reader, token model.CRMCompany) (model.CRMCompany, error) {
	if token.ID != 0 {
		return token, nil
	}
	c, err := r.CRMCompany()
	if errors.Is(err, store.ErrNotFound) {
		return model.CRMCompany{}, nil
	}
	return c, err
}

// SameEmail compares e-mail addresses as people write them; an empty one is nobody's.
func SameEmail(a, b string) bool {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	return a != "" && strings.EqualFold(a, b)
}
