package view_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/hub/accounts"
	"parley/hub/away"
	"parley/hub/hubtest"
	"parley/model"
	"parley/model/notify"
)

// postbox plays the mail server for users who are away.
type postbox struct {
	mu    sync.Mutex
	mails []notify.Digest
}

func (p *postbox) MailAway(_ context.Context, d notify.Digest) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mails = append(p.mails, d)
	return nil
}

// taken returns the mails to a user since it was asked last, by anybody.
func (p *postbox) taken(to model.User) (n int, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.mails {
		if m.To != to.Email {
			continue
		}
		for n++; len(m.Said) > 0; m.Said = m.Said[1:] {
			text += string(m.Said[0].Text) + "\n"
		}
	}
	p.mails = nil
	return n, text
}

// TestMailsHaveWhatUsersMaySee: nobody is mailed of a Page that another keeps private, whether it
// always was or became so after the customer wrote, nor once they are removed; whoever may see it
// is.
func TestMailsHaveWhatUsersMaySee(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		box := &postbox{}
		w.Stop()
		w.AwayMailer = box
		w.Start()
		yes := true
		for _, u := range []model.User{w.Ann, w.Ben, w.Cat} {
			_, err := w.Hub.ChangeNotifications(w.Ctx, u, notify.Change{Mail: &yes, Content: &yes})
			w.Must(err)
		}
		w.Pass(2 * away.After)
		visible := func(v model.Visibility) {
			_, err := w.Hub.SetVisibility(w.Ctx, w.Ann, page, v)
			w.Must(err)
		}
		said := func(text string, mid model.MID) {
			w.Receive(hubtest.Wrote(hanako, mid, text, hubtest.Now()))
			w.Settle()
		}

		said("shared from the start", "m1")
		w.Pass(time.Hour)
		if n, text := box.taken(w.Cat); n != 1 || !strings.Contains(text, "shared from the start") {
			t.Fatalf("%d mails: %q", n, text)
		}

		said("shared, then private", "m2")
		visible(model.Private)
		said("private from the start", "m3")
		w.Pass(time.Hour)
		for _, u := range []model.User{w.Ben, w.Cat} { // who manages the hub sees no more
			box.mu.Lock()
			for _, m := range box.mails {
				if m.To == u.Email {
					t.Errorf("%s was mailed %+v", u.Name, m)
				}
			}
			box.mu.Unlock()
		}
		if n, text := box.taken(w.Ann); n != 1 || !strings.Contains(text, "private from the start") {
			t.Errorf("who may see it got %d mails: %q", n, text)
		}

		visible(model.Shared)
		w.Pass(time.Hour)
		box.taken(w.Ann)
		_, err := accounts.RemoveUser(w.Ctx, w.Store, string(w.Cat.ID), hubtest.Now())
		w.Must(err)
		said("after somebody left", "m4")
		w.Pass(time.Hour)
		if n, text := box.taken(w.Cat); n != 0 {
			t.Errorf("who was removed got %d mails: %q", n, text)
		}
	})
}

// deaf takes every frame.
type deaf struct{}

func (deaf) Write([]byte) error { return nil }
func (deaf) Ping() error        { return nil }
func (deaf) Close()             {}

// TestWhoIsConnectedIsNotMailed: while any client of theirs is; afterwards they are.
func TestWhoIsConnectedIsNotMailed(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		box, yes := &postbox{}, true
		w.Stop()
		w.AwayMailer = box
		w.Start()
		_, err := w.Hub.ChangeNotifications(w.Ctx, w.Cat, notify.Change{Mail: &yes})
		w.Must(err)
		ctx, leave := context.WithCancel(w.Ctx)
		left := make(chan struct{})
		go func() {
			defer close(left)
			_ = w.Hub.Attach(w.Cat, deaf{}, func(context.Context) error { return nil }).Serve(ctx)
		}()
		w.Pass(2 * away.After)
		w.Receive(hubtest.Wrote(hanako, "m1", "hello", hubtest.Now()))
		w.Pass(time.Hour)
		if n, _ := box.taken(w.Cat); n != 0 {
			t.Errorf("%d mails while connected", n)
		}
		leave()
		<-left
		w.Receive(hubtest.Wrote(hanako, "m2", "anybody?", hubtest.Now()))
		w.Pass(time.Hour)
		if n, text := box.taken(w.Cat); n != 1 || text != "" {
			t.Errorf("%d mails afterwards, with %q", n, text)
		}
	})
}
