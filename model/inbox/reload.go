package inbox

import (
	"errors"
	"fmt"

	"parley/model"
)

// A reload of a Page:
//
//	r, _ := in.BeginReload(page)         what is held stays, stale
//	in.AddList(r, first…)                its as_of is the position: say hello, batches apply
//	in.SetPages(…); in.AddNotices(…)     read after the first list
//	in.SetCounts(…)                      where there are more lists
//	in.AddList(r, …) …                   until there is no cursor
//	in.EndReload(r)                      what is still stale goes once the position
//	                                     has reached the newest list
//
// Lists are read one after the other while the Page changes, so one conversation
// may be in two of them, or in none because it moved: then a change tells of it.

// What AddList and EndReload refuse with.
var (
	// ErrReloadOver: the reload is no longer the Page's: another began, or access
	// ended. Forget it.
	ErrReloadOver = errors.New("reload is over")
	// ErrReloadAgain: the hub's lists don't belong together (another epoch, or a
	// list older than the first). Begin the reload again.
	ErrReloadAgain = errors.New("reload must begin again")
)

// Reload is a reload under way. Its answers are taken only while it is the newest
// of its Page.
type Reload struct {
	Page model.PageID
	run  uint32
}

// Resume returns where each Page stands, for hello: those that have a position.
func (in *Inbox) Resume() map[model.PageID]model.Position {
	list := map[model.PageID]model.Position{}
	for id, p := range in.pages {
		if p.positioned() {
			list[id] = p.at
		}
	}
	return list
}

// Position returns up to where a Page's changes are applied.
func (in *Inbox) Position(page model.PageID) (model.Position, bool) {
	p, ok := in.pages[page]
	if !ok || !p.positioned() {
		return model.Position{}, false
	}
	return p.at, true
}

// ToReload returns the Pages of which a reload has to begin.
func (in *Inbox) ToReload() []model.PageID {
	var list []model.PageID
	for _, id := range in.order {
		if in.pages[id].phase == wanted {
			list = append(list, id)
		}
	}
	return list
}

// Complete tells whether everything at the Page's position is held.
func (in *Inbox) Complete(page model.PageID) bool {
	p, ok := in.pages[page]
	return ok && p.phase == complete
}

// AllComplete tells whether every Page that the user sees is complete, as far as
// the hub has named them; it is false before it has, and true where it named none.
func (in *Inbox) AllComplete() bool {
	for _, p := range in.pages {
		if !p.hidden && p.phase != complete {
			return false
		}
	}
	return in.named
}

// Welcome takes over the answer to hello, and returns the Pages of which a reload
// has to begin. A Page that it does not name is dropped, as is what is held under
// another epoch or beyond the head. Where the hub asks for a reload, what is held
// stays until then, stale. Those being reloaded go on.
func (in *Inbox) Welcome(w model.Welcome) ([]model.PageID, Changes) {
	in.begin()
	in.setUser(w.User)
	in.feedback = w.FeedbackURL
	in.named = true
	for id, p := range in.pages {
		if _, named := w.Pages[id]; !named {
			in.hide(p)
		}
	}
	for id, wp := range w.Pages {
		in.welcome(in.page(id), wp)
	}
	return in.ToReload(), in.changes
}

func (in *Inbox) welcome(p *inboxPage, wp model.WelcomePage) {
	in.unhide(p)
	if p.placed && (p.at.Epoch != wp.Epoch || p.at.Seq > wp.Seq || wp.Anew) {
		going := p.positioned()
		in.drop(p)
		if going {
			p.phase = wanted
		}
		return
	}
	if p.phase == notHeld {
		p.phase = wanted
	}
	if p.positioned() && wp.Resume != model.ResumeOK {
		in.lose(p)
	}
}

// unhide notes that the user sees a Page.
func (in *Inbox) unhide(p *inboxPage) {
	if !p.page.Sees {
		in.changes.Pages = true
	}
	p.hidden, p.page.Sees = false, true
}

// Access takes over a change of the user's sight of a Page, and tells whether a
// reload of it has to begin. Without access all of the Page is dropped, but its
// public face.
func (in *Inbox) Access(a model.Access) (bool, Changes) {
	in.begin()
	p := in.page(a.Page)
	if !a.Sees {
		in.hide(p)
	}
	if a.Visibility.Valid() {
		p.page.Visibility = a.Visibility
	}
	in.changes.Pages = true
	if a.Sees {
		in.unhide(p)
		in.lose(p)
		in.judgePage(p)
	}
	return a.Sees, in.changes
}

// Behind returns the Pages of which the hub has more than is applied, and those
// that it shows though they are hidden here: say hello for both, if nothing comes.
func (in *Inbox) Behind(h model.Heads) []model.PageID {
	var list []model.PageID
	for _, id := range in.order {
		head, named := h.Pages[id]
		if p := in.pages[id]; named && (p.phase == notHeld || p.positioned() && head > p.at.Seq) {
			list = append(list, id)
		}
	}
	for id := range h.Pages {
		if _, known := in.pages[id]; !known {
			list = append(list, id)
		}
	}
	return list
}

// lose takes a Page's position away: it has to be reloaded. What it holds stays,
// stale.
func (in *Inbox) lose(p *inboxPage) {
	p.phase = wanted
	in.runs++
	p.run = in.runs
	in.forgetTold(p)
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

// BeginReload begins a reload of a Page, or begins it again, as the caller must if
// one of its requests failed. It is false for a Page that is hidden or unknown.
func (in *Inbox) BeginReload(page model.PageID) (Reload, bool) {
	in.begin()
	p, ok := in.pages[page]
	if !ok || p.phase == notHeld {
		return Reload{}, false
	}
	in.lose(p)
	p.phase = begun
	return Reload{Page: page, run: p.run}, true
}

// reloading returns the Page of a reload that is still its newest.
func (in *Inbox) reloading(r Reload) (*inboxPage, error) {
	p, ok := in.pages[r.Page]
	if !ok || p.run != r.run || p.phase != begun && p.phase != listing {
		return nil, ErrReloadOver
	}
	return p, nil
}

// AddList takes over a list of the Page's conversations, read one after the other;
// the first one's as_of becomes the Page's position. It refuses with
// [ErrReloadOver], [ErrReloadAgain] or [ErrUnreadable] and has then added nothing.
func (in *Inbox) AddList(r Reload, list []model.Conversation, asOf model.Position) (Changes, error) {
	in.begin()
	p, err := in.reloading(r)
	if err != nil {
		return in.changes, err
	}
	for i := range list {
		if !fitting(p.page.ID, &list[i]) {
			return in.changes, fmt.Errorf("list of page %s, entry %d: %w", r.Page, i, ErrUnreadable)
		}
	}
	switch {
	case p.phase == begun:
		in.place(p, asOf)
	case p.at.Epoch != asOf.Epoch || asOf.Seq < p.first:
		in.lose(p)
		return in.changes, ErrReloadAgain
	}
	p.target = max(p.target, asOf.Seq)
	for i := range list {
		in.merge(p, &list[i], p.run)
	}
	return in.changes, nil
}

// place gives a Page the position of its first list. What is held under another
// epoch can't be compared with it and goes.
func (in *Inbox) place(p *inboxPage, asOf model.Position) {
	if p.placed && (p.at.Epoch != asOf.Epoch || p.at.Seq > asOf.Seq) {
		in.drop(p)
	}
	p.phase, p.at, p.placed = listing, asOf, true
	p.first, p.target = asOf.Seq, asOf.Seq
	// The page object may be of another epoch: what comes next replaces it.
	p.known, p.pageRead = false, false
	for id, t := range in.threads {
		if t.page == p {
			t.placed(asOf)
			in.threadChanged(id)
		}
	}
	in.changes.Pages = true
}

// EndReload says that the last list is in. The Page is complete once its position
// has reached the newest list, and its page object was read after the first.
func (in *Inbox) EndReload(r Reload) (Changes, error) {
	in.begin()
	p, err := in.reloading(r)
	if err == nil && p.phase == begun {
		err = ErrReloadOver
	}
	if err != nil {
		return in.changes, err
	}
	p.phase = listed
	in.tryComplete(p)
	return in.changes, nil
}

// tryComplete ends a reload that has come far enough: what it has not confirmed is
// gone from the hub.
func (in *Inbox) tryComplete(p *inboxPage) {
	if p.phase != listed || p.at.Seq < p.target || !p.pageRead {
		return
	}
	p.phase = complete
	in.forgetTold(p)
	in.changes.Pages = true
	stale := 0
	for _, r := range p.rows {
		if r.stale() {
			stale++
		}
	}
	if stale > 0 {
		in.removeRows(p, (*row).stale)
	}
	for id, t := range in.threads {
		if t.page == p && p.rows[id.Customer()] == nil {
			delete(in.threads, id)
			in.threadChanged(id)
		}
	}
}
