package hub

import (
	"context"
	"errors"
	"strings"
	"sync"

	"parley/hub/store"
	"parley/model"
)

// CRM is what the hub needs of Pipedrive. Its errors are [model.ErrCRMRefused] or
// [model.ErrCRMUnavailable].
type CRM interface {
	// SignsIn tells whether users can sign in through it, KnowsCompany whether there is a
	// company token.
	SignsIn() bool
	KnowsCompany() bool
	// AuthorizeURL is where a user lets us in; their browser comes back to redirect.
	AuthorizeURL(redirect, state string) string
	// AuthorizeOrigin is the origin of AuthorizeURL.
	AuthorizeOrigin() string
	Exchange(ctx context.Context, code, redirect string) (model.CRMGrant, error)
	// Refresh must not be called twice at a time for one grant.
	Refresh(ctx context.Context, g model.CRMGrant) (model.CRMGrant, error)
	Me(ctx context.Context, g model.CRMGrant) (model.CRMUser, error)
	// Company tells whose the company token is, Colleagues all users of the company.
	Company(ctx context.Context) (model.CRMUser, error)
	Colleagues(ctx context.Context) ([]model.CRMUser, error)
}

// withRole is a user with the role that they have: where a CRM is configured what it said
// last, whatever the hub's own flag is.
func (h *Hub) withRole(r store.Reader, u model.User) (model.User, error) {
	if h.crm == nil {
		return u, nil
	}
	kept, err := r.CRMUser(u.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return u, err
	}
	u.Admin, u.AdminFrom = kept.Admin, model.FromPipedrive
	return u, nil
}

// admitted is a user with the role that they have; who is not active in the CRM is
// refused with [model.CRMInactive].
func (h *Hub) admitted(r store.Reader, u model.User) (model.User, error) {
	if h.crm == nil {
		return u, nil
	}
	kept, err := r.CRMUser(u.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return u, err
	}
	if kept.Inactive {
		return u, model.Refuse(model.CRMInactive)
	}
	return h.withRole(r, u)
}

// usersWithRoles returns all users with their roles.
func (h *Hub) usersWithRoles(r store.Reader) ([]model.User, error) {
	all, err := r.Users()
	if err != nil {
		return nil, err
	}
	for i, u := range all {
		if all[i], err = h.withRole(r, u); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// companyKept is the company of the company token, once it was asked for.
type companyKept struct {
	mu sync.Mutex
	c  model.CRMCompany
}

// tokenCompany returns the company of the company token; a zero one where there is no
// such token.
func (h *Hub) tokenCompany(ctx context.Context) (model.CRMCompany, error) {
	if !h.crm.KnowsCompany() {
		return model.CRMCompany{}, nil
	}
	h.company.mu.Lock()
	c := h.company.c
	h.company.mu.Unlock()
	if c.ID != 0 {
		return c, nil
	}
	u, err := h.crm.Company(ctx)
	if err != nil {
		return model.CRMCompany{}, companyTokenError(err)
	}
	h.company.mu.Lock()
	h.company.c = u.Company
	h.company.mu.Unlock()
	return u.Company, nil
}

// companyTokenError makes the refusal of the company token what it is: a mistake of the
// hub's settings, which says nothing of any user.
func companyTokenError(err error) error {
	if errors.Is(err, model.ErrCRMRefused) {
		return errors.Join(ErrCRM, errors.New("company token: "+err.Error()))
	}
	return err
}

// companyOf returns the company that the hub belongs to; a zero one where it does not
// know yet. token is that of the company token.
func companyOf(r store.Reader, token model.CRMCompany) (model.CRMCompany, error) {
	if token.ID != 0 {
		return token, nil
	}
	c, err := r.CRMCompany()
	if errors.Is(err, store.ErrNotFound) {
		return model.CRMCompany{}, nil
	}
	return c, err
}

// sameEmail compares e-mail addresses as people write them; an empty one is nobody's.
func sameEmail(a, b string) bool {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	return a != "" && strings.EqualFold(a, b)
}
