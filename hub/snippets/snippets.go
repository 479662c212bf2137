// Package snippets keeps the snippets of the team and of each user.
package snippets

import (
	"context"
	"errors"
	"time"

	"parley/hub/store"
	"parley/model"
	"parley/model/snippet"
)

// Book is the snippets of all users.
type Book struct {
	store store.AccountStore
	now   func() time.Time
}

// New returns the snippets of a store.
func New(s store.AccountStore, now func() time.Time) *Book { return &Book{store: s, now: now} }

// team is the owner of the team's snippets.
const team model.UserID = ""

// owner returns whose snippets a user means.
func owner(user model.User, ofTeam bool) model.UserID {
	if ofTeam {
		return team
	}
	return user.ID
}

// Snippets returns the snippets of the team and a user's own, by name.
func (b *Book) Snippets(ctx context.Context, user model.User) ([]snippet.Snippet, error) {
	var all []snippet.Snippet
	err := b.store.Read(ctx, func(r store.Reader) error {
		shared, err := r.Snippets(team)
		own, err2 := r.Snippets(user.ID)
		all = append(shared, own...)
		return errors.Join(err, err2)
	})
	if err != nil {
		return nil, err
	}
	snippet.Sort(all)
	return all, nil
}

// Snippet returns a snippet of the team, or a user's own.
func (b *Book) Snippet(ctx context.Context, user model.User, ofTeam bool, name string) (snippet.Snippet, error) {
	var s snippet.Snippet
	err := b.store.Read(ctx, func(r store.Reader) (err error) {
		s, err = r.Snippet(owner(user, ofTeam), name)
		return err
	})
	return s, err
}

// PutSnippet adds or changes a snippet, as [snippet.Snippet.Tidy] says. Those of the team are
// changed by admins.
func (b *Book) PutSnippet(ctx context.Context, user model.User, s snippet.Snippet) (snippet.Snippet, error) {
	if s.Team && !user.Admin {
		return s, model.Refuse(model.NotAdmin)
	}
	s, err := s.Tidy()
	if err != nil {
		return s, err
	}
	s.UpdatedAt, s.By = b.now(), nil
	if s.Team {
		by := user.Ref()
		s.By = &by
	}
	of := owner(user, s.Team)
	err = b.store.Accounts(ctx, func(tx store.AccountTx) error {
		_, err := tx.Snippet(of, s.Name)
		if errors.Is(err, store.ErrNotFound) {
			var all []snippet.Snippet
			if all, err = tx.Snippets(of); err == nil && len(all) >= snippet.MaxEach {
				return model.Refuse(snippet.TooMany)
			}
		}
		if err != nil {
			return err
		}
		return tx.PutSnippet(of, s)
	})
	return s, err
}

// RemoveSnippet removes a snippet. Those of the team are removed by admins.
func (b *Book) RemoveSnippet(ctx context.Context, user model.User, ofTeam bool, name string) error {
	if ofTeam && !user.Admin {
		return model.Refuse(model.NotAdmin)
	}
	return b.store.Accounts(ctx, func(tx store.AccountTx) error { return tx.RemoveSnippet(owner(user, ofTeam), name) })
}
