package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/cmd/cli"
)

// manages runs a command that opens the hub's store.
func (w *world) manages(args ...string) result {
	w.t.Helper()
	return runProgram(w.t, w.hubEnv(), "", args...)
}

type listedUser struct {
	ID, Name, Email string
	Admin           bool
}

func (w *world) users() []listedUser {
	w.t.Helper()
	var l struct{ Users []listedUser }
	fromJSON(w.t, []byte(w.manages("user", "list", "--json").ok().out), &l)
	return l.Users
}

// TestManagingUsers: the commands open the store beside a running hub, which notices at
// once.
func TestManagingUsers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if got := w.manages("user", "list").ok().out; !strings.Contains(got, "parley user add") {
		t.Errorf("nobody: %s", got)
	}
	aki, ben := w.addAdmin("Aki"), w.addUser("Ben", "--email", "ben@example.com")
	w.addUser("Dan")
	other := w.addUser("Dan")
	if all := w.users(); len(all) != 4 || !all[0].Admin || all[1] != (listedUser{ben.id, "Ben", "ben@example.com", false}) {
		t.Errorf("users: %+v", all)
	}
	for _, lang := range []string{"en", "ja"} {
		r := w.manages("user", "list", "--lang", lang).ok()
		if !strings.Contains(r.out, ben.id) || !strings.Contains(r.out, "ben@example.com") {
			t.Errorf("%s: %s", lang, r.out)
		}
	}

	ben.get("/v1/stats").problem(http.StatusForbidden, "not_admin")
	w.manages("user", "admin", "Ben", "on").ok()
	within(t, "Ben is an admin", time.Second+patience, func() bool { return ben.get("/v1/stats").status == http.StatusOK })
	w.manages("user", "admin", ben.id, "off").ok()
	within(t, "Ben is none", time.Second+patience, func() bool { return ben.get("/v1/stats").status == http.StatusForbidden })
	w.manages("user", "admin", "Ben", "maybe").exits(cli.ExitUsage)
	w.manages("user", "admin", "Nobody", "on").exits(cli.ExitMissing).says("Nobody", "parley user list")

	w.manages("user", "remove", "Dan").exits(cli.ExitFailed).says("Several users", "Dan")
	w.manages("user", "remove", other.id).ok()
	other.get("/v1/me").problem(http.StatusUnauthorized, "not_signed_in")
	w.manages("user", "remove", other.id).exits(cli.ExitMissing)

	aki.connectsPage().ok()
	w.manages("user", "remove", "Aki").refused("still_installer").says("parley page disconnect")
	aki.get("/v1/me").is(http.StatusOK)
	aki.cli("page", "disconnect", w.facebook.PageID).ok()
	w.manages("user", "remove", "Aki").ok()
	aki.get("/v1/me").problem(http.StatusUnauthorized, "not_signed_in")
}

func TestManagingTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	aki := w.addUser("Aki")
	aki.signsIn()
	kept := aki.keptToken()
	var l struct {
		Tokens []struct {
			ID      string
			Current bool
		}
	}
	r := aki.cli("token", "list", "--json").ok()
	fromJSON(t, []byte(r.out), &l)
	if len(l.Tokens) != 2 || !l.Tokens[0].Current || l.Tokens[1].Current {
		t.Fatalf("tokens: %s", r.out)
	}
	if r := aki.cli("token", "list").ok(); !strings.Contains(r.out, l.Tokens[1].ID) || strings.Contains(r.out, aki.token) {
		t.Errorf("tokens: %s", r.out)
	}
	aki.cli("token", "revoke", "none").exits(cli.ExitMissing)
	aki.cli("token", "revoke", l.Tokens[1].ID).ok()
	w.call(http.MethodGet, w.hubURL+"/v1/me", nil, http.Header{"Authorization": {"Bearer " + kept}}).
		problem(http.StatusUnauthorized, "not_signed_in")
	aki.get("/v1/me").is(http.StatusOK)
}

// TestAvailability: users switch their own at the hub, and colleagues are told.
func TestAvailability(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	aki, ben := w.addAdmin("Aki"), w.addUser("Ben")
	var u struct {
		ID        string
		Available *bool
	}
	fromJSON(t, []byte(ben.cli("user", "available", "off", "--json").ok().out), &u)
	if u.ID != ben.id || u.Available == nil || *u.Available {
		t.Fatalf("made %+v", u)
	}
	for lang, said := range map[string]string{"en": "not available", "ja": "対応不可"} {
		for _, r := range []result{w.manages("user", "list", "--lang", lang), ben.cli("whoami", "--lang", lang)} {
			if !strings.Contains(r.ok().out, said) {
				t.Errorf("%s: %s", lang, r.out)
			}
		}
	}
	var l struct {
		Users []struct {
			ID        string
			Available bool
		}
	}
	aki.get("/v1/users").is(http.StatusOK).into(&l)
	for _, told := range l.Users {
		if told.Available != (told.ID != ben.id) {
			t.Errorf("told %+v", told)
		}
	}
	ben.cli("user", "available", "perhaps").exits(cli.ExitUsage)
	ben.cli("user", "available").exits(cli.ExitUsage)
	if r := ben.cli("user", "available", "on").ok(); !strings.Contains(r.out, "You are available") {
		t.Errorf("said %s", r.out)
	}
}
