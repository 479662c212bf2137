package pages

import (
	"context"
	"errors"
	"time"

	"parley/hub/access"
	"parley/hub/ids"
	"parley/hub/replies"
	"parley/hub/store"
	"parley/hub/wake"
	"parley/model"
)

// Backfill reads what the hub lacks of a Page's inbox on Facebook: its past, and what came
// while the hub was not receiving webhooks.
type Backfill struct {
	*shared
	inbox Inbox // nil: no inbox is read
	past  Past
	// due is signalled when something is to be read.
	due wake.Signal
}

// heardOf is among how many conversations the newest act of a customer is looked for. Missing
// it makes the hub read more, never less.
const heardOf = 50

// beginHistory has all past conversations of a Page read.
func beginHistory(p *store.Page, now time.Time) {
	news := now
	if p.ConnectedAt != nil {
		news = *p.ConnectedAt
	}
	p.History = &store.Reading{ID: ids.New(), Pass: 1, News: news}
	p.Import = &model.Import{Kind: model.ImportHistory, State: model.ImportRunning, RunSince: now, UpdatedAt: now}
}

// beginBackfill has the threads read that were updated since the last event the hub stored. A
// backfill that is still running goes further back already.
func beginBackfill(p *store.Page, heard time.Time) {
	if p.Backfill != nil || heard.IsZero() {
		return
	}
	p.Backfill = &store.Reading{ID: ids.New(), Pass: 1, Since: heard, News: heard}
	if !p.Imported && p.History == nil && p.ConnectedAt != nil {
		p.Backfill.Floor = *p.ConnectedAt // its past was not wanted, or is another installation's
	}
}

// lastHeard returns Meta's time of the newest stored act of a customer, zero if there is none.
func lastHeard(r store.Reader, page model.PageID, now time.Time) (time.Time, error) {
	list, _, err := r.Conversations(store.ConversationQuery{
		Pages: []store.PageScope{{ID: page}}, Filter: store.FilterAll, Now: now, Limit: heardOf,
	})
	var heard time.Time
	for _, c := range list {
		heard = replies.Later(heard, c.InboundAt)
	}
	return heard, err
}

// BeginBackfills has each Page read from its last event on: while the hub was down, it received
// no webhooks. It is called before the first webhook is accepted. A history that is being read
// covers the time anyway.
func (bf *Backfill) BeginBackfills(ctx context.Context) error {
	if bf.inbox == nil {
		return nil
	}
	var pages []store.Page
	err := bf.store.Read(ctx, func(r store.Reader) (err error) {
		pages, err = r.Pages()
		return err
	})
	if err != nil {
		return err
	}
	for _, p := range pages {
		if p.UninstalledAt != nil {
			continue
		}
		err := bf.store.Write(ctx, p.ID, func(tx store.PageTx) error {
			p, err := tx.Page(p.ID)
			if err != nil {
				return err
			}
			heard, err := lastHeard(tx, p.ID, bf.now())
			if err != nil || p.Backfill != nil || heard.IsZero() || p.History != nil && p.Import != nil && p.Import.State.Active() {
				return err
			}
			beginBackfill(&p, heard)
			return tx.PutPage(&p)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// beginReading decides what to read of a Page that was connected or repaired. A Page whose past was
// never imported gets all of it, unless that is not wanted; otherwise what was missed since the
// last event is read. If somebody else had the Page on this hub before, and their replies stand
// in its inbox, its past is imported only when a person asks for it.
func (bf *Backfill) beginReading(tx store.PageTx, p *store.Page, created, skip bool, now time.Time) error {
	if bf.inbox == nil {
		return nil
	}
	heard, err := lastHeard(tx, p.ID, now)
	if err != nil {
		return err
	}
	others, err := hadOtherInstaller(tx, p)
	if err != nil {
		return err
	}
	if created && !p.Imported && !skip && !others {
		beginHistory(p, now)
		return nil
	}
	beginBackfill(p, heard)
	if i := p.Import; i != nil && i.State == model.ImportFailed && p.History != nil {
		resumeHistory(p, now)
	}
	return nil
}

// hadOtherInstaller reports whether somebody else had the Page on this hub.
func hadOtherInstaller(tx store.PageTx, p *store.Page) (bool, error) {
	all, err := tx.Installations(p.PageID)
	for _, o := range all {
		if o.Installer.ID != p.Installer.ID {
			return true, err
		}
	}
	return false, err
}

// resumeHistory continues an import where it stopped.
func resumeHistory(p *store.Page, now time.Time) {
	i := *p.Import
	i.State, i.Code, i.RetryAt, i.RunSince, i.RunThreads, i.UpdatedAt = model.ImportRunning, "", nil, now, i.Threads, now
	p.Import = &i
	r := *p.History
	r.ID = ids.New()
	p.History = &r
}

// ImportStatus returns the state of a Page's import.
func (bf *Backfill) ImportStatus(ctx context.Context, user model.User, id model.PageID) (model.Import, error) {
	var out model.Import
	err := bf.store.Read(ctx, func(r store.Reader) error {
		p, err := access.Authorize(r, user.ID, id)
		if err != nil {
			return err
		}
		if p.Import == nil {
			return store.ErrNotFound
		}
		out = *p.Import
		return nil
	})
	return out, err
}

// BeginImport starts to import a Page's past conversations, or continues where it stopped; one
// that is running goes on. The Page's installer may, and any admin who sees the Page.
func (bf *Backfill) BeginImport(ctx context.Context, user model.User, id model.PageID) (model.Import, error) {
	i, err := bf.changeImport(ctx, user, id, func(p *store.Page, now time.Time) error {
		switch {
		case bf.inbox == nil:
			return errNoInbox
		case !p.Connected():
			return model.Refuse(model.PageDisconnected)
		case p.History != nil && p.Import != nil && p.Import.State.Active():
		case p.History != nil && p.Import != nil && p.Import.Kind == model.ImportHistory:
			resumeHistory(p, now)
		default:
			beginHistory(p, now)
		}
		return nil
	})
	if err == nil {
		bf.due.Notify()
	}
	return i, err
}

// errNoInbox is a mistake of whoever assembled the hub.
var errNoInbox = errors.New("hub without the page's inbox")

// CancelImport stops an import. What was imported stays, and it can be continued.
func (bf *Backfill) CancelImport(ctx context.Context, user model.User, id model.PageID) (model.Import, error) {
	return bf.changeImport(ctx, user, id, func(p *store.Page, now time.Time) error {
		if p.Import == nil {
			return store.ErrNotFound
		}
		if !p.Import.State.Active() {
			return nil
		}
		i := *p.Import
		i.State, i.Code, i.RetryAt, i.UpdatedAt = model.ImportCancelled, "", nil, now
		p.Import = &i
		if i.Kind == model.ImportGap {
			p.Backfill = nil
		}
		return nil
	})
}

// changeImport changes a Page's import if the user may.
func (bf *Backfill) changeImport(ctx context.Context, user model.User, id model.PageID, f func(*store.Page, time.Time) error) (model.Import, error) {
	user, err := bf.roles.Fresh(ctx, user.ID)
	if err != nil {
		return model.Import{}, err
	}
	var out store.Page
	err = bf.store.Write(ctx, id, func(tx store.PageTx) error {
		p, err := access.Authorize(tx, user.ID, id)
		if err != nil {
			return err
		}
		if p.Installer.ID != user.ID && !user.Admin {
			return model.Refuse(model.NotAdmin)
		}
		if err := f(&p, bf.now()); err != nil {
			return err
		}
		out = p
		return tx.PutPage(&out)
	})
	if err != nil {
		return model.Import{}, err
	}
	bf.pageChanged(out)
	return *out.Import, nil
}
