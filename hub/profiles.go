package hub

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

// runProfiles asks Meta for the names of new customers, until ctx ends.
func (h *Hub) runProfiles(ctx context.Context) error {
	for ctx.Err() == nil {
		if !h.askProfiles(ctx) {
			h.profiles.Wait(ctx, profileSweep)
		}
	}
	return nil
}

// askProfiles asks for one batch of names, and tells whether there may be more.
func (h *Hub) askProfiles(ctx context.Context) bool {
	var nameless []store.Conversation
	pages := make(map[model.PageID]store.Page)
	err := h.store.Read(ctx, func(r store.Reader) (err error) {
		nameless, err = r.Nameless(h.utc().Add(-profileAgain), profileBatch)
		for _, c := range nameless {
			if _, ok := pages[c.PageID]; !ok && err == nil {
				pages[c.PageID], err = r.Page(c.PageID)
			}
		}
		return err
	})
	if err != nil {
		if ctx.Err() == nil {
			h.log.Error("read customers without a name", logkey.Error, err)
		}
		return false
	}
	full := len(nameless) == profileBatch
	nameless = h.withAgain(ctx, nameless, pages)
	var g errgroup.Group
	g.SetLimit(profileWorkers)
	for _, c := range nameless {
		g.Go(func() error { return h.askProfile(ctx, pages[c.PageID], c) })
	}
	if err := g.Wait(); err != nil {
		if ctx.Err() == nil {
			h.log.Error("store customer's profile", logkey.Error, err)
		}
		return false
	}
	return full
}

// withAgain adds the customers without a name who are due again: of whom a call failed, or
// whose conversation was opened.
func (h *Hub) withAgain(ctx context.Context, due []store.Conversation, pages map[model.PageID]store.Page) []store.Conversation {
	for _, id := range h.again.due(h.utc()) {
		if slices.ContainsFunc(due, func(c store.Conversation) bool { return c.ID == id }) {
			continue
		}
		err := h.store.Read(ctx, func(r store.Reader) error {
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
			h.log.Error("read customer without a name", logkey.Error, err)
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

// opens has a customer asked for again whose conversation somebody opened, if they have no
// name; not for each time that it is.
func (h *Hub) opens(c store.Conversation) {
	now := h.utc()
	if c.Customer.Name != "" {
		return
	}
	if _, lately := h.again.opened.Get(c.ID, now); lately {
		return
	}
	h.again.opened.Put(c.ID, struct{}{}, now, now.Add(profileOpened))
	h.again.put(c.ID, now)
	h.profiles.Notify()
}

// profileFailed has a customer asked for again by back-off, unless Meta answered for good.
func (h *Hub) profileFailed(p model.PageID, id model.ConversationID, err error) {
	now := h.utc()
	if _, said := h.again.said.Get(p, now); !said {
		h.log.Info("customers' profiles not told", logkey.Page, string(p), logkey.Error, err)
		h.again.said.Put(p, struct{}{}, now, now.Add(profileSaid))
	}
	if errors.Is(err, model.ErrNoProfile) {
		return
	}
	tries, _ := h.again.tries.Get(id, now)
	h.again.tries.Put(id, tries+1, now, now.Add(2*profileAgain))
	if wait := profileRetry << min(tries, 16); wait < profileAgain {
		h.again.put(id, now.Add(wait))
	}
}

// askProfile stores what Meta tells of a customer; where it tells nothing, that it
// was asked.
func (h *Hub) askProfile(ctx context.Context, p store.Page, c store.Conversation) error {
	var customer model.Customer
	if p.Connected() {
		token, err := h.pageToken(p)
		if err != nil {
			return err
		}
		call, cancel := context.WithTimeout(ctx, h.timing.GraphCall)
		customer, err = h.graph.Profile(call, token, c.Customer.PSID)
		cancel()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			h.profileFailed(p.ID, c.ID, err)
		}
	}
	if customer.Name == "" && customer.Locale == "" && c.ProfileAt.After(h.utc().Add(-profileAgain)) {
		return nil // as it was
	}
	return h.store.Write(ctx, p.ID, func(tx store.PageTx) error {
		b, err := txn.Begin(tx, p.ID, h.utc())
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
