package graph

import (
	"crypto/hmac"
	"encoding/base64"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"parley/sandbox/meta"
	"parley/sandbox/seeded"
)

// Lifetimes of what the dialog issues.
//
// Source: Facebook Login, "Manually build a login flow"; "Long-lived access tokens".
const (
	codeLife       = 10 * time.Minute
	shortTokenLife = 90 * time.Minute
	longTokenLife  = 60 * 24 * time.Hour
)

// secondPage is a Page of which the admin does not have full control.
const secondPage = "Aoyama Coffee Kyoto"

// account is a person with a Facebook account, who may sign in at the dialog.
type account struct {
	key   string // the dialog's name for them
	id    string
	name  string
	about string // who they are, in words
	pages []managed
}

// managed is a Page that somebody may work with.
type managed struct {
	id, name, token string
	tasks           []string
}

// credential is a token issued by the dialog, or one that the sandbox started with.
type credential struct {
	who     principal
	owner   *account
	scopes  []string
	expires time.Time // zero: never
}

// valid reports whether a token can still be used.
func (c *credential) valid(now time.Time) bool {
	return c.expires.IsZero() || now.Before(c.expires)
}

func fullControl() []string {
	return []string{"ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"}
}

// authorization is a code issued by the dialog; it can be redeemed once.
type authorization struct {
	owner    *account
	scopes   []string
	redirect string
	expires  time.Time
	used     bool
}

// login is Facebook Login: who can sign in, and what the dialog issued. Its lock guards codes and
// tokens; the accounts are fixed.
type login struct {
	meta     meta.Identity
	now      func() time.Time
	log      *slog.Logger
	accounts []*account

	mu     sync.Mutex
	codes  map[string]*authorization
	tokens map[string]*credential
	serial uint64 // makes secrets unique
}

// newLogin creates the people and the initial tokens.
func newLogin(o Options) *login {
	l := &login{meta: o.Meta, now: o.Now, log: o.Logger, codes: map[string]*authorization{}, tokens: map[string]*credential{}}
	l.accounts = l.people()
	l.tokens[o.Meta.UserToken] = &credential{who: asUser, owner: l.accounts[0], scopes: scopes()}
	for _, a := range l.accounts {
		for _, p := range a.pages {
			if p.id == o.Meta.PageID {
				l.tokens[p.token] = &credential{who: asPage, owner: a, scopes: scopes()}
			}
		}
	}
	return l
}

// people returns those who can sign in: an admin with full control of the Page, somebody who may
// only answer, and a personal profile without a Page.
func (l *login) people() []*account {
	seed := l.meta.Seed
	page := managed{id: l.meta.PageID, name: pageName, token: l.meta.PageToken, tasks: fullControl()}
	kyoto := managed{
		id: seeded.Digits(seed, "page kyoto", 15), name: secondPage, token: meta.AccessToken(seed, "page token kyoto"),
		tasks: []string{"CREATE_CONTENT", "MESSAGING"},
	}
	answers := page
	answers.token, answers.tasks = meta.AccessToken(seed, "page token of staff"), []string{"CREATE_CONTENT", "MESSAGING", "MODERATE"}
	return []*account{
		{key: "admin", id: l.meta.UserID, name: userName, about: "full control of " + pageName, pages: []managed{page, kyoto}},
		{key: "staff", id: seeded.Digits(seed, "user staff", 17), name: "Aoyama Staff", about: "answers on " + pageName + ", no full control", pages: []managed{answers}},
		{key: "profile", id: seeded.Digits(seed, "user profile", 17), name: "Hana Private", about: "a personal profile without a Page"},
	}
}

// hasID reports whether an id is a person's.
func (l *login) hasID(id string) bool {
	return slices.ContainsFunc(l.accounts, func(a *account) bool { return a.id == id })
}

// credential returns the credential of a token; nil: there is none.
func (l *login) credential(token string) *credential {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tokens[token]
}

// authorize issues a code.
func (l *login) authorize(who *account, granted []string, redirect string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	code := l.freshToken("AQ")
	l.codes[code] = &authorization{owner: who, scopes: granted, redirect: redirect, expires: l.now().Add(codeLife)}
	return code
}

// freshToken returns a unique secret. mu must be held.
func (l *login) freshToken(prefix string) string {
	l.serial++
	raw := seeded.Derive(l.meta.Seed, prefix+" "+l.now().String()+" "+strconv.FormatUint(l.serial, 10))
	return prefix + strings.NewReplacer("-", "Z", "_", "Q").Replace(base64.RawURLEncoding.EncodeToString(raw[:]))
}

// accessToken answers GET /oauth/access_token: it exchanges a code for a person's token, or that
// for a long-lived one.
func (l *login) accessToken(c *call) (any, error) {
	if c.param("client_id") != l.meta.AppID {
		return nil, &graphError{code: 101, message: "Error validating application. Cannot get application info due to a system error."}
	}
	if !hmac.Equal([]byte(c.param("client_secret")), []byte(l.meta.AppSecret)) {
		return nil, &graphError{code: 1, status: http.StatusBadRequest, message: "Error validating client secret."}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if c.param("grant_type") == "fb_exchange_token" {
		held := l.tokens[c.param("fb_exchange_token")]
		if held == nil || held.who != asUser || !held.valid(now) {
			return nil, errBadToken()
		}
		return l.grantToken(held.owner, held.scopes, longTokenLife), nil
	}
	a := l.codes[c.param("code")]
	switch {
	case a == nil:
		return nil, &graphError{code: 100, message: "Invalid verification code format."}
	case a.used:
		return nil, &graphError{code: 100, subcode: 36009, message: "This authorization code has been used."}
	case !now.Before(a.expires):
		return nil, &graphError{code: 100, subcode: 36007, message: "This authorization code has expired."}
	case a.redirect != c.param("redirect_uri"):
		return nil, &graphError{code: 100, subcode: 36008, message: "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request"}
	}
	a.used = true
	return l.grantToken(a.owner, a.scopes, shortTokenLife), nil
}

// grantToken issues a person's token. mu must be held.
func (l *login) grantToken(who *account, granted []string, life time.Duration) map[string]any {
	made := l.freshToken("EAA")
	l.tokens[made] = &credential{who: asUser, owner: who, scopes: granted, expires: l.now().Add(life)}
	return map[string]any{"access_token": made, "token_type": "bearer", "expires_in": int(life.Seconds())}
}
