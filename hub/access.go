package hub

import (
	"context"
	"encoding/json"
	"time"

	"parley/hub/store"
	"parley/model"
)

// flipPatience is how long a change of visibility waits for a frame that is just being
// written to a slow client, before it cuts that client off.
const flipPatience = 500 * time.Millisecond

func (l *live) join(s *Session) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sessions[s] = struct{}{}
	s.hub.metrics.clients.Inc()
}

func (l *live) leave(s *Session) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.sessions, s)
	s.hub.metrics.clients.Dec()
}

// setPage makes a Page known as it is now, before the change of it is answered. Where
// that takes a user's sight away, nothing of the Page is written to them any more when
// setPage returns; who gains it is told.
//
// Calls may come in another order than the changes were made in: what is older than
// what is known changes nothing, and waits for what is newer.
func (l *live) setPage(p store.Page) {
	l.setting.Lock()
	defer l.setting.Unlock()
	l.mu.Lock()
	before, known := l.pages[p.ID]
	if known && before.Seq > p.Seq {
		l.mu.Unlock()
		return
	}
	l.pages[p.ID] = p
	sessions := make([]*Session, 0, len(l.sessions))
	for s := range l.sessions {
		sessions = append(sessions, s)
	}
	l.mu.Unlock()

	var losers []*Session
	for _, s := range sessions {
		had, has := known && model.CanSee(s.user.ID, before.Page), model.CanSee(s.user.ID, p.Page)
		switch {
		case had && !has:
			s.lose(p)
			losers = append(losers, s)
		case has && !had:
			s.tell(p, true)
		}
	}
	patience, cancel := context.WithTimeout(context.Background(), flipPatience)
	defer cancel()
	for _, s := range losers {
		s.settle(patience)
	}
}

// learn makes Pages known that are not yet: those that there were before the hub began,
// and those whose connecting is stored but not yet said. Of these, who sees them is told;
// setPage would find them known and tell nobody.
func (l *live) learn(pages []store.Page) {
	l.mu.Lock()
	begun := l.begun
	var found []store.Page
	for _, p := range pages {
		if _, known := l.pages[p.ID]; !known {
			l.pages[p.ID] = p
			found = append(found, p)
		}
	}
	sessions := make([]*Session, 0, len(l.sessions))
	for s := range l.sessions {
		sessions = append(sessions, s)
	}
	l.mu.Unlock()
	if !begun {
		return // each session's welcome names them
	}
	for _, p := range found {
		for _, s := range sessions {
			if model.CanSee(s.user.ID, p.Page) {
				s.tell(p, true)
			}
		}
	}
}

// refresh makes a Page known whose change is in its log, though whoever made it may
// have been cut short before they could say so.
func (l *live) refresh(p store.Page) {
	l.mu.Lock()
	before, known := l.pages[p.ID]
	l.mu.Unlock()
	if !known || before.Seq < p.Seq {
		l.setPage(p)
	}
}

// lose drops what is queued of a Page and tells that it is hidden now.
func (s *Session) lose(p store.Page) {
	s.mu.Lock()
	delete(s.follows, p.ID)
	s.discard(p.ID)
	s.mu.Unlock()
	s.tell(p, false)
}

// tell queues an access frame.
func (s *Session) tell(p store.Page, sees bool) {
	b, err := json.Marshal(model.Access{Type: model.FrameAccess, Page: p.ID, Sees: sees, Visibility: p.Visibility})
	if err != nil {
		panic("hub: an access frame must marshal: " + err.Error()) // strings and a bool
	}
	s.mu.Lock()
	s.push(queued{page: p.ID, bytes: b, access: true, always: !sees})
	s.mu.Unlock()
	s.wake.Notify()
}

// settle waits for a frame that is just being written, which may be of the Page that
// was lost; a client that does not take it in time is cut off.
func (s *Session) settle(patience context.Context) {
	select {
	case s.writing <- struct{}{}:
		s.release()
		return
	default:
	}
	select {
	case s.writing <- struct{}{}:
		s.release()
	case <-patience.Done():
		s.wire.Close()
	}
}
