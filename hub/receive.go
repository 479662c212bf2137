package hub

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"parley/hub/logkey"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
)

// Counters of the hub, as [Hub.Stats] names them.
const (
	// CounterUnknownPage counts events of Pages that are not connected here.
	CounterUnknownPage = "events_of_unknown_pages"
	// CounterForeign counts events that stood among those of a Page and are of others.
	CounterForeign = "events_of_others"
	// CounterNotUnderstood counts events that are kept raw, not understood.
	CounterNotUnderstood = "raw_not_understood"
)

// webhookPieces is into how many pieces the time of a webhook is cut: no transaction of
// it takes events for longer, so that neither its answer nor other writers wait for all
// of it, and each time that it comes again finds more of it stored.
const webhookPieces = 16

// Receive takes the events of one webhook POST in. When it returns nil, every
// event of every Page is stored with its effects, or was stored before; else the
// POST must come again, and what was stored meanwhile is not stored twice. It returns
// when ctx ends at the latest, although one event that takes long is then still stored.
func (h *Hub) Receive(ctx context.Context, entries []model.PageEntry) error {
	if err := ctx.Err(); err != nil {
		return err // it came too slowly: that says nothing of the hub
	}
	stored := make(chan error, 1)
	go func() { stored <- h.storeAll(ctx, entries) }()
	var err error
	select {
	case err = <-stored:
	case <-ctx.Done():
		err = ctx.Err()
	}
	h.intake.note(err, h.utc())
	return err
}

// storeAll stores the events of all Pages at once. What fails of one Page holds up no
// other.
func (h *Hub) storeAll(ctx context.Context, entries []model.PageEntry) error {
	var g errgroup.Group
	for page, events := range byPage(entries) {
		g.Go(func() (err error) {
			err = txn.ErrPanicked // unless it returns
			defer h.survive("receive webhook")
			err = h.receivePage(ctx, page, events)
			return err
		})
	}
	return g.Wait()
}

func byPage(entries []model.PageEntry) map[model.MetaPageID][]model.Inbound {
	m := make(map[model.MetaPageID][]model.Inbound, 1)
	for _, e := range entries {
		m[e.Page] = append(m[e.Page], e.Events...)
	}
	return m
}

func (h *Hub) receivePage(ctx context.Context, meta model.MetaPageID, events []model.Inbound) error {
	var page store.Page
	err := h.store.Read(ctx, func(r store.Reader) (err error) {
		page, err = r.ActivePage(meta)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		err = errNotConnected
	}
	if err == nil {
		err = h.storeEvents(ctx, page.ID, events)
	}
	if errors.Is(err, errNotConnected) {
		err = h.store.Count(ctx, CounterUnknownPage, int64(len(events)))
		h.figures.changed.Notify()
	}
	return err
}

// errNotConnected: the Page is not, or no longer, connected here.
var errNotConnected = errors.New("page not connected")

// storeEvents commits a Page's events with their effects, in pieces that hold nobody
// up for long. What is stored when ctx ends stays: Meta sends all of it again, and it
// isn't stored twice. An event that can't be stored is kept as it came; its neighbours are
// stored in any case. It answers [errNotConnected] when the Page was uninstalled
// meanwhile.
func (h *Hub) storeEvents(ctx context.Context, page model.PageID, events []model.Inbound) error {
	var failed error
	for most := len(events); len(events) > 0; {
		piece := events[:min(most, len(events))]
		n, err := h.storePiece(ctx, page, piece)
		switch {
		case err == nil:
			most *= 2
		case !txn.IsBroken(err):
			return err
		case len(piece) > 1: // the others first, without it
			most = max(1, min(n, len(piece)/2))
			continue
		default:
			n = 1
			if err := h.storeApart(ctx, page, piece[0], err); err != nil {
				if errors.Is(err, errNotConnected) || ctx.Err() != nil {
					return err
				}
				failed = err // it comes again, and the others are stored meanwhile
			}
		}
		events = events[n:]
	}
	return failed
}

// storePiece commits the first of a Page's events, at least one, and returns how many. Of
// a [brokenError] it returns before which event it is, at most.
func (h *Hub) storePiece(ctx context.Context, page model.PageID, events []model.Inbound) (n int, err error) {
	var replies, nameless, mails bool
	err = h.store.Write(ctx, page, func(tx store.PageTx) error {
		began := h.now()
		b, err := h.newReceiveTx(tx, page)
		if errors.Is(err, store.ErrNotFound) || err == nil && b.Page.UninstalledAt != nil {
			return errNotConnected
		}
		if err != nil {
			return err
		}
		for n = 0; n < len(events); n++ {
			if n > 0 && (ctx.Err() != nil || h.now().Sub(began) >= h.timing.Webhook/webhookPieces) {
				break
			}
			if err := txn.Apart(ctx, func() error { return b.take(events[n]) }); err != nil {
				return fmt.Errorf("take %s event: %w", events[n].Name, err)
			}
		}
		replies, nameless, mails = b.RepliesMoved, b.CustomerNew, b.MailsDue
		return txn.Apart(ctx, b.Flush)
	})
	if err != nil {
		if ctx.Err() != nil { // it may be kept all the same
			h.outbox.wake.Notify()
			h.profiles.Notify()
			h.mails.Notify()
		}
		return n, err
	}
	h.taken(ctx, events[:n])
	if replies {
		h.outbox.wake.Notify()
	}
	if nameless {
		h.profiles.Notify()
	}
	if mails {
		h.mails.Notify()
	}
	return n, nil
}

// taken counts events that were stored.
func (h *Hub) taken(ctx context.Context, events []model.Inbound) {
	now, foreign := h.utc(), int64(0)
	for _, e := range events {
		h.metrics.events.Inc()
		h.metrics.lag.Observe(max(0, now.Sub(model.EventTime(e.At, now)).Seconds()))
		if e.Foreign {
			foreign++
		}
	}
	if foreign == 0 {
		return
	}
	if err := h.store.Count(ctx, CounterForeign, foreign); err != nil {
		h.log.Warn("count events of others", logkey.Error, err)
	}
	h.figures.changed.Notify()
}

// receiveTx is a transaction of a Page that takes events in.
type receiveTx struct {
	*repliesTx
	h *Hub
}

func (h *Hub) newReceiveTx(tx store.PageTx, page model.PageID) (*receiveTx, error) {
	b, err := txn.Begin(tx, page, h.utc())
	return h.receiveTx(b), err
}

func (h *Hub) receiveTx(b *txn.Tx) *receiveTx { return &receiveTx{h.rules.in(b), h} }
