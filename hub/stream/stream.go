package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"parley/hub/fair"
	"parley/hub/logkey"
	"parley/hub/ratelimit"
	"parley/hub/store"
	"parley/hub/view"
	"parley/hub/wake"
	"parley/model"
)

// Stream tells connected clients of changes. After each commit the Page's new changes
// are read and encoded once, and offered to every session; a session that can't take
// them reads them from the store later. Nothing is ever dropped: the store's log is
// the truth, and each session knows how far it is.
type Stream struct {
	store       store.ReadStore
	views       Views
	recent      view.Recent
	typed       func(user model.UserID, id model.ConversationID, active bool, now time.Time)
	feedbackURL model.Untrusted
	timing      Timing
	now         func() time.Time
	log         *slog.Logger
	figures     figures

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
	// relayed is how often users have others told what they do.
	relayed *ratelimit.Limits
	// otherStream is when a client last proved that the store was put back; nil: none did.
	otherStream atomic.Pointer[time.Time]
}

// Changed tells that a transaction may have changed a Page: what it added to the log is
// offered to the sessions soon.
func (st *Stream) Changed(page model.PageID) {
	st.mu.Lock()
	st.dirty[page] = struct{}{}
	st.mu.Unlock()
	st.wake.Notify()
}

// Page returns a Page as it is now. It makes the stream an [access.Source].
func (st *Stream) Page(id model.PageID) (store.Page, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	p, ok := st.pages[id]
	if !ok {
		return store.Page{}, store.ErrNotFound
	}
	return p, nil
}

// begin says that the Pages of before are known: what is found from now on is new.
func (st *Stream) begin() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.begun = true
}

// Load reads the Pages at start, before [Stream.Run].
func (st *Stream) Load(ctx context.Context) error {
	return st.store.Read(ctx, func(r store.Reader) error {
		all, err := r.Pages()
		if err != nil {
			return err
		}
		st.learn(all)
		st.begin()
		return nil
	})
}

// Run feeds sessions until ctx ends.
func (st *Stream) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-st.wake:
		}
		for _, page := range st.drain() {
			if err := st.feed(ctx, page); err != nil && ctx.Err() == nil {
				st.log.Error("tell changes", logkey.Page, string(page), logkey.Error, err)
				st.Changed(page)
				wake.Pause(ctx, feedTrouble)
			}
		}
	}
}

// feedTrouble is the pause after the store could not be read.
const feedTrouble = 100 * time.Millisecond

// drain returns the Pages that changed since it was last called.
func (st *Stream) drain() []model.PageID {
	st.mu.Lock()
	defer st.mu.Unlock()
	out := make([]model.PageID, 0, len(st.dirty))
	for p := range st.dirty {
		out = append(out, p)
	}
	clear(st.dirty)
	return out
}

// feed reads a Page's new changes and offers them to all sessions.
func (st *Stream) feed(ctx context.Context, page model.PageID) error {
	for {
		from := st.fedUpTo(page)
		b, err := st.newChanges(ctx, page, from)
		if err != nil || b.To == from {
			return err
		}
		var frame []byte
		if b.Events != nil {
			if frame, err = json.Marshal(b); err != nil {
				return fmt.Errorf("encode batch: %w", err)
			}
		}
		st.setFed(page, b.To)
		for _, s := range st.everySession() {
			s.offer(queued{page: page, from: from, to: b.To, bytes: frame})
		}
	}
}

// newChanges reads the changes after those that were fed, and up to where they go.
// No list of changes means that they are too many, or gone, or not the same for all who see the
// Page: each session reads by itself what it needs.
func (st *Stream) newChanges(ctx context.Context, page model.PageID, from int64) (b model.Batch, err error) {
	b.To = from
	var p store.Page
	err = st.store.Read(ctx, func(r store.Reader) (err error) {
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
		if !st.followed(page) {
			b.To = head // nobody is to be told; who begins to follow reads by itself
			return nil
		}
		var gone bool
		if b, gone, err = view.OfInstaller(r, p, st.now(), st.recent).CommonChangesAfter(p, from); gone {
			b.To = head
		}
		return err
	})
	if err == nil && b.To > from {
		st.refresh(p)
	}
	return b, err
}

func (st *Stream) join(s *Session) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.sessions[s] = struct{}{}
	st.figures.clients.Inc()
}

func (st *Stream) leave(s *Session) {
	st.mu.Lock()
	defer st.mu.Unlock()
	delete(st.sessions, s)
	st.figures.clients.Dec()
}

func (st *Stream) fedUpTo(page model.PageID) int64 {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.fed[page]
}

func (st *Stream) setFed(page model.PageID, seq int64) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.fed[page] = seq
}

// followed reports whether any session is sent the changes of a Page.
func (st *Stream) followed(page model.PageID) bool {
	for _, s := range st.everySession() {
		if _, ok := s.following(page); ok {
			return true
		}
	}
	return false
}

func (st *Stream) everySession() []*Session {
	st.mu.Lock()
	defer st.mu.Unlock()
	out := make([]*Session, 0, len(st.sessions))
	for s := range st.sessions {
		out = append(out, s)
	}
	return out
}

// Here reports whether a session of a user is attached.
func (st *Stream) Here(user model.UserID) bool {
	for _, s := range st.everySession() {
		if s.user.ID == user {
			return true
		}
	}
	return false
}

// UserChanged tells every session how a user is known from now on.
func (st *Stream) UserChanged(u model.User) {
	b, err := json.Marshal(model.UserChanged{Type: model.FrameUser, User: u.Colleague()})
	if err != nil {
		panic("stream: a user frame must marshal: " + err.Error()) // strings and a bool
	}
	for _, s := range st.everySession() {
		s.mu.Lock()
		s.push(queued{bytes: b, always: true})
		s.mu.Unlock()
		s.wake.Notify()
	}
}
