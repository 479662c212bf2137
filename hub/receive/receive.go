package receive

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"parley/hub/logkey"
	"parley/hub/replies"
	"parley/hub/rescue"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
)

// Names of the hub's counters.
const (
	// CounterUnknownPage counts events of Pages that are not connected here.
	CounterUnknownPage = "events_of_unknown_pages"
	// CounterForeign counts events listed under a Page but belonging to another.
	CounterForeign = "events_of_others"
	// CounterNotUnderstood counts events that were kept raw because they were not understood.
	CounterNotUnderstood = "raw_not_understood"
)

// webhookPieces divides the time allowed for a webhook: no transaction applies events for
// longer than one such piece. So neither the answer nor other writers wait for the whole
// webhook, and each time it is sent again more of it is already stored.
const webhookPieces = 16

// Receive stores the events of one webhook POST. When it returns nil, every event of every Page
// is stored with its effects, now or before. On an error the POST must be sent again; what was
// stored meanwhile is not stored twice. It returns when ctx ends at the latest, although an
// event that is being applied may still be stored after that.
func (r *Receiver) Receive(ctx context.Context, entries []model.PageEntry) error {
	if err := ctx.Err(); err != nil {
		return err // the body came too slowly, which says nothing about the hub
	}
	stored := make(chan error, 1)
	go func() { stored <- r.storeAll(ctx, entries) }()
	var err error
	select {
	case err = <-stored:
	case <-ctx.Done():
		err = ctx.Err()
	}
	r.intake.record(err, r.utc())
	return err
}

// storeAll stores the events of all Pages at once. A failure of one Page holds up no other.
func (r *Receiver) storeAll(ctx context.Context, entries []model.PageEntry) error {
	var g errgroup.Group
	for page, events := range byPage(entries) {
		g.Go(func() (err error) {
			err = txn.ErrPanicked // unless it returns
			defer rescue.Log(r.log, "receive webhook")
			err = r.receivePage(ctx, page, events)
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

func (r *Receiver) receivePage(ctx context.Context, meta model.MetaPageID, events []model.Inbound) error {
	err := r.storeInActive(ctx, meta, events)
	if errors.Is(err, errNotConnected) { // perhaps another installation is, by now
		r.store.ForgetActive()
		err = r.storeInActive(ctx, meta, events)
	}
	if errors.Is(err, errNotConnected) {
		err = r.store.Count(ctx, CounterUnknownPage, int64(len(events)))
		r.counted.Notify()
	}
	return err
}

// storeInActive stores events in the connected installation of a Page; [errNotConnected] if there
// is none.
func (r *Receiver) storeInActive(ctx context.Context, meta model.MetaPageID, events []model.Inbound) error {
	page, err := r.store.Active(ctx, meta)
	if errors.Is(err, store.ErrNotFound) {
		return errNotConnected
	}
	if err != nil {
		return err
	}
	return r.storeEvents(ctx, page, events)
}

// errNotConnected means that the Page is not, or no longer, connected here.
var errNotConnected = errors.New("page not connected")

// storeEvents commits a Page's events with their effects, in pieces short enough not to hold
// others up. What is stored when ctx ends stays; Meta sends everything again, and nothing is
// stored twice. An event that can't be stored is kept raw, and its neighbours are stored in any
// case. It returns [errNotConnected] if the Page was uninstalled meanwhile.
func (r *Receiver) storeEvents(ctx context.Context, page model.PageID, events []model.Inbound) error {
	var failed error
	for most := len(events); len(events) > 0; {
		piece := events[:min(most, len(events))]
		n, err := r.storePiece(ctx, page, piece)
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
			if err := r.storeApart(ctx, page, piece[0], err); err != nil {
				if errors.Is(err, errNotConnected) || ctx.Err() != nil {
					return err
				}
				failed = err // it will be sent again; meanwhile the others are stored
			}
		}
		events = events[n:]
	}
	return failed
}

// storePiece commits at least the first of a Page's events and returns how many it committed.
// If the error is of the kind that [txn.IsBroken] reports, n is at most the index of the event
// that caused it.
func (r *Receiver) storePiece(ctx context.Context, page model.PageID, events []model.Inbound) (n int, err error) {
	var replies, nameless, mails, media bool
	err = r.store.Write(ctx, page, func(tx store.PageTx) error {
		began := r.now()
		b, err := r.Begin(tx, page)
		if errors.Is(err, store.ErrNotFound) || err == nil && b.Page.UninstalledAt != nil {
			return errNotConnected
		}
		if err != nil {
			return err
		}
		if err := store.ReadAhead(tx, coming(events)); err != nil {
			return err
		}
		for n = 0; n < len(events); n++ {
			if n > 0 && (ctx.Err() != nil || r.now().Sub(began) >= r.timing.Webhook/webhookPieces) {
				break
			}
			if err := txn.Apart(ctx, func() error { return b.apply(events[n]) }); err != nil {
				return fmt.Errorf("take %s event: %w", events[n].Name, err)
			}
		}
		replies, nameless, mails, media = b.RepliesMoved, b.CustomerNew, b.MailsDue, b.MediaMoved
		return txn.Apart(ctx, b.Flush)
	})
	if err != nil {
		if ctx.Err() != nil { // it may have been committed all the same
			r.outbox.Notify()
			r.profiles.Notify()
			r.mails.Notify()
			r.MediaDue()
		}
		return n, err
	}
	r.countEvents(ctx, events[:n])
	if replies {
		r.outbox.Notify()
	}
	if nameless {
		r.profiles.Notify()
	}
	if mails {
		r.mails.Notify()
	}
	if media {
		r.MediaDue()
	}
	return n, nil
}

// coming tells of events, and of the messages that they bring.
func coming(events []model.Inbound) []store.Coming {
	list := make([]store.Coming, len(events))
	for i, e := range events {
		list[i] = store.Coming{Customer: e.Customer, Key: e.Key}
		switch ev := e.Event.(type) {
		case model.CustomerMessage:
			list[i].MID = ev.MID
		case model.Postback:
			list[i].MID = ev.MID
		case model.Echo:
			list[i].MID = ev.MID
		}
	}
	return list
}

// countEvents updates the counters for events that were stored.
func (r *Receiver) countEvents(ctx context.Context, events []model.Inbound) {
	now, foreign := r.utc(), int64(0)
	for _, e := range events {
		r.events.Inc()
		r.lag.Observe(max(0, now.Sub(model.EventTime(e.At, now)).Seconds()))
		if e.Foreign {
			foreign++
		}
	}
	if foreign == 0 {
		return
	}
	if err := r.store.Count(ctx, CounterForeign, foreign); err != nil {
		r.log.Warn("count events of others", logkey.Error, err)
	}
	r.counted.Notify()
}

// Tx is a transaction of a Page that applies events.
type Tx struct {
	*replies.Tx
	r *Receiver
	// Past: what is stored was said some time ago; what is said now is fetched before it.
	Past bool
}

// Begin begins such a transaction.
func (r *Receiver) Begin(tx store.PageTx, page model.PageID) (*Tx, error) {
	b, err := txn.Begin(tx, page, r.utc())
	return r.In(b), err
}

// In returns a Tx that applies events within an existing transaction.
func (r *Receiver) In(t *txn.Tx) *Tx { return &Tx{Tx: r.rules.In(t), r: r} }

// storeApart stores an event that could not be applied: as one that is not understood, with a
// line that says so, or, if that fails too, only raw.
func (r *Receiver) storeApart(ctx context.Context, page model.PageID, e model.Inbound, cause error) error {
	r.log.Error("event could not be stored as what it is", logkey.Page, string(page), logkey.Event, e.Name, logkey.Error, cause)
	e.Event, e.At = nil, r.utc()
	if _, err := r.storePiece(ctx, page, []model.Inbound{e}); !txn.IsBroken(err) {
		return err
	}
	return r.store.Write(ctx, page, func(tx store.PageTx) error {
		_, err := tx.KeepRaw(store.RawEvent{
			Page: page, Key: e.Key, Customer: e.Customer, Name: e.Name, At: e.At, ReceivedAt: e.At, Body: e.Raw,
		})
		return err
	})
}
