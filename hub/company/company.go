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

// CRM is what this package asks the CRM for. Its errors are [model.ErrCRMRefused] or
// [model.ErrCRMUnavailable].
type CRM interface {
	// KnowsCompany reports whether there is a company token.
	KnowsCompany() bool
	// Refresh renews a grant. It must not be called twice at once for one grant.
	Refresh(ctx context.Context, g model.CRMGrant) (model.CRMGrant, error)
	Me(ctx context.Context, g model.CRMGrant) (model.CRMUser, error)
	// Company returns the user that the company token belongs to, Colleagues all users of the
	// company.
	Company(ctx context.Context) (model.CRMUser, error)
	Colleagues(ctx context.Context) ([]model.CRMUser, error)
}

// Options are the dependencies and settings of a [Company].
type Options struct {
	Store store.AccountStore
	// CRM is nil if none is configured: then everybody has the role that the hub gives them.
	CRM CRM
	// Vault seals the grants of users; without one nobody can grant us anything.
	Vault *vault.Vault
	// Every is how often the CRM is asked who is an admin.
	Every time.Duration
	// Now returns the time as it is stored and shown.
	Now func() time.Time
	Log *slog.Logger
}

// Company is what the CRM says about the hub's users. It is safe for concurrent use.
type Company struct {
	store store.AccountStore
	crm   CRM
	vault *vault.Vault
	every time.Duration
	now   func() time.Time
	log   *slog.Logger

	// company caches the company of the company token.
	company cachedCompany
	staff   staff
	// grants serialises refreshing a grant: of two refreshes at once, one may end the other's
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

// Configured reports whether there is a CRM.
func (c *Company) Configured() bool { return c.crm != nil }

// KnowsCompany reports whether there is a company token, with which the CRM can be asked about
// everybody.
func (c *Company) KnowsCompany() bool { return c.crm != nil && c.crm.KnowsCompany() }

// TokenSeesAll reports whether the company token is an admin's, who sees all of the CRM.
func (c *Company) TokenSeesAll(ctx context.Context) (bool, error) {
	u, err := c.crm.Company(ctx)
	return err == nil && u.Admin, err
}

// Fresh reads a user again: their rights may have changed since they signed in.
func (c *Company) Fresh(ctx context.Context, id model.UserID) (u model.User, err error) {
	err = c.store.Read(ctx, func(r store.Reader) error {
		u, err = r.User(id)
		return err
	})
	return u, err
}

// WithRole adds a user's role: what the CRM said last, if one is configured, whatever the hub's
// own flag says.
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

// Admitted is WithRole for somebody who signs in. A user who is not active in the CRM is
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

// cachedCompany is the company of the company token.
type cachedCompany struct {
	mu sync.Mutex
	is model.CRMCompany
}

// TokenCompany returns the company of the company token; the zero value if there is no such
// token.
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

// TokenError turns a refusal of the company token into [model.ErrCRMUnavailable]: it is a
// mistake in the hub's settings and says nothing about any user.
func TokenError(err error) error {
	if errors.Is(err, model.ErrCRMRefused) {
		return errors.Join(model.ErrCRMUnavailable, errors.New("company token: "+err.Error()))
	}
	return err
}

// Of returns the company that the hub belongs to; the zero value if that is not known yet.
// token is the company of the company token.
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

// SameEmail compares e-mail addresses ignoring case and surrounding space. An empty one equals
// none.
func SameEmail(a, b string) bool {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	return a != "" && strings.EqualFold(a, b)
}
