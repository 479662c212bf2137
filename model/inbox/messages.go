package inbox

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"time"

	"parley/model"
)

// mostThreads is how many opened conversations are kept.
const mostThreads = 50

// thread holds the messages of an opened conversation: a range that ends with the newest.
type thread struct {
	page     *inboxPage
	run      uint32
	used     uint64
	messages []model.Message
	// times maps each message to its time, by which it is found.
	times map[model.MessageID]time.Time
	// cursor asks for older messages; empty if there are none.
	cursor string
	loaded bool
	// stale: changes may have been missed since it was read.
	stale bool
	// asOf is the position when the newest messages were read.
	asOf model.Position
	// since is the seq from which no change was missed. passed is the seq of the newest
	// change of a message older than the range. Answers older than these are not used.
	since, passed int64
}

// Opening identifies a conversation that the user opened; requests for its messages carry
// it. Answers are accepted while the thread is kept.
type Opening struct {
	Conversation model.ConversationID
	run          uint32
}

// Thread is what is held of an opened conversation.
type Thread struct {
	// Messages are in the order of Meta's time, newest last. The slice is the Inbox's own and
	// valid until the next call that changes it.
	Messages []model.Message
	// Cursor asks for older messages; empty if there are none.
	Cursor string
	// Loaded: the messages were read, so an empty list means that there are none.
	Loaded bool
	// Stale: changes may be missing; open it again.
	Stale bool
}

// Open records that the user opens a conversation, and reports whether its newest messages
// must be read now. From then on changes of its messages are applied, so call it before
// requesting them. The [mostThreads] opened last are kept. A conversation of a Page that is
// not held can't be opened: its Opening is the zero value.
func (in *Inbox) Open(id model.ConversationID) (o Opening, read bool) {
	in.beginReport()
	in.uses++
	if t, ok := in.threads[id]; ok {
		t.used = in.uses
		return Opening{id, t.run}, !t.loaded || t.stale
	}
	p, ok := in.pages[id.Page()]
	if !ok || p.phase == notHeld {
		return Opening{}, false
	}
	in.threads.makeRoom()
	in.runs++
	t := &thread{page: p, run: in.runs, used: in.uses, since: math.MinInt64, passed: math.MinInt64}
	if p.positioned() {
		t.since = p.at.Seq
	}
	in.threads[id] = t
	return Opening{id, t.run}, true
}

// threads are the opened conversations that are kept, by their ids.
type threads map[model.ConversationID]*thread

// makeRoom forgets the one that was not opened for longest, if there are too many.
func (ts threads) makeRoom() {
	if len(ts) < mostThreads {
		return
	}
	var oldest model.ConversationID
	least := uint64(math.MaxUint64)
	for id, t := range ts {
		if t.used < least {
			oldest, least = id, t.used
		}
	}
	delete(ts, oldest)
}

// Thread returns what is held of an opened conversation.
func (in *Inbox) Thread(id model.ConversationID) (Thread, bool) {
	t, ok := in.threads[id]
	if !ok {
		return Thread{}, false
	}
	return Thread{Messages: t.messages, Cursor: t.cursor, Loaded: t.loaded, Stale: t.stale}, true
}

// SetMessages sets the newest messages of an opened conversation, as the hub listed them at
// that position. It returns false if the list is too old: if Open still asks for messages,
// read them again.
func (in *Inbox) SetMessages(o Opening, list []model.Message, cursor string, asOf model.Position) (bool, Changes) {
	in.beginReport()
	t, ok := in.threads.opened(o, asOf)
	if !ok {
		return false, in.changes
	}
	if t.loaded && !t.stale {
		return true, in.changes // nothing was missed since the last list
	}
	in.threadChanged(o.Conversation)
	// Messages that are not in the list are kept if they are newer than it.
	later := slices.DeleteFunc(t.messages, func(m model.Message) bool { return m.Seq <= asOf.Seq })
	t.messages, t.times, t.cursor, t.asOf = nil, nil, cursor, asOf
	t.loaded, t.stale = true, false
	t.merge(o.Conversation, list)
	for _, m := range later {
		t.change(m)
	}
	return true, in.changes
}

// AddOlder adds older messages, read with the thread's cursor. It returns false if the list
// is too old: read them again.
func (in *Inbox) AddOlder(o Opening, list []model.Message, cursor string, asOf model.Position) (bool, Changes) {
	in.beginReport()
	t, ok := in.threads.opened(o, asOf)
	if !ok || !t.loaded || t.stale {
		return false, in.changes
	}
	t.merge(o.Conversation, list)
	t.cursor = cursor
	in.threadChanged(o.Conversation)
	return true, in.changes
}

// opened returns the thread of an opening if an answer as of that position can be used: no
// change was missed after it.
func (ts threads) opened(o Opening, asOf model.Position) (*thread, bool) {
	t, ok := ts[o.Conversation]
	if !ok || t.run != o.run || asOf.Seq < max(t.since, t.passed) {
		return nil, false
	}
	if t.page.placed && t.page.at.Epoch != asOf.Epoch {
		return nil, false
	}
	return t, true
}

// merge merges a list of the hub, except messages removed since.
func (t *thread) merge(id model.ConversationID, list []model.Message) {
	for _, m := range list {
		if m.ConversationID == id && !t.page.gone(m.ID, m.Seq) {
			t.put(m)
		}
	}
}

// gone reports whether a message was removed after that version of it.
func (p *inboxPage) gone(id model.MessageID, seq int64) bool {
	at, ok := p.removed[string(id)]
	return ok && seq <= at
}

// PutMessage applies a message from the hub's answer to a request of the user, such as a
// reply just accepted, if its conversation is open and it is newer.
func (in *Inbox) PutMessage(m model.Message) Changes {
	in.beginReport()
	if t, ok := in.threads[m.ConversationID]; ok && !t.page.gone(m.ID, m.Seq) && t.change(m) {
		in.threadChanged(m.ConversationID)
	}
	return in.changes
}

// messageEvent applies a message of an opened conversation. For others the change of the
// conversation itself is enough.
func (in *Inbox) messageEvent(p *inboxPage, ev *model.Change) error {
	if !in.threads.anyOf(p) {
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

// anyOf reports whether a conversation of a Page is among them.
func (ts threads) anyOf(p *inboxPage) bool {
	for _, t := range ts {
		if t.page == p {
			return true
		}
	}
	return false
}

func compareMessages(a, b model.Message) int {
	return cmp.Or(a.SentAt.Compare(b.SentAt), cmp.Compare(a.ID, b.ID))
}

// change merges a single message. One that is older than the range held, with a gap in
// between, is left for when those are read.
func (t *thread) change(m model.Message) bool {
	before := len(t.messages) > 0 && compareMessages(m, t.messages[0]) < 0
	if t.loaded && t.cursor != "" && before && t.index(m.ID) < 0 {
		t.passed = max(t.passed, m.Seq)
		return false
	}
	return t.put(m)
}

// put merges a message unless the one held is as new.
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

// index returns the index of a message, or -1.
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

// removed removes a message, or those that a removed conversation had then.
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
		t.stale = true // nothing is left to say where the range begins
	}
	return len(t.messages) != n
}

// placed marks the thread stale after a reload's first list if changes between the reading of
// its messages and that list were missed.
func (t *thread) placed(at model.Position) {
	if t.loaded && t.asOf.Epoch != at.Epoch {
		// Positions of different epochs can't be compared.
		*t = thread{page: t.page, run: t.run, used: t.used, since: math.MinInt64, passed: math.MinInt64}
	}
	t.since = max(t.since, at.Seq)
	t.stale = t.loaded && (t.stale || t.asOf.Seq < at.Seq)
}
