package live

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/client/stream"
	"parley/e2e/driver"
	"parley/e2e/livehub"
	"parley/hub"
	"parley/hub/pages"
	"parley/hub/store"
	"parley/hub/view"
	"parley/model"
	"parley/model/inbox"
)

// liveSchedules returns which schedules of trouble are tried: so many as there is time
// for, or as PARLEY_LIVE_SCHEDULES says, or the one that PARLEY_LIVE_SEED names.
func liveSchedules() (from, to uint64) {
	if seed, err := strconv.ParseUint(os.Getenv("PARLEY_LIVE_SEED"), 10, 64); err == nil {
		return seed, seed
	}
	if n, err := strconv.ParseUint(os.Getenv("PARLEY_LIVE_SCHEDULES"), 10, 64); err == nil {
		return 1, n
	}
	switch {
	case testing.Short():
		return 1, 30
	case livehub.RaceEnabled:
		return 1, 15
	}
	return 1, 300
}

// liveRun is one schedule: what is done, one after the other, to a hub, to the network,
// and by those who use them.
type liveRun struct {
	*livehub.Hub
	*rand.Rand
	proxy *livehub.Proxy
	state *livehub.State
	done  []string
	mids  int
	older string
}

// liveSteps are what can happen, each with how often.
func (r *liveRun) liveSteps() []liveStep {
	return []liveStep{
		{"customers write", 8, r.customersWrite},
		{"reply", 3, r.reply},
		{"read", 2, r.read},
		{"an edit, a reaction", 2, r.amend},
		{"a policy notice", 1, r.policy},
		{"a message goes", 1, r.remove},
		{"flip", 4, r.flip},
		{"uninstall", 1, r.uninstall},
		{"connect", 2, r.connect},
		{"cut", 3, func() { r.proxy.Cuts() }},
		{"stall", 2, func() { r.proxy.Stalls() }},
		{"delay", 2, func() { r.proxy.Set(func() { r.proxy.Delay = time.Duration(r.IntN(8)) * time.Millisecond }) }},
		{"truncate", 3, func() { r.proxy.Set(func() { r.proxy.Left = r.IntN(4000) }) }},
		{"heal", 5, func() { r.proxy.Heals() }},
		{"restart", 1, r.restart},
		{"an older store", 1, r.goBack},
		{"a moment", 4, r.moment},
	}
}

type liveStep struct {
	name   string
	weight int
	do     func()
}

// step does one thing.
func (r *liveRun) step() {
	steps := r.liveSteps()
	sum := 0
	for _, s := range steps {
		sum += s.weight
	}
	n := r.IntN(sum)
	for _, s := range steps {
		if n -= s.weight; n < 0 {
			r.done = append(r.done, s.name)
			s.do()
			return
		}
	}
}

func (r *liveRun) page() model.MetaPageID {
	return []model.MetaPageID{livehub.Page, livehub.LiveOthers}[r.IntN(2)]
}

func (r *liveRun) customer() model.PSID { return model.PSID(strconv.Itoa(7000 + r.IntN(6))) }

func (r *liveRun) mid() string {
	r.mids++
	return fmt.Sprintf("m_%d", r.mids)
}

func (r *liveRun) customersWrite() {
	var events []model.Inbound
	for range 1 + r.IntN(5) {
		mid := r.mid()
		events = append(events, livehub.Message(r.customer(), mid, "says "+mid))
	}
	r.Writes(r.page(), events...)
}

// installation is the newest installation of a Page, with whoever installed it.
func (r *liveRun) installation(id model.MetaPageID) (p store.Page, by livehub.User) {
	r.Helper()
	r.Must(r.Store.Read(r.Context(), func(rd store.Reader) error {
		all, err := rd.Installations(id)
		if err == nil {
			p = all[len(all)-1]
		}
		return err
	}))
	for _, u := range []livehub.User{r.Ann, r.Ben} {
		if u.ID == p.Installer.ID {
			by = u
		}
	}
	return p, by
}

func (r *liveRun) reply() {
	p, by := r.installation(r.page())
	r.Replies(by, model.NewConversationID(p.ID, r.customer()), "an answer")
}

// someMessage returns one of a conversation, if there is one.
func (r *liveRun) someMessage() (m store.Message, ok bool) {
	p, _ := r.installation(r.page())
	r.Must(r.Store.Read(r.Context(), func(rd store.Reader) error {
		ms, _, err := rd.Messages(model.NewConversationID(p.ID, r.customer()), "", 20, store.Viewer{})
		if err == nil && len(ms) > 0 {
			m, ok = ms[r.IntN(len(ms))], true
		}
		return err
	}))
	return m, ok
}

func (r *liveRun) read() {
	m, ok := r.someMessage()
	if !ok {
		return
	}
	_, by := r.installation(m.ConversationID.Page().Meta())
	r.Must(r.Hub.Hub.MarkRead(r.Context(), by.User, m.ConversationID, m.ID))
}

func (r *liveRun) amend() {
	m, ok := r.someMessage()
	if !ok || m.MID == "" {
		return
	}
	e := model.Inbound{Key: "sha:" + r.mid(), Raw: []byte("{}"), Name: "reaction", Customer: m.ConversationID.Customer(), At: time.Now()}
	e.Event = model.Reacted{Target: m.MID, By: model.ByCustomer, Kind: "love", Emoji: "❤"}
	if r.IntN(2) == 0 && m.Direction == model.In {
		e.Name, e.Event = "message_edit", model.Edit{Target: m.MID, Text: "edited", Number: m.EditNumber + 1}
	}
	r.Writes(m.ConversationID.Page().Meta(), e)
}

func (r *liveRun) policy() {
	r.Writes(r.page(), model.Inbound{
		Key: "sha:" + r.mid(), Raw: []byte("{}"), Name: "policy_enforcement", At: time.Now(),
		Event: model.Policy{Action: []string{"warning", "block", "unblock"}[r.IntN(3)], Reason: "be nice"},
	})
}

// remove takes a message away, as a reply is that turns out to be another's echo. The
// hub hears of it with the next change.
func (r *liveRun) remove() {
	m, ok := r.someMessage()
	if !ok || m.Direction != model.In {
		return
	}
	id := m.ConversationID.Page()
	r.Must(r.Store.Write(r.Context(), id, func(tx store.PageTx) error { return tx.RemoveMessage(m.ID) }))
	mid := r.mid()
	if p, _ := r.installation(id.Meta()); p.ID == id {
		r.Writes(id.Meta(), livehub.Message(r.customer(), mid, "says "+mid))
	}
}

func (r *liveRun) flip() {
	p, by := r.installation(r.page())
	v := []model.Visibility{model.Private, model.Shared}[r.IntN(2)]
	_, err := r.Hub.Hub.SetVisibility(r.Context(), by.User, p.ID, v)
	var refusal *model.Refusal
	if err != nil && !errors.As(err, &refusal) {
		r.Errorf("flip: %v", err)
	}
}

func (r *liveRun) uninstall() {
	p, _ := r.installation(r.page())
	_, err := r.Hub.Hub.Uninstall(r.Context(), r.Ann.User, p.ID)
	r.Must(err)
}

func (r *liveRun) connect() {
	who := []livehub.User{r.Ann, r.Ben}[r.IntN(2)]
	v := []model.Visibility{model.Private, model.Shared}[r.IntN(2)]
	_, _, err := r.Hub.Hub.ConnectPage(r.Context(), who.User, pages.Connection{Page: r.page(), Token: "t", Visibility: v})
	var refusal *model.Refusal
	if err != nil && !errors.As(err, &refusal) {
		r.Errorf("connect: %v", err)
	}
}

func (r *liveRun) restart() {
	r.Stop()
	r.Start()
}

// goBack puts the store as it was at an earlier time in its place; the first time it
// only keeps a copy. What happens to clients that never connect between that and the
// log's growing past where they were is another matter: the client is given time to
// notice.
func (r *liveRun) goBack() {
	if livehub.InDatabase() { // there is no file to put back
		r.restart()
		return
	}
	r.Stop()
	if r.older == "" {
		r.older = filepath.Join(r.Dir, "older.db")
		r.CopyStore(r.File(), r.older)
		r.Start()
		return
	}
	r.ReplaceStore(r.older)
	r.Start()
	r.proxy.Heals()
	n := r.state.Welcomes()
	livehub.EventuallyLive(r.TB, "the client is back", driver.Patience, func() bool { return r.state.Welcomes() > n })
	r.mids += 1000 // what is lost does not come again by the same id
}

func (r *liveRun) moment() {
	timer := time.NewTimer(time.Duration(r.IntN(30)) * time.Millisecond)
	defer timer.Stop()
	<-timer.C
}

// quiet waits until the hub does nothing more by itself.
func (r *liveRun) quiet() {
	r.Helper()
	livehub.EventuallyLive(r.TB, "the hub is quiet", driver.Patience, func() bool {
		busy := false
		r.Must(r.Store.Read(r.Context(), func(rd store.Reader) error {
			nameless, err := rd.Nameless(time.Now().Add(-time.Hour), 1)
			busy = len(nameless) > 0
			pages, err2 := rd.Pages()
			for _, p := range pages {
				replies, err := rd.RepliesIn(p.ID, model.Queued, model.Posting)
				if err != nil {
					return err
				}
				for _, reply := range replies {
					busy = busy || reply.State == model.Posting || !model.PageBlocks(time.Now(), p.Page)
				}
			}
			return errors.Join(err, err2)
		}))
		return !busy
	})
}

// same expects the client to hold what a new one does, and of messages, all that
// changed since it was placed.
func (r *liveRun) same() {
	r.Helper()
	fresh := livehub.NewState()
	stop := fresh.Follow(stream.NewFollower(r.Client(r.Address, r.Cat), livehub.Timing()))
	defer func() { _ = stop() }()
	livehub.EventuallyLive(r.TB, "a new client has read all", driver.Patience, func() bool { return fresh.Holds(r.heads()) })
	last := ""
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(driver.Patience); ; <-tick.C {
		if late := time.Now().After(end); late || maps.Equal(r.state.Positions(), fresh.Positions()) {
			want, got := fresh.View(), r.state.View()
			if last = got.Diff(want); last == "" && r.state.Holds(r.heads()) {
				break
			}
		}
		if time.Now().After(end) {
			r.state.Clean(r.TB)
			r.Fatalf("the client holds something else than a new one:\n%s", last)
		}
	}
	fresh.Clean(r.TB)
	r.state.Clean(r.TB)
	r.sameMessages()
	r.state.SameInbox(r.TB, fresh, livehub.AllQueries()...)
	r.inboxAsTheHub()
}

// heads are the Pages that the client's user sees into, and where they are, as the hub
// knows.
func (r *liveRun) heads() model.AsOf {
	r.Helper()
	_, heads, err := r.Hub.Hub.Pages(r.Context(), r.Cat.User)
	r.Must(err)
	return heads
}

func (r *liveRun) sameMessages() {
	r.Helper()
	r.state.Mu.Lock()
	defer r.state.Mu.Unlock()
	for id, p := range r.state.Streams {
		found := 0
		for c := range p.Conversations {
			ms, _, _, err := r.Hub.Hub.Messages(r.Context(), r.Cat.User, model.ConversationID(c), "", 1000)
			r.Must(err)
			for _, m := range ms {
				held, ok := p.Messages[string(m.ID)]
				switch {
				case ok && !cmp.Equal(held.V, any(livehub.BareOfName(m))):
					r.Errorf("message held as %v, it is %v", held.V, m)
				case !ok && m.Seq > p.Since:
					r.Errorf("message %s of seq %d is not held, the client was placed at %d", m.ID, m.Seq, p.Since)
				}
				if ok {
					found++
				}
			}
		}
		if found != len(p.Messages) {
			r.Errorf("%d messages of %s are held, %d are there", len(p.Messages), id, found)
		}
	}
}

// TestAClientEndsAsANewOneDoes: whatever happened meanwhile to the hub, the network and
// the Pages, once all is quiet a client holds what a new one does.
func TestAClientEndsAsANewOneDoes(t *testing.T) {
	t.Parallel()
	from, to := liveSchedules()
	for seed := from; seed <= to; seed++ {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			h := livehub.New(t, func(h *hub.Timing) { h.Dead, h.Progress = 3*time.Second, 3*time.Second })
			r := &liveRun{Hub: h, Rand: rand.New(rand.NewPCG(seed, seed)), state: livehub.NewState()}
			r.proxy = livehub.NewProxy(t, h.Address)
			stop := r.state.Follow(stream.NewFollower(h.Client(r.proxy.Address(), h.Cat), livehub.Timing()))
			t.Cleanup(func() {
				if err := stop(); !errors.Is(err, context.Canceled) {
					t.Errorf("the sync ended with %v", err)
				}
				if t.Failed() {
					t.Logf("PARLEY_LIVE_SEED=%d: %s", seed, strings.Join(r.done, ", "))
				}
			})
			for range 8 + r.IntN(10) {
				r.step()
			}
			r.proxy.Heals()
			r.quiet()
			r.same()
		})
	}
}

// inboxAsTheHub expects the Inbox to count, filter and order as the hub itself does.
func (r *liveRun) inboxAsTheHub() {
	r.Helper()
	r.state.Mu.Lock()
	defer r.state.Mu.Unlock()
	in := r.state.Inbox
	in.Advance(time.Now())
	counts, _, err := r.Hub.Hub.Counts(r.Context(), r.Cat.User, "")
	r.Must(err)
	if got := in.Counts(""); got != inbox.Counts(counts) {
		r.Errorf("the Inbox counts %+v, the hub %+v", got, counts)
	}
	for _, f := range livehub.LiveFilters {
		l, err := r.Hub.Hub.Conversations(r.Context(), r.Cat.User, view.ListQuery{Filter: store.Filter(f), Limit: 1000})
		r.Must(err)
		var want, got []model.ConversationID
		for _, c := range l.Conversations {
			want = append(want, c.ID)
		}
		v := in.View(inbox.Query{Filter: f})
		for i := range v.Len() {
			row, _ := v.At(i)
			got = append(got, row.ID)
		}
		if !slices.Equal(got, want) {
			r.Errorf("the Inbox lists of %s %s, the hub %s", f, got, want)
		}
	}
}
