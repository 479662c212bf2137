package accounts

import (
	"context"
	"errors"

	"parley/hub/store"
	"parley/model"
)

// SetAvailable sets whether a user takes conversations, and tells every connected client.
// Conversations assigned to them stay assigned.
func (a *Accounts) SetAvailable(ctx context.Context, user model.User, available bool) (model.User, error) {
	a.staffing.Lock() // announced in the order in which they were made
	defer a.staffing.Unlock()
	var now model.User
	var changed bool
	err := a.store.Accounts(ctx, func(tx store.AccountTx) (err error) {
		if now, err = tx.User(user.ID); err != nil {
			return err
		}
		if changed = bool(now.Away) == available; !changed {
			return nil
		}
		now.Away = model.Away(!available)
		return tx.ChangeUser(now)
	})
	if errors.Is(err, store.ErrNotFound) {
		return model.User{}, ErrSignIn // removed meanwhile
	}
	if err != nil {
		return model.User{}, err
	}
	if changed {
		a.userChanged(now)
	}
	err = a.store.Read(ctx, func(r store.Reader) (err error) {
		now, err = a.company.WithRole(r, now)
		return err
	})
	return now, err
}
