package accounts

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"parley/hub/audit"
	"parley/hub/company"
	"parley/hub/ids"
	"parley/hub/secret"
	"parley/hub/store"
	"parley/hub/vault"
	"parley/model"
)

// loginCodeLife is how long a one-time login code is valid.
const loginCodeLife = 10 * time.Minute

// ErrSignIn means that a token or code does not sign anybody in.
var ErrSignIn = errors.New("not signed in")

// CRM is the CRM that users sign in through. Its errors are [model.ErrCRMRefused] or
// [model.ErrCRMUnavailable].
type CRM interface {
	// SignsIn reports whether users can sign in through it.
	SignsIn() bool
	// AuthorizeURL returns where a user authorizes us; their browser comes back to redirect.
	AuthorizeURL(redirect, state string) string
	// AuthorizeOrigin returns the origin of AuthorizeURL.
	AuthorizeOrigin() string
	Exchange(ctx context.Context, code, redirect string) (model.CRMGrant, error)
	Me(ctx context.Context, g model.CRMGrant) (model.CRMUser, error)
}

// Options are the dependencies and settings of [Accounts].
type Options struct {
	Store store.AccountStore
	// Company is what the CRM says about users.
	Company *company.Company
	// CRM is nil if none is configured.
	CRM CRM
	// Vault seals the grants of users in the CRM; without one nobody signs in through it.
	Vault *vault.Vault
	// NewColleagues: an unknown colleague of the hub's company gets an account when they first
	// sign in through the CRM.
	NewColleagues bool
	// LoginURL is where users sign in with their browser.
	LoginURL string
	// LoginPoll is how often a program may ask whether a sign-in through a browser is done.
	LoginPoll time.Duration
	// UserChanged is called with each user who changed, in the order of the changes.
	UserChanged func(model.User)
	// Now returns the time as it is stored and shown.
	Now func() time.Time
	Log *slog.Logger
}

// Accounts are the hub's users and their credentials. It is safe for concurrent use.
type Accounts struct {
	store         store.AccountStore
	company       *company.Company
	crm           CRM
	vault         *vault.Vault
	newColleagues bool
	loginURL      string
	loginPoll     time.Duration
	userChanged   func(model.User)
	now           func() time.Time
	log           *slog.Logger

	// staffing is held while a user is changed and the change announced.
	staffing sync.Mutex
	uses     *tokenUses
	sessions *sessionTokens
	polls    *devicePolls
}

// New returns accounts; [Accounts.Run] stores which tokens were used.
func New(o Options) *Accounts {
	return &Accounts{
		store: o.Store, company: o.Company, crm: o.CRM, vault: o.Vault, newColleagues: o.NewColleagues, loginURL: o.LoginURL,
		loginPoll: o.LoginPoll, userChanged: o.UserChanged, now: o.Now, log: o.Log,
		uses: newTokenUses(), sessions: newSessionTokens(), polls: newDevicePolls(),
	}
}

// NewUser is a user to be added.
type NewUser struct {
	Name  string
	Email string
	Admin bool
	// Token: give them a token at once, besides the login code.
	Token bool
}

// Added is a user who was added, with their credentials. The secrets are stored hashed and
// can't be shown again.
type Added struct {
	User      model.User `json:"user"`
	LoginCode string     `json:"login_code"`
	Token     string     `json:"token,omitempty"`
}

// AddUser adds a user to a store, which a hub may have open.
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

// Login exchanges a one-time code for a token. A wrong code is only looked up, so that guessing
// does not keep writers waiting. A user who is not active in the CRM is refused.
func (a *Accounts) Login(ctx context.Context, code string) (token string, user model.User, err error) {
	hash, waits := secret.Hash(normaliseCode(code)), false
	err = a.store.Read(ctx, func(r store.Reader) (err error) {
		waits, err = r.LoginCodeWaits(hash, a.now())
		return err
	})
	if err == nil && !waits {
		err = ErrSignIn
	}
	if err != nil {
		return "", model.User{}, err
	}
	token = secret.New(secret.TokenBytes)
	err = a.store.Accounts(ctx, func(tx store.AccountTx) error {
		now := a.now()
		user, err = tx.UseLoginCode(hash, now)
		if err != nil {
			return err
		}
		if _, err := a.company.Admitted(tx, user); err != nil {
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
	user, err = a.company.RoleAtSignIn(ctx, user)
	if err != nil {
		return "", model.User{}, errors.Join(err, a.Logout(context.WithoutCancel(ctx), token))
	}
	return token, user, nil
}

// Logout removes a token. Connections opened with it are closed at the next check of open
// connections.
func (a *Accounts) Logout(ctx context.Context, token string) error {
	err := a.store.Accounts(ctx, func(tx store.AccountTx) error {
		u, err := tx.UserByToken(secret.Hash(token))
		if err != nil {
			return err
		}
		return a.signOut(tx, u, secret.Hash(token))
	})
	if errors.Is(err, store.ErrNotFound) {
		return ErrSignIn
	}
	return err
}

// signOut removes a token of a user.
func (a *Accounts) signOut(tx store.AccountTx, u model.User, hash []byte) error {
	if err := tx.RemoveToken(hash); err != nil {
		return err
	}
	return tx.AddAudit(audit.Entry(model.AuditSignedOut, u, a.now()))
}

// Authenticate returns the user that a token belongs to.
func (a *Accounts) Authenticate(ctx context.Context, token string) (model.User, error) {
	var u model.User
	hash := secret.Hash(token)
	id, ofSession := a.sessions.user(hash)
	err := a.store.Read(ctx, func(r store.Reader) (err error) {
		if ofSession {
			u, err = r.User(id)
		} else {
			u, err = r.UserByToken(hash)
		}
		if err == nil {
			u, err = a.company.Admitted(r, u)
		}
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return model.User{}, ErrSignIn
	}
	if err == nil && !ofSession {
		a.uses.record(hash, a.now())
	}
	return u, err
}
