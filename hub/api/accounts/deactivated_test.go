package accounts_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"parley/hub/accounts"
	"parley/hub/api/apitest"
	"parley/hub/store"
	"parley/model"
)

// statusOfMe is how an account is answered now.
func statusOfMe(w *apitest.World, a apitest.Account) int {
	w.Helper()
	return w.Do(a, http.MethodGet, "/v1/me", nil).Status
}

// Whoever is deactivated in Pipedrive is let in no more: by a token from a code or from
// the browser, by an SSH key, over a stream that is open. Who is active again is let in.
func TestDeactivatedInPipedrive(t *testing.T) {
	t.Parallel()
	w := apitest.NewCRM(t, apitest.CRMSetup{CompanyToken: true, Roles: 20 * time.Millisecond, Quick: true})
	w.RunUntilQuiet()
	ann := w.AddMember("Installer", "installer@example.com", true)
	byCode := w.AddMember("Rep", "rep@example.com", false)
	byBrowser := w.SignIn("rep@example.com")
	elsewhere := w.AddMember("Elsewhere", "nobody@example.net", false) // whom Pipedrive does not know
	const key = "SHA256:of-the-rep"
	must(accounts.AddSSHKey(t.Context(), w.Store, string(byCode.ID), key, "", time.Now()))
	l := w.Listen(byCode)

	w.ChangePipedrive("/users/rep@example.com", `{"active": false}`)
	for _, a := range []apitest.Account{byCode, byBrowser} {
		apitest.Eventually(t, "the token lets nobody in", 30*time.Second, func() bool { return statusOfMe(w.World, a) == http.StatusUnauthorized })
	}
	if err := l.AwaitClosed(30 * time.Second); err == nil {
		t.Error("the stream ended without a word")
	}
	_, err := w.Hub.UserOfSSHKey(t.Context(), key)
	var refusal *model.Refusal
	if !errors.As(err, &refusal) || refusal.Code != model.CRMInactive {
		t.Errorf("an SSH key: %v", err)
	}
	for _, path := range []string{"/v1/stream", "/v1/me"} {
		w.Send(http.MethodGet, path, http.Header{"Authorization": {"Bearer " + byCode.Token}}, nil).Problem(http.StatusUnauthorized, model.CRMInactive)
	}
	for who, a := range map[string]apitest.Account{"another": ann, "one whom Pipedrive does not know": elsewhere} {
		if status := statusOfMe(w.World, a); status != http.StatusOK {
			t.Errorf("%s: %d", who, status)
		}
	}

	w.ChangePipedrive("/users/rep@example.com", `{"active": true}`)
	apitest.Eventually(t, "who is active again is let in", 30*time.Second, func() bool { return statusOfMe(w.World, byCode) == http.StatusOK })
}

// A code gives who is not active no token, whether the hub knows of that already or asks.
func TestDeactivatedTakesNoCode(t *testing.T) {
	t.Parallel()
	for name, told := range map[string]bool{"told before": true, "asked for it": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			roles := time.Hour
			if told {
				roles = 20 * time.Millisecond
			}
			w := apitest.NewCRM(t, apitest.CRMSetup{CompanyToken: true, Roles: roles, Quick: true})
			w.RunUntilQuiet()
			rep := w.AddMember("Rep", "rep@example.com", false)
			added := must(accounts.AddUser(t.Context(), w.Store, accounts.NewUser{Name: "Rep again", Email: "rep@example.com"}, time.Now()))
			w.ChangePipedrive("/users/rep@example.com", `{"active": false}`)
			if told {
				apitest.Eventually(t, "the hub knows", 30*time.Second, func() bool { return statusOfMe(w.World, rep) == http.StatusUnauthorized })
			}
			enter := func() apitest.Answer {
				return w.Send(http.MethodPost, "/v1/login", http.Header{"Content-Type": {"application/json"}}, `{"code": "`+added.LoginCode+`"}`)
			}
			enter().Problem(http.StatusForbidden, model.CRMInactive)
			err := w.Store.Read(t.Context(), func(r store.Reader) error {
				list, err := r.Tokens(added.User.ID)
				if len(list) != 0 {
					t.Errorf("%d tokens", len(list))
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// Whose own grant Pipedrive takes no more is looked at then, not at the next hour.
func TestDeactivatedIsSeenByTheGrant(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]apitest.CRMSetup{"company token": {CompanyToken: true, Quick: true}, "own grants": {Quick: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := apitest.NewCRM(t, o)
			w.RunUntilQuiet()
			w.AddMember("Installer", "installer@example.com", true)
			w.SignIn("installer@example.com")
			w.AddMember("Rep", "rep@example.com", false)
			rep := w.SignIn("rep@example.com")
			w.ChangePipedrive("/users/rep@example.com", `{"active": false}`)
			w.Do(rep, http.MethodGet, "/v1/crm/search?q=aoyama", nil) // by a grant that is taken no more
			apitest.Eventually(t, "the token lets nobody in", 30*time.Second, func() bool { return statusOfMe(w.World, rep) == http.StatusUnauthorized })
			d := w.BeginSignIn()
			w.ChangePipedrive("/users/rep@example.com", `{"active": true}`)
			w.Browser().SignIn(d, "rep@example.com").Says(http.StatusOK, "Ben Carter")
			if status := statusOfMe(w.World, rep); status != http.StatusOK {
				t.Errorf("signed in again: %d", status)
			}
		})
	}
}
