// Package away mails users who are not there what they would have been notified of: how many of
// what, and only where they asked for it whose and what was written.
//
// Who is away is judged by whether a client of theirs is connected. What was before somebody's
// eyes when they left is not mailed, and nothing is mailed twice. That is kept in memory: after a
// restart of the hub, what came before it counts as seen.
package away

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"parley/hub/logkey"
	"parley/hub/notifications"
	"parley/hub/rescue"
	"parley/hub/retry"
	"parley/hub/store"
	"parley/hub/view"
	"parley/hub/wake"
	"parley/model"
	"parley/model/notify"
)

// The times of mails.
const (
	// sweep is how often users who are away are looked after.
	sweep = time.Minute
	// After is how long nobody of a user's must be connected for the user to be away.
	After = 5 * time.Minute
	// Every is the least time between two mails to a user.
	Every = 15 * time.Minute
	// GiveUp is after how long a mail that the server does not take is given up.
	GiveUp = 6 * time.Hour
	// A mail that the server did not take is tried again after retryPause, doubling up to retryMax.
	retryPause, retryMax = time.Minute, time.Hour
	// most bounds how many conversations of a list are looked at for a user.
	most = 500
)

// Mailer mails a user.
type Mailer interface {
	// MailAway hands a mail to the mail server, once.
	MailAway(ctx context.Context, m notify.Digest) error
}

// Store is the part of the store that this package needs.
type Store interface {
	Read(ctx context.Context, f func(store.Reader) error) error
}

// Views are what users see.
type Views interface {
	Conversations(ctx context.Context, user model.User, q view.ListQuery) (view.ConversationList, error)
}

// Options are the dependencies of a [Post].
type Options struct {
	Store Store
	Views Views
	// Here reports whether a client of a user is connected.
	Here func(model.UserID) bool
	// Mailer mails users; nil: nobody is mailed.
	Mailer Mailer
	// Call is the longest that handing over a mail may take.
	Call time.Duration
	Now  func() time.Time
	Log  *slog.Logger
}

// Post mails users who are away. It is used by one goroutine.
type Post struct {
	o     Options
	users map[model.UserID]*absent
}

// absent is somebody who is not there.
type absent struct {
	// seen is when they were last.
	seen time.Time
	// told are the events that they know of, or were mailed; nil: they are there.
	told map[string]bool
	// next is when another mail may be sent.
	next time.Time
	// tries are how often the server did not take the mail, since when: failing.
	tries   int
	failing time.Time
}

// New returns a Post for which everybody was there just now.
func New(o Options) *Post { return &Post{o: o, users: map[model.UserID]*absent{}} }

// Run mails, until ctx ends.
func (p *Post) Run(ctx context.Context) error {
	if p.o.Mailer == nil {
		return nil
	}
	for wake.Pause(ctx, sweep) {
		if err := rescue.Call(p.o.Log, "mail those who are away", func() error { return p.look(ctx) }); err != nil && ctx.Err() == nil {
			p.o.Log.Error("mail those who are away", logkey.Error, err)
		}
	}
	return nil
}

// wanted is a user who wants mails.
type wanted struct {
	user  model.User
	prefs notify.Preferences
}

// look looks after everybody once.
func (p *Post) look(ctx context.Context) error {
	var all []wanted
	err := p.o.Store.Read(ctx, func(r store.Reader) error {
		users, err := r.Users()
		for _, u := range users {
			prefs, perr := notifications.Of(r, u.ID)
			if perr != nil {
				return perr
			}
			if prefs.Mail && u.Email != "" {
				all = append(all, wanted{u, prefs})
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	known := map[model.UserID]*absent{}
	for _, w := range all {
		a, ok := p.users[w.user.ID]
		if !ok {
			a = &absent{seen: p.o.Now()}
		}
		known[w.user.ID] = a
		if err := p.lookAfter(ctx, w, a); err != nil && ctx.Err() == nil { // the others are looked after all the same
			p.o.Log.Error("look after a user who is away", logkey.Error, err)
		}
	}
	p.users = known // who wants none any more, or is no user, is forgotten
	return nil
}

// lookAfter looks after one user.
func (p *Post) lookAfter(ctx context.Context, w wanted, a *absent) error {
	now := p.o.Now()
	if p.o.Here(w.user.ID) {
		a.seen, a.told = now, nil
		return nil
	}
	if a.told != nil && (now.Sub(a.seen) < After && !bool(w.user.Away) || now.Before(a.next)) {
		return nil
	}
	if _, quiet := w.prefs.Quiet(now.In(w.prefs.Location())); quiet && a.told != nil {
		return nil
	}
	events, err := p.events(ctx, w.user, now)
	if err != nil {
		return err
	}
	if a.told == nil { // they have just left: what there was by then was before their eyes
		// Messages arrive somewhat after they were sent, which is the time that they have.
		by := a.seen.Add(-sweep)
		a.told = keys(slices.DeleteFunc(events, func(e event) bool { return e.since.After(by) }))
		return nil
	}
	fresh := slices.DeleteFunc(slices.Clone(events), func(e event) bool { return a.told[e.key] || !w.prefs.On(e.Kind) })
	if len(fresh) == 0 {
		return nil
	}
	err = p.mail(ctx, w, fresh)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		p.o.Log.Warn("mail a user who is away", logkey.Error, err)
		if a.refused(now) {
			return nil
		}
	}
	a.told, a.tries, a.next = keys(events), 0, now.Add(Every)
	return nil
}

// refused notes that the server did not take a mail, and reports whether it is to be tried again.
func (a *absent) refused(now time.Time) bool {
	if a.tries == 0 {
		a.failing = now
	}
	a.tries++
	a.next = now.Add(retry.Delay(retryPause, retryMax, a.tries))
	return now.Sub(a.failing) < GiveUp
}

// mail hands one mail to the mail server.
func (p *Post) mail(ctx context.Context, w wanted, fresh []event) error {
	plain := make([]notify.Event, 0, len(fresh))
	for _, e := range fresh {
		plain = append(plain, e.Event)
	}
	m := notify.Digest{To: w.user.Email, Sums: notify.Summed(plain), Now: p.o.Now(), Zone: w.prefs.Location()}
	if w.prefs.Content {
		m.Said = plain[:min(len(plain), mostQuoted)]
	}
	ctx, cancel := context.WithTimeout(ctx, p.o.Call)
	defer cancel()
	return p.o.Mailer.MailAway(ctx, m) //nolint:wrapcheck // the mailer says what it is
}

// mostQuoted is how many events a mail with content names.
const mostQuoted = 20
