package apitest

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/hub"
	"parley/hub/accounts"
	"parley/hub/crm"
	"parley/hub/pipedrive"
	"parley/sandbox"
)

// CRMWorld is a hub whose users sign in through the sandbox's Pipedrive.
type CRMWorld struct {
	*World
	Box sandbox.Info
	// Clock is the hub's.
	Clock *Clock
}

// Clock is a clock that a test moves.
type Clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *Clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

// Advance moves the clock on.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// CRMSetup is what a hub with a CRM may have otherwise.
type CRMSetup struct {
	CompanyToken, NewColleagues bool
	Roles                       time.Duration
	// Quick: heads come often.
	Quick   bool
	WrapCRM func(hub.CRM) hub.CRM
	// WrapRecords is between the hub and the CRM's records.
	WrapRecords func(crm.Records) crm.Records
}

// NewCRM starts a hub with Pipedrive, and users with the e-mail addresses of the
// sandbox's: installer and rep, as the command line adds them.
func NewCRM(t *testing.T, o CRMSetup) *CRMWorld {
	t.Helper()
	box, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- box.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("run sandbox: %v", err)
		}
	})
	w := &CRMWorld{Box: box.Info(), Clock: &Clock{}}
	cfg := pipedrive.Config{
		URL: w.Box.PipedriveURL, OAuthURL: w.Box.PipedriveOAuthURL, ClientID: w.Box.PipedriveClientID, ClientSecret: w.Box.PipedriveClientSecret,
		Timeout: 5 * time.Second, Now: w.Clock.now,
	}
	if o.CompanyToken {
		cfg.CompanyToken = w.Box.PipedriveToken
	}
	client, err := pipedrive.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	var asked hub.CRM = client
	if o.WrapCRM != nil {
		asked = o.WrapCRM(client)
	}
	var records crm.Records = client
	if o.WrapRecords != nil {
		records = o.WrapRecords(client)
	}
	w.World = New(t, WithClock(w.Clock.now), WithTiming(func(t *hub.Timing) {
		t.CRMPause = time.Millisecond
		if o.Quick {
			Quick(t)
		}
		if o.Roles > 0 {
			t.Roles = o.Roles
		}
	}), func(s *setup) {
		s.crm, s.records, s.notes, s.hooks, s.newColleagues = asked, records, client, client, o.NewColleagues
	})
	return w
}

// AddMember adds a user as the command line does.
func (w *CRMWorld) AddMember(name, email string, admin bool) Account {
	w.Helper()
	a, err := accounts.AddUser(w.Context(), w.Store, accounts.NewUser{Name: name, Email: email, Admin: admin, Token: true}, time.Now())
	w.Must(err)
	return Account{User: a.User, Token: a.Token, Code: a.LoginCode}
}

// ChangePipedrive changes something in Pipedrive.
func (w *CRMWorld) ChangePipedrive(path, body string) {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), http.MethodPost, w.Box.ControlURL+"/pipedrive"+path, strings.NewReader(body))
	w.Must(err)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	w.Must(err)
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		w.Fatalf("pipedrive %s: %d", path, resp.StatusCode)
	}
}
