package accounts

import (
	"context"
	"errors"
	"sync"
	"time"

	"parley/hub/audit"
	"parley/hub/secret"
	"parley/hub/store"
	"parley/model"
)

// ErrKeyTaken means that the key already belongs to a user.
var ErrKeyTaken = errors.New("the key is somebody's already")

// AddSSHKey gives a user, by id or name, an SSH key, in a store that a hub may have open.
func AddSSHKey(ctx context.Context, s store.Store, who, fingerprint, comment string, now time.Time) (model.User, error) {
	var u model.User
	err := s.Accounts(ctx, func(tx store.AccountTx) (err error) {
		if u, err = findUser(tx, who); err != nil {
			return err
		}
		if err := tx.AddSSHKey(store.SSHKey{Fingerprint: fingerprint, User: u.ID, Comment: comment, At: now}); err != nil {
			return err
		}
		e := audit.AboutUser(model.AuditKeyAdded, u, now)
		e.Key = fingerprint
		return tx.AddAudit(e)
	})
	if errors.Is(err, store.ErrConflict) {
		err = ErrKeyTaken
	}
	return u, err
}

// ListSSHKeys returns the SSH keys of a user, by id or name, oldest first.
func ListSSHKeys(ctx context.Context, s store.Store, who string) (model.User, []store.SSHKey, error) {
	var u model.User
	var keys []store.SSHKey
	err := s.Read(ctx, func(r store.Reader) (err error) {
		if u, err = findUser(r, who); err != nil {
			return err
		}
		keys, err = r.SSHKeys(u.ID)
		return err
	})
	return u, keys, err
}

// ErrNoKey means that the user has no such key.
var ErrNoKey = errors.New("the user has no such key")

// RemoveSSHKey removes a key from a user, by id or name, in a store that a hub may have open.
// Sessions opened with it end within seconds.
func RemoveSSHKey(ctx context.Context, s store.Store, who, fingerprint string, now time.Time) (model.User, error) {
	var u model.User
	err := s.Accounts(ctx, func(tx store.AccountTx) (err error) {
		if u, err = findUser(tx, who); err != nil {
			return err
		}
		owner, err := tx.UserBySSHKey(fingerprint)
		if errors.Is(err, store.ErrNotFound) || err == nil && owner.ID != u.ID {
			return ErrNoKey
		}
		if err != nil {
			return err
		}
		if err := tx.RemoveSSHKey(fingerprint); err != nil {
			return err
		}
		e := audit.AboutUser(model.AuditKeyRemoved, u, now)
		e.Key = fingerprint
		return tx.AddAudit(e)
	})
	return u, err
}

// UserOfSSHKey returns the user that a key with this fingerprint belongs to.
func (a *Accounts) UserOfSSHKey(ctx context.Context, fingerprint string) (model.User, error) {
	var u model.User
	err := a.store.Read(ctx, func(r store.Reader) (err error) {
		if u, err = r.UserBySSHKey(fingerprint); err == nil {
			u, err = a.company.Admitted(r, u)
		}
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return model.User{}, ErrSignIn
	}
	return u, err
}

// sessionTokens are the tokens of SSH sessions, by their hashes. They are in memory only: none
// outlives its hub.
type sessionTokens struct {
	mu sync.Mutex
	of map[string]model.UserID
}

func newSessionTokens() *sessionTokens { return &sessionTokens{of: make(map[string]model.UserID)} }

func (t *sessionTokens) user(hash []byte) (model.UserID, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	id, ok := t.of[string(hash)]
	return id, ok
}

// OpenSession creates a token for one session of a user who signed in with that key;
// [Accounts.CloseSession] removes it. There is no session without its audit entry.
func (a *Accounts) OpenSession(ctx context.Context, user model.UserID, by string) (string, error) {
	err := a.store.Accounts(ctx, func(tx store.AccountTx) error {
		u, err := tx.User(user)
		if err != nil {
			return err
		}
		e := audit.Entry(model.AuditSignedIn, u, a.now())
		e.Key = by
		return tx.AddAudit(e)
	})
	if err != nil {
		return "", err
	}
	token := secret.New(secret.TokenBytes)
	a.sessions.mu.Lock()
	defer a.sessions.mu.Unlock()
	a.sessions.of[string(secret.Hash(token))] = user
	return token, nil
}

// CloseSession removes the token of a session.
func (a *Accounts) CloseSession(_ context.Context, token string) error {
	a.sessions.mu.Lock()
	defer a.sessions.mu.Unlock()
	delete(a.sessions.of, string(secret.Hash(token)))
	return nil
}
