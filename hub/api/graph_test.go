package api_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"parley/hub"
	"parley/hub/graphtest"
	"parley/model"
)

var (
	_ hub.Graph = (*fakeGraph)(nil)

	errGraphDown = errors.New("graph is down")
)

// pageSettings has another name than its method Greetings: it is embedded.
type pageSettings = graphtest.Greetings

// fakeGraph plays Meta: it does what its test wrote into it, and remembers what it
// was asked.
type fakeGraph struct {
	pageSettings
	graphtest.Files

	mu sync.Mutex
	// onSend answers a call of the Send API; nil accepts it.
	onSend func(model.Outgoing) model.Outcome
	// onGrant answers what a token may do; nil: everything.
	onGrant func(page model.MetaPageID) error
	// subscribeErr refuses a Page's webhooks, unsubscribeErr giving them up.
	subscribeErr, unsubscribeErr error
	// state is what Meta tells of a Page; nil: what was asked for went well.
	state    *model.PageState
	stateErr error
	// country is what Meta tells of where a Page is.
	country      []model.Untrusted
	countryErr   error
	countryAsked int
	// profile is what every customer is called.
	profile model.Customer

	sent       []model.Outgoing
	acts       []model.SenderAction
	onAct      func(model.SenderAction) model.Outcome
	subscribed []model.MetaPageID
	grants     int
}

// set changes what the fake does.
func (g *fakeGraph) set(f func(*fakeGraph)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f(g)
}

// calls returns what the Send API was asked.
func (g *fakeGraph) calls() []model.Outgoing {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.sent)
}

// granted returns how often a token was shown.
func (g *fakeGraph) granted() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.grants
}

func (g *fakeGraph) Send(_ context.Context, o model.Outgoing) model.Outcome {
	g.mu.Lock()
	g.sent = append(g.sent, o)
	answer, n := g.onSend, len(g.sent)
	g.mu.Unlock()
	if answer != nil {
		return answer(o)
	}
	return model.Outcome{Kind: model.OutcomeAccepted, MID: model.MID(fmt.Sprintf("m_out_%d", n))}
}

func (g *fakeGraph) ThreadMessages(context.Context, string, model.MetaPageID, model.PSID) ([]model.SentMessage, error) {
	return nil, errGraphDown
}

func (g *fakeGraph) Profile(context.Context, string, model.PSID) (model.Customer, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.profile.Name == "" {
		return model.Customer{}, errGraphDown
	}
	return g.profile, nil
}

func (g *fakeGraph) Grant(_ context.Context, token string, page model.MetaPageID) (model.PageGrant, error) {
	g.mu.Lock()
	g.grants++
	refuse := g.onGrant
	g.mu.Unlock()
	if refuse != nil {
		if err := refuse(page); err != nil {
			return model.PageGrant{}, err
		}
	}
	return model.PageGrant{ID: page, Name: pageName(page), Token: pageToken(token), ManageKnown: true}, nil
}

func pageName(page model.MetaPageID) model.Untrusted { return model.Untrusted("Page " + page) }

// pageToken is the Page's own token that a user's token brings.
func pageToken(token string) string { return "of-the-page-" + token }

func (g *fakeGraph) Subscribe(_ context.Context, _ string, page model.MetaPageID) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.subscribeErr != nil {
		return g.subscribeErr
	}
	g.subscribed = append(g.subscribed, page)
	return nil
}

func (g *fakeGraph) Unsubscribe(context.Context, string, model.MetaPageID) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.unsubscribeErr
}

// PageState tells what the test set, else that all is well.
func (g *fakeGraph) PageState(context.Context, string, model.MetaPageID) (model.PageState, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.state == nil {
		return model.PageState{Subscribed: g.subscribeErr == nil, MessagesOff: nil}, nil
	}
	return *g.state, g.stateErr
}

// PageCountry tells what the test set.
func (g *fakeGraph) PageCountry(context.Context, string, model.MetaPageID) ([]model.Untrusted, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.countryAsked++
	return g.country, g.countryErr
}

func (g *fakeGraph) SubscribeApp(context.Context, string) error { return nil }
