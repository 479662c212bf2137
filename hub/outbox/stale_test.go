package outbox_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"parley/hub"
	"parley/hub/hubtest"
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
func staleable(w *hubtest.World) (before func(func())) {
	s := &staleStore{Store: w.Store}
	w.Store = s
	w.Restart()
	return func(f func()) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.between = f
	}
}

// rewrite changes a reply behind the hub's back, and its message's state with it, as
// another worker would have.
func rewrite(w *hubtest.World, id model.MessageID, change func(*store.Reply)) {
	w.Helper()
	w.Must(w.Store.Write(w.Ctx, page, func(tx store.PageTx) error {
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
func arrives(w *hubtest.World, mid model.MID) {
	w.Helper()
	w.Must(w.Hub.Receive(w.Ctx, hubtest.Entry(hubtest.EchoOf(w.Graph.Last(), mid))))
}

// A lease is over, and while that is being written the echo comes, or another attempt is
// begun: neither becomes unknown.
func TestALeaseThatEndsLate(t *testing.T) {
	for name, c := range map[string]struct {
		meanwhile func(*hubtest.World, model.MessageID)
		want      model.State
	}{
		"echo":    {func(w *hubtest.World, _ model.MessageID) { arrives(w, "m_echo") }, model.Sent},
		"attempt": {func(w *hubtest.World, id model.MessageID) { rewrite(w, id, again(model.Posting)) }, model.Posting},
	} {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
				before := staleable(w)
				w.CustomerWrites(hanako)
				w.Graph.Plays(hubtest.Dies(true))
				id := w.Reply(hanako, "hello")
				w.WantState(id, model.Posting)
				before(func() { c.meanwhile(w, id) })
				w.Pass(hub.DefaultTiming().Lease + time.Second)
				w.WantState(id, c.want)
				w.WantSent(1)
			})
		})
	}
}

// The Page's inbox is read, and meanwhile the echo comes, the reply's writer sends it
// again, or it is gone: what the inbox shows is not taken for the reply as it is now.
func TestACheckThatIsAnsweredLate(t *testing.T) {
	for name, c := range map[string]struct {
		meanwhile func(*hubtest.World, model.MessageID)
		want      model.State
		mid       model.MID
	}{
		"echo":    {func(w *hubtest.World, _ model.MessageID) { arrives(w, "m_echo") }, model.Sent, "m_echo"},
		"attempt": {func(w *hubtest.World, id model.MessageID) { rewrite(w, id, again(model.Unknown)) }, model.Unknown, ""},
		"posting": {func(w *hubtest.World, id model.MessageID) { rewrite(w, id, again(model.Posting)) }, model.Posting, ""},
	} {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				before := staleable(w)
				w.CustomerWrites(hanako)
				w.Graph.Plays(hubtest.StaysSilent())
				id := w.Reply(hanako, "hello")
				w.WantState(id, model.Unknown)
				w.Graph.Shows(model.SentMessage{MID: "m_found", FromPage: true, Text: "hello", CreatedAt: hubtest.Now()})
				w.Graph.Set(func() { w.Graph.OnThread = func(context.Context) { before(func() { c.meanwhile(w, id) }) } })
				w.Pass(hub.DefaultTiming().UnknownChecks[0] + time.Second)
				if m := w.WantState(id, c.want); m.MID != c.mid {
					t.Errorf("it has the id %q, want %q", m.MID, c.mid)
				}
				if r := w.ReplyRow(id); c.want != model.Sent && (r.Checks != 0 || !r.CheckedAt.IsZero()) {
					t.Errorf("a check of the attempt before counts: %d", r.Checks)
				}
				w.WantSent(1)
			})
		})
	}
}

// The last check was made and its writer is to be asked; the echo that comes before that
// is written makes it sent, and nobody is asked, who would send it again.
func TestAnEchoBeforeItsWriterIsAsked(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		timing := hub.DefaultTiming()
		last := timing.UnknownChecks[len(timing.UnknownChecks)-1]
		timing.AskAfter = last + time.Minute
		w.Timing = &timing
		before := staleable(w)
		w.CustomerWrites(hanako)
		w.Graph.Shows()
		w.Graph.Plays(hubtest.StaysSilent())
		id := w.Reply(hanako, "hello")
		w.Pass(last + 30*time.Second)
		if r := w.ReplyRow(id); r.State != model.Unknown || r.Checks != len(timing.UnknownChecks) {
			t.Fatalf("%s after %d checks", r.State, r.Checks)
		}
		before(func() { arrives(w, "m_echo") })
		w.Pass(time.Minute)
		if m := w.WantState(id, model.Sent); m.MID != "m_echo" || m.Error != nil {
			t.Errorf("message %q, error %+v", m.MID, m.Error)
		}
	})
}

// A reply is due, and before its attempt is committed it is over, or has to wait longer:
// it does not leave.
func TestADueReplyThatIsNotAnyMore(t *testing.T) {
	for name, c := range map[string]struct {
		meanwhile func(*hubtest.World, model.MessageID)
		want      model.State
	}{
		"dropped": {func(w *hubtest.World, id model.MessageID) {
			rewrite(w, id, func(r *store.Reply) { r.State, r.WakeAt = model.Dropped, time.Time{} })
		}, model.Dropped},
		"asks": {func(w *hubtest.World, id model.MessageID) {
			rewrite(w, id, func(r *store.Reply) { r.State, r.WakeAt = model.Ask, time.Time{} })
		}, model.Ask},
		"posting": {func(w *hubtest.World, id model.MessageID) { rewrite(w, id, again(model.Posting)) }, model.Posting},
		"later": {func(w *hubtest.World, id model.MessageID) {
			rewrite(w, id, func(r *store.Reply) { r.WakeAt = time.Now().UTC().Add(5 * time.Minute) })
		}, model.Queued},
	} {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
				before := staleable(w)
				w.CustomerWrites(hanako)
				w.Graph.Plays(hubtest.WritesNothing())
				id := w.Reply(hanako, "hello")
				w.WantState(id, model.Queued)
				w.WantSent(1)
				before(func() { c.meanwhile(w, id) })
				w.Pass(time.Until(w.ReplyRow(id).WakeAt) + time.Second)
				w.WantState(id, c.want)
				w.WantSent(1)
			})
		})
	}
}

// A reply that is due by its row, while one before it asks, is unknown or on its way, does
// not leave.
func TestADueReplyBehindOneThatIsOpen(t *testing.T) {
	for name, as := range map[string]hubtest.Answer{"asks": hubtest.StaysSilent(), "unknown": hubtest.StaysSilent(), "posting": hubtest.Dies(true)} {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				w.Graph.Plays(as)
				earlier := w.Reply(hanako, "first")
				if name == "asks" {
					w.Pass(hub.DefaultTiming().AskAfter + time.Second)
					w.WantState(earlier, model.Ask)
				}
				second := w.Reply(hanako, "second")
				w.Stop()
				rewrite(w, second, func(r *store.Reply) { r.WakeAt = time.Now().UTC().Add(-time.Second) })
				if name == "posting" {
					rewrite(w, earlier, func(r *store.Reply) { r.LeaseUntil = time.Now().UTC().Add(time.Hour); r.WakeAt = r.LeaseUntil })
				}
				w.Start()
				w.WantState(second, model.Queued)
				w.WantSent(1)
			})
		})
	}
}

// The answer to an attempt that is not the last one any more, or to a reply that the echo
// has settled, changes nothing of it; whatever the answer says.
func TestAnAnswerThatIsOver(t *testing.T) {
	answers := map[string]hubtest.Answer{
		"refused": hubtest.Refuses(model.GraphRefused), "nothing written": hubtest.WritesNothing(), "asked to wait": hubtest.AsksToWait(time.Minute), "no answer": hubtest.StaysSilent(),
	}
	for name, c := range map[string]struct {
		meanwhile func(*hubtest.World, model.MessageID)
		want      model.State
	}{
		"echo":    {func(w *hubtest.World, _ model.MessageID) { arrives(w, "m_echo") }, model.Sent},
		"attempt": {func(w *hubtest.World, id model.MessageID) { rewrite(w, id, again(model.Posting)) }, model.Posting},
		"asks": {func(w *hubtest.World, id model.MessageID) {
			rewrite(w, id, func(r *store.Reply) { r.State, r.WakeAt = model.Ask, time.Time{} })
		}, model.Ask},
	} {
		for said, as := range answers {
			t.Run(name+", "+said, func(t *testing.T) {
				hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
					before := staleable(w)
					w.CustomerWrites(hanako)
					var id model.MessageID
					sent := make(chan struct{})
					w.Graph.Plays(hubtest.First(func(model.Outgoing) {
						<-sent
						before(func() { c.meanwhile(w, id) })
					}, as))
					id = w.Accept(w.Ann, hubtest.Draft(hanako, "hello")).ID
					w.Settle()
					close(sent)
					w.Settle()
					w.WantState(id, c.want)
					w.WantSent(1)
				})
			})
		}
	}
}

// The answer comes after the echo, or before it, or twice: it settles the reply once and
// meets no conflict, which would be tried again until the lease ends.
func TestAnswerAndEchoAgree(t *testing.T) {
	for name, echo := range map[string]func(model.Outgoing, model.MID) model.Inbound{"with the token": hubtest.EchoOf, "without": hubtest.BareEchoOf} {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				before := staleable(w)
				w.CustomerWrites(hanako)
				w.Graph.Plays(hubtest.First(func(o model.Outgoing) {
					before(func() { w.Must(w.Hub.Receive(w.Ctx, hubtest.Entry(echo(o, "m_same")))) })
				}, hubtest.AcceptsAs("m_same")), hubtest.AcceptsAs("m_next"))
				id := w.Reply(hanako, "hello")
				next := w.Reply(hanako, "and")
				if m := w.WantState(id, model.Sent); m.MID != "m_same" || m.DeliveredTwice {
					t.Errorf("message %q, delivered twice: %t", m.MID, m.DeliveredTwice)
				}
				if m := w.WantState(next, model.Sent); m.MID != "m_next" {
					t.Errorf("the next is %q", m.MID)
				}
				if n := len(w.Messages(hanako)); n != 3 {
					t.Errorf("%d rows, want 3", n)
				}
				w.Receive(echo(w.Graph.Last(), "m_next"))
				w.WantSent(2)
			})
		})
	}
}
