package stream

import (
	"context"
	"encoding/json"

	"parley/hub/access"
	"parley/hub/store"
	"parley/model"
)

const (
	// maxEphemeralQueue bounds what may wait when an ephemeral frame comes; beyond it, it is lost.
	maxEphemeralQueue = maxQueue / 4
	// maxEphemeralID bounds the id of a conversation that a frame is about.
	maxEphemeralID = 200
	// ephemeralRate is how many frames a second a user may have told to others, over all that
	// they are connected by, ephemeralBurst how many at once. Each is looked up, and goes to
	// everybody who sees the Page.
	ephemeralRate  = 10
	ephemeralBurst = 40
)

// Relay tells others who see the Page what a user does: types, or looks at a
// conversation. It may get lost: who tells more than anybody does is not listened to.
// Who may not see the conversation, or names one that there is not, tells nobody.
func (s *Session) Relay(ctx context.Context, f model.Ephemeral) {
	if f.Conversation.Page() != f.Page || len(f.Conversation) > maxEphemeralID {
		return
	}
	if _, err := access.Authorize(s.stream, s.user.ID, f.Page); err != nil {
		return
	}
	now := s.stream.now()
	if !s.stream.relayed.Allow(s.user.ID, now) {
		return
	}
	err := s.stream.store.Read(ctx, func(r store.Reader) error {
		_, _, err := access.AuthorizeConversation(r, s.user.ID, f.Conversation)
		return err
	})
	if err != nil {
		return
	}
	f.User = s.user.Ref()
	if f.Type == model.FrameTyping {
		s.stream.typed(s.user.ID, f.Conversation, f.Active, now)
	}
	b, err := json.Marshal(f)
	if err != nil {
		panic("stream: an ephemeral frame must marshal: " + err.Error()) // strings and a bool
	}
	for _, other := range s.stream.everySession() {
		if other == s {
			continue
		}
		if _, err := access.Authorize(s.stream, other.user.ID, f.Page); err == nil { // and again when it is written
			other.queueEphemeral(queued{page: f.Page, bytes: b})
		}
	}
}

// queueEphemeral queues a frame unless much waits already.
func (s *Session) queueEphemeral(q queued) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bytes > maxEphemeralQueue {
		return
	}
	s.push(q)
	s.wake.Notify()
}
