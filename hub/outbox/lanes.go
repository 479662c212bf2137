package outbox

import (
	"sync"
	"time"

	"parley/hub/store"
	"parley/hub/wake"
	"parley/model"
)

// lane is a kind of work on replies. Each Page has workers of its own in each lane, so
// that whatever takes long of one Page, or of one kind, holds nothing else up.
type lane struct {
	name string
	// workers is how many replies of a Page are looked at at once.
	workers int
	// states are those of the replies whose turn it is to be looked at.
	states []model.State
}

func lanes() []lane {
	return []lane{
		// Meta allows 300 calls a second for a Page, and one reply of a conversation
		// goes at a time.
		{"post", 32, []model.State{model.Queued, model.Posting}},
		// A Page's inbox may be asked twice a second: more workers would only wait.
		{"check", 2, []model.State{model.Unknown}},
	}
}

// desk is a Page's share of a lane.
type desk struct {
	page model.PageID
	lane string
}

// desks is who is looking at which reply.
type desks struct {
	wake wake.Signal

	mu       sync.Mutex
	inFlight map[model.MessageID]struct{}
	busy     map[desk]int
}

func newDesks(w wake.Signal) *desks {
	return &desks{wake: w, inFlight: make(map[model.MessageID]struct{}), busy: make(map[desk]int)}
}

// full tells whether all workers of a Page's lane are at work.
func (d *desks) full(page model.PageID, l lane) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.busy[desk{page, l.name}] >= l.workers
}

// claim answers whether a worker is free, and nobody looks at the reply yet.
func (d *desks) claim(id model.MessageID, l lane) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := desk{id.Page(), l.name}
	if _, taken := d.inFlight[id]; taken || d.busy[at] >= l.workers {
		return false
	}
	d.inFlight[id] = struct{}{}
	d.busy[at]++
	return true
}

func (d *desks) release(id model.MessageID, l lane) {
	d.mu.Lock()
	delete(d.inFlight, id)
	at := desk{id.Page(), l.name}
	if d.busy[at]--; d.busy[at] == 0 {
		delete(d.busy, at)
	}
	d.mu.Unlock()
	d.wake.Notify()
}

// due is a reply that must be looked at now.
type due struct {
	store.Reply
	lane lane
}

// due reads what can be begun now, and when more will be due.
func (d *desks) due(r store.Reader, now time.Time) (list []due, next time.Time, err error) {
	pages, err := r.WaitingPages()
	if err != nil {
		return nil, next, err
	}
	for _, page := range pages {
		for _, l := range lanes() {
			if d.full(page, l) {
				continue // whoever is done first wakes the outbox
			}
			for _, state := range l.states {
				// As many as there are workers: those in flight hide nobody.
				replies, later, err := r.DueReplies(page, state, now, l.workers)
				if err != nil {
					return nil, next, err
				}
				for _, reply := range replies {
					list = append(list, due{reply, l})
				}
				if later.After(now) && (next.IsZero() || later.Before(next)) {
					next = later
				}
			}
		}
	}
	return list, next, nil
}
