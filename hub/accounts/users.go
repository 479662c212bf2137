package accounts

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"parley/hub/audit"
	"parley/hub/store"
	"parley/model"
)

// ErrAmbiguous means that several users have that name.
var ErrAmbiguous = errors.New("several users have that name")

// Users returns all users of this hub. Only admins get e-mail addresses and roles.
func (a *Accounts) Users(ctx context.Context, user model.User) ([]model.Colleague, error) {
	var all []model.User
	err := a.store.Read(ctx, func(r store.Reader) (err error) {
		all, err = a.company.Users(r)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]model.Colleague, 0, len(all))
	for _, u := range all {
		c := u.Colleague()
		if user.Admin {
			c.Email, c.Admin = u.Email, &u.Admin
		}
		out = append(out, c)
	}
	return out, nil
}

// ListUsers returns the users of a store, in the order in which they were added.
func ListUsers(ctx context.Context, s store.Store) ([]model.User, error) {
	var all []model.User
	err := s.Read(ctx, func(r store.Reader) (err error) {
		all, err = r.Users()
		return err
	})
	return all, err
}

// RemoveUser removes a user, by id or name, from a store that a hub may have open. Their tokens
// stop working, and connections opened with them are closed at the next check of open
// connections. The installer of a connected Page can't be removed.
func RemoveUser(ctx context.Context, s store.Store, who string, now time.Time) (model.User, error) {
	var u model.User
	err := s.Accounts(ctx, func(tx store.AccountTx) (err error) {
		if u, err = findUser(tx, who); err != nil {
			return err
		}
		pages, err := tx.Pages()
		if err != nil {
			return err
		}
		for _, p := range pages {
			if p.Installer.ID == u.ID && p.UninstalledAt == nil {
				return model.Refuse(model.StillInstaller)
			}
		}
		if err := tx.RemoveUser(u.ID); err != nil {
			return err
		}
		return tx.AddAudit(audit.AboutUser(model.AuditUserRemoved, u, now))
	})
	return u, err
}

// SetAdmin makes a user, by id or name, an admin or not, in a store that a hub may have open.
func SetAdmin(ctx context.Context, s store.Store, who string, admin bool, now time.Time) (model.User, error) {
	var u model.User
	err := s.Accounts(ctx, func(tx store.AccountTx) (err error) {
		if u, err = findUser(tx, who); err != nil || u.Admin == admin {
			return err
		}
		e := audit.AboutUser(model.AuditAdmin, u, now)
		e.From, e.To = strconv.FormatBool(u.Admin), strconv.FormatBool(admin)
		u.Admin = admin
		if err := tx.ChangeUser(u); err != nil {
			return err
		}
		return tx.AddAudit(e)
	})
	return u, err
}

// findUser finds a user by id, or by a name that nobody else has.
func findUser(r store.Reader, who string) (model.User, error) {
	u, err := r.User(model.UserID(who))
	if !errors.Is(err, store.ErrNotFound) {
		return u, err
	}
	all, err := r.Users()
	if err != nil {
		return model.User{}, err
	}
	var named []model.User
	for _, u := range all {
		if u.Name == strings.TrimSpace(who) {
			named = append(named, u)
		}
	}
	switch len(named) {
	case 0:
		return model.User{}, store.ErrNotFound
	case 1:
		return named[0], nil
	}
	return model.User{}, ErrAmbiguous
}
