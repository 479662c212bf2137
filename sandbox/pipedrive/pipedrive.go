// Package pipedrive simulates Pipedrive: version 1 and 2 of its API with budgets, OAuth,
// webhooks, and two companies with their users and records.
//
// Concurrency. Pipedrive.mu guards the companies: users, records, grants, budgets and counters.
// Routes run with it held: the methods of book and of the types that embed it. Webhooks have a
// lock of their own, which is taken after it; faults and the agenda come last. No lock is held
// while something is posted, dialled or waited for.
package pipedrive

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"parley/sandbox/agenda"
	"parley/sandbox/fault"
)

// Options configure Pipedrive.
type Options struct {
	Seed   uint64 // ids, tokens and secrets follow from it
	URL    string // where it is served
	Now    func() time.Time
	Logger *slog.Logger
	Faults *fault.List
	Agenda *agenda.Agenda
	// Customers are the Page's customers; some of them become persons.
	Customers []Customer
}

// Customer is somebody who may be in Pipedrive, too.
type Customer struct{ Name, Phone, Email string }

// Pipedrive is the service. Create it with New; it serves HTTP, and delivers webhooks while
// Run runs.
type Pipedrive struct {
	url    string
	now    func() time.Time
	faults *fault.List
	routes []route
	hands  map[string]func(call) (int, any)
	hooks  *webhooks

	mu     sync.Mutex
	book   *book
	oauth  oauth
	budget budget
	outage Outage
	calls  int
	byCall map[string]int // by method and path
}

// New creates the companies, their users and their records.
func New(o Options) *Pipedrive {
	b := &book{seed: o.Seed, now: o.Now, users: companies(o.Seed)}
	b.fill(o.Customers)
	p := &Pipedrive{
		url: o.URL, now: o.Now, faults: o.Faults, book: b, oauth: newOAuth(o.Seed), budget: newBudget(), byCall: make(map[string]int),
		hooks: newWebhooks(b, o),
	}
	p.routes, p.hands = p.allRoutes(), p.allHands()
	return p
}

// Run delivers webhooks until ctx ends.
func (p *Pipedrive) Run(ctx context.Context) { p.hooks.run(ctx) }

// Token returns an API token of the company: the installer's, who is an admin.
func (p *Pipedrive) Token() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.book.users[0].apiToken
}

// Client returns the id and the secret of the app for signing in.
func (p *Pipedrive) Client() (id, secret string) { return p.oauth.clientID, p.oauth.clientSecret }

// authenticated returns the caller of an API token or an OAuth access token, and the key of
// their budget; nil: nobody. mu must be held.
func (p *Pipedrive) authenticated(r *http.Request, now time.Time) (by string, who *user) {
	p.calls++
	if token := r.Header.Get("X-Api-Token"); token != "" {
		for _, u := range p.book.users {
			if u.apiToken == token && u.active {
				return token, u
			}
		}
		return "", nil
	}
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || token == "" {
		return "", nil
	}
	for _, g := range p.oauth.grants {
		if g.access == token && g.user.active && now.Before(g.accessUntil) {
			return "Bearer " + g.user.email, g.user
		}
	}
	return "", nil
}
