package hub_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"parley/hub"
	"parley/hub/store"
	"parley/model"
)

// staleStore is a store in which something happens between what is read and the write
// that follows from it.
type staleStore struct {
	store.Store
	mu      sync.Mutex
	between func()
}

// Write implements [store.Store].
func (s *staleStore) Write(ctx context.Context, p model.PageID, f func(store.PageTx) error) error {
	s.mu.Lock()
	between := s.between
	s.between = nil
	s.mu.Unlock()
	if between != nil {
		between()
	}
	return s.Store.Write(ctx, p, f)
}

// staleable puts such a store under a new hub; before does something before its next write.
func (w *world) staleable() (before func(func())) {
	s := &staleStore{Store: w.store}
	w.store = s
	w.restart()
	return func(f func()) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.between = f
	}
}

// rewrite changes a reply behind the hub's back, and its message's state with it, as
// another worker would have.
func (w *world) rewrite(id model.MessageID, change func(*store.Reply)) {
	w.Helper()
	w.must(w.store.Write(w.ctx, page, func(tx store.PageTx) error {
		r, err := tx.Reply(id)
		if err != nil {
			return err
		}
		change(&r)
		m, err := tx.Message(id)
		if err != nil {
			return err
		}
		m.State, m.Attempt = r.State, r.Attempt
		if err := tx.PutMessage(&m); err != nil {
			return err
		}
		return tx.PutReply(r)
	}))
}

// again is the same reply in an attempt that somebody began meanwhile.
func again(state model.State) func(*store.Reply) {
	return func(r *store.Reply) {
		r.State, r.Attempt, r.Token = state, r.Attempt+1, "another-token"
		r.AttemptAt, r.LeaseUntil = time.Now().UTC(), time.Now().UTC().Add(time.Hour)
		r.WakeAt, r.Checks, r.CheckedAt = r.LeaseUntil, 0, time.Time{}
	}
}

// arrives has the echo of what left last come, without waiting for what follows.
func (w *world) arrives(mid model.MID) {
	w.Helper()
	w.must(w.hub.Receive(w.ctx, entry(echoOf(w.graph.last(), mid))))
}

// A lease is over, and while that is being written the echo comes, or another attempt is
// begun: neither becomes unknown.
func TestALeaseThatEndsLate(t *testing.T) {
	for name, c := range map[string]struct {
		meanwhile func(*world, model.MessageID)
		want      model.State
	}{
		"echo":    {func(w *world, _ model.MessageID) { w.arrives("m_echo") }, model.Sent},
		"attempt": {func(w *world, id model.MessageID) { w.rewrite(id, again(model.Posting)) }, model.Posting},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(_ *testing.T, w *world) {
				before := w.staleable()
				w.customerWrites(hanako)
				w.graph.plays(dies(true))
				id := w.reply(hanako, "hello")
				w.wantState(id, model.Posting)
				before(func() { c.meanwhile(w, id) })
				w.pass(hub.DefaultTiming().Lease + time.Second)
				w.wantState(id, c.want)
				w.wantSent(1)
			})
		})
	}
}

// The Page's inbox is read, and meanwhile the echo comes, the reply's writer sends it
// again, or it is gone: what the inbox shows is not taken for the reply as it is now.
func TestACheckThatIsAnsweredLate(t *testing.T) {
	for name, c := range map[string]struct {
		meanwhile func(*world, model.MessageID)
		want      model.State
		mid       model.MID
	}{
		"echo":    {func(w *world, _ model.MessageID) { w.arrives("m_echo") }, model.Sent, "m_echo"},
		"attempt": {func(w *world, id model.MessageID) { w.rewrite(id, again(model.Unknown)) }, model.Unknown, ""},
		"posting": {func(w *world, id model.MessageID) { w.rewrite(id, again(model.Posting)) }, model.Posting, ""},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				before := w.staleable()
				w.customerWrites(hanako)
				w.graph.plays(staysSilent())
				id := w.reply(hanako, "hello")
				w.wantState(id, model.Unknown)
				w.graph.shows(model.SentMessage{MID: "m_found", FromPage: true, Text: "hello", CreatedAt: now()})
				w.graph.set(func() { w.graph.onThread = func(context.Context) { before(func() { c.meanwhile(w, id) }) } })
				w.pass(hub.DefaultTiming().UnknownChecks[0] + time.Second)
				if m := w.wantState(id, c.want); m.MID != c.mid {
					t.Errorf("it has the id %q, want %q", m.MID, c.mid)
				}
				if r := w.replyRow(id); c.want != model.Sent && (r.Checks != 0 || !r.CheckedAt.IsZero()) {
					t.Errorf("a check of the attempt before counts: %d", r.Checks)
				}
				w.wantSent(1)
			})
		})
	}
}

// The last check was made and its writer is to be asked; the echo that comes before that
// is written makes it sent, and nobody is asked, who would send it again.
func TestAnEchoBeforeItsWriterIsAsked(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		timing := hub.DefaultTiming()
		last := timing.UnknownChecks[len(timing.UnknownChecks)-1]
		timing.AskAfter = last + time.Minute
		w.timing = &timing
		before := w.staleable()
		w.customerWrites(hanako)
		w.graph.shows()
		w.graph.plays(staysSilent())
		id := w.reply(hanako, "hello")
		w.pass(last + 30*time.Second)
		if r := w.replyRow(id); r.State != model.Unknown || r.Checks != len(timing.UnknownChecks) {
			t.Fatalf("%s after %d checks", r.State, r.Checks)
		}
		before(func() { w.arrives("m_echo") })
		w.pass(time.Minute)
		if m := w.wantState(id, model.Sent); m.MID != "m_echo" || m.Error != nil {
			t.Errorf("message %q, error %+v", m.MID, m.Error)
		}
	})
}

// A reply is due, and before its attempt is committed it is over, or has to wait longer:
// it does not leave.
func TestADueReplyThatIsNotAnyMore(t *testing.T) {
	for name, c := range map[string]struct {
		meanwhile func(*world, model.MessageID)
		want      model.State
	}{
		"dropped": {func(w *world, id model.MessageID) {
			w.rewrite(id, func(r *store.Reply) { r.State, r.WakeAt = model.Dropped, time.Time{} })
		}, model.Dropped},
		"asks": {func(w *world, id model.MessageID) {
			w.rewrite(id, func(r *store.Reply) { r.State, r.WakeAt = model.Ask, time.Time{} })
		}, model.Ask},
		"posting": {func(w *world, id model.MessageID) { w.rewrite(id, again(model.Posting)) }, model.Posting},
		"later": {func(w *world, id model.MessageID) {
			w.rewrite(id, func(r *store.Reply) { r.WakeAt = time.Now().UTC().Add(5 * time.Minute) })
		}, model.Queued},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(_ *testing.T, w *world) {
				before := w.staleable()
				w.customerWrites(hanako)
				w.graph.plays(writesNothing())
				id := w.reply(hanako, "hello")
				w.wantState(id, model.Queued)
				w.wantSent(1)
				before(func() { c.meanwhile(w, id) })
				w.pass(time.Until(w.replyRow(id).WakeAt) + time.Second)
				w.wantState(id, c.want)
				w.wantSent(1)
			})
		})
	}
}

// A reply that is due by its row, while one before it asks, is unknown or on its way, does
// not leave.
func TestADueReplyBehindOneThatIsOpen(t *testing.T) {
	for name, as := range map[string]answer{"asks": staysSilent(), "unknown": staysSilent(), "posting": dies(true)} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(_ *testing.T, w *world) {
				w.customerWrites(hanako)
				w.graph.plays(as)
				earlier := w.reply(hanako, "first")
				if name == "asks" {
					w.pass(hub.DefaultTiming().AskAfter + time.Second)
					w.wantState(earlier, model.Ask)
				}
				second := w.reply(hanako, "second")
				w.stop()
				w.rewrite(second, func(r *store.Reply) { r.WakeAt = time.Now().UTC().Add(-time.Second) })
				if name == "posting" {
					w.rewrite(earlier, func(r *store.Reply) { r.LeaseUntil = time.Now().UTC().Add(time.Hour); r.WakeAt = r.LeaseUntil })
				}
				w.start()
				w.wantState(second, model.Queued)
				w.wantSent(1)
			})
		})
	}
}

// The answer to an attempt that is not the last one any more, or to a reply that the echo
// has settled, changes nothing of it; whatever the answer says.
func TestAnAnswerThatIsOver(t *testing.T) {
	answers := map[string]answer{
		"refused": refuses(model.GraphRefused), "nothing written": writesNothing(), "asked to wait": asksToWait(time.Minute), "no answer": staysSilent(),
	}
	for name, c := range map[string]struct {
		meanwhile func(*world, model.MessageID)
		want      model.State
	}{
		"echo":    {func(w *world, _ model.MessageID) { w.arrives("m_echo") }, model.Sent},
		"attempt": {func(w *world, id model.MessageID) { w.rewrite(id, again(model.Posting)) }, model.Posting},
		"asks": {func(w *world, id model.MessageID) {
			w.rewrite(id, func(r *store.Reply) { r.State, r.WakeAt = model.Ask, time.Time{} })
		}, model.Ask},
	} {
		for said, as := range answers {
			t.Run(name+", "+said, func(t *testing.T) {
				inWorld(t, func(_ *testing.T, w *world) {
					before := w.staleable()
					w.customerWrites(hanako)
					var id model.MessageID
					sent := make(chan struct{})
					w.graph.plays(first(func(model.Outgoing) {
						<-sent
						before(func() { c.meanwhile(w, id) })
					}, as))
					id = w.accept(w.ann, draft(hanako, "hello")).ID
					w.settle()
					close(sent)
					w.settle()
					w.wantState(id, c.want)
					w.wantSent(1)
				})
			})
		}
	}
}

// The answer comes after the echo, or before it, or twice: it settles the reply once and
// meets no conflict, which would be tried again until the lease ends.
func TestAnswerAndEchoAgree(t *testing.T) {
	for name, echo := range map[string]func(model.Outgoing, model.MID) model.Inbound{"with the token": echoOf, "without": bareEchoOf} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				before := w.staleable()
				w.customerWrites(hanako)
				w.graph.plays(first(func(o model.Outgoing) {
					before(func() { w.must(w.hub.Receive(w.ctx, entry(echo(o, "m_same")))) })
				}, acceptsAs("m_same")), acceptsAs("m_next"))
				id := w.reply(hanako, "hello")
				next := w.reply(hanako, "and")
				if m := w.wantState(id, model.Sent); m.MID != "m_same" || m.DeliveredTwice {
					t.Errorf("message %q, delivered twice: %t", m.MID, m.DeliveredTwice)
				}
				if m := w.wantState(next, model.Sent); m.MID != "m_next" {
					t.Errorf("the next is %q", m.MID)
				}
				if n := len(w.messages(hanako)); n != 3 {
					t.Errorf("%d rows, want 3", n)
				}
				w.receive(echo(w.graph.last(), "m_next"))
				w.wantSent(2)
			})
		})
	}
}
