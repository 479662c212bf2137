package hub

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"parley/hub/access"
	"parley/hub/store"
	"parley/model"
)

const (
	// maxLossyQueue bounds what may wait when a lossy frame comes; beyond it, it is lost.
	maxLossyQueue = maxQueue / 4
	// maxLossyID bounds the id of a conversation that a frame is about.
	maxLossyID = 200
	// lossyRate is how many frames a second a user may have told to others, over all that
	// they are connected by, lossyBurst how many at once. Each is looked up, and goes to
	// everybody who sees the Page.
	lossyRate  = 10
	lossyBurst = 40
)

// lossyShares bounds what each user tells others.
type lossyShares struct {
	mu sync.Mutex
	of map[model.UserID]*rate.Limiter
}

// allows counts a frame of a user, and tells whether it is listened to.
func (l *lossyShares) allows(user model.UserID, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of == nil {
		l.of = make(map[model.UserID]*rate.Limiter)
	}
	of := l.of[user]
	if of == nil {
		of = rate.NewLimiter(lossyRate, lossyBurst)
		l.of[user] = of
	}
	return of.AllowN(now, 1)
}

// Relay tells others who see the Page what a user does: types, or looks at a
// conversation. It may get lost: who tells more than anybody does is not listened to.
// Who may not see the conversation, or names one that there is not, tells nobody.
func (s *Session) Relay(ctx context.Context, f model.Lossy) {
	if f.Conversation.Page() != f.Page || len(f.Conversation) > maxLossyID {
		return
	}
	if _, err := access.Authorize(s.hub.live, s.user.ID, f.Page); err != nil {
		return
	}
	now := s.hub.utc()
	if !s.hub.lossy.allows(s.user.ID, now) {
		return
	}
	err := s.hub.store.Read(ctx, func(r store.Reader) error {
		_, _, err := access.AuthorizeConversation(r, s.user.ID, f.Conversation)
		return err
	})
	if err != nil {
		return
	}
	f.User = s.user.Ref()
	if f.Type == model.FrameTyping {
		s.hub.SenderActions.Typed(s.user.ID, f.Conversation, f.Active, now)
	}
	b, err := json.Marshal(f)
	if err != nil {
		panic("hub: a lossy frame must marshal: " + err.Error()) // strings and a bool
	}
	for _, other := range s.hub.live.everySession() {
		if other == s {
			continue
		}
		if _, err := access.Authorize(s.hub.live, other.user.ID, f.Page); err == nil { // and again when it is written
			other.lossy(queued{page: f.Page, bytes: b})
		}
	}
}

func (s *Session) lossy(q queued) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bytes > maxLossyQueue {
		return
	}
	s.push(q)
	s.wake.Notify()
}
