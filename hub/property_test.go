package hub_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/outbox"
	"parley/hub/store"
	"parley/model"
)

// opKind is what happens in one step of a story.
type opKind int

const (
	opWrite     opKind = iota // a customer writes
	opRedeliver               // Meta delivers again what it delivered
	opReply                   // a user replies
	opRepeat                  // a client sends its request again
	opRetry                   // a person sends again what failed or asks
	opDrop                    // a person gives it up
	opEchoes                  // Meta delivers the echoes it held back
	opPass                    // time passes
	opSchedule                // a user writes a reply to be sent later
	opCrash                   // the hub dies and starts again
)

type op struct {
	kind opKind
	// n chooses: the customer, the user, the reply, the pause.
	n int
}

// fate is what becomes of one call of the Send API.
type fate struct {
	how  int
	echo int // never, before the answer, with it, held back
	bare bool
	slow time.Duration
}

const (
	fateAccepted = iota
	fateAcceptedToo
	fateNothingWritten
	fateArrivesSilently
	fateLost
	fateAskedToWait
	fateRefused
	fateRefusedYetArrives
	fateDiesArrived
	fateDiesLost
	fates
)

const (
	echoNever = iota
	echoBefore
	echoAfter
	echoHeldBack
	echoWays
)

// story is all that chance decides.
type story struct {
	ops   []op
	fates []fate
	// inbox: the Page's inbox can be read.
	inbox bool
}

func drawStory(t *rapid.T) story {
	anOp := rapid.Custom(func(t *rapid.T) op {
		return op{opKind(rapid.IntRange(0, int(opCrash)).Draw(t, "kind")), rapid.IntRange(0, 11).Draw(t, "n")}
	})
	aFate := rapid.Custom(func(t *rapid.T) fate {
		return fate{
			how: rapid.IntRange(0, fates-1).Draw(t, "how"), echo: rapid.IntRange(0, echoWays-1).Draw(t, "echo"),
			bare: rapid.IntRange(0, 3).Draw(t, "bare") == 3,
			slow: rapid.SampledFrom([]time.Duration{0, 0, 3 * time.Second, 20 * time.Second}).Draw(t, "slow"),
		}
	})
	return story{
		ops:   rapid.SliceOfN(anOp, 1, 18).Draw(t, "ops"),
		fates: rapid.SliceOfN(aFate, 0, 8).Draw(t, "fates"),
		inbox: rapid.Bool().Draw(t, "inbox"),
	}
}

// told is a story being told.
type told struct {
	*hubtest.World
	customers []model.PSID
	drafts    []handedIn

	// retries counts, by text, how often a person sent it again.
	retries map[model.Untrusted]int
	// broken is the first thing that must not be.
	broken error

	// mu guards what Meta's answers add to: what was delivered, what is held back, and, by
	// text, how many echoes came with a token and without.
	mu      sync.Mutex
	inbound []model.Inbound
	held    []model.Inbound
	certain map[model.Untrusted]int
	bare    map[model.Untrusted]int
	// wrote counts, by customer, what they wrote; ours what users sent off to them at once.
	wrote map[model.PSID]int
	ours  map[model.PSID][]model.UserID
	// later are the scheduled replies that no person has sent at once.
	later map[model.Untrusted]scheduled
}

// scheduled is a reply to be sent later: when, by whom, and what had happened before.
type scheduled struct {
	at          time.Time
	by          model.UserID
	wrote, ours int
}

// handedIn is a reply that a user wrote.
type handedIn struct {
	user  model.User
	draft outbox.Draft
	id    model.MessageID
}

// failure is how a property ends a story: the bubble must end before the test may.
type failure struct{ why string }

// storyTB is a test whose failure ends only the story.
type storyTB struct{ *testing.T }

func (storyTB) Fatalf(format string, args ...any) { panic(failure{fmt.Sprintf(format, args...)}) }

func TestRepliesLeaveAtMostOnceWhateverHappens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := drawStory(rt)
		var why string
		synctest.Test(t, func(t *testing.T) { why = tell(t, s) })
		if why != "" {
			rt.Fatal(why)
		}
	})
}

// tell tells a story and returns what was wrong in it.
func tell(t *testing.T, s story) (why string) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case failure:
			why = r.why
		default:
			panic(r)
		}
	}()
	w := &told{
		World: hubtest.New(storyTB{t}), customers: []model.PSID{hanako, ken},
		retries: make(map[model.Untrusted]int), certain: make(map[model.Untrusted]int),
		bare: make(map[model.Untrusted]int), wrote: make(map[model.PSID]int), ours: make(map[model.PSID][]model.UserID),
		later: make(map[model.Untrusted]scheduled),
	}
	w.Connect(w.Ann, model.Shared)
	if s.inbox {
		w.Graph.Shows()
	}
	w.Graph.OnSend = w.watch
	w.do(op{opWrite, 0})
	w.do(op{opWrite, 1})
	for _, f := range s.fates {
		w.Graph.Plays(w.play(f))
	}
	for _, o := range s.ops {
		w.do(o)
		w.Settle()
	}
	w.end()
	return ""
}

func (w *told) breaks(format string, args ...any) {
	if w.broken == nil {
		w.broken = fmt.Errorf(format, args...)
	}
}

// watch looks at each call as it comes: the attempt is stored, and no other reply of
// the conversation may be on its way. The caller holds the Graph's lock.
func (w *told) watch(o model.Outgoing) {
	err := w.Store.Read(w.Ctx, func(r store.Reader) error {
		mine, _, err := r.ReplyByToken(page, o.Metadata)
		if err != nil {
			return err
		}
		open, err := r.UnsettledReplies(hubtest.ConversationWith(o.To))
		for _, other := range open {
			if other.MessageID != mine.MessageID && (other.State == model.Posting || other.State == model.Unknown) {
				w.breaks("a reply leaves while another is %s", other.State)
			}
		}
		return err
	})
	if err != nil {
		w.breaks("a call whose token is not stored: %w", err)
	}
	w.watchScheduled(o)
}

// watchScheduled looks at a scheduled reply as it leaves by itself: its time has come, and nothing
// was said since it was written.
func (w *told) watchScheduled(o model.Outgoing) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s, ok := w.later[o.Text]
	switch now := hubtest.Now(); {
	case !ok:
	case now.Before(s.at) || now.After(s.at.Add(hub.DefaultTiming().QueueLimit)):
		w.breaks("%s leaves at %v, not at %v", string(o.Text), now, s.at)
	case w.wrote[o.To] != s.wrote:
		w.breaks("%s leaves by itself although the customer wrote meanwhile", string(o.Text))
	case slices.ContainsFunc(w.ours[o.To][s.ours:], func(by model.UserID) bool { return by != s.by }):
		w.breaks("%s leaves by itself although a colleague answered meanwhile", string(o.Text))
	}
}

// play makes an answer of a fate.
func (w *told) play(f fate) hubtest.Answer {
	a := map[int]hubtest.Answer{
		fateNothingWritten: hubtest.WritesNothing(), fateLost: hubtest.StaysSilent(), fateAskedToWait: hubtest.AsksToWait(40 * time.Second),
		fateRefused: hubtest.Refuses(model.GraphRefused), fateDiesLost: hubtest.Dies(true),
	}[f.how]
	if a.Do != nil {
		return hubtest.First(func(model.Outgoing) { hubtest.Sleep(f.slow) }, a)
	}
	return hubtest.Answer{Reached: true, Do: func(g *hubtest.Graph, o model.Outgoing) model.Outcome {
		hubtest.Sleep(f.slow)
		mid := g.NewMID()
		if w.inboxReadable() {
			g.Shows(model.SentMessage{MID: mid, FromPage: true, Text: o.Text, CreatedAt: hubtest.Now().Truncate(time.Second)})
		}
		w.echo(f, o, mid)
		switch f.how {
		case fateArrivesSilently:
			return model.Outcome{Kind: model.OutcomeUncertain}
		case fateRefusedYetArrives:
			return model.Outcome{Kind: model.OutcomeRefused, Code: model.GraphRefused}
		case fateDiesArrived:
			return hubtest.Dies(true).Do(g, o)
		}
		return model.Outcome{Kind: model.OutcomeAccepted, MID: mid}
	}}
}

func (w *told) inboxReadable() (readable bool) {
	w.Graph.Set(func() { readable = w.Graph.ThreadErr == nil })
	return readable
}

func (w *told) echo(f fate, o model.Outgoing, mid model.MID) {
	e := hubtest.EchoOf(o, mid)
	if f.bare {
		e = hubtest.BareEchoOf(o, mid)
	}
	if f.echo == echoNever {
		return
	}
	if f.echo == echoBefore {
		if err := w.Hub.Receive(w.Ctx, hubtest.Entry(e)); err != nil {
			w.breaks("receive echo: %w", err)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if f.bare {
		w.bare[o.Text]++
	} else {
		w.certain[o.Text]++
	}
	if f.echo != echoBefore {
		w.held = append(w.held, e)
	}
	w.inbound = append(w.inbound, e)
}

func (w *told) do(o op) {
	customer := w.customers[o.n%len(w.customers)]
	user := []model.User{w.Ann, w.Ben, w.Cat}[o.n%3]
	switch o.kind {
	case opWrite:
		mid := model.MID(fmt.Sprintf("m_in_%d", len(w.inbound)))
		e := hubtest.Wrote(customer, mid, string(mid), hubtest.Ago(time.Duration(o.n)*time.Minute))
		w.inbound = append(w.inbound, e)
		w.Receive(e)
		w.mu.Lock()
		w.wrote[customer]++
		w.mu.Unlock()
	case opRedeliver:
		w.redeliver(o.n)
	case opReply:
		w.write(user, customer, 0)
	case opSchedule:
		w.write(user, customer, time.Duration(1+o.n)*time.Minute)
	case opRepeat:
		if len(w.drafts) > 0 {
			w.repeat(w.drafts[o.n%len(w.drafts)])
		}
	case opRetry, opDrop:
		if len(w.drafts) > 0 {
			w.decide(o.kind, w.drafts[o.n%len(w.drafts)])
		}
	case opEchoes:
		w.deliverHeld()
	case opPass:
		w.Pass([]time.Duration{
			time.Second, 4 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute, 3 * time.Minute,
		}[o.n%6])
	case opCrash:
		w.Restart()
	}
}

// redeliver delivers some of what was delivered, in another order, twice at once.
func (w *told) redeliver(n int) {
	w.mu.Lock()
	held := slices.Clone(w.held)
	var again []model.Inbound
	for _, e := range w.inbound[n%(len(w.inbound)+1):] {
		if !slices.ContainsFunc(held, func(h model.Inbound) bool { return h.Key == e.Key }) {
			again = append(again, e)
		}
	}
	w.mu.Unlock()
	slices.Reverse(again)
	errs := make(chan error, 2)
	for range cap(errs) {
		go func() { errs <- w.Hub.Receive(w.Ctx, hubtest.Entry(again...)) }()
	}
	w.Must(errors.Join(<-errs, <-errs))
}

func (w *told) deliverHeld() {
	w.mu.Lock()
	held := w.held
	w.held = nil
	w.mu.Unlock()
	w.Receive(held...)
}

// write has a user reply, in some time if that is above zero.
func (w *told) write(user model.User, customer model.PSID, in time.Duration) {
	d := hubtest.Draft(customer, fmt.Sprintf("reply %d", len(w.drafts)))
	if in > 0 {
		at := hubtest.Now().Add(in)
		d.SendAt = &at
		w.mu.Lock()
		w.later[d.Text] = scheduled{at, user.ID, w.wrote[customer], len(w.ours[customer])}
		w.mu.Unlock()
	}
	m, err := w.Hub.Reply(w.Ctx, user, d)
	var r *model.Refusal
	if errors.As(err, &r) || errors.Is(err, store.ErrNotFound) {
		return // the customer has not handedIn, or Facebook asks to wait
	}
	w.Must(err)
	w.drafts = append(w.drafts, handedIn{user, d, m.ID})
	if in == 0 {
		w.mu.Lock()
		w.ours[customer] = append(w.ours[customer], user.ID)
		w.mu.Unlock()
	}
}

func (w *told) repeat(x handedIn) {
	m, err := w.Hub.Reply(w.Ctx, x.user, x.draft)
	w.Must(err)
	if m.ID != x.id {
		w.Fatalf("a repeated request made message %s beside %s", m.ID, x.id)
	}
}

func (w *told) decide(kind opKind, x handedIn) {
	m := w.Message(x.id)
	var err error
	w.mu.Lock()
	at, waits := w.later[x.draft.Text]
	if kind == opRetry {
		delete(w.later, x.draft.Text)
	}
	w.mu.Unlock()
	if kind == opRetry {
		_, err = w.Hub.Retry(w.Ctx, w.Ann, x.id, m.ConversationID, m.Attempt, nil)
	} else {
		_, err = w.Hub.Drop(w.Ctx, w.Ann, x.id, m.ConversationID, nil)
	}
	var r *model.Refusal
	if errors.As(err, &r) {
		if waits { // it is scheduled as before
			w.mu.Lock()
			w.later[x.draft.Text] = at
			w.mu.Unlock()
		}
		return
	}
	w.Must(err)
	if kind == opRetry {
		w.retries[x.draft.Text]++
	}
}

// end lets everything come to rest and looks at what is left.
func (w *told) end() {
	w.Graph.EndScript()
	w.Pass(15 * time.Minute)
	w.deliverHeld()
	w.Pass(15 * time.Minute)
	if w.broken != nil {
		w.Fatalf("%v", w.broken)
	}
	for _, x := range w.drafts {
		w.checkReply(x)
	}
	w.checkRows()
	w.checkOrder()
	w.WantNoGaps()
}

func (w *told) checkReply(x handedIn) {
	text := x.draft.Text
	if n, most := w.Graph.Reached[text], 1+w.retries[text]; n > most {
		w.Fatalf("%s may have arrived %d times, a person asked for %d", string(text), n, most)
	}
	m := w.WantState(x.id, w.State(x.id))
	ends := []model.State{model.Sent, model.Failed, model.Ask, model.Dropped}
	if !slices.Contains(ends, m.State) {
		w.Fatalf("%s ended as %s", string(text), m.State)
	}
	if (m.State == model.Failed || m.State == model.Ask) != (m.Error != nil) {
		w.Fatalf("%s is %s because of %+v", string(text), m.State, m.Error)
	}
	if m.WaitsFor != "" {
		w.Fatalf("%s is %s and still waits", string(text), m.State)
	}
	if w.certain[text] > 0 && m.State != model.Sent {
		w.Fatalf("%s is %s, though its echo came with its token", string(text), m.State)
	}
	if m.DeliveredTwice && w.Graph.Reached[text] < 2 {
		w.Fatalf("%s is told to have arrived twice", string(text))
	}
	if m.State == model.Sent && w.Graph.Reached[text] == 0 {
		w.Fatalf("%s is told to be sent", string(text))
	}
	if r := w.ReplyRow(x.id); !r.WakeAt.IsZero() {
		w.Fatalf("%s is over, yet to be looked at", string(text))
	}
}

// checkRows expects each message of a customer once and each reply once. Only an echo
// without token may make another row of its text, where nothing says which reply it
// is.
func (w *told) checkRows() {
	rows := make(map[model.Untrusted]int)
	mids := make(map[model.MID]int)
	for _, customer := range w.customers {
		ms, _, _, err := w.Hub.Messages(w.Ctx, w.Ann, hubtest.ConversationWith(customer), "", 1000)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		w.Must(err)
		unread := 0
		for _, m := range ms {
			rows[m.Text]++
			if m.MID != "" {
				mids[m.MID]++
			}
			if m.Direction == model.In {
				unread++
			}
		}
		if c := w.Conversation(customer); c.Unread != unread || c.LastMessage.ID != ms[len(ms)-1].ID {
			w.Fatalf("%d unread, want %d; last message %q", c.Unread, unread, c.LastMessage.ID)
		}
	}
	for mid, n := range mids {
		if n != 1 {
			w.Fatalf("%d rows of %s", n, mid)
		}
	}
	for _, e := range w.inbound {
		if m, ok := e.Event.(model.CustomerMessage); ok && rows[m.Text] != 1 {
			w.Fatalf("%d rows of %s", rows[m.Text], string(m.Text))
		}
	}
	for _, x := range w.drafts {
		if n, most := rows[x.draft.Text], 1+w.bare[x.draft.Text]; n < 1 || n > most {
			w.Fatalf("%d rows of %s, want at most %d", n, string(x.draft.Text), most)
		}
	}
}

// checkOrder expects a customer's replies to have left in the order of acceptance,
// as long as nobody sent one again.
func (w *told) checkOrder() {
	if len(w.retries) > 0 {
		return
	}
	place := make(map[model.Untrusted]int)
	for i, x := range w.drafts {
		if place[x.draft.Text] = i; x.draft.SendAt != nil {
			place[x.draft.Text] = -1 // it leaves at its time
		}
	}
	last := make(map[model.PSID]int)
	for _, o := range w.Graph.Sent() {
		if place[o.Text] < 0 {
			continue
		}
		if place[o.Text] < last[o.To] {
			w.Fatalf("%s left after a later reply", string(o.Text))
		}
		last[o.To] = place[o.Text]
	}
}
