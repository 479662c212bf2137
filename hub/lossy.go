package hub

import (
	"encoding/json"

	"parley/model"
)

// maxLossyQueue bounds what may wait when a lossy frame comes; beyond it, it is lost.
const maxLossyQueue = maxQueue / 4

// Relay tells others who see the Page what a user does: types, or looks at a
// conversation. It may get lost. Who may not see the Page tells nobody.
func (s *Session) Relay(f model.Lossy) {
	if f.Conversation.Page() != f.Page {
		return
	}
	if _, err := authorize(s.hub.live, s.user.ID, f.Page); err != nil {
		return
	}
	f.User = s.user.Ref()
	if f.Type == model.FrameTyping {
		s.hub.courtesies.typed(s.user.ID, f.Conversation, f.Active, s.hub.utc())
	}
	b, err := json.Marshal(f)
	if err != nil {
		panic("hub: a lossy frame must marshal: " + err.Error()) // strings and a bool
	}
	for _, other := range s.hub.live.everySession() {
		if other != s {
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
	s.wake.notify()
}
