package company

import (
	"context"
	"errors"

	"parley/hub/logkey"
	"parley/hub/sealing"
	"parley/hub/store"
	"parley/model"
)

// ErrNoGrant means that the user has granted us nothing or revoked it. ErrGrantOver is joined
// to it if there was a grant that the CRM no longer accepts.
var (
	ErrNoGrant   = errors.New("no grant of the CRM")
	ErrGrantOver = errors.New("the CRM takes the grant no more")
)

// GrantOf returns a user's grant with an access token that has not expired and is not
// refusedToken, the one that the CRM has just refused. If there is no grant, or the CRM no
// longer accepts it, the error is ErrNoGrant; such a grant is deleted.
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
		err = errors.Join(ErrNoGrant, ErrGrantOver, c.replaceGrant(ctx, user, kept.SealedGrant, ""))
		c.grantOver.Notify() // they may no longer work there
		return model.CRMGrant{}, err
	}
	if err != nil {
		return model.CRMGrant{}, err
	}
	sealed, err := sealing.SealGrant(c.vault, user, next)
	if err != nil {
		return model.CRMGrant{}, err
	}
	return next, c.replaceGrant(ctx, user, kept.SealedGrant, sealed)
}

// replaceGrant replaces a sealed grant unless it was replaced meanwhile: a sign-in then has a
// newer one.
func (c *Company) replaceGrant(ctx context.Context, user model.UserID, before, sealed string) error {
	return c.store.Accounts(ctx, func(tx store.AccountTx) error {
		kept, err := tx.CRMUser(user)
		if err != nil || kept.SealedGrant != before {
			return err
		}
		kept.SealedGrant, kept.GrantOver = sealed, sealed == ""
		return tx.PutCRMUser(kept)
	})
}

// self asks the CRM who a user is, with their own grant; ErrNoGrant if they have none.
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
		if refused != "" { // with a new token, too
			return model.CRMUser{}, errors.Join(ErrNoGrant, ErrGrantOver)
		}
		refused = g.Access
	}
}
