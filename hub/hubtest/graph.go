package hubtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"parley/hub"
	"parley/hub/graphtest"
	"parley/model"
)

var _ hub.Graph = (*Graph)(nil)

// ErrGraphDown is Meta's answer where it gives none.
var ErrGraphDown = errors.New("graph is down")

// pageSettings has another name than its method Greetings: it is embedded.
type pageSettings = graphtest.Greetings

// Graph plays Meta: it answers each call by the next line of its script and remembers what
// it was asked. A test sets and reads its fields while nobody asks, or within [Graph.Set].
type Graph struct {
	pageSettings
	graphtest.Files

	mu     sync.Mutex
	script []Answer
	calls  []model.Outgoing
	acts   acts
	mids   int
	thread []model.SentMessage
	// flying holds the customers to whom a message is on its way.
	flying map[model.PSID]int

	// ByDefault answers a message once the script is over.
	ByDefault Answer
	// Times are when the messages came; OnSend is called as each does.
	Times  []time.Time
	OnSend func(model.Outgoing)
	// Reached counts, by text, the calls of which the customer may have got the message.
	Reached map[model.Untrusted]int
	// Collisions are what was sent to a customer to whom another was on its way.
	Collisions []model.Outgoing

	// ThreadErr is why the Page's inbox is not shown; ThreadCalls when it was asked for;
	// OnThread is called as it is, before the answer.
	ThreadErr   error
	ThreadCalls []time.Time
	OnThread    func(context.Context)

	// Customer is what is told of whoever writes. Where nothing is, ProfileErr says why;
	// nil: nobody answers.
	Customer     model.Customer
	ProfileErr   error
	ProfileCalls int

	// GrantErr is why a Page is not granted; OnGrant is called as one is asked for.
	GrantErr error
	OnGrant  func()
	// ManageHidden: it is not told whether who grants may manage the Page.
	ManageHidden bool
	// SubscribeErr is why a Page's webhooks don't come.
	SubscribeErr             error
	Subscribed, Unsubscribed []model.MetaPageID
	// AppCallbacks are where the app's webhooks were to go; AppRefusals how often that is
	// refused from now on.
	AppCallbacks []string
	AppRefusals  int
}

func newGraph() *Graph {
	return &Graph{
		ByDefault: Accepts(), Reached: make(map[model.Untrusted]int), flying: make(map[model.PSID]int),
		ThreadErr: ErrGraphDown,
	}
}

// Set changes what it does, while a hub may be asking.
func (g *Graph) Set(change func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change()
}

// Plays adds answers to the script.
func (g *Graph) Plays(as ...Answer) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.script = append(g.script, as...)
}

// EndScript forgets the answers that were not given yet.
func (g *Graph) EndScript() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.script = nil
}

// Send implements [outbox.Sender].
func (g *Graph) Send(_ context.Context, o model.Outgoing) model.Outcome {
	a := g.begin(o)
	defer func() {
		g.mu.Lock()
		g.flying[o.To]--
		g.mu.Unlock()
	}()
	return a.Do(g, o)
}

func (g *Graph) begin(o model.Outgoing) Answer {
	g.mu.Lock()
	defer g.mu.Unlock()
	a := g.ByDefault
	if len(g.script) > 0 {
		a, g.script = g.script[0], g.script[1:]
	}
	g.calls, g.Times = append(g.calls, o), append(g.Times, time.Now())
	if a.Reached {
		g.Reached[o.Text]++
	}
	if g.flying[o.To] > 0 {
		g.Collisions = append(g.Collisions, o)
	}
	g.flying[o.To]++
	if g.OnSend != nil {
		g.OnSend(o)
	}
	return a
}

// Sent returns what Send was asked.
func (g *Graph) Sent() []model.Outgoing {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.calls)
}

// Texts returns the texts that Send was asked to send, in order.
func (g *Graph) Texts() []string {
	var out []string
	for _, o := range g.Sent() {
		out = append(out, string(o.Text))
	}
	return out
}

// Last returns the newest call of Send.
func (g *Graph) Last() model.Outgoing {
	calls := g.Sent()
	return calls[len(calls)-1]
}

// NewMID is the id of the next message that arrives.
func (g *Graph) NewMID() model.MID {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.mids++
	return model.MID(fmt.Sprintf("m_out_%d", g.mids))
}

// ThreadMessages tells what the test has the Page's inbox show.
func (g *Graph) ThreadMessages(ctx context.Context, _ string, _ model.MetaPageID, _ model.PSID) ([]model.SentMessage, error) {
	g.mu.Lock()
	g.ThreadCalls = append(g.ThreadCalls, time.Now())
	wait := g.OnThread
	g.mu.Unlock()
	if wait != nil {
		wait(ctx)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if g.ThreadErr != nil {
		return nil, g.ThreadErr
	}
	return slices.Clone(g.thread), nil
}

// Shows makes the Page's inbox readable, and adds these messages to it.
func (g *Graph) Shows(ms ...model.SentMessage) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.thread, g.ThreadErr = append(g.thread, ms...), nil
}

// Profile tells the customer's name and language.
func (g *Graph) Profile(context.Context, string, model.PSID) (model.Customer, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ProfileCalls++
	if g.Customer.Name == "" && g.ProfileErr != nil {
		return model.Customer{}, g.ProfileErr
	}
	if g.Customer.Name == "" {
		return model.Customer{}, ErrGraphDown
	}
	return g.Customer, nil
}

// Grant tells a Page's name and its token.
func (g *Graph) Grant(_ context.Context, token string, page model.MetaPageID) (model.PageGrant, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.OnGrant != nil {
		g.OnGrant()
	}
	if g.GrantErr != nil {
		return model.PageGrant{}, g.GrantErr
	}
	return model.PageGrant{
		ID: page, Name: model.Untrusted("Page " + page), Token: "page-" + token, ManageKnown: !g.ManageHidden,
	}, nil
}

// Subscribe has the Page's webhooks come.
func (g *Graph) Subscribe(_ context.Context, _ string, page model.MetaPageID) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.SubscribeErr != nil {
		return g.SubscribeErr
	}
	g.Subscribed = append(g.Subscribed, page)
	return nil
}

// Unsubscribe has them come no more.
func (g *Graph) Unsubscribe(_ context.Context, _ string, page model.MetaPageID) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.Unsubscribed = append(g.Unsubscribed, page)
	return nil
}

// PageState tells that all is well, as far as the Page is subscribed to.
func (g *Graph) PageState(context.Context, string, model.MetaPageID) (model.PageState, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return model.PageState{Subscribed: g.SubscribeErr == nil}, nil
}

// PageCountry tells none.
func (*Graph) PageCountry(context.Context, string, model.MetaPageID) ([]model.Untrusted, error) {
	return nil, nil
}

// SubscribeApp notes where the app's webhooks are to go.
func (g *Graph) SubscribeApp(_ context.Context, callbackURL string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.AppCallbacks = append(g.AppCallbacks, callbackURL)
	if g.AppRefusals > 0 {
		g.AppRefusals--
		return ErrGraphDown
	}
	return nil
}
