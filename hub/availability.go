package hub

import (
	"context"
	"encoding/json"
	"errors"

	"parley/hub/store"
	"parley/model"
)

// SetAvailable makes a user take conversations, or none for now, and tells every
// connected client. What is theirs stays theirs.
func (h *Hub) SetAvailable(ctx context.Context, user model.User, available bool) (model.User, error) {
	h.live.staffing.Lock() // so that changes are told in the order in which they were made
	defer h.live.staffing.Unlock()
	var now model.User
	var changed bool
	err := h.store.Accounts(ctx, func(tx store.AccountTx) (err error) {
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
		h.live.tellUser(now)
	}
	err = h.store.Read(ctx, func(r store.Reader) (err error) {
		now, err = h.withRole(r, now)
		return err
	})
	return now, err
}

// tellUser tells every session how a user is known from now on.
func (l *live) tellUser(u model.User) {
	b, err := json.Marshal(model.UserChanged{Type: model.FrameUser, User: u.Colleague()})
	if err != nil {
		panic("hub: a user frame must marshal: " + err.Error()) // strings and a bool
	}
	for _, s := range l.everySession() {
		s.mu.Lock()
		s.push(queued{bytes: b, always: true})
		s.mu.Unlock()
		s.wake.Notify()
	}
}
