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

// ErrKeyTaken: the key is somebody's already.
var ErrKeyTaken = errors.New("the key is somebody's already")

// AddSSHKey lets a user, by id or name, in by a key, in a store which a hub may have open
// meanwhile.
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

// ListSSHKeys returns the keys that let a user, by id or name, in over SSH, oldest first.
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

// ErrNoKey: the user has no such key.
var ErrNoKey = errors.New("the user has no such key")

// RemoveSSHKey takes a key from a user, by id or name, in a store which a hub may have
// open meanwhile: it lets nobody in any more, and the sessions that it opened end within
// seconds.
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

// UserOfSSHKey finds whose key it is by its fingerprint.
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

// sessionTokens are the tokens of sessions over SSH, by their hashes. They are kept here
// alone: none outlives its hub.
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

// OpenSession makes a token for one session of a user, who came in by that key;
// [Accounts.CloseSession] forgets it. Without the entry in the audit log there is none.
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

// CloseSession forgets the token of a session.
func (a *Accounts) CloseSession(_ context.Context, token string) error {
	a.sessions.mu.Lock()
	defer a.sessions.mu.Unlock()
	delete(a.sessions.of, string(secret.Hash(token)))
	return nil
}
