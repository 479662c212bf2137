package media

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"sync"
	"time"

	"parley/hub/store"
	"parley/model"
)

const (
	// ticketTime is how long a link can be used.
	ticketTime = 5 * time.Minute
	// ticketBytes are 128 bits, which nobody guesses.
	ticketBytes = 16
	// mostTickets is how many unused links a user may have; the oldest goes first.
	mostTickets = 50
)

// ticket lets whoever has it read one thing, once, as far as its user may.
type ticket struct {
	user  model.UserID
	media model.MediaID
	until time.Time
}

// tickets are the links that were given out and not used. They don't outlive the hub's process.
type tickets struct {
	mu  sync.Mutex
	all map[string]ticket
	// order is which were given out first, for each user.
	order map[model.UserID][]string
}

func newTickets() tickets {
	return tickets{all: make(map[string]ticket), order: make(map[model.UserID][]string)}
}

// give returns a new ticket's token.
func (t *tickets) give(k ticket, now time.Time) string {
	b := make([]byte, ticketBytes)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
	token := base64.RawURLEncoding.EncodeToString(b)
	t.mu.Lock()
	defer t.mu.Unlock()
	kept := t.order[k.user][:0]
	for _, old := range t.order[k.user] {
		if was, ok := t.all[old]; ok && was.until.After(now) {
			kept = append(kept, old)
		} else {
			delete(t.all, old)
		}
	}
	for len(kept) >= mostTickets {
		delete(t.all, kept[0])
		kept = kept[1:]
	}
	t.all[token], t.order[k.user] = k, append(kept, token)
	return token
}

// use takes a ticket: it is used up.
func (t *tickets) use(token string, now time.Time) (ticket, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k, ok := t.all[token]
	delete(t.all, token)
	return k, ok && k.until.After(now)
}

// MediaTicket returns a token by which a browser reads an attachment's content once, within five
// minutes, without signing in. The user must be able to read it now, and when it is used.
func (l *Library) MediaTicket(ctx context.Context, user model.User, id model.MediaID) (token string, until time.Time, err error) {
	c, err := l.Media(ctx, user, id)
	if err != nil {
		return "", time.Time{}, err
	}
	if err := c.File.Close(); err != nil {
		return "", time.Time{}, err
	}
	now := l.o.Now()
	until = now.Add(ticketTime)
	return l.tickets.give(ticket{user.ID, id, until}, now), until, nil
}

// MediaByTicket opens what a ticket is for, if its user may still see it. The ticket is used up.
func (l *Library) MediaByTicket(ctx context.Context, token string) (Content, error) {
	k, ok := l.tickets.use(token, l.o.Now())
	if !ok {
		return Content{}, store.ErrNotFound
	}
	var user model.User
	err := l.o.Store.Read(ctx, func(r store.Reader) (err error) {
		user, err = r.User(k.user)
		return err
	})
	if err != nil {
		return Content{}, err
	}
	return l.Media(ctx, user, k.media)
}
