package hub_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"parley/hub"
	"parley/hub/graphtest"
	"parley/model"
)

var (
	_ hub.Graph = (*fakeGraph)(nil)

	errGraphDown = errors.New("graph is down")
)

// answer plays Meta for one call of the Send API. reached tells whether the
// customer got the message, or may have got it.
type answer struct {
	reached bool
	do      func(*fakeGraph, model.Outgoing) model.Outcome
}

// pageSettings has another name than its method Greetings: it is embedded.
type pageSettings = graphtest.Greetings

// fakeGraph plays Meta: it answers each call by the next line of its script and
// remembers what it was asked.
type fakeGraph struct {
	pageSettings
	graphtest.Files

	mu     sync.Mutex
	script []answer
	// byDefault answers once the script is over.
	byDefault answer
	calls     []model.Outgoing
	acts      acts
	times     []time.Time // when they came
	// reached counts, by text, the calls of which the customer may have got the
	// message.
	reached map[model.Untrusted]int
	// flying holds the customers to whom a message is on its way; collisions what
	// was sent to one of them meanwhile.
	flying     map[model.PSID]int
	collisions []model.Outgoing
	// onSend is called as each call comes.
	onSend func(model.Outgoing)
	mids   int

	thread      []model.SentMessage
	threadErr   error
	threadCalls []time.Time
	// onThread is called as the Page's inbox is asked, before the answer.
	onThread func(context.Context)

	profile      model.Customer
	profileCalls int
	// profileErr is why no name is told; nil: nobody answers.
	profileErr error
	grantErr   error
	// onGrant is called as a Page's grant is asked for.
	onGrant      func()
	subscribeErr error
	subscribed   []model.MetaPageID
	// state is what Meta tells of the Page; nil: that all is well.
	state         *model.PageState
	stateErr      error
	unsubscribed  []model.MetaPageID
	appCallbacks  []string
	appRefusals   int
	noManageShown bool
}

func newFakeGraph() *fakeGraph {
	return &fakeGraph{
		byDefault: accepts(), reached: make(map[model.Untrusted]int), flying: make(map[model.PSID]int),
		threadErr: errGraphDown,
	}
}

// set changes what it does, while a hub may be asking.
func (g *fakeGraph) set(change func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change()
}

// plays adds answers to the script.
func (g *fakeGraph) plays(as ...answer) {
	g.mu.Lock()
	g.script = append(g.script, as...)
	g.mu.Unlock()
}

func (g *fakeGraph) Send(_ context.Context, o model.Outgoing) model.Outcome {
	a := g.begin(o)
	defer func() {
		g.mu.Lock()
		g.flying[o.To]--
		g.mu.Unlock()
	}()
	return a.do(g, o)
}

func (g *fakeGraph) begin(o model.Outgoing) answer {
	g.mu.Lock()
	defer g.mu.Unlock()
	a := g.byDefault
	if len(g.script) > 0 {
		a, g.script = g.script[0], g.script[1:]
	}
	g.calls, g.times = append(g.calls, o), append(g.times, time.Now())
	if a.reached {
		g.reached[o.Text]++
	}
	if g.flying[o.To] > 0 {
		g.collisions = append(g.collisions, o)
	}
	g.flying[o.To]++
	if g.onSend != nil {
		g.onSend(o)
	}
	return a
}

// sent returns what Send was asked.
func (g *fakeGraph) sent() []model.Outgoing {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.calls)
}

// texts returns the texts that Send was asked to send, in order.
func (g *fakeGraph) texts() []string {
	var out []string
	for _, o := range g.sent() {
		out = append(out, string(o.Text))
	}
	return out
}

// last returns the newest call of Send.
func (g *fakeGraph) last() model.Outgoing {
	calls := g.sent()
	return calls[len(calls)-1]
}

func (g *fakeGraph) newMID() model.MID {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.mids++
	return model.MID(fmt.Sprintf("m_out_%d", g.mids))
}

// accepts answers with a new id.
func accepts() answer {
	return answer{reached: true, do: func(g *fakeGraph, _ model.Outgoing) model.Outcome {
		return model.Outcome{Kind: model.OutcomeAccepted, MID: g.newMID()}
	}}
}

// acceptsAs answers with that id.
func acceptsAs(mid model.MID) answer {
	return answer{reached: true, do: func(*fakeGraph, model.Outgoing) model.Outcome {
		return model.Outcome{Kind: model.OutcomeAccepted, MID: mid}
	}}
}

// writesNothing fails before a byte left.
func writesNothing() answer {
	return answer{do: func(*fakeGraph, model.Outgoing) model.Outcome {
		return model.Outcome{Kind: model.OutcomeNothingWritten}
	}}
}

// staysSilent gives no answer that says what happened.
func staysSilent() answer {
	return answer{reached: true, do: func(*fakeGraph, model.Outgoing) model.Outcome {
		return model.Outcome{Kind: model.OutcomeUncertain}
	}}
}

// asksToWait refuses for now.
func asksToWait(d time.Duration) answer {
	return answer{do: func(*fakeGraph, model.Outgoing) model.Outcome {
		return model.Outcome{Kind: model.OutcomeRateLimited, RetryAfter: d}
	}}
}

// refuses refuses for good.
func refuses(code model.Code) answer {
	return answer{do: func(*fakeGraph, model.Outgoing) model.Outcome {
		return model.Outcome{Kind: model.OutcomeRefused, Code: code, Detail: "(#1) no"}
	}}
}

// dies ends the hub's goroutine in the middle of the call: whatever became of it,
// nothing of it is stored.
func dies(reached bool) answer {
	return answer{reached: reached, do: func(*fakeGraph, model.Outgoing) model.Outcome {
		runtime.Goexit()
		return model.Outcome{}
	}}
}

// first does something before another answer.
func first(do func(model.Outgoing), then answer) answer {
	return answer{reached: then.reached, do: func(g *fakeGraph, o model.Outgoing) model.Outcome {
		do(o)
		return then.do(g, o)
	}}
}

// after answers as another does, later.
func after(d time.Duration, then answer) answer {
	return first(func(model.Outgoing) { sleep(d) }, then)
}

func (g *fakeGraph) ThreadMessages(ctx context.Context, _ string, _ model.MetaPageID, _ model.PSID) ([]model.SentMessage, error) {
	g.mu.Lock()
	g.threadCalls = append(g.threadCalls, time.Now())
	wait := g.onThread
	g.mu.Unlock()
	if wait != nil {
		wait(ctx)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if g.threadErr != nil {
		return nil, g.threadErr
	}
	return slices.Clone(g.thread), nil
}

// shows makes the Page's inbox readable, with these messages.
func (g *fakeGraph) shows(ms ...model.SentMessage) {
	g.mu.Lock()
	g.thread, g.threadErr = append(g.thread, ms...), nil
	g.mu.Unlock()
}

func (g *fakeGraph) Profile(context.Context, string, model.PSID) (model.Customer, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.profileCalls++
	if g.profile.Name == "" && g.profileErr != nil {
		return model.Customer{}, g.profileErr
	}
	if g.profile.Name == "" {
		return model.Customer{}, errGraphDown
	}
	return g.profile, nil
}

func (g *fakeGraph) Grant(_ context.Context, token string, page model.MetaPageID) (model.PageGrant, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.onGrant != nil {
		g.onGrant()
	}
	if g.grantErr != nil {
		return model.PageGrant{}, g.grantErr
	}
	return model.PageGrant{
		ID: page, Name: model.Untrusted("Page " + page), Token: "page-" + token, ManageKnown: !g.noManageShown,
	}, nil
}

func (g *fakeGraph) Subscribe(_ context.Context, _ string, page model.MetaPageID) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.subscribeErr != nil {
		return g.subscribeErr
	}
	g.subscribed = append(g.subscribed, page)
	return nil
}

func (g *fakeGraph) Unsubscribe(_ context.Context, _ string, page model.MetaPageID) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.unsubscribed = append(g.unsubscribed, page)
	return nil
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

func (*fakeGraph) PageCountry(context.Context, string, model.MetaPageID) ([]model.Untrusted, error) {
	return nil, nil
}

func (g *fakeGraph) SubscribeApp(_ context.Context, callbackURL string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.appCallbacks = append(g.appCallbacks, callbackURL)
	if g.appRefusals > 0 {
		g.appRefusals--
		return errGraphDown
	}
	return nil
}
