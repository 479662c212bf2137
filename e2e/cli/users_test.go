package cli

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/cmd/cli"
	"parley/e2e/driver"
)

type listedUser struct {
	ID, Name, Email string
	Admin           bool
}

func users(w *driver.World) []listedUser {
	w.T.Helper()
	var l struct{ Users []listedUser }
	driver.FromJSON(w.T, []byte(w.Manages("user", "list", "--json").Ok().Out), &l)
	return l.Users
}

// TestManagingUsers: the commands open the store beside a running hub, which notices at
// once.
func TestManagingUsers(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t)
	if got := w.Manages("user", "list").Ok().Out; !strings.Contains(got, "parley user add") {
		t.Errorf("nobody: %s", got)
	}
	aki, ben := w.AddAdmin("Aki"), w.AddUser("Ben", "--email", "ben@example.com")
	w.AddUser("Dan")
	other := w.AddUser("Dan")
	if all := users(w); len(all) != 4 || !all[0].Admin || all[1] != (listedUser{ben.ID, "Ben", "ben@example.com", false}) {
		t.Errorf("users: %+v", all)
	}
	for _, lang := range []string{"en", "ja"} {
		r := w.Manages("user", "list", "--lang", lang).Ok()
		if !strings.Contains(r.Out, ben.ID) || !strings.Contains(r.Out, "ben@example.com") {
			t.Errorf("%s: %s", lang, r.Out)
		}
	}

	ben.Get("/v1/stats").Problem(http.StatusForbidden, "not_admin")
	w.Manages("user", "admin", "Ben", "on").Ok()
	driver.Within(t, "Ben is an admin", time.Second+driver.Patience, func() bool { return ben.Get("/v1/stats").Status == http.StatusOK })
	w.Manages("user", "admin", ben.ID, "off").Ok()
	driver.Within(t, "Ben is none", time.Second+driver.Patience, func() bool { return ben.Get("/v1/stats").Status == http.StatusForbidden })
	w.Manages("user", "admin", "Ben", "maybe").Exits(cli.ExitUsage)
	w.Manages("user", "admin", "Nobody", "on").Exits(cli.ExitMissing).Says("Nobody", "parley user list")

	w.Manages("user", "remove", "Dan").Exits(cli.ExitFailed).Says("Several users", "Dan")
	w.Manages("user", "remove", other.ID).Ok()
	other.Get("/v1/me").Problem(http.StatusUnauthorized, "not_signed_in")
	w.Manages("user", "remove", other.ID).Exits(cli.ExitMissing)

	aki.ConnectsPage().Ok()
	w.Manages("user", "remove", "Aki").Refused("still_installer").Says("parley page disconnect")
	aki.Get("/v1/me").Is(http.StatusOK)
	aki.Cli("page", "disconnect", w.Facebook.PageID).Ok()
	w.Manages("user", "remove", "Aki").Ok()
	aki.Get("/v1/me").Problem(http.StatusUnauthorized, "not_signed_in")
}

func TestManagingTokens(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t)
	aki := w.AddUser("Aki")
	signsIn(aki)
	kept := keptToken(aki)
	var l struct {
		Tokens []struct {
			ID      string
			Current bool
		}
	}
	r := aki.Cli("token", "list", "--json").Ok()
	driver.FromJSON(t, []byte(r.Out), &l)
	if len(l.Tokens) != 2 || !l.Tokens[0].Current || l.Tokens[1].Current {
		t.Fatalf("tokens: %s", r.Out)
	}
	if r := aki.Cli("token", "list").Ok(); !strings.Contains(r.Out, l.Tokens[1].ID) || strings.Contains(r.Out, aki.Token) {
		t.Errorf("tokens: %s", r.Out)
	}
	aki.Cli("token", "revoke", "none").Exits(cli.ExitMissing)
	aki.Cli("token", "revoke", l.Tokens[1].ID).Ok()
	w.Call(http.MethodGet, w.HubURL+"/v1/me", nil, http.Header{"Authorization": {"Bearer " + kept}}).
		Problem(http.StatusUnauthorized, "not_signed_in")
	aki.Get("/v1/me").Is(http.StatusOK)
}

// TestAvailability: users switch their own at the hub, and colleagues are told.
func TestAvailability(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t)
	aki, ben := w.AddAdmin("Aki"), w.AddUser("Ben")
	var u struct {
		ID        string
		Available *bool
	}
	driver.FromJSON(t, []byte(ben.Cli("user", "available", "off", "--json").Ok().Out), &u)
	if u.ID != ben.ID || u.Available == nil || *u.Available {
		t.Fatalf("made %+v", u)
	}
	for lang, said := range map[string]string{"en": "not available", "ja": "対応不可"} {
		for _, r := range []driver.Result{w.Manages("user", "list", "--lang", lang), ben.Cli("whoami", "--lang", lang)} {
			if !strings.Contains(r.Ok().Out, said) {
				t.Errorf("%s: %s", lang, r.Out)
			}
		}
	}
	var l struct {
		Users []struct {
			ID        string
			Available bool
		}
	}
	aki.Get("/v1/users").Is(http.StatusOK).Into(&l)
	for _, told := range l.Users {
		if told.Available != (told.ID != ben.ID) {
			t.Errorf("told %+v", told)
		}
	}
	ben.Cli("user", "available", "perhaps").Exits(cli.ExitUsage)
	ben.Cli("user", "available").Exits(cli.ExitUsage)
	if r := ben.Cli("user", "available", "on").Ok(); !strings.Contains(r.Out, "You are available") {
		t.Errorf("said %s", r.Out)
	}
}
