package held

import (
	"parley/hub/store"
	"parley/model"
)

// most is how many conversations one generation has; two are kept.
const most = 2000

// State is what is known of a store by the only one that writes to it. It is used by one
// goroutine at a time. Whoever uses it drops it when anything is undone, when the connection is
// another one, and when somebody else wrote.
type State struct {
	pages map[model.PageID]*page
	// young and old are the conversations of two generations: when young is full it becomes
	// old, and what was old is forgotten.
	young, old map[model.ConversationID]*conversation
	// newestOf is of which conversation a message is the newest.
	newestOf map[model.MessageID]model.ConversationID
	// changed: something was put since the last call of Begin.
	changed bool
	// check is called with what is held and what is stored instead; for tests.
	check func(what string, held, stored any)
}

// page is what is known of a Page.
type page struct {
	known bool
	page  store.Page
	// asked: the following were asked for. None of these is stored for the Page.
	asked, noTombstones, noBuried, noBuriedKeys, noPending bool
}

// conversation is what is known of a conversation.
type conversation struct {
	known        bool
	conversation store.Conversation
	// newest is its last message by order; nil if that is not known.
	newest *store.Message
	// noScheduled and noUnsettled: it has no such replies.
	noScheduled, noUnsettled bool
}

// New returns a state in which nothing is known.
func New() *State {
	s := &State{}
	s.Drop()
	return s
}

// Verify has check called, for each thing that is known when it is asked for, with what is held
// and with what is stored, both without what makes no difference. It is for tests.
func (s *State) Verify(check func(what string, held, stored any)) { s.check = check }

// Drop forgets everything.
func (s *State) Drop() {
	s.pages = make(map[model.PageID]*page)
	s.young, s.old = make(map[model.ConversationID]*conversation), nil
	s.newestOf = make(map[model.MessageID]model.ConversationID)
	s.changed = false
}

// Stored returns a conversation as it is stored, false if that is not known.
func (s *State) Stored(id model.ConversationID) (store.Conversation, bool) {
	c := s.young[id]
	if c == nil {
		c = s.old[id]
	}
	if c == nil || !c.known {
		return store.Conversation{}, false
	}
	return c.conversation, true
}

// Begin begins a transaction.
func (s *State) Begin() { s.changed = false }

// Undone says that the transaction was undone.
func (s *State) Undone() {
	if s.changed {
		s.Drop()
	}
}

// mostPages is how many Pages are kept.
const mostPages = 1000

// pageOf returns what is known of a Page.
func (s *State) pageOf(id model.PageID) *page {
	p := s.pages[id]
	if p == nil {
		if len(s.pages) >= mostPages {
			clear(s.pages)
		}
		p = &page{}
		s.pages[id] = p
	}
	return p
}

// conversationOf returns what is known of a conversation.
func (s *State) conversationOf(id model.ConversationID) *conversation {
	c := s.young[id]
	if c != nil {
		return c
	}
	if len(s.young) >= most {
		for id, c := range s.old {
			if s.young[id] != c {
				s.setNewest(id, c, nil)
			}
		}
		s.old, s.young = s.young, make(map[model.ConversationID]*conversation, most)
	}
	if c = s.old[id]; c == nil {
		c = &conversation{}
	}
	s.young[id] = c
	return c
}

// forget forgets a conversation.
func (s *State) forget(id model.ConversationID) {
	for _, generation := range []map[model.ConversationID]*conversation{s.young, s.old} {
		if c := generation[id]; c != nil {
			s.setNewest(id, c, nil)
			delete(generation, id)
		}
	}
}

// setNewest notes the newest message of a conversation; nil: it is not known.
func (s *State) setNewest(id model.ConversationID, c *conversation, m *store.Message) {
	if c.newest != nil {
		delete(s.newestOf, c.newest.ID)
	}
	if c.newest = m; m != nil {
		s.newestOf[m.ID] = id
	}
}

// forgetNewest forgets a message where it is the newest.
func (s *State) forgetNewest(id model.MessageID) {
	of, ok := s.newestOf[id]
	if !ok {
		return
	}
	for _, generation := range []map[model.ConversationID]*conversation{s.young, s.old} {
		if c := generation[of]; c != nil && c.newest != nil && c.newest.ID == id {
			s.setNewest(of, c, nil)
		}
	}
}
