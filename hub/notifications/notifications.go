// Package notifications keeps what users want to be notified of.
package notifications

import (
	"context"
	"errors"

	"parley/hub/store"
	"parley/model"
	"parley/model/notify"
)

// Preferences are those of all users. It is safe for concurrent use.
type Preferences struct {
	store store.AccountStore
	// mails: the hub has a mail server.
	mails bool
}

// New returns the preferences in a store. mails: the hub can mail users.
func New(s store.AccountStore, mails bool) *Preferences { return &Preferences{s, mails} }

// mailTo returns where mails to a user go; empty: they can't be mailed.
func (p *Preferences) mailTo(user model.User) string {
	if !p.mails {
		return ""
	}
	return user.Email
}

// Notifications returns a user's preferences: the defaults, if they set none.
func (p *Preferences) Notifications(ctx context.Context, user model.User) (out notify.Preferences, err error) {
	err = p.store.Read(ctx, func(r store.Reader) (err error) {
		out, err = Of(r, user.ID)
		return err
	})
	out.MailTo = p.mailTo(user)
	return out, err
}

// ChangeNotifications changes a user's own preferences. An invalid change is a
// [*model.InvalidError].
func (p *Preferences) ChangeNotifications(ctx context.Context, user model.User, c notify.Change) (out notify.Preferences, err error) {
	err = p.store.Accounts(ctx, func(tx store.AccountTx) error {
		was, err := Of(tx, user.ID)
		if err != nil {
			return err
		}
		if out, err = c.Of(was); err != nil {
			return err
		}
		return tx.PutNotificationPreferences(user.ID, out)
	})
	out.MailTo = p.mailTo(user)
	return out, err
}

// Of returns a user's preferences: the defaults, if they set none.
func Of(r store.NotificationReader, user model.UserID) (notify.Preferences, error) {
	p, err := r.NotificationPreferences(user)
	if errors.Is(err, store.ErrNotFound) {
		return notify.Defaults(), nil
	}
	return p, err
}
