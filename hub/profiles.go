package hub

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"parley/hub/store"
	"parley/model"
)

const (
	profileWorkers = 4
	profileBatch   = 100
	// profileAgain is when a customer whose name Meta did not tell is asked for again.
	profileAgain = 6 * time.Hour
	profileSweep = time.Minute
)

// runProfiles asks Meta for the names of new customers, until ctx ends.
func (h *Hub) runProfiles(ctx context.Context) error {
	for {
		more := h.askProfiles(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if more {
			continue
		}
		timer := time.NewTimer(profileSweep)
		select {
		case <-ctx.Done():
		case <-h.profiles:
		case <-timer.C:
		}
		timer.Stop()
	}
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
			h.log.Error("read customers without a name", keyError, err)
		}
		return false
	}
	var g errgroup.Group
	g.SetLimit(profileWorkers)
	for _, c := range nameless {
		g.Go(func() error { return h.askProfile(ctx, pages[c.PageID], c) })
	}
	if err := g.Wait(); err != nil {
		if ctx.Err() == nil {
			h.log.Error("store customer's profile", keyError, err)
		}
		return false
	}
	return len(nameless) == profileBatch
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
			h.log.Info("customer's profile not told", keyPage, string(p.ID), keyError, err)
		}
	}
	return h.write(ctx, p.ID, func(tx store.PageTx) error {
		b, err := h.newBatch(tx, p.ID)
		if err != nil {
			return err
		}
		o, err := b.find(c.Customer.PSID)
		if o == nil || err != nil {
			return err // deleted meanwhile
		}
		o.ProfileAt, o.changed = b.now, true
		if customer.Name != "" {
			o.Customer.Name = customer.Name
		}
		if customer.Locale != "" {
			o.Customer.Locale = customer.Locale
		}
		return b.flush()
	})
}
