package inbox

import (
	"fmt"

	"parley/model"
)

// A Page is reloaded by these updates, in this order:
//
//	Reloading            what is held stays, stale
//	Listed               the first one's AsOf is the position: changes apply from there on
//	PagesListed, Noticed read after the first list
//	Counted              if there are more lists
//	Listed …             until there are no more
//	Complete             what is still stale is removed once the position has reached
//	                     the newest list
//
// Lists are read one after another while the Page changes, so a conversation may be in two of
// them, or in none because it moved: then a change brings it.

// Position returns the position up to which a Page's changes are applied.
func (in *Inbox) Position(page model.PageID) (model.Position, bool) {
	p, ok := in.pages[page]
	if !ok || !p.positioned() {
		return model.Position{}, false
	}
	return p.at, true
}

// Complete reports whether everything up to the Page's position is held.
func (in *Inbox) Complete(page model.PageID) bool {
	p, ok := in.pages[page]
	return ok && p.phase == complete
}

// AllComplete reports whether every Page that the user sees is complete. It is false before
// the hub has named the Pages, and true if it named none.
func (in *Inbox) AllComplete() bool {
	for _, p := range in.pages {
		if !p.hidden && p.phase != complete {
			return false
		}
	}
	return in.named
}

// markSeen records that the user sees a Page.
func (in *Inbox) markSeen(p *inboxPage) {
	if !p.page.Sees {
		in.changes.Pages = true
	}
	p.hidden, p.page.Sees = false, true
}

// reveal records that the user sees a Page, and that what is held of it is stale.
func (in *Inbox) reveal(p *inboxPage) {
	in.markSeen(p)
	in.requireReload(p)
	in.judgePage(p)
}

// requireReload gives up a Page's position: it has to be reloaded. What is held of it stays, stale.
func (in *Inbox) requireReload(p *inboxPage) {
	p.phase = wanted
	in.runs++
	p.run = in.runs
	in.dropHubCounts(p)
	in.changes.Pages = true
	if len(p.rows) > 0 {
		in.manyChanged()
	}
	for id, t := range in.threads {
		if t.page == p {
			t.stale = true
			in.threadChanged(id)
		}
	}
}

// addList applies a list of the Page's conversations; the first one's position becomes the
// Page's. It fails with [ErrUnreadable] before adding anything. A list of a Page that no
// longer reloads is ignored.
func (in *Inbox) addList(u Listed) error {
	p, ok := in.pages[u.Page]
	if !ok || p.phase != begun && p.phase != listing {
		return nil
	}
	for i := range u.Conversations {
		if !fitting(u.Page, &u.Conversations[i]) {
			return fmt.Errorf("list of page %s, entry %d: %w", u.Page, i, ErrUnreadable)
		}
	}
	if p.phase == begun {
		in.place(p, u.AsOf)
	}
	p.target = max(p.target, u.AsOf.Seq)
	for i := range u.Conversations {
		in.merge(p, &u.Conversations[i], p.run)
	}
	return nil
}

// place gives a Page the position of its first list. What is held under another epoch can't
// be compared with it and is dropped.
func (in *Inbox) place(p *inboxPage, asOf model.Position) {
	if p.placed && (p.at.Epoch != asOf.Epoch || p.at.Seq > asOf.Seq) {
		in.drop(p)
	}
	p.phase, p.at, p.placed = listing, asOf, true
	p.first, p.target = asOf.Seq, asOf.Seq
	// The Page's object may be of another epoch: the next one replaces it.
	p.known, p.pageRead = false, false
	for id, t := range in.threads {
		if t.page == p {
			t.placed(asOf)
			in.threadChanged(id)
		}
	}
	in.changes.Pages = true
}

// endReload records that the last list is in. The Page is complete once its position has
// reached the newest list, and its object was read after the first.
func (in *Inbox) endReload(page model.PageID) {
	if p, ok := in.pages[page]; ok && p.phase == listing {
		p.phase = listed
		in.tryComplete(p)
	}
}

// tryComplete ends a reload if it can: the hub no longer has the rows that it did not
// confirm.
func (in *Inbox) tryComplete(p *inboxPage) {
	if p.phase != listed || p.at.Seq < p.target || !p.pageRead {
		return
	}
	p.phase = complete
	in.dropHubCounts(p)
	in.changes.Pages = true
	stale := 0
	for _, r := range p.rows {
		if r.stale() {
			stale++
		}
	}
	if stale > 0 {
		in.removeRows(p, (*row).stale)
		in.manyChanged()
	}
	for id, t := range in.threads {
		if t.page == p && p.rows[id.Customer()] == nil {
			delete(in.threads, id)
			in.threadChanged(id)
		}
	}
}
