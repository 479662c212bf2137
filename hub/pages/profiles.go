package pages

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"parley/hub/logkey"
	"parley/hub/rescue"
	"parley/hub/store"
	"parley/hub/ttl"
	"parley/hub/txn"
	"parley/model"
)

const (
	profileWorkers = 4
	profileBatch   = 100
	// profileInterval is how long we wait to ask again for a customer whose name Meta did not
	// give.
	profileInterval = 6 * time.Hour
	profileSweep    = 10 * time.Second
	// profileRetry is the backoff after a failed call; it doubles with each failure.
	profileRetry = 20 * time.Second
	// profileOpened is how soon we ask again for a customer without a name whose conversation
	// is opened.
	profileOpened = 15 * time.Second
	// profileLogInterval is how often we log that a Page's profiles are not available.
	profileLogInterval = time.Hour
)

// Profiles asks Meta who customers are.
type Profiles struct {
	*shared
	// retries are customers to ask for again.
	retries profileRetries
}

// RunProfiles asks Meta for the names of new customers, until ctx ends.
func (ps *Profiles) RunProfiles(ctx context.Context) error {
	for ctx.Err() == nil {
		if !ps.askBatch(ctx) {
			ps.nameless.Wait(ctx, profileSweep)
		}
	}
	return nil
}

// askBatch asks for one batch of names and reports whether there may be more.
func (ps *Profiles) askBatch(ctx context.Context) bool {
	var nameless []store.Conversation
	pages := make(map[model.PageID]store.Page)
	err := ps.store.Read(ctx, func(r store.Reader) (err error) {
		nameless, err = r.Nameless(ps.now().Add(-profileInterval), profileBatch)
		for _, c := range nameless {
			if _, ok := pages[c.PageID]; !ok && err == nil {
				pages[c.PageID], err = r.Page(c.PageID)
			}
		}
		return err
	})
	if err != nil {
		if ctx.Err() == nil {
			ps.log.Error("read customers without a name", logkey.Error, err)
		}
		return false
	}
	full := len(nameless) == profileBatch
	nameless = ps.withRetries(ctx, nameless, pages)
	var g errgroup.Group
	g.SetLimit(profileWorkers)
	for _, c := range nameless {
		g.Go(func() error {
			return rescue.Call(ps.log, "fetch profile", func() error { return ps.fetch(ctx, pages[c.PageID], c) })
		})
	}
	if err := g.Wait(); err != nil {
		if ctx.Err() == nil {
			ps.log.Error("store customer's profile", logkey.Error, err)
		}
		return false
	}
	return full
}

// withRetries adds the customers without a name who are due again: after a failed call, or
// because their conversation was opened.
func (ps *Profiles) withRetries(ctx context.Context, due []store.Conversation, pages map[model.PageID]store.Page) []store.Conversation {
	for _, id := range ps.retries.due(ps.now()) {
		if slices.ContainsFunc(due, func(c store.Conversation) bool { return c.ID == id }) {
			continue
		}
		err := ps.store.Read(ctx, func(r store.Reader) error {
			c, err := r.Conversation(id)
			if err != nil || c.Customer.Name != "" {
				return err
			}
			if pages[c.PageID], err = r.Page(c.PageID); err == nil {
				due = append(due, c)
			}
			return err
		})
		if err != nil && !errors.Is(err, store.ErrNotFound) && ctx.Err() == nil {
			ps.log.Error("read customer without a name", logkey.Error, err)
		}
	}
	return due
}

// profileRetries are customers without a name to ask for before [profileInterval] is over. They
// are in memory only: an attempt without an answer changes nothing that anybody should be told
// about.
type profileRetries struct {
	mu    sync.Mutex
	at    map[model.ConversationID]time.Time
	tries ttl.Cache[model.ConversationID, int]
	// opened are the conversations opened recently, logged the Pages for which we logged that
	// profiles are not available.
	opened ttl.Cache[model.ConversationID, struct{}]
	logged ttl.Cache[model.PageID, struct{}]
}

// put schedules a customer to be asked for. When there are too many, they wait like the others.
func (a *profileRetries) put(id model.ConversationID, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.at == nil {
		a.at = make(map[model.ConversationID]time.Time)
	}
	if _, there := a.at[id]; there || len(a.at) < ttl.MaxEntries {
		a.at[id] = at
	}
}

// due removes and returns those that are due, at most one batch.
func (a *profileRetries) due(now time.Time) (ids []model.ConversationID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, at := range a.at {
		if !now.Before(at) && len(ids) < profileBatch {
			ids = append(ids, id)
			delete(a.at, id)
		}
	}
	return ids
}

// Opened schedules the customer of an opened conversation to be asked for again, if they have
// no name; not each time it is opened.
func (ps *Profiles) Opened(c store.Conversation) {
	now := ps.now()
	if c.Customer.Name != "" {
		return
	}
	if !ps.retries.opened.PutNew(c.ID, struct{}{}, now, now.Add(profileOpened)) {
		return
	}
	ps.retries.put(c.ID, now)
	ps.nameless.Notify()
}

// failed schedules a customer with a backoff, unless Meta's answer is final.
func (ps *Profiles) failed(p model.PageID, id model.ConversationID, err error) {
	now := ps.now()
	if ps.retries.logged.PutNew(p, struct{}{}, now, now.Add(profileLogInterval)) {
		ps.log.Info("customers' profiles not told", logkey.Page, string(p), logkey.Error, err)
	}
	if errors.Is(err, model.ErrNoProfile) {
		return
	}
	tries, _ := ps.retries.tries.Get(id, now)
	ps.retries.tries.Put(id, tries+1, now, now.Add(2*profileInterval))
	if wait := profileRetry << min(tries, 16); wait < profileInterval {
		ps.retries.put(id, now.Add(wait))
	}
}

// fetch stores what Meta says about a customer, or, if it says nothing, that we asked.
func (ps *Profiles) fetch(ctx context.Context, p store.Page, c store.Conversation) error {
	var customer model.Customer
	if p.Connected() {
		token, err := ps.token(p)
		if err != nil {
			return err
		}
		call, cancel := context.WithTimeout(ctx, ps.timing.GraphCall)
		customer, err = ps.meta.Profile(call, token, c.Customer.PSID)
		cancel()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			ps.failed(p.ID, c.ID, err)
		}
	}
	if customer.Name == "" && customer.Locale == "" && c.ProfileAt.After(ps.now().Add(-profileInterval)) {
		return nil // nothing new
	}
	return ps.store.Write(ctx, p.ID, func(tx store.PageTx) error {
		b, err := txn.Begin(tx, p.ID, ps.now())
		if err != nil {
			return err
		}
		o, err := b.Find(c.Customer.PSID)
		if o == nil || err != nil {
			return err // deleted meanwhile
		}
		o.ProfileAt, o.Changed = b.Now, true
		if customer.Name != "" {
			o.Customer.Name = customer.Name
		}
		if customer.Locale != "" {
			o.Customer.Locale = customer.Locale
		}
		return b.Flush()
	})
}
