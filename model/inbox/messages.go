package inbox

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"time"

	"parley/model"
)

// mostThreads is how many opened conversations are kept with their messages.
const mostThreads = 50

// thread is an opened conversation's messages, a stretch of it that ends with the
// newest.
type thread struct {
	page     *inboxPage
	run      uint32
	used     uint64
	messages []model.Message
	// times are those of the messages, by which each is found.
	times map[model.MessageID]time.Time
	// cursor is for the messages before; empty if there are none.
	cursor string
	loaded bool
	// stale: changes may have been missed since it was read.
	stale bool
	// asOf is the position at which its newest stretch was read.
	asOf model.Position
	// since is from where on no change was missed, passed the newest change of a
	// message that lies before the stretch: answers from before them won't do.
	since, passed int64
}

// Opening is a conversation that the user opened. Answers to what was asked for it
// are taken while it is kept.
type Opening struct {
	Conversation model.ConversationID
	run          uint32
}

// Thread is what is held of an opened conversation.
type Thread struct {
	// Messages are in the order of Meta's time, the newest last. The slice is the
	// Inbox's own and holds until the next call that changes it.
	Messages []model.Message
	// Cursor is for reading those before; empty if there are none.
	Cursor string
	// Loaded: messages were read, so that none means that there are none.
	Loaded bool
	// Stale: changes may be missing; open it again.
	Stale bool
}

// Open notes that the user opens a conversation, and tells whether its newest
// messages are to be read now. From then on changes of its messages are taken over,
// so it must come before the messages are asked for. The [mostThreads] opened last
// are kept. A conversation of a Page that is not held can't be opened: the Opening
// is the zero value.
func (in *Inbox) Open(id model.ConversationID) (o Opening, read bool) {
	in.begin()
	in.uses++
	if t, ok := in.threads[id]; ok {
		t.used = in.uses
		return Opening{id, t.run}, !t.loaded || t.stale
	}
	p, ok := in.pages[id.Page()]
	if !ok || p.phase == notHeld {
		return Opening{}, false
	}
	if len(in.threads) == mostThreads {
		in.forgetOldest()
	}
	in.runs++
	t := &thread{page: p, run: in.runs, used: in.uses, since: math.MinInt64, passed: math.MinInt64}
	if p.positioned() {
		t.since = p.at.Seq
	}
	in.threads[id] = t
	return Opening{id, t.run}, true
}

func (in *Inbox) forgetOldest() {
	var oldest model.ConversationID
	least := uint64(math.MaxUint64)
	for id, t := range in.threads {
		if t.used < least {
			oldest, least = id, t.used
		}
	}
	delete(in.threads, oldest)
}

// Thread returns what is held of an opened conversation.
func (in *Inbox) Thread(id model.ConversationID) (Thread, bool) {
	t, ok := in.threads[id]
	if !ok {
		return Thread{}, false
	}
	return Thread{Messages: t.messages, Cursor: t.cursor, Loaded: t.loaded, Stale: t.stale}, true
}

// SetMessages takes over an opened conversation's newest messages, as the hub
// listed them at that position. It is false where they came too late to be of use:
// if Open still asks for them, read them again.
func (in *Inbox) SetMessages(o Opening, list []model.Message, cursor string, asOf model.Position) (bool, Changes) {
	in.begin()
	t, ok := in.opened(o, asOf)
	if !ok {
		return false, in.changes
	}
	if t.loaded && !t.stale {
		return true, in.changes // nothing was missed since the last such list
	}
	in.threadChanged(o.Conversation)
	// What is held and not in the list is kept if it is newer than the list.
	later := slices.DeleteFunc(t.messages, func(m model.Message) bool { return m.Seq <= asOf.Seq })
	t.messages, t.times, t.cursor, t.asOf = nil, nil, cursor, asOf
	t.loaded, t.stale = true, false
	in.mergeList(t, o.Conversation, list)
	for _, m := range later {
		t.change(m)
	}
	return true, in.changes
}

// AddOlder takes over the messages before those held, read with the thread's
// cursor. It is false where they came too late to be of use: read them again.
func (in *Inbox) AddOlder(o Opening, list []model.Message, cursor string, asOf model.Position) (bool, Changes) {
	in.begin()
	t, ok := in.opened(o, asOf)
	if !ok || !t.loaded || t.stale {
		return false, in.changes
	}
	in.mergeList(t, o.Conversation, list)
	t.cursor = cursor
	in.threadChanged(o.Conversation)
	return true, in.changes
}

// opened returns the thread of an opening for which an answer as of that position
// may be taken: nothing lies between it and the changes that follow.
func (in *Inbox) opened(o Opening, asOf model.Position) (*thread, bool) {
	t, ok := in.threads[o.Conversation]
	if !ok || t.run != o.run || asOf.Seq < max(t.since, t.passed) {
		return nil, false
	}
	if t.page.placed && t.page.at.Epoch != asOf.Epoch {
		return nil, false
	}
	return t, true
}

// mergeList merges what the hub listed, but for what is gone since.
func (in *Inbox) mergeList(t *thread, id model.ConversationID, list []model.Message) {
	for _, m := range list {
		if m.ConversationID == id && !t.page.gone(m.ID, m.Seq) {
			t.put(m)
		}
	}
}

// gone tells whether a message was removed after that change of it.
func (p *inboxPage) gone(id model.MessageID, seq int64) bool {
	at, ok := p.removed[string(id)]
	return ok && seq <= at
}

// PutMessage takes over a message that the hub answered alone, such as a reply just
// accepted, if its conversation is open and it is newer.
func (in *Inbox) PutMessage(m model.Message) Changes {
	in.begin()
	if t, ok := in.threads[m.ConversationID]; ok && !t.page.gone(m.ID, m.Seq) && t.change(m) {
		in.threadChanged(m.ConversationID)
	}
	return in.changes
}

// messageEvent takes over a message of an opened conversation. Of others only their
// conversation's own change matters.
func (in *Inbox) messageEvent(p *inboxPage, ev *model.Change) error {
	if !in.anyOpen(p) {
		return nil
	}
	var about struct {
		ConversationID model.ConversationID `json:"conversation_id"`
	}
	if json.Unmarshal(ev.Object, &about) != nil {
		return ErrUnreadable
	}
	t, ok := in.threads[about.ConversationID]
	if !ok || t.page != p {
		return nil
	}
	m := &in.scratch.message
	defer func() { *m = model.Message{} }()
	if json.Unmarshal(ev.Object, m) != nil || m.ID.Page() != p.page.ID {
		return ErrUnreadable
	}
	if !p.gone(m.ID, m.Seq) && t.change(*m) {
		in.threadChanged(m.ConversationID)
	}
	return nil
}

func (in *Inbox) anyOpen(p *inboxPage) bool {
	for _, t := range in.threads {
		if t.page == p {
			return true
		}
	}
	return false
}

func compareMessages(a, b model.Message) int {
	return cmp.Or(a.SentAt.Compare(b.SentAt), cmp.Compare(a.ID, b.ID))
}

// change merges a message told alone. One that lies before the stretch held, with
// others not held in between, is left to whoever reads those.
func (t *thread) change(m model.Message) bool {
	before := len(t.messages) > 0 && compareMessages(m, t.messages[0]) < 0
	if t.loaded && t.cursor != "" && before && t.index(m.ID) < 0 {
		t.passed = max(t.passed, m.Seq)
		return false
	}
	return t.put(m)
}

// put merges a message, unless what is held of it is as new.
func (t *thread) put(m model.Message) bool {
	if at := t.index(m.ID); at >= 0 {
		held := &t.messages[at]
		if m.Seq <= held.Seq {
			return false
		}
		if held.SentAt.Equal(m.SentAt) {
			*held = m
			return true
		}
		t.messages = slices.Delete(t.messages, at, at+1)
	}
	place, _ := slices.BinarySearchFunc(t.messages, m, compareMessages)
	t.messages = slices.Insert(t.messages, place, m)
	if t.times == nil {
		t.times = make(map[model.MessageID]time.Time)
	}
	t.times[m.ID] = m.SentAt
	return true
}

// index returns where a message is held, or -1.
func (t *thread) index(id model.MessageID) int {
	at, ok := t.times[id]
	if !ok {
		return -1
	}
	i, ok := slices.BinarySearchFunc(t.messages, model.Message{ID: id, SentAt: at}, compareMessages)
	if !ok {
		return -1
	}
	return i
}

// removed forgets a message, or all that was there when its conversation went.
func (t *thread) removed(conversation model.ConversationID, id string, seq int64) bool {
	n := len(t.messages)
	t.messages = slices.DeleteFunc(t.messages, func(m model.Message) bool {
		goes := m.Seq <= seq && (string(m.ID) == id || string(conversation) == id)
		if goes {
			delete(t.times, m.ID)
		}
		return goes
	})
	if len(t.messages) == 0 && t.cursor != "" {
		t.stale = true // nothing is left to say where the stretch begins
	}
	return len(t.messages) != n
}

// placed judges a thread anew after a reload's first list: whatever changed between
// what was read and the list's position was missed.
func (t *thread) placed(at model.Position) {
	if t.loaded && t.asOf.Epoch != at.Epoch {
		// Nothing of another epoch can be compared.
		*t = thread{page: t.page, run: t.run, used: t.used, since: math.MinInt64, passed: math.MinInt64}
	}
	t.since = max(t.since, at.Seq)
	t.stale = t.loaded && (t.stale || t.asOf.Seq < at.Seq)
}
