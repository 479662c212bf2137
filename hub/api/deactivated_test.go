package api_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"parley/hub/accounts"
	"parley/hub/store"
	"parley/model"
)

// meStatus is how an account is answered now.
func (w *world) meStatus(a account) int {
	w.Helper()
	return w.do(a, http.MethodGet, "/v1/me", nil).status
}

// Whoever is deactivated in Pipedrive is let in no more: by a token from a code or from
// the browser, by an SSH key, over a stream that is open. Who is active again is let in.
func TestDeactivatedInPipedrive(t *testing.T) {
	t.Parallel()
	w := newCRMWorld(t, crmSetup{companyToken: true, roles: 20 * time.Millisecond, quick: true})
	w.runs()
	ann := w.member("Installer", "installer@example.com", true)
	byCode := w.member("Rep", "rep@example.com", false)
	byBrowser := w.signedIn("rep@example.com")
	elsewhere := w.member("Elsewhere", "nobody@example.net", false) // whom Pipedrive does not know
	const key = "SHA256:of-the-rep"
	must(accounts.AddSSHKey(t.Context(), w.store, string(byCode.ID), key, "", time.Now()))
	l := w.listen(byCode)

	w.pipedrive("/users/rep@example.com", `{"active": false}`)
	for _, a := range []account{byCode, byBrowser} {
		eventually(t, "the token lets nobody in", 30*time.Second, func() bool { return w.meStatus(a) == http.StatusUnauthorized })
	}
	if err := l.closed(30 * time.Second); err == nil {
		t.Error("the stream ended without a word")
	}
	_, err := w.hub.UserOfSSHKey(t.Context(), key)
	var refusal *model.Refusal
	if !errors.As(err, &refusal) || refusal.Code != model.CRMInactive {
		t.Errorf("an SSH key: %v", err)
	}
	for _, path := range []string{"/v1/stream", "/v1/me"} {
		w.send(http.MethodGet, path, http.Header{"Authorization": {"Bearer " + byCode.token}}, nil).problem(http.StatusUnauthorized, model.CRMInactive)
	}
	for who, a := range map[string]account{"another": ann, "one whom Pipedrive does not know": elsewhere} {
		if status := w.meStatus(a); status != http.StatusOK {
			t.Errorf("%s: %d", who, status)
		}
	}

	w.pipedrive("/users/rep@example.com", `{"active": true}`)
	eventually(t, "who is active again is let in", 30*time.Second, func() bool { return w.meStatus(byCode) == http.StatusOK })
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
			w := newCRMWorld(t, crmSetup{companyToken: true, roles: roles, quick: true})
			w.runs()
			rep := w.member("Rep", "rep@example.com", false)
			added := must(accounts.AddUser(t.Context(), w.store, accounts.NewUser{Name: "Rep again", Email: "rep@example.com"}, time.Now()))
			w.pipedrive("/users/rep@example.com", `{"active": false}`)
			if told {
				eventually(t, "the hub knows", 30*time.Second, func() bool { return w.meStatus(rep) == http.StatusUnauthorized })
			}
			enter := func() answer {
				return w.send(http.MethodPost, "/v1/login", http.Header{"Content-Type": {"application/json"}}, `{"code": "`+added.LoginCode+`"}`)
			}
			enter().problem(http.StatusForbidden, model.CRMInactive)
			err := w.store.Read(t.Context(), func(r store.Reader) error {
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
	for name, o := range map[string]crmSetup{"company token": {companyToken: true, quick: true}, "own grants": {quick: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newCRMWorld(t, o)
			w.runs()
			w.member("Installer", "installer@example.com", true)
			w.signedIn("installer@example.com")
			w.member("Rep", "rep@example.com", false)
			rep := w.signedIn("rep@example.com")
			w.pipedrive("/users/rep@example.com", `{"active": false}`)
			w.do(rep, http.MethodGet, "/v1/crm/search?q=aoyama", nil) // by a grant that is taken no more
			eventually(t, "the token lets nobody in", 30*time.Second, func() bool { return w.meStatus(rep) == http.StatusUnauthorized })
			d := w.begin()
			w.pipedrive("/users/rep@example.com", `{"active": true}`)
			w.browser().signsIn(d, "rep@example.com").says(http.StatusOK, "Ben Carter")
			if status := w.meStatus(rep); status != http.StatusOK {
				t.Errorf("signed in again: %d", status)
			}
		})
	}
}
