package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"parley/hub/logkey"
	"parley/hub/store"
	"parley/hub/vault"
	"parley/model"
)

// whatGrant is what a user's grant of the CRM is to the vault.
const whatGrant = "crm grant"

// errNoGrant: the user has granted us nothing, or takes it back. errGrantOver, beside it:
// there was one, which the CRM takes no more.
var (
	errNoGrant   = errors.New("no grant of the CRM")
	errGrantOver = errors.New("the CRM takes the grant no more")
)

func sealGrant(v *vault.Vault, user model.UserID, g model.CRMGrant) (string, error) {
	b, err := json.Marshal(g)
	if err != nil {
		return "", fmt.Errorf("encode grant: %w", err)
	}
	return v.Seal(whatGrant, string(user), string(b)), nil
}

func openGrant(v *vault.Vault, user model.UserID, sealed string) (model.CRMGrant, error) {
	var g model.CRMGrant
	s, err := v.Open(whatGrant, string(user), sealed)
	if err == nil {
		err = json.Unmarshal([]byte(s), &g)
	}
	if err != nil {
		return model.CRMGrant{}, fmt.Errorf("open grant of user %s: %w", user, err)
	}
	return g, nil
}

// grantOf returns a user's grant with an access token that is not over, and is not the
// one that was just refused. Without a grant, or where the CRM takes it no more, it
// answers errNoGrant; such a grant is forgotten.
func (h *Hub) grantOf(ctx context.Context, user model.UserID, refusedToken string) (model.CRMGrant, error) {
	if h.vault == nil {
		return model.CRMGrant{}, errNoVault
	}
	give, err := h.grants.Lock(ctx, user)
	if err != nil {
		return model.CRMGrant{}, err
	}
	defer give()
	var kept store.CRMUser
	err = h.store.Read(ctx, func(r store.Reader) (err error) {
		kept, err = r.CRMUser(user)
		return err
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && kept.SealedGrant == "" {
		if kept.GrantOver {
			return model.CRMGrant{}, errors.Join(errNoGrant, errGrantOver)
		}
		return model.CRMGrant{}, errNoGrant
	}
	if err != nil {
		return model.CRMGrant{}, err
	}
	g, err := openGrant(h.vault, user, kept.SealedGrant)
	if err != nil || h.utc().Before(g.Expires) && g.Access != refusedToken {
		return g, err
	}
	next, err := h.crm.Refresh(ctx, g)
	if errors.Is(err, model.ErrCRMRefused) {
		h.log.Info("grant of the CRM is over", logkey.User, string(user))
		err = errors.Join(errNoGrant, errGrantOver, h.keepGrant(ctx, user, kept.SealedGrant, ""))
		h.grantOver.Notify() // they may work there no more
		return model.CRMGrant{}, err
	}
	if err != nil {
		return model.CRMGrant{}, err
	}
	sealed, err := sealGrant(h.vault, user, next)
	if err != nil {
		return model.CRMGrant{}, err
	}
	return next, h.keepGrant(ctx, user, kept.SealedGrant, sealed)
}

// keepGrant puts a sealed grant in the place of another one, if that is there still: a
// sign-in meanwhile has a newer one.
func (h *Hub) keepGrant(ctx context.Context, user model.UserID, before, sealed string) error {
	return h.store.Accounts(ctx, func(tx store.AccountTx) error {
		kept, err := tx.CRMUser(user)
		if err != nil || kept.SealedGrant != before {
			return err
		}
		kept.SealedGrant, kept.GrantOver = sealed, sealed == ""
		return tx.PutCRMUser(kept)
	})
}

// crmSelf asks the CRM who a user is, by their own grant; errNoGrant where there is none.
func (h *Hub) crmSelf(ctx context.Context, user model.UserID) (model.CRMUser, error) {
	refused := ""
	for {
		g, err := h.grantOf(ctx, user, refused)
		if err != nil {
			return model.CRMUser{}, err
		}
		me, err := h.crm.Me(ctx, g)
		if !errors.Is(err, model.ErrCRMRefused) {
			return me, err
		}
		if refused != "" { // by a token that was new, too
			return model.CRMUser{}, errors.Join(errNoGrant, errGrantOver)
		}
		refused = g.Access
	}
}
