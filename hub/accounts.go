package hub

import (
	"context"
	"errors"
	"strings"
	"time"

	"parley/hub/audit"
	"parley/hub/ids"
	"parley/hub/secret"
	"parley/hub/store"
	"parley/model"
)

// loginCodeLife is how long a one-time login code lets its user in.
const loginCodeLife = 10 * time.Minute

// NewUser is somebody to be added.
type NewUser struct {
	Name  string
	Email string
	Admin bool
	// Token: give them a token at once, beside the login code.
	Token bool
}

// Added is a user who was added, and what lets them in. The secrets are stored
// hashed and can't be shown again.
type Added struct {
	User      model.User `json:"user"`
	LoginCode string     `json:"login_code"`
	Token     string     `json:"token,omitempty"`
}

// AddUser adds a user to a store, which a hub may have open meanwhile.
func AddUser(ctx context.Context, s store.Store, n NewUser, now time.Time) (Added, error) {
	name := strings.TrimSpace(n.Name)
	if name == "" {
		return Added{}, &model.InvalidError{Field: "name", Reason: "must not be empty"}
	}
	a := Added{
		User:      model.User{ID: model.UserID(ids.New()), Name: name, Email: strings.TrimSpace(n.Email), Admin: n.Admin},
		LoginCode: newLoginCode(),
	}
	if n.Token {
		a.Token = secret.New(secret.TokenBytes)
	}
	err := s.Accounts(ctx, func(tx store.AccountTx) error {
		if err := tx.CreateUser(a.User); err != nil {
			return err
		}
		if err := tx.AddAudit(audit.AboutUser(model.AuditUserAdded, a.User, now)); err != nil {
			return err
		}
		if err := tx.AddLoginCode(secret.Hash(a.LoginCode), a.User.ID, now.Add(loginCodeLife)); err != nil {
			return err
		}
		if a.Token == "" {
			return nil
		}
		return tx.AddToken(secret.Hash(a.Token), a.User.ID, now)
	})
	return a, err
}

// Login takes a one-time code for a token. Wrong codes keep nobody who writes waiting: they
// are only looked up. Who is not active in the CRM is refused.
func (h *Hub) Login(ctx context.Context, code string) (token string, user model.User, err error) {
	hash, waits := secret.Hash(normaliseCode(code)), false
	err = h.store.Read(ctx, func(r store.Reader) (err error) {
		waits, err = r.LoginCodeWaits(hash, h.utc())
		return err
	})
	if err == nil && !waits {
		err = ErrSignIn
	}
	if err != nil {
		return "", model.User{}, err
	}
	token = secret.New(secret.TokenBytes)
	err = h.store.Accounts(ctx, func(tx store.AccountTx) error {
		now := h.utc()
		user, err = tx.TakeLoginCode(hash, now)
		if err != nil {
			return err
		}
		if _, err := h.admitted(tx, user); err != nil {
			return err
		}
		if err := tx.AddToken(secret.Hash(token), user.ID, now); err != nil {
			return err
		}
		return tx.AddAudit(audit.Entry(model.AuditSignedIn, user, now))
	})
	if errors.Is(err, store.ErrNotFound) {
		return "", model.User{}, ErrSignIn
	}
	if err != nil {
		return "", model.User{}, err
	}
	user, err = h.askedRole(ctx, user)
	if err != nil {
		return "", model.User{}, errors.Join(err, h.Logout(context.WithoutCancel(ctx), token))
	}
	return token, user, nil
}

// Logout forgets a token. What is open by it closes within [Timing.Revalidate].
func (h *Hub) Logout(ctx context.Context, token string) error {
	err := h.store.Accounts(ctx, func(tx store.AccountTx) error {
		u, err := tx.UserByToken(secret.Hash(token))
		if err != nil {
			return err
		}
		return h.signOut(tx, u, secret.Hash(token))
	})
	if errors.Is(err, store.ErrNotFound) {
		return ErrSignIn
	}
	return err
}

// signOut forgets a token of a user.
func (h *Hub) signOut(tx store.AccountTx, u model.User, hash []byte) error {
	if err := tx.RemoveToken(hash); err != nil {
		return err
	}
	return tx.AddAudit(audit.Entry(model.AuditSignedOut, u, h.utc()))
}

// Authenticate finds whose token it is.
func (h *Hub) Authenticate(ctx context.Context, token string) (model.User, error) {
	var u model.User
	hash := secret.Hash(token)
	id, ofSession := h.sessions.user(hash)
	err := h.store.Read(ctx, func(r store.Reader) (err error) {
		if ofSession {
			u, err = r.User(id)
		} else {
			u, err = r.UserByToken(hash)
		}
		if err == nil {
			u, err = h.admitted(r, u)
		}
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return model.User{}, ErrSignIn
	}
	if err == nil && !ofSession {
		h.uses.note(hash, h.utc())
	}
	return u, err
}
