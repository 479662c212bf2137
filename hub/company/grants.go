package company

import (
	"context"
	"errors"

	"parley/hub/logkey"
	"parley/hub/sealing"
	"parley/hub/store"
	"parley/model"
)

// ErrNoGrant: the user has granted us nothing, or takes it back. ErrGrantOver, beside it:
// there was one, which the CRM takes no more.
var (
	ErrNoGrant   = errors.New("no grant of the CRM")
	ErrGrantOver = errors.New("the CRM takes the grant no more")
)

// GrantOf returns a user's grant with an access token that is not over, and is not the
// one that was just refused. Without a grant, or where the CRM takes it no more, it
// answers ErrNoGrant; such a grant is forgotten.
func (c *Company) GrantOf(ctx context.Context, user model.UserID, refusedToken string) (model.CRMGrant, error) {
	if c.vault == nil {
		return model.CRMGrant{}, sealing.ErrNoVault
	}
	unlock, err := c.grants.Lock(ctx, user)
	if err != nil {
		return model.CRMGrant{}, err
	}
	defer unlock()
	var kept store.CRMUser
	err = c.store.Read(ctx, func(r store.Reader) (err error) {
		kept, err = r.CRMUser(user)
		return err
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && kept.SealedGrant == "" {
		if kept.GrantOver {
			return model.CRMGrant{}, errors.Join(ErrNoGrant, ErrGrantOver)
		}
		return model.CRMGrant{}, ErrNoGrant
	}
	if err != nil {
		return model.CRMGrant{}, err
	}
	g, err := sealing.OpenGrant(c.vault, user, kept.SealedGrant)
	if err != nil || c.now().Before(g.Expires) && g.Access != refusedToken {
		return g, err
	}
	next, err := c.crm.Refresh(ctx, g)
	if errors.Is(err, model.ErrCRMRefused) {
		c.log.Info("grant of the CRM is over", logkey.User, string(user))
		err = errors.Join(ErrNoGrant, ErrGrantOver, c.keepGrant(ctx, user, kept.SealedGrant, ""))
		c.grantOver.Notify() // they may work there no more
		return model.CRMGrant{}, err
	}
	if err != nil {
		return model.CRMGrant{}, err
	}
	sealed, err := sealing.SealGrant(c.vault, user, next)
	if err != nil {
		return model.CRMGrant{}, err
	}
	return next, c.keepGrant(ctx, user, kept.SealedGrant, sealed)
}

// keepGrant puts a sealed grant in the place of another one, if that is there still: a
// sign-in meanwhile has a newer one.
func (c *Company) keepGrant(ctx context.Context, user model.UserID, before, sealed string) error {
	return c.store.Accounts(ctx, func(tx store.AccountTx) error {
		kept, err := tx.CRMUser(user)
		if err != nil || kept.SealedGrant != before {
			return err
		}
		kept.SealedGrant, kept.GrantOver = sealed, sealed == ""
		return tx.PutCRMUser(kept)
	})
}

// self asks the CRM who a user is, by their own grant; ErrNoGrant where there is none.
func (c *Company) self(ctx context.Context, user model.UserID) (model.CRMUser, error) {
	refused := ""
	for {
		g, err := c.GrantOf(ctx, user, refused)
		if err != nil {
			return model.CRMUser{}, err
		}
		me, err := c.crm.Me(ctx, g)
		if !errors.Is(err, model.ErrCRMRefused) {
			return me, err
		}
		if refused != "" { // by a token that was new, too
			return model.CRMUser{}, errors.Join(ErrNoGrant, ErrGrantOver)
		}
		refused = g.Access
	}
}
