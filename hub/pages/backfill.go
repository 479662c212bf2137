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

// Backfill reads what of a Page's inbox on Facebook is not here: its past, and what came while
// nothing was heard.
type Backfill struct {
	*shared
	inbox Inbox // nil: none is read
	past  Past
	// due is signalled where something is to be read.
	due wake.Signal
}

// heardOf is among how many conversations the newest event of a customer is looked for.
// One that is not found makes more to be read, never less.
const heardOf = 50

// beginHistory has a Page's past conversations read from the beginning.
func beginHistory(p *store.Page, now time.Time) {
	news := now
	if p.ConnectedAt != nil {
		news = *p.ConnectedAt
	}
	p.History = &store.Reading{ID: ids.New(), Pass: 1, News: news}
	p.Import = &model.Import{Kind: model.ImportHistory, State: model.ImportRunning, RunSince: now, UpdatedAt: now}
}

// beginGap has what a Page may have missed read: the threads that were updated since the
// last that was heard. One that is being read already goes further back.
func beginGap(p *store.Page, heard time.Time) {
	if p.Backfill != nil || heard.IsZero() {
		return
	}
	p.Backfill = &store.Reading{ID: ids.New(), Pass: 1, Since: heard, News: heard}
	if !p.Imported && p.History == nil && p.ConnectedAt != nil {
		p.Backfill.Floor = *p.ConnectedAt // its past was not wanted, or is another installation's
	}
}

// lastHeard returns Meta's time of the newest thing a customer did that is stored; zero if
// there is none.
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

// NoteGaps notes, before the first webhook is taken, from when on each Page may have missed
// something: nothing was heard while the hub was down. A history that is being read comes
// to it by itself.
func (bf *Backfill) NoteGaps(ctx context.Context) error {
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
			beginGap(&p, heard)
			return tx.PutPage(&p)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// begin decides what is read of a Page that was connected or repaired. What was
// missed since the last that was heard is a gap; a Page whose past was never brought in
// gets all of it, unless that is not wanted. Where somebody else had the Page here, whose
// replies stand in its inbox, nothing is read of before by itself: a person may begin it.
func (bf *Backfill) begin(tx store.PageTx, p *store.Page, created, skip bool, now time.Time) error {
	if bf.inbox == nil {
		return nil
	}
	heard, err := lastHeard(tx, p.ID, now)
	if err != nil {
		return err
	}
	others, err := othersHad(tx, p)
	if err != nil {
		return err
	}
	if created && !p.Imported && !skip && !others {
		beginHistory(p, now)
		return nil
	}
	beginGap(p, heard)
	if i := p.Import; i != nil && i.State == model.ImportFailed && p.History != nil {
		takeUp(p, now)
	}
	return nil
}

// othersHad tells whether somebody else had the Page on this hub.
func othersHad(tx store.PageTx, p *store.Page) (bool, error) {
	all, err := tx.Installations(p.PageID)
	for _, o := range all {
		if o.Installer.ID != p.Installer.ID {
			return true, err
		}
	}
	return false, err
}

// takeUp goes on with a history where it was.
func takeUp(p *store.Page, now time.Time) {
	i := *p.Import
	i.State, i.Code, i.RetryAt, i.RunSince, i.RunThreads, i.UpdatedAt = model.ImportRunning, "", nil, now, i.Threads, now
	p.Import = &i
	r := *p.History
	r.ID = ids.New()
	p.History = &r
}

// ImportStatus tells how bringing in a Page's past conversations stands.
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

// BeginImport begins to bring a Page's past conversations in, or takes it up where it was;
// one that runs goes on. Its installer may, and any admin who sees the Page.
func (bf *Backfill) BeginImport(ctx context.Context, user model.User, id model.PageID) (model.Import, error) {
	i, err := bf.changeImport(ctx, user, id, func(p *store.Page, now time.Time) error {
		switch {
		case bf.inbox == nil:
			return errNoInbox
		case !p.Connected():
			return model.Refuse(model.PageDisconnected)
		case p.History != nil && p.Import != nil && p.Import.State.Active():
		case p.History != nil && p.Import != nil && p.Import.Kind == model.ImportHistory:
			takeUp(p, now)
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

// errNoInbox is a mistake of whoever made the hub.
var errNoInbox = errors.New("hub without the page's inbox")

// CancelImport stops bringing past conversations in; what is here stays. It can be taken up
// again.
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

// changeImport changes a Page's import for who may.
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
	bf.known(out)
	return *out.Import, nil
}
