package pipedrive

import (
	"net/http"
	"testing"
	"time"

	"parley/sandbox/agenda"
)

// What OAuth gives does not last: a code five minutes, an access token an hour.
func TestPipedriveTokensExpire(t *testing.T) {
	t.Parallel()
	const redirect = "http://127.0.0.1:1/login/callback"
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	p := New(Options{Seed: 1, Now: func() time.Time { return now }, Agenda: agenda.New()})
	code := func() string {
		c, ok := p.grantCode("rep@example.com", redirect)
		if !ok {
			t.Fatal("no code")
		}
		return c
	}
	late := code()
	now = now.Add(codeLife)
	if status, _ := p.exchange(late, redirect); status != http.StatusBadRequest {
		t.Errorf("an old code: %d", status)
	}
	status, body := p.exchange(code(), redirect)
	if status != http.StatusOK {
		t.Fatalf("a good code: %d", status)
	}
	tokens := body.(map[string]any)
	r := &http.Request{Header: http.Header{"Authorization": {"Bearer " + tokens["access_token"].(string)}}}
	now = now.Add(accessLife - time.Second)
	if _, u := p.authenticated(r, now); u == nil {
		t.Error("the access token is over too early")
	}
	now = now.Add(time.Second)
	if _, u := p.authenticated(r, now); u != nil {
		t.Error("the access token lasts too long")
	}
	now = now.Add(refreshLife)
	if status, _ := p.refresh(tokens["refresh_token"].(string)); status != http.StatusBadRequest {
		t.Errorf("an unused refresh token after 60 days: %d", status)
	}
}
