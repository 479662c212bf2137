package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"parley/hub/fair"
	"parley/hub/logkey"
	"parley/hub/store"
	"parley/hub/view"
	"parley/hub/wake"
	"parley/model"
)

// live tells connected clients of changes. After each commit the Page's new changes
// are read and encoded once, and offered to every session; a session that can't take
// them reads them from the store later. Nothing is ever dropped: the store's log is
// the truth, and each session knows how far it is.
type live struct {
	// setting is held while a change of a Page is made known.
	setting sync.Mutex

	mu sync.Mutex
	// pages are the Pages as they are now: by them it is decided, when a frame is
	// written, who may be sent it. A change of visibility is here before it is
	// answered.
	pages    map[model.PageID]store.Page
	fed      map[model.PageID]int64
	dirty    map[model.PageID]struct{}
	sessions map[*Session]struct{}
	// begun: the Pages that there were before the hub began are known.
	begun bool
	wake  wake.Signal
	// admit bounds how many sessions are welcomed at once, and how many of one user.
	admit *fair.Semaphore
}

func newLive() *live {
	return &live{
		pages: make(map[model.PageID]store.Page), fed: make(map[model.PageID]int64),
		dirty: make(map[model.PageID]struct{}), sessions: make(map[*Session]struct{}), wake: wake.NewSignal(),
		admit: fair.New(admission, admissionEach, mostAdmission),
	}
}

func (l *live) moved(page model.PageID) {
	l.mu.Lock()
	l.dirty[page] = struct{}{}
	l.mu.Unlock()
	l.wake.Notify()
}

// Page returns a Page as it is now. It makes live a source for authorize.
func (l *live) Page(id model.PageID) (store.Page, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p, ok := l.pages[id]
	if !ok {
		return store.Page{}, ErrNotFound
	}
	return p, nil
}

// begin tells that the Pages of before are known: what is found from now on is new.
func (l *live) begin() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.begun = true
}

// loadPages reads the Pages at start.
func (h *Hub) loadPages(ctx context.Context) error {
	return h.store.Read(ctx, func(r store.Reader) error {
		all, err := r.Pages()
		if err != nil {
			return err
		}
		h.live.learn(all)
		h.live.begin()
		return nil
	})
}

// runLive feeds sessions until ctx ends.
func (h *Hub) runLive(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-h.live.wake:
		}
		for _, page := range h.live.takeDirty() {
			if err := h.feed(ctx, page); err != nil && ctx.Err() == nil {
				h.log.Error("tell changes", logkey.Page, string(page), logkey.Error, err)
				h.live.moved(page)
				wake.Pause(ctx, feedTrouble)
			}
		}
	}
}

// feedTrouble is the pause after the store could not be read.
const feedTrouble = 100 * time.Millisecond

func (l *live) takeDirty() []model.PageID {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]model.PageID, 0, len(l.dirty))
	for p := range l.dirty {
		out = append(out, p)
	}
	clear(l.dirty)
	return out
}

// feed reads a Page's new changes and offers them to all sessions.
func (h *Hub) feed(ctx context.Context, page model.PageID) error {
	for {
		from := h.live.fedUpTo(page)
		b, err := h.newChanges(ctx, page, from)
		if err != nil || b.To == from {
			return err
		}
		var frame []byte
		if b.Events != nil {
			if frame, err = json.Marshal(b); err != nil {
				return fmt.Errorf("encode batch: %w", err)
			}
		}
		h.live.setFed(page, b.To)
		for _, s := range h.live.everySession() {
			s.offer(queued{page: page, from: from, to: b.To, bytes: frame})
		}
	}
}

// newChanges reads the changes after those that were fed, and up to where they go.
// No list of changes means that they are too many, or gone, or not the same for all who see the
// Page: each session reads by itself what it needs.
func (h *Hub) newChanges(ctx context.Context, page model.PageID, from int64) (b model.Batch, err error) {
	b.To = from
	var p store.Page
	err = h.store.Read(ctx, func(r store.Reader) (err error) {
		p, err = r.Page(page)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		head, err := r.Head(page)
		if err != nil {
			return err
		}
		if from < head-view.BatchRows {
			b.To = head
			return nil
		}
		v := view.OfInstaller(r, p, h.utc())
		var gone bool
		if b, gone, err = v.ChangesAfter(p, from); gone {
			b.To = head
		}
		if err == nil && b.Events != nil {
			var personal bool
			if personal, err = v.Personal(from, b.To); personal {
				b.Events = nil
			}
		}
		return err
	})
	if err == nil && b.To > from {
		h.live.refresh(p)
	}
	return b, err
}

func (l *live) fedUpTo(page model.PageID) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fed[page]
}

func (l *live) setFed(page model.PageID, seq int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fed[page] = seq
}

func (l *live) everySession() []*Session {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]*Session, 0, len(l.sessions))
	for s := range l.sessions {
		out = append(out, s)
	}
	return out
}

// tellUser tells every session how a user is known from now on.
func (l *live) tellUser(u model.User) {
	b, err := json.Marshal(model.UserChanged{Type: model.FrameUser, User: u.Colleague()})
	if err != nil {
		panic("hub: a user frame must marshal: " + err.Error()) // strings and a bool
	}
	for _, s := range l.everySession() {
		s.mu.Lock()
		s.push(queued{bytes: b, always: true})
		s.mu.Unlock()
		s.wake.Notify()
	}
}
