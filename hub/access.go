package hub

import (
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
func (l *live) setPage(p store.Page) {
	l.mu.Lock()
	before, known := l.pages[p.ID]
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
	patience := time.NewTimer(flipPatience)
	defer patience.Stop()
	for _, s := range losers {
		s.settle(patience.C)
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
	s.push(queued{page: p.ID, bytes: b, always: !sees})
	s.mu.Unlock()
	s.wake.notify()
}

// settle waits for a frame that is just being written, which may be of the Page that
// was lost; a client that does not take it in time is cut off.
func (s *Session) settle(patience <-chan time.Time) {
	select {
	case s.writing <- struct{}{}:
		s.release()
		return
	default:
	}
	select {
	case s.writing <- struct{}{}:
		s.release()
	case <-patience:
		s.wire.Close()
	}
}
