package txn

import (
	"slices"
	"sync"
	"time"

	"parley/hub/store"
	"parley/model"
)

// mostRecent is how many messages and conversations are kept as they were committed.
const mostRecent = 2048

// Recent are the messages and conversations that were committed last, each as its newest change
// left it, so that who tells of changes need not read them again. It never holds what was
// undone, and nothing of a Page once something of that was deleted.
type Recent struct {
	mu            sync.Mutex
	messages      map[model.MessageID]store.Message
	conversations map[model.ConversationID]store.Conversation
	// order is what was kept, oldest first, so that it can be forgotten in that order; what was
	// changed again stands there more than once.
	order []change
	// deletions counts those of each Page: what a transaction put that began before one may be
	// gone by the time it is kept.
	deletions map[model.PageID]int
}

// change is one change that was kept: of a message or of a conversation.
type change struct {
	message      model.MessageID
	conversation model.ConversationID
	seq          int64
}

// Message returns a message as the change of that seq left it; false if that is not known.
func (r *Recent) Message(id model.MessageID, seq int64) (store.Message, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m, ok := r.messages[id]
	return m, ok && m.Seq == seq
}

// Conversation returns a conversation as the change of that seq left it; false if that is not
// known.
func (r *Recent) Conversation(id model.ConversationID, seq int64) (store.Conversation, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, ok := r.conversations[id]
	return c, ok && c.Seq == seq
}

// Named returns a conversation as one of its newest changes left it; false if none is known.
func (r *Recent) Named(id model.ConversationID) (store.Conversation, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, ok := r.conversations[id]
	return c, ok
}

// begin begins to note what a transaction puts.
func (r *Recent) begin(tx store.PageTx, page model.PageID) *putting {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &putting{PageTx: tx, page: page, recent: r, before: r.deletions[page]}
}

// keep takes over what a transaction put, once it is committed.
func (r *Recent) keep(p *putting) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p.before != r.deletions[p.page] {
		return
	}
	if r.messages == nil {
		r.messages, r.conversations = make(map[model.MessageID]store.Message), make(map[model.ConversationID]store.Conversation)
	}
	for _, m := range p.messages {
		if m.Seq > r.messages[m.ID].Seq {
			r.messages[m.ID] = m
			r.order = append(r.order, change{message: m.ID, seq: m.Seq})
		}
	}
	for _, c := range p.conversations {
		if c.Seq > r.conversations[c.ID].Seq {
			r.conversations[c.ID] = c
			r.order = append(r.order, change{conversation: c.ID, seq: c.Seq})
		}
	}
	r.bound()
}

// bound forgets the oldest.
func (r *Recent) bound() {
	over := len(r.order) - mostRecent
	if over <= 0 {
		return
	}
	for _, k := range r.order[:over] {
		if r.messages[k.message].Seq == k.seq {
			delete(r.messages, k.message)
		}
		if r.conversations[k.conversation].Seq == k.seq {
			delete(r.conversations, k.conversation)
		}
	}
	r.order = slices.Delete(r.order, 0, over)
}

// Forget forgets everything of a Page, also what transactions that have begun put.
func (r *Recent) Forget(page model.PageID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.deletions == nil {
		r.deletions = make(map[model.PageID]int)
	}
	r.deletions[page]++
	r.order = slices.DeleteFunc(r.order, func(k change) bool {
		if k.message.Page() != page && k.conversation.Page() != page {
			return false
		}
		delete(r.messages, k.message)
		delete(r.conversations, k.conversation)
		return true
	})
}

// putting is a transaction of a Page that notes what it puts.
type putting struct {
	store.PageTx
	page          model.PageID
	messages      []store.Message
	conversations []store.Conversation
	recent        *Recent
	active        *active
	// pages: it changed its Page.
	pages bool
	// before is how many deletions there were when it began.
	before int
}

// ReadAhead implements [store.AheadReader].
func (p *putting) ReadAhead(list []store.Coming) error { return store.ReadAhead(p.PageTx, list) }

// PutMessage implements [store.MessageWriter].
func (p *putting) PutMessage(m *store.Message) error {
	err := p.PageTx.PutMessage(m)
	if err == nil {
		c := *m
		c.Attachments, c.Reactions, c.ReactedAt = slices.Clone(m.Attachments), slices.Clone(m.Reactions), nil
		p.messages = append(p.messages, c)
	}
	return err
}

// PutConversation implements [store.ConversationWriter].
func (p *putting) PutConversation(c *store.Conversation) error {
	err := p.PageTx.PutConversation(c)
	if err == nil {
		k := *c
		k.Labels, k.Mentioned, k.Links = slices.Clone(c.Labels), slices.Clone(c.Mentioned), nil
		p.conversations = append(p.conversations, k)
	}
	return err
}

// RemoveMessage implements [store.MessageWriter].
func (p *putting) RemoveMessage(id model.MessageID) error {
	p.recent.Forget(p.page)
	return p.PageTx.RemoveMessage(id)
}

// DeleteConversation implements [store.DeletionWriter].
func (p *putting) DeleteConversation(id model.ConversationID, until time.Time) error {
	p.recent.Forget(p.page)
	return p.PageTx.DeleteConversation(id, until)
}
