package away_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"parley/hub/away"
	"parley/hub/store"
	"parley/hub/view"
	"parley/model"
	"parley/model/notify"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// office is a hub as far as mails need it.
type office struct {
	store.Reader
	t *testing.T
	// mu is held by the test while no time passes.
	mu sync.Mutex

	user  model.User
	gone  bool
	prefs notify.Preferences
	here  bool
	lists map[store.Filter][]model.Conversation
	mails []notify.Digest
	err   error
	// others are users besides; those whose lists can't be read are broken.
	others []model.User
	broken model.UserID
	reads  int
}

func (o *office) Read(_ context.Context, f func(store.Reader) error) error { return f(o) }

func (o *office) Users() ([]model.User, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.gone {
		return nil, nil
	}
	return append(o.others, o.user), nil
}

func (o *office) NotificationPreferences(model.UserID) (notify.Preferences, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.prefs, nil
}

func (o *office) isHere(model.UserID) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.here
}

// eyes are what its user sees.
type eyes struct{ *office }

func (o eyes) Conversations(_ context.Context, user model.User, q view.ListQuery) (view.ConversationList, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out view.ConversationList
	if o.reads++; user.ID == o.broken {
		return out, errors.New("can't be read")
	}
	for _, c := range o.lists[q.Filter] {
		out.Conversations = append(out.Conversations, model.Found{Conversation: c})
	}
	return out, nil
}

func (o *office) MailAway(_ context.Context, d notify.Digest) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil {
		o.mails = append(o.mails, d)
	}
	return o.err
}

// waits has a customer wait with a message.
func (o *office) waits(id, text string, change ...func(*model.Conversation)) {
	c := model.Conversation{
		ID: model.ConversationID("100_" + id), PageID: "100", Unread: 1, Waits: model.WaitsCustomer, Customer: model.Customer{Name: "Hanako"},
		LastMessage: &model.Summary{ID: model.MessageID("100_m" + id + text), Direction: model.In, Text: model.Untrusted(text), SentAt: time.Now()},
	}
	for _, f := range change {
		f(&c)
	}
	o.lists[store.FilterWaiting] = append(o.lists[store.FilterWaiting], c)
}

// in runs a test in an office whose user has left, with nothing waiting.
func in(t *testing.T, f func(o *office)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o := &office{t: t, user: model.User{ID: "aoi", Email: "aoi@example.com"}, prefs: notify.Defaults(), lists: map[store.Filter][]model.Conversation{}}
		o.prefs.Mail = true
		ctx, stop := context.WithCancel(t.Context())
		p := away.New(away.Options{
			Store: o, Views: eyes{o}, Here: o.isHere, Mailer: o, Call: time.Minute, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		})
		done := make(chan struct{})
		go func() { defer close(done); _ = p.Run(ctx) }()
		o.mu.Lock()
		o.pass(2 * time.Minute)
		f(o)
		o.mu.Unlock()
		stop()
		<-done
	})
}

// pass lets time pass.
func (o *office) pass(d time.Duration) {
	o.mu.Unlock()
	<-time.After(d)
	synctest.Wait()
	o.mu.Lock()
}

// wants expects so many mails so far.
func (o *office) wants(n int) {
	o.t.Helper()
	if len(o.mails) != n {
		o.t.Fatalf("%d mails, want %d", len(o.mails), n)
	}
}

// TestMailedWhenAway: once for what came, with numbers alone; nothing while somebody is there, and
// not what was there before.
func TestMailedWhenAway(t *testing.T) {
	t.Parallel()
	in(t, func(o *office) {
		o.waits("1", "is it in stock?")
		o.waits("2", "納期は？")
		o.pass(2 * time.Minute)
		o.wants(0) // not away for long enough
		o.pass(5 * time.Minute)
		o.wants(1)
		m := o.mails[0]
		if m.To != "aoi@example.com" || len(m.Said) != 0 || len(m.Sums) != 1 || m.Sums[0] != (notify.Sum{Kind: notify.NewInUnassigned, N: 2}) {
			t.Errorf("mailed %+v", m.Sums)
		}
		o.pass(time.Hour)
		o.wants(1)
		o.here = true
		o.pass(2 * time.Minute)
		o.waits("3", "while they look")
		o.pass(10 * time.Minute)
		o.here = false
		o.pass(time.Hour)
		o.wants(1)
	})
}

// TestMailsAreFew: at most one in a quarter of an hour, of all that came meanwhile.
func TestMailsAreFew(t *testing.T) {
	t.Parallel()
	in(t, func(o *office) {
		o.pass(5 * time.Minute)
		o.waits("1", "a")
		o.pass(2 * time.Minute)
		o.wants(1)
		o.waits("2", "b")
		o.waits("3", "c")
		o.pass(10 * time.Minute)
		o.wants(1)
		o.pass(6 * time.Minute)
		o.wants(2)
		if s := o.mails[1].Sums; s[0].N != 2 {
			t.Errorf("mailed %+v", s)
		}
	})
}

// TestQuietHoursHoldMails: by the user's own clock; afterwards it is one mail.
func TestQuietHoursHoldMails(t *testing.T) {
	t.Parallel()
	in(t, func(o *office) { // midnight of UTC, nine in Tokyo
		o.prefs.QuietHours, o.prefs.Zone = "08:00-12:00", "Asia/Tokyo"
		o.waits("1", "a")
		o.pass(2 * time.Hour)
		o.wants(0)
		o.pass(90 * time.Minute)
		o.wants(1)
	})
}

// TestKindsAndContent: what is off is not mailed; with content it says whose, and what.
func TestKindsAndContent(t *testing.T) {
	t.Parallel()
	in(t, func(o *office) {
		o.prefs.Content = true
		o.prefs = o.prefs.Turned(notify.NewInUnassigned, false)
		o.waits("1", "nobody's")
		o.waits("2", "mine", func(c *model.Conversation) { c.Assignee = &model.UserRef{ID: "aoi"} })
		o.lists[store.FilterMine] = []model.Conversation{{ID: "100_3", PageID: "100", AssignedBy: &model.UserRef{ID: "ken", Name: "Ken"}}}
		o.lists[store.FilterMentioned] = []model.Conversation{{ID: "100_4", PageID: "100"}}
		o.pass(10 * time.Minute)
		o.wants(1)
		var kinds []string
		for _, e := range o.mails[0].Said {
			kinds = append(kinds, string(e.Kind)+":"+string(e.Text))
		}
		if got := strings.Join(kinds, " "); got != "new_in_mine:mine assigned_to_me: mentioned:" {
			t.Errorf("mailed %s", got)
		}
	})
}

// TestRefusedMails: tried again, less and less often; then nothing is missing.
func TestRefusedMails(t *testing.T) {
	t.Parallel()
	in(t, func(o *office) {
		o.err = errors.New("no")
		o.waits("1", "a")
		o.pass(time.Hour)
		o.err = nil
		o.pass(2 * time.Hour)
		o.wants(1)
	})
}

// TestNobodyElseIsMailed: no user who is removed, wants none, or has no address.
func TestNobodyElseIsMailed(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*office){
		"removed": func(o *office) { o.gone = true }, "off": func(o *office) { o.prefs.Mail = false }, "no address": func(o *office) { o.user.Email = "" },
	} {
		in(t, func(o *office) {
			change(o)
			o.waits("1", "a")
			o.pass(time.Hour)
			if len(o.mails) > 0 {
				t.Errorf("%s: mailed", name)
			}
		})
	}
}

// TestWhatComesAsTheyLeave: what comes between the last look and somebody's leaving was not before
// their eyes, as far as anybody knows: it is mailed unless it was read.
func TestWhatComesAsTheyLeave(t *testing.T) {
	t.Parallel()
	in(t, func(o *office) {
		o.here = true
		o.waits("1", "while they look")
		o.pass(2 * time.Minute)
		o.pass(10 * time.Second)
		o.here = false
		o.waits("2", "just after")
		o.pass(10 * time.Minute)
		o.wants(1)
		if s := o.mails[0].Sums; s[0].N != 1 {
			t.Errorf("mailed %+v", s)
		}
	})
}

// TestMailsAreGivenUp: what the server refuses for hours is not tried for ever; what comes later is
// mailed.
func TestMailsAreGivenUp(t *testing.T) {
	t.Parallel()
	in(t, func(o *office) {
		o.err = errors.New("no")
		o.waits("1", "a")
		o.pass(away.GiveUp + 2*time.Hour)
		o.err = nil
		o.pass(3 * time.Hour)
		o.wants(0)
		o.waits("2", "b")
		o.pass(2 * time.Minute)
		o.wants(1)
	})
}

// TestOneUserDoesNotStopOthers: whose lists can't be read is left out.
func TestOneUserDoesNotStopOthers(t *testing.T) {
	t.Parallel()
	in(t, func(o *office) {
		o.others, o.broken = []model.User{{ID: "abe", Email: "abe@example.com"}}, "abe"
		o.waits("1", "a")
		o.pass(10 * time.Minute)
		o.wants(1)
	})
}

// TestNothingIsReadInQuietHours: nor before somebody is away, nor within the pause.
func TestNothingIsReadInQuietHours(t *testing.T) {
	t.Parallel()
	in(t, func(o *office) { // midnight of UTC
		o.prefs.QuietHours = "00:00-05:00"
		o.pass(time.Minute)
		before := o.reads
		o.pass(4 * time.Hour)
		if o.reads != before {
			t.Errorf("%d lists read in quiet hours", o.reads-before)
		}
	})
}
