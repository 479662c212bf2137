package apitest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sync"

	"parley/hub"
	"parley/hub/graphtest"
	"parley/model"
)

var (
	_ hub.Graph = (*Graph)(nil)

	// ErrGraphDown is what a call fails with where Meta is to be out of reach.
	ErrGraphDown = errors.New("graph is down")
)

// pageSettings has another name than its method Greetings: it is embedded.
type pageSettings = graphtest.Greetings

// Graph plays Meta: it does what its test wrote into it, and remembers what it
// was asked.
type Graph struct {
	pageSettings
	graphtest.Files

	mu sync.Mutex
	// OnSend answers a call of the Send API; nil accepts it.
	OnSend func(model.Outgoing) model.Outcome
	// OnGrant answers what a token may do; nil: everything.
	OnGrant func(page model.MetaPageID) error
	// SubscribeErr refuses a Page's webhooks, UnsubscribeErr giving them up.
	SubscribeErr, UnsubscribeErr error
	// PageIs is what Meta tells of a Page; nil: what was asked for went well.
	PageIs   *model.PageState
	StateErr error
	// Country is what Meta tells of where a Page is.
	Country      []model.Untrusted
	CountryErr   error
	CountryAsked int
	// Customer is what every customer is called.
	Customer model.Customer

	sent       []model.Outgoing
	acts       []model.SenderAction
	onAct      func(model.SenderAction) model.Outcome
	subscribed []model.MetaPageID
	grants     int
}

// Set changes what the fake does.
func (g *Graph) Set(f func(*Graph)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f(g)
}

// Calls returns what the Send API was asked.
func (g *Graph) Calls() []model.Outgoing {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.sent)
}

// Granted returns how often a token was shown.
func (g *Graph) Granted() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.grants
}

// Send implements [hub.Graph]: it does what OnSend says, else it takes the reply.
func (g *Graph) Send(_ context.Context, o model.Outgoing) model.Outcome {
	g.mu.Lock()
	g.sent = append(g.sent, o)
	answer, n := g.OnSend, len(g.sent)
	g.mu.Unlock()
	if answer != nil {
		return answer(o)
	}
	return model.Outcome{Kind: model.OutcomeAccepted, MID: model.MID(fmt.Sprintf("m_out_%d", n))}
}

// ThreadMessages implements [hub.Graph]: it never knows.
func (g *Graph) ThreadMessages(context.Context, string, model.MetaPageID, model.PSID) ([]model.SentMessage, error) {
	return nil, ErrGraphDown
}

// Profile implements [hub.Graph]: every customer is called as the test set.
func (g *Graph) Profile(context.Context, string, model.PSID) (model.Customer, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.Customer.Name == "" {
		return model.Customer{}, ErrGraphDown
	}
	return g.Customer, nil
}

// Grant implements [hub.Graph].
func (g *Graph) Grant(_ context.Context, token string, page model.MetaPageID) (model.PageGrant, error) {
	g.mu.Lock()
	g.grants++
	refuse := g.OnGrant
	g.mu.Unlock()
	if refuse != nil {
		if err := refuse(page); err != nil {
			return model.PageGrant{}, err
		}
	}
	return model.PageGrant{ID: page, Name: PageName(page), Token: PageToken(token), ManageKnown: true}, nil
}

// PageName is the name of a Page at Facebook.
func PageName(page model.MetaPageID) model.Untrusted { return model.Untrusted("Page " + page) }

// PageToken is the Page's own token that a user's token brings.
func PageToken(token string) string { return "of-the-page-" + token }

// Subscribe implements [hub.Graph].
func (g *Graph) Subscribe(_ context.Context, _ string, page model.MetaPageID) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.SubscribeErr != nil {
		return g.SubscribeErr
	}
	g.subscribed = append(g.subscribed, page)
	return nil
}

// Unsubscribe implements [hub.Graph].
func (g *Graph) Unsubscribe(context.Context, string, model.MetaPageID) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.UnsubscribeErr
}

// Act implements [hub.Actor].
func (g *Graph) Act(_ context.Context, a model.SenderAction) model.Outcome {
	g.mu.Lock()
	g.acts = append(g.acts, a)
	answer := g.onAct
	g.mu.Unlock()
	if answer != nil {
		return answer(a)
	}
	return model.Outcome{Kind: model.OutcomeAccepted}
}

// PageState tells what the test set, else that all is well.
func (g *Graph) PageState(context.Context, string, model.MetaPageID) (model.PageState, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.PageIs == nil {
		return model.PageState{Subscribed: g.SubscribeErr == nil, MessagesOff: nil}, nil
	}
	return *g.PageIs, g.StateErr
}

// PageCountry tells what the test set.
func (g *Graph) PageCountry(context.Context, string, model.MetaPageID) ([]model.Untrusted, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.CountryAsked++
	return g.Country, g.CountryErr
}

// SubscribeApp implements [hub.Graph].
func (g *Graph) SubscribeApp(context.Context, string) error { return nil }

// What Facebook's side of connecting holds: no page, link or log may tell it.
const (
	DialogCode       = "the-code-of-the-dialog"
	PersonToken      = "the-token-of-the-person"
	PageTokenOfAdmin = "the-page-token-of-the-person"
)

// Login is Facebook's dialog and what comes after it.
type Login struct {
	Pages       []model.ManagedPage
	Lacks       []string
	SwitchedOff bool
}

// DialogURL implements [connect.Login].
func (*Login) DialogURL(redirect, state string) string {
	return "https://dialog.example.com/oauth?" + url.Values{"redirect_uri": {redirect}, "state": {state}}.Encode()
}

// DialogOrigin implements [connect.Login].
func (*Login) DialogOrigin() string { return "https://dialog.example.com" }

// UserToken implements [connect.Login].
func (*Login) UserToken(_ context.Context, code, redirect string) (string, error) {
	if code != DialogCode || redirect != HubAddress+"/connect/callback" {
		return "", model.Refuse(model.ConnectExpired)
	}
	return PersonToken, nil
}

// Missing implements [connect.Login].
func (f *Login) Missing(context.Context, string) ([]string, error) { return f.Lacks, nil }

// ManagedPages implements [connect.Login].
func (f *Login) ManagedPages(context.Context, string) ([]model.ManagedPage, error) {
	return f.Pages, nil
}

// MessagesOff implements [connect.Login].
func (f *Login) MessagesOff(context.Context, string, model.MetaPageID) (bool, error) {
	return f.SwitchedOff, nil
}

// emptyInbox is a Page's inbox on Facebook in which nothing is.
type emptyInbox struct{}

func (emptyInbox) Threads(context.Context, string, model.MetaPageID, string, int) (model.PastThreads, error) {
	return model.PastThreads{}, nil
}

func (emptyInbox) CountThreads(context.Context, string, model.MetaPageID, string) (int, string, error) {
	return 0, "", nil
}
