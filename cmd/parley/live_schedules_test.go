package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/client/stream"
	"parley/hub"
	"parley/hub/store"
	"parley/model"
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
	case raceEnabled:
		return 1, 15
	}
	return 1, 300
}

// liveTiming are the deadlines of a client that meets trouble often.
func liveTiming() stream.Timing {
	return stream.Timing{Dead: 3 * time.Second, RetryFirst: 4 * time.Millisecond, RetryMax: 30 * time.Millisecond, Gather: time.Millisecond}
}

// liveRun is one schedule: what is done, one after the other, to a hub, to the network,
// and by those who use them.
type liveRun struct {
	*liveHub
	*rand.Rand
	proxy *liveProxy
	state *liveState
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
		{"cut", 3, func() { r.proxy.cuts() }},
		{"stall", 2, func() { r.proxy.stalls() }},
		{"delay", 2, func() { r.proxy.set(func() { r.proxy.delay = time.Duration(r.IntN(8)) * time.Millisecond }) }},
		{"truncate", 3, func() { r.proxy.set(func() { r.proxy.left = r.IntN(4000) }) }},
		{"heal", 5, func() { r.proxy.heals() }},
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

func (r *liveRun) page() model.MetaPageID { return []model.MetaPageID{livePage, liveOthers}[r.IntN(2)] }

func (r *liveRun) customer() model.PSID { return model.PSID(strconv.Itoa(7000 + r.IntN(6))) }

func (r *liveRun) mid() string {
	r.mids++
	return fmt.Sprintf("m_%d", r.mids)
}

func (r *liveRun) customersWrite() {
	var events []model.Inbound
	for range 1 + r.IntN(5) {
		mid := r.mid()
		events = append(events, liveMessage(r.customer(), mid, "says "+mid))
	}
	r.writes(r.page(), events...)
}

// installation is the newest installation of a Page, with whoever installed it.
func (r *liveRun) installation(id model.MetaPageID) (p store.Page, by liveUser) {
	r.Helper()
	r.must(r.store.Read(r.Context(), func(rd store.Reader) error {
		all, err := rd.Installations(id)
		if err == nil {
			p = all[len(all)-1]
		}
		return err
	}))
	for _, u := range []liveUser{r.ann, r.ben} {
		if u.ID == p.Installer.ID {
			by = u
		}
	}
	return p, by
}

func (r *liveRun) reply() {
	p, by := r.installation(r.page())
	r.replies(by, model.NewConversationID(p.ID, r.customer()), "an answer")
}

// someMessage returns one of a conversation, if there is one.
func (r *liveRun) someMessage() (m store.Message, ok bool) {
	p, _ := r.installation(r.page())
	r.must(r.store.Read(r.Context(), func(rd store.Reader) error {
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
	r.must(r.hub.MarkRead(r.Context(), by.User, m.ConversationID, m.ID))
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
	r.writes(m.ConversationID.Page().Meta(), e)
}

func (r *liveRun) policy() {
	r.writes(r.page(), model.Inbound{
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
	r.must(r.store.Write(r.Context(), id, func(tx store.PageTx) error { return tx.RemoveMessage(m.ID) }))
	mid := r.mid()
	if p, _ := r.installation(id.Meta()); p.ID == id {
		r.writes(id.Meta(), liveMessage(r.customer(), mid, "says "+mid))
	}
}

func (r *liveRun) flip() {
	p, by := r.installation(r.page())
	v := []model.Visibility{model.Private, model.Shared}[r.IntN(2)]
	_, err := r.hub.SetVisibility(r.Context(), by.User, p.ID, v)
	var refusal *model.Refusal
	if err != nil && !errors.As(err, &refusal) {
		r.Errorf("flip: %v", err)
	}
}

func (r *liveRun) uninstall() {
	p, _ := r.installation(r.page())
	_, err := r.hub.Uninstall(r.Context(), r.ann.User, p.ID)
	r.must(err)
}

func (r *liveRun) connect() {
	who := []liveUser{r.ann, r.ben}[r.IntN(2)]
	v := []model.Visibility{model.Private, model.Shared}[r.IntN(2)]
	_, _, err := r.hub.ConnectPage(r.Context(), who.User, hub.Connection{Page: r.page(), Token: "t", Visibility: v})
	var refusal *model.Refusal
	if err != nil && !errors.As(err, &refusal) {
		r.Errorf("connect: %v", err)
	}
}

func (r *liveRun) restart() {
	r.stop()
	r.start()
}

// goBack puts the store as it was at an earlier time in its place; the first time it
// only keeps a copy. What happens to clients that never connect between that and the
// log's growing past where they were is another matter: the client is given time to
// notice.
func (r *liveRun) goBack() {
	r.stop()
	if r.older == "" {
		r.older = filepath.Join(r.dir, "older.db")
		r.copyStore(r.file(), r.older)
		r.start()
		return
	}
	r.replaceStore(r.older)
	r.start()
	r.proxy.heals()
	n := r.state.welcomes()
	eventuallyLive(r.TB, "the client is back", patience, func() bool { return r.state.welcomes() > n })
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
	eventuallyLive(r.TB, "the hub is quiet", patience, func() bool {
		busy := false
		r.must(r.store.Read(r.Context(), func(rd store.Reader) error {
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
	fresh := newLiveState()
	stop := fresh.follow(stream.NewFollower(r.client(r.address, r.cat), liveTiming()))
	defer func() { _ = stop() }()
	eventuallyLive(r.TB, "a new client has read all", patience, func() bool { return fresh.holds(r.heads()) })
	last := ""
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); ; <-tick.C {
		if late := time.Now().After(end); late || maps.Equal(r.state.positions(), fresh.positions()) {
			want, got := fresh.view(), r.state.view()
			if last = got.diff(want); last == "" && r.state.holds(r.heads()) {
				break
			}
		}
		if time.Now().After(end) {
			r.state.clean(r.TB)
			r.Fatalf("the client holds something else than a new one:\n%s", last)
		}
	}
	fresh.clean(r.TB)
	r.state.clean(r.TB)
	r.sameMessages()
	r.state.sameInbox(r.TB, fresh, allQueries()...)
	r.inboxAsTheHub()
}

// heads are the Pages that the client's user sees into, and where they are, as the hub
// knows.
func (r *liveRun) heads() model.AsOf {
	r.Helper()
	_, heads, err := r.hub.Pages(r.Context(), r.cat.User)
	r.must(err)
	return heads
}

func (r *liveRun) sameMessages() {
	r.Helper()
	r.state.mu.Lock()
	defer r.state.mu.Unlock()
	for id, p := range r.state.streams {
		found := 0
		for c := range p.conversations {
			ms, _, _, err := r.hub.Messages(r.Context(), r.cat.User, model.ConversationID(c), "", 1000)
			r.must(err)
			for _, m := range ms {
				held, ok := p.messages[string(m.ID)]
				switch {
				case ok && !cmp.Equal(held.v, any(bareOfName(m))):
					r.Errorf("message held as %v, it is %v", held.v, m)
				case !ok && m.Seq > p.since:
					r.Errorf("message %s of seq %d is not held, the client was placed at %d", m.ID, m.Seq, p.since)
				}
				if ok {
					found++
				}
			}
		}
		if found != len(p.messages) {
			r.Errorf("%d messages of %s are held, %d are there", len(p.messages), id, found)
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
			h := newLiveHub(t, func(h *hub.Timing) { h.Dead, h.Progress = 3*time.Second, 3*time.Second })
			r := &liveRun{liveHub: h, Rand: rand.New(rand.NewPCG(seed, seed)), state: newLiveState()}
			r.proxy = newLiveProxy(t, h.address)
			stop := r.state.follow(stream.NewFollower(h.client(r.proxy.address(), h.cat), liveTiming()))
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
			r.proxy.heals()
			r.quiet()
			r.same()
		})
	}
}
