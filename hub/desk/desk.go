// Package desk is what users arrange for themselves at the hub, so that they find it wherever
// they sign in: the views that they saved.
package desk

import (
	"context"
	"errors"
	"slices"

	"parley/hub/store"
	"parley/model"
	"parley/model/query"
)

// Desk is what users arranged for themselves. It is safe for concurrent use.
type Desk struct{ store store.AccountStore }

// New returns the desk of a store.
func New(s store.AccountStore) *Desk { return &Desk{store: s} }

// SavedViews returns a user's views in their order.
func (d *Desk) SavedViews(ctx context.Context, user model.User) ([]query.Saved, error) {
	list := []query.Saved{}
	err := d.store.Read(ctx, func(r store.Reader) error {
		found, err := r.SavedViews(user.ID)
		list = append(list, found...)
		return err
	})
	return list, err
}

// SaveView saves a view of a user, instead of the one with its id, at a place among their views,
// counted from 0; below 0: where it was, else at the end. An error is a [*model.InvalidError] if
// the view can't be kept.
func (d *Desk) SaveView(ctx context.Context, user model.User, v query.Saved, place int) (query.Saved, error) {
	v, err := v.Tidy()
	if err != nil {
		return v, invalid(err)
	}
	return v, d.change(ctx, user, func(list []query.Saved) ([]query.Saved, error) {
		list, err := query.Placed(list, v, place)
		if err != nil {
			return nil, invalid(err)
		}
		return list, nil
	})
}

// DropView forgets a view of a user. One that is not theirs is [store.ErrNotFound].
func (d *Desk) DropView(ctx context.Context, user model.User, id string) error {
	return d.change(ctx, user, func(list []query.Saved) ([]query.Saved, error) {
		i := slices.IndexFunc(list, func(v query.Saved) bool { return v.ID == id })
		if i < 0 {
			return nil, store.ErrNotFound
		}
		return slices.Delete(list, i, i+1), nil
	})
}

// change replaces a user's views by what f makes of them.
func (d *Desk) change(ctx context.Context, user model.User, f func([]query.Saved) ([]query.Saved, error)) error {
	return d.store.Accounts(ctx, func(tx store.AccountTx) error {
		list, err := tx.SavedViews(user.ID)
		if err == nil {
			list, err = f(list)
		}
		if err != nil {
			return err
		}
		return tx.PutSavedViews(user.ID, list)
	})
}

// invalid says of which part of a view an error is.
func invalid(err error) error {
	field := "query"
	switch {
	case errors.Is(err, query.ErrName), errors.Is(err, query.ErrMany):
		field = "name"
	case errors.Is(err, query.ErrSort):
		field = "sort"
	}
	return &model.InvalidError{Field: field, Reason: err.Error() + "."}
}
