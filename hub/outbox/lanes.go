package outbox

import (
	"sync"
	"time"

	"parley/hub/store"
	"parley/hub/wake"
	"parley/model"
)

// lane is a kind of work on replies. Each Page has its own workers in each lane, so that slow
// work of one Page, or of one kind, holds nothing else up.
type lane struct {
	name string
	// workers is how many replies of a Page are worked on at once.
	workers int
	// states are those of the replies that this lane works on.
	states []model.State
}

func lanes() []lane {
	return []lane{
		// Meta allows 300 calls a second for a Page, and one reply of a conversation
		// goes at a time.
		{"post", 32, []model.State{model.Scheduled, model.Queued, model.Posting}},
		// A Page's inbox may be asked twice a second: more workers would only wait.
		{"check", 2, []model.State{model.Unknown}},
	}
}

// pageLane is one Page's share of a lane.
type pageLane struct {
	page model.PageID
	lane string
}

// workload records which replies are being worked on.
type workload struct {
	wake wake.Signal

	mu       sync.Mutex
	inFlight map[model.MessageID]struct{}
	busy     map[pageLane]int
}

func newWorkload(w wake.Signal) *workload {
	return &workload{wake: w, inFlight: make(map[model.MessageID]struct{}), busy: make(map[pageLane]int)}
}

// full reports whether all workers of a Page's lane are busy.
func (d *workload) full(page model.PageID, l lane) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.busy[pageLane{page, l.name}] >= l.workers
}

// claim reserves a reply for a worker. It returns false if none is free or the reply is already
// being worked on.
func (d *workload) claim(id model.MessageID, l lane) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := pageLane{id.Page(), l.name}
	if _, taken := d.inFlight[id]; taken || d.busy[at] >= l.workers {
		return false
	}
	d.inFlight[id] = struct{}{}
	d.busy[at]++
	return true
}

func (d *workload) release(id model.MessageID, l lane) {
	d.mu.Lock()
	delete(d.inFlight, id)
	at := pageLane{id.Page(), l.name}
	if d.busy[at]--; d.busy[at] == 0 {
		delete(d.busy, at)
	}
	d.mu.Unlock()
	d.wake.Notify()
}

// due is a reply that must be worked on now.
type due struct {
	store.Reply
	lane lane
}

// due returns the replies that can be started now, and when more will be due.
func (d *workload) due(r store.Reader, now time.Time) (list []due, next time.Time, err error) {
	pages, err := r.WaitingPages()
	if err != nil {
		return nil, next, err
	}
	for _, page := range pages {
		for _, l := range lanes() {
			if d.full(page, l) {
				continue // the first worker to finish wakes the outbox
			}
			for _, state := range l.states {
				// As many as there are workers, so that those in flight hide none.
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
