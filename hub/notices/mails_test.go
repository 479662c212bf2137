package notices_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/model"
)

// fakeMailer plays the mail server.
type fakeMailer struct {
	mu    sync.Mutex
	mails []model.PolicyMail
	// answer says what becomes of a mail; nil takes it.
	answer func(ctx context.Context, n int) error
}

func (m *fakeMailer) MessageID(notice string) string { return notice + "@example.com" }

func (m *fakeMailer) MailPolicy(ctx context.Context, p model.PolicyMail) error {
	m.mu.Lock()
	m.mails = append(m.mails, p)
	n, answer := len(m.mails), m.answer
	m.mu.Unlock()
	if answer == nil {
		return nil
	}
	return answer(ctx, n)
}

// came returns the mails that were handed over.
func (m *fakeMailer) came() []model.PolicyMail {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.mails)
}

// mailing starts the world's hub anew, with a mail server.
func mailing(w *hubtest.World, answer func(ctx context.Context, n int) error) *fakeMailer {
	w.Helper()
	m := &fakeMailer{answer: answer}
	w.Stop()
	w.Mailer = m
	w.Start()
	return m
}

// TestPolicyNoticesAreMailedOnce: each event once, however often Meta tells of it; other
// events about the Page, and messages, never.
func TestPolicyNoticesAreMailedOnce(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		m := mailing(w, nil)
		warning, block := hubtest.Policy("warning", "too fast", hubtest.Now()), hubtest.Policy("block", "spam", hubtest.Now())
		w.Receive(warning, warning, hubtest.Wrote(hanako, "m1", "hello", hubtest.Now()))
		w.Receive(block)
		w.Settle()
		w.Receive(block, warning)
		w.Pass(time.Second)
		w.Receive(hubtest.Policy("unblock", "", hubtest.Now()))
		w.Pass(time.Hour)
		var kinds []model.NoticeKind
		ids := map[string]bool{}
		for _, p := range m.came() {
			kinds = append(kinds, p.Kind)
			ids[p.MessageID] = true
			if p.Page != metaPage || p.Now.IsZero() || p.Since.IsZero() {
				t.Errorf("a mail lacks something: %+v", p)
			}
		}
		want := []model.NoticeKind{model.NoticePolicyWarning, model.NoticePolicyBlock, model.NoticePolicyUnblock}
		if !slices.Equal(kinds, want) || len(ids) != len(want) {
			t.Fatalf("mailed %v by the ids %v, want %v", kinds, ids, want)
		}
		for _, n := range w.Notices() {
			if n.Mail == nil || n.Mail.State != model.Mailed || n.Mail.Tries != 1 || n.Mail.Reason != "" {
				t.Errorf("%s: mail %+v", n.Kind, n.Mail)
			}
		}
		if mails := m.came(); mails[1].Reason != "spam" || !mails[1].Restricted || mails[2].Restricted {
			t.Errorf("block %+v, unblock %+v", mails[1], mails[2])
		}
	})
}

var errMailDown = errors.New("450 mailbox busy")

// TestMailIsTriedAgain: with longer and longer pauses, through restarts, by the same
// Message-ID; meanwhile the notice says why it waits.
func TestMailIsTriedAgain(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		m := mailing(w, func(_ context.Context, n int) error {
			if n <= 3 {
				return errMailDown
			}
			return nil
		})
		w.Receive(hubtest.Policy("block", "spam", hubtest.Now()))
		w.Settle()
		n := w.Notices()[0]
		if n.Mail.State != model.MailWaiting || n.Mail.Tries != 1 || n.Mail.Reason != model.Untrusted(errMailDown.Error()) {
			t.Fatalf("after the first try: %+v", n.Mail)
		}
		w.Pass(29 * time.Second)
		if len(m.came()) != 1 {
			t.Fatal("tried again too early")
		}
		w.Pass(time.Second)
		w.Restart()
		w.Pass(59 * time.Second)
		if len(m.came()) != 2 {
			t.Fatalf("%d tries, want 2: the pause is kept through a restart", len(m.came()))
		}
		w.Pass(time.Second)
		w.Pass(2 * time.Minute)
		came := m.came()
		if len(came) != 4 || came[0].MessageID != came[3].MessageID {
			t.Fatalf("%d tries by %v", len(came), came)
		}
		if n := w.Notices()[0]; n.Mail.State != model.Mailed || n.Mail.Tries != 4 || n.Mail.Reason != "" {
			t.Errorf("in the end: %+v", n.Mail)
		}
		w.Skip(24 * time.Hour)
		if len(m.came()) != 4 {
			t.Error("mailed again after it was taken")
		}
	})
}

// TestMailIsGivenUp: after three days of tries an hour apart, and the notice says so. Here
// they are six hours, of tries five minutes apart.
func TestMailIsGivenUp(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		timing := hub.DefaultTiming()
		timing.MailPauseMax, timing.MailLimit = timing.MailPauseMax/12, timing.MailLimit/12
		w.Timing = &timing
		m := mailing(w, func(context.Context, int) error { return errMailDown })
		w.Receive(hubtest.Policy("warning", "", hubtest.Now()))
		w.Pass(8 * time.Hour)
		n := w.Notices()[0]
		if n.Mail.State != model.MailFailed || n.Mail.Reason == "" {
			t.Fatalf("after eight hours: %+v", n.Mail)
		}
		tries := len(m.came())
		if tries < 72 || tries > 90 {
			t.Errorf("%d tries in six hours", tries)
		}
		w.Skip(24 * time.Hour)
		if len(m.came()) != tries {
			t.Error("tried again after it was given up")
		}
	})
}

// TestMailCutShort: a hub that ends while the mail server has the mail can't know, and
// sends it again by the same id. A mail server that says nothing holds up no other mail
// for longer than its deadline.
func TestMailCutShort(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		m := mailing(w, func(ctx context.Context, n int) error {
			if n <= 2 {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		})
		w.Receive(hubtest.Policy("block", "spam", hubtest.Now()))
		w.Settle()
		w.Restart() // while the first try hangs
		w.Pass(29 * time.Second)
		if n := w.Notices()[0]; n.Mail.State != model.MailWaiting || n.Mail.Tries != 0 || len(m.came()) != 2 {
			t.Fatalf("while the second hangs: %+v, %d tries", n.Mail, len(m.came()))
		}
		w.Pass(time.Second + 30*time.Second)
		came := m.came()
		if len(came) != 3 || came[0].MessageID != came[2].MessageID {
			t.Fatalf("handed over %v", came)
		}
		if n := w.Notices()[0]; n.Mail.State != model.Mailed {
			t.Errorf("in the end: %+v", n.Mail)
		}
	})
}

// TestAMailThatPanicsIsTriedAgainAfterAPause: not at once, which would keep a core busy.
func TestAMailThatPanicsIsTriedAgainAfterAPause(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.GoesWrong()
		began := hubtest.Now()
		var sent time.Time
		m := mailing(w, func(_ context.Context, n int) error {
			if n <= 3 {
				panic("of the mailer")
			}
			sent = hubtest.Now()
			return nil
		})
		w.Receive(hubtest.Policy("block", "spam", began))
		w.Pass(time.Minute)
		if n := w.Notices()[0]; n.Mail == nil || n.Mail.State != model.Mailed || len(m.came()) != 4 {
			t.Fatalf("after %d tries: %+v", len(m.came()), n.Mail)
		}
		if took := sent.Sub(began); took < 3*time.Second {
			t.Errorf("tried four times within %s", took)
		}
	})
}

// TestReadingANotice: the first who reads it is named, for all; who does not see the
// Page finds none.
func TestReadingANotice(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Receive(hubtest.Policy("warning", "", hubtest.Now()))
		n := w.Notices()[0]
		if n.Read != nil || n.Mail != nil {
			t.Fatalf("a new notice, where nobody is mailed: %+v", n)
		}
		got, err := w.Hub.ReadNotice(w.Ctx, w.Cat, page, n.ID)
		w.Must(err)
		w.Pass(time.Minute)
		again, err := w.Hub.ReadNotice(w.Ctx, w.Ann, page, n.ID)
		w.Must(err)
		if got.Read == nil || got.Read.By.ID != w.Cat.ID || *again.Read != *got.Read || again.Seq != got.Seq {
			t.Errorf("read by %+v, then %+v", got.Read, again.Read)
		}
		_, err = w.Hub.SetVisibility(w.Ctx, w.Ann, page, model.Private)
		w.Must(err)
		_, err = w.Hub.ReadNotice(w.Ctx, w.Cat, page, n.ID)
		w.WantHidden(err)
		_, err = w.Hub.ReadNotice(w.Ctx, w.Ann, page, "none")
		w.WantHidden(err)
	})
}
