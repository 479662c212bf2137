package pages

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"parley/hub/logkey"
	"parley/hub/store"
	"parley/hub/ttl"
	"parley/hub/txn"
	"parley/model"
)

const (
	profileWorkers = 4
	profileBatch   = 100
	// profileAgain is when a customer whose name Meta does not tell is asked for again.
	profileAgain = 6 * time.Hour
	profileSweep = 10 * time.Second
	// profileRetry is when one is asked for again of whom a call failed; it doubles with
	// each that does.
	profileRetry = 20 * time.Second
	// profileOpened is how soon one is asked for again who is opened without a name.
	profileOpened = 15 * time.Second
	// profileSaid is how long it is not told again that a Page's profiles are not told.
	profileSaid = time.Hour
)

// Profiles asks Meta who customers are.
type Profiles struct {
	*shared
	// again are customers who are asked for again.
	again profilesAgain
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

// askBatch asks for one batch of names, and tells whether there may be more.
func (ps *Profiles) askBatch(ctx context.Context) bool {
	var nameless []store.Conversation
	pages := make(map[model.PageID]store.Page)
	err := ps.store.Read(ctx, func(r store.Reader) (err error) {
		nameless, err = r.Nameless(ps.now().Add(-profileAgain), profileBatch)
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
	nameless = ps.withAgain(ctx, nameless, pages)
	var g errgroup.Group
	g.SetLimit(profileWorkers)
	for _, c := range nameless {
		g.Go(func() error { return ps.ask(ctx, pages[c.PageID], c) })
	}
	if err := g.Wait(); err != nil {
		if ctx.Err() == nil {
			ps.log.Error("store customer's profile", logkey.Error, err)
		}
		return false
	}
	return full
}

// withAgain adds the customers without a name who are due again: of whom a call failed, or
// whose conversation was opened.
func (ps *Profiles) withAgain(ctx context.Context, due []store.Conversation, pages map[model.PageID]store.Page) []store.Conversation {
	for _, id := range ps.again.due(ps.now()) {
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

// profilesAgain are the customers without a name who are asked for again before
// [profileAgain] is over. They are in memory alone: a try that tells nothing changes
// nothing that anybody is told of.
type profilesAgain struct {
	mu    sync.Mutex
	at    map[model.ConversationID]time.Time
	tries ttl.Cache[model.ConversationID, int]
	// opened are those who were opened lately, said the Pages of which it was told that
	// profiles are not told.
	opened ttl.Cache[model.ConversationID, struct{}]
	said   ttl.Cache[model.PageID, struct{}]
}

// put has a customer asked for at a time. Beyond a bound they wait like others.
func (a *profilesAgain) put(id model.ConversationID, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.at == nil {
		a.at = make(map[model.ConversationID]time.Time)
	}
	if _, there := a.at[id]; there || len(a.at) < ttl.Most {
		a.at[id] = at
	}
}

// due takes those whose time has come, a batch at most.
func (a *profilesAgain) due(now time.Time) (ids []model.ConversationID) {
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

// Opened has a customer asked for again whose conversation somebody opened, if they have no
// name; not for each time that it is.
func (ps *Profiles) Opened(c store.Conversation) {
	now := ps.now()
	if c.Customer.Name != "" {
		return
	}
	if _, lately := ps.again.opened.Get(c.ID, now); lately {
		return
	}
	ps.again.opened.Put(c.ID, struct{}{}, now, now.Add(profileOpened))
	ps.again.put(c.ID, now)
	ps.nameless.Notify()
}

// failed has a customer asked for again by back-off, unless Meta answered for good.
func (ps *Profiles) failed(p model.PageID, id model.ConversationID, err error) {
	now := ps.now()
	if _, said := ps.again.said.Get(p, now); !said {
		ps.log.Info("customers' profiles not told", logkey.Page, string(p), logkey.Error, err)
		ps.again.said.Put(p, struct{}{}, now, now.Add(profileSaid))
	}
	if errors.Is(err, model.ErrNoProfile) {
		return
	}
	tries, _ := ps.again.tries.Get(id, now)
	ps.again.tries.Put(id, tries+1, now, now.Add(2*profileAgain))
	if wait := profileRetry << min(tries, 16); wait < profileAgain {
		ps.again.put(id, now.Add(wait))
	}
}

// ask stores what Meta tells of a customer; where it tells nothing, that it
// was asked.
func (ps *Profiles) ask(ctx context.Context, p store.Page, c store.Conversation) error {
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
	if customer.Name == "" && customer.Locale == "" && c.ProfileAt.After(ps.now().Add(-profileAgain)) {
		return nil // as it was
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
