// Package sealing encrypts the secrets in the store with the hub's key: the tokens of Pages,
// and the CRM grants of users.
package sealing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"parley/hub/store"
	"parley/hub/vault"
	"parley/model"
)

// ErrKey means that the store's secrets were sealed with another key than the hub's.
var ErrKey = errors.New("not the store's key")

// Labels that bind a sealed secret to its purpose.
const (
	labelToken = "page token"
	labelGrant = "crm grant"
)

// ErrNoVault is a mistake of whoever assembled the hub.
var ErrNoVault = errors.New("hub without a vault")

// SealToken seals a Page's token for the store, bound to the Page.
func SealToken(v *vault.Vault, page model.PageID, token string) string {
	if token == "" || v == nil {
		return ""
	}
	return v.Seal(labelToken, string(page), token)
}

// Token returns a Page's token, "" if it has none.
func Token(v *vault.Vault, p store.Page) (string, error) {
	if p.SealedToken == "" {
		return p.Token, nil
	}
	if v == nil {
		return "", ErrNoVault
	}
	token, err := v.Open(labelToken, string(p.ID), p.SealedToken)
	if err != nil {
		return "", fmt.Errorf("open token of page %s: %w", p.ID, err)
	}
	return token, nil
}

// SealGrant seals a user's CRM grant for the store, bound to the user.
func SealGrant(v *vault.Vault, user model.UserID, g model.CRMGrant) (string, error) {
	b, err := json.Marshal(g)
	if err != nil {
		return "", fmt.Errorf("encode grant: %w", err)
	}
	return v.Seal(labelGrant, string(user), string(b)), nil
}

// OpenGrant opens what [SealGrant] sealed.
func OpenGrant(v *vault.Vault, user model.UserID, sealed string) (model.CRMGrant, error) {
	var g model.CRMGrant
	s, err := v.Open(labelGrant, string(user), sealed)
	if err == nil {
		err = json.Unmarshal([]byte(s), &g)
	}
	if err != nil {
		return model.CRMGrant{}, fmt.Errorf("open grant of user %s: %w", user, err)
	}
	return g, nil
}

// Sealed reports whether a store holds a secret that only its key opens.
func Sealed(ctx context.Context, s store.Store) (bool, error) {
	sealed := false
	err := s.Read(ctx, func(r store.Reader) error {
		pages, err := r.Pages()
		for _, p := range pages {
			sealed = sealed || p.SealedToken != ""
		}
		if err != nil {
			return err
		}
		users, err := r.CRMUsers()
		for _, u := range users {
			sealed = sealed || u.SealedGrant != ""
		}
		return err
	})
	return sealed, err
}

// SealTokens prepares a store for a hub with that vault, before the hub starts. It checks that
// the key opens the sealed secrets, then seals the tokens that an older hub left in plain text
// and returns how many. With a wrong key it changes nothing and returns [ErrKey].
func SealTokens(ctx context.Context, s store.Store, v *vault.Vault) (int, error) {
	var pages []store.Page
	var users []store.CRMUser
	err := s.Read(ctx, func(r store.Reader) (err error) {
		if pages, err = r.Pages(); err != nil {
			return err
		}
		users, err = r.CRMUsers()
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, u := range users {
		if u.SealedGrant == "" {
			continue
		}
		if _, err := OpenGrant(v, u.User, u.SealedGrant); err != nil {
			return 0, fmt.Errorf("%w: %w", ErrKey, err)
		}
	}
	for _, p := range pages {
		if p.SealedToken == "" {
			continue
		}
		if _, err := v.Open(labelToken, string(p.ID), p.SealedToken); err != nil {
			return 0, fmt.Errorf("%w: page %s: %w", ErrKey, p.ID, err)
		}
	}
	n := 0
	for _, p := range pages {
		if p.Token == "" {
			continue
		}
		if err := sealPage(ctx, s, v, p.ID); err != nil {
			return n, fmt.Errorf("seal token of page %s: %w", p.ID, err)
		}
		n++
	}
	return n, nil
}

func sealPage(ctx context.Context, s store.Store, v *vault.Vault, id model.PageID) error {
	return s.Write(ctx, id, func(tx store.PageTx) error {
		p, err := tx.Page(id)
		if err != nil {
			return err
		}
		p.SealedToken, p.Token = SealToken(v, id, p.Token), ""
		return tx.PutPage(&p)
	})
}
