package accounts

import (
	"bytes"
	"context"
	"encoding/hex"
	"sync"
	"time"

	"parley/hub/logkey"
	"parley/hub/secret"
	"parley/hub/store"
	"parley/hub/wake"
	"parley/model"
)

// noteUses is how long uses of tokens are collected before they are stored.
const noteUses = time.Minute

// tokenUses are the tokens used since the last write. Writing at each request would cost more
// than most requests.
type tokenUses struct {
	mu   sync.Mutex
	at   map[string]time.Time // by the hash of the token
	wake wake.Signal
}

func newTokenUses() *tokenUses {
	return &tokenUses{at: make(map[string]time.Time), wake: wake.NewSignal()}
}

func (t *tokenUses) record(hash []byte, at time.Time) {
	t.mu.Lock()
	t.at[string(hash)] = at
	t.mu.Unlock()
	t.wake.Notify()
}

func (t *tokenUses) last(hash []byte) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.at[string(hash)]
}

func (t *tokenUses) swap() map[string]time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := t.at
	t.at = make(map[string]time.Time)
	return out
}

// Run stores which tokens were used, until ctx ends.
func (a *Accounts) Run(ctx context.Context) error {
	defer a.storeUses(context.WithoutCancel(ctx))
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-a.uses.wake:
		}
		if !wake.Pause(ctx, noteUses) {
			return nil
		}
		a.storeUses(ctx)
	}
}

// storeUses stores the collected uses. If that fails they are lost, which is better than
// keeping anybody from working.
func (a *Accounts) storeUses(ctx context.Context) {
	uses := a.uses.swap()
	if len(uses) == 0 {
		return
	}
	err := a.store.Accounts(ctx, func(tx store.AccountTx) error {
		for hash, at := range uses {
			if err := tx.UseToken([]byte(hash), at); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		a.log.Warn("note use of tokens", logkey.Error, err)
	}
}

// tokenID names a token: a part of its hash, from which the token can't be derived.
func tokenID(hash []byte) model.TokenID {
	const length = 8
	return model.TokenID(hex.EncodeToString(hash[:min(length, len(hash))]))
}

// Tokens returns a user's own tokens, oldest first; current is the one that was used to ask.
func (a *Accounts) Tokens(ctx context.Context, user model.User, current string) ([]model.Token, error) {
	var list []store.Token
	err := a.store.Read(ctx, func(r store.Reader) (err error) {
		list, err = r.Tokens(user.ID)
		return err
	})
	out := make([]model.Token, 0, len(list))
	mine := secret.Hash(current)
	for _, t := range list {
		shown := model.Token{ID: tokenID(t.Hash), CreatedAt: t.At, Current: bytes.Equal(t.Hash, mine)}
		used := t.UsedAt
		if last := a.uses.last(t.Hash); last.After(used) {
			used = last
		}
		if !used.IsZero() {
			shown.LastUsedAt = &used
		}
		out = append(out, shown)
	}
	return out, err
}

// RevokeToken removes one of a user's own tokens. Connections opened with it are closed at the
// next check of open connections.
func (a *Accounts) RevokeToken(ctx context.Context, user model.User, id model.TokenID) error {
	return a.store.Accounts(ctx, func(tx store.AccountTx) error {
		list, err := tx.Tokens(user.ID)
		if err != nil {
			return err
		}
		for _, t := range list {
			if tokenID(t.Hash) == id {
				return a.signOut(tx, user, t.Hash)
			}
		}
		return store.ErrNotFound
	})
}
