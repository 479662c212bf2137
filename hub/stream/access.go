package stream

import (
	"context"
	"encoding/json"
	"time"

	"parley/hub/store"
	"parley/model"
)

// flipGrace is how long a change of visibility waits for a frame that is just being
// written to a slow client, before it cuts that client off.
const flipGrace = 500 * time.Millisecond

// SetPage makes a Page known as it is now, before the change of it is answered. Where
// that takes a user's sight away, nothing of the Page is written to them any more when
// SetPage returns; who gains it is told.
//
// Calls may come in another order than the changes were made in: what is older than
// what is known changes nothing, and waits for what is newer.
func (st *Stream) SetPage(p store.Page) {
	st.setting.Lock()
	defer st.setting.Unlock()
	st.mu.Lock()
	before, known := st.pages[p.ID]
	if known && before.Seq > p.Seq {
		st.mu.Unlock()
		return
	}
	st.pages[p.ID] = p
	sessions := make([]*Session, 0, len(st.sessions))
	for s := range st.sessions {
		sessions = append(sessions, s)
	}
	st.mu.Unlock()

	var losers []*Session
	for _, s := range sessions {
		had, has := known && model.CanSee(s.user.ID, before.Page), model.CanSee(s.user.ID, p.Page)
		switch {
		case had && !has:
			s.lose(p)
			losers = append(losers, s)
		case has && !had:
			s.tellAccess(p, true)
		}
	}
	grace, cancel := context.WithTimeout(context.Background(), flipGrace)
	defer cancel()
	for _, s := range losers {
		s.settle(grace)
	}
}

// learn makes Pages known that are not yet: those that there were before the hub began,
// and those whose connecting is stored but not yet said. Of these, who sees them is told;
// SetPage would find them known and tell nobody.
func (st *Stream) learn(pages []store.Page) {
	st.mu.Lock()
	begun := st.begun
	var found []store.Page
	for _, p := range pages {
		if _, known := st.pages[p.ID]; !known {
			st.pages[p.ID] = p
			found = append(found, p)
		}
	}
	sessions := make([]*Session, 0, len(st.sessions))
	for s := range st.sessions {
		sessions = append(sessions, s)
	}
	st.mu.Unlock()
	if !begun {
		return // each session's welcome names them
	}
	for _, p := range found {
		for _, s := range sessions {
			if model.CanSee(s.user.ID, p.Page) {
				s.tellAccess(p, true)
			}
		}
	}
}

// refresh makes a Page known whose change is in its log, though whoever made it may
// have been cut short before they could say so.
func (st *Stream) refresh(p store.Page) {
	st.mu.Lock()
	before, known := st.pages[p.ID]
	st.mu.Unlock()
	if !known || before.Seq < p.Seq {
		st.SetPage(p)
	}
}

// lose drops what is queued of a Page and tells that it is hidden now.
func (s *Session) lose(p store.Page) {
	s.mu.Lock()
	delete(s.follows, p.ID)
	s.discard(p.ID)
	s.mu.Unlock()
	s.tellAccess(p, false)
}

// tellAccess queues a frame that says whether the user sees a Page from now on.
func (s *Session) tellAccess(p store.Page, sees bool) {
	b, err := json.Marshal(model.Access{Type: model.FrameAccess, Page: p.ID, Sees: sees, Visibility: p.Visibility})
	if err != nil {
		panic("stream: an access frame must marshal: " + err.Error()) // strings and a bool
	}
	s.mu.Lock()
	s.push(queued{page: p.ID, bytes: b, access: true, always: !sees})
	s.mu.Unlock()
	s.wake.Notify()
}

// settle waits for a frame that is just being written, which may be of the Page that
// was lost; a client that does not take it in time is cut off.
func (s *Session) settle(grace context.Context) {
	select {
	case s.writing <- struct{}{}:
		s.release()
		return
	default:
	}
	select {
	case s.writing <- struct{}{}:
		s.release()
	case <-grace.Done():
		s.wire.Close()
	}
}
