package notify

import (
	"encoding/json"
	"time"

	"parley/model"
	"parley/model/inbox"
)

const (
	// stale is how old something may be when it arrives to be news: after a night without
	// connection nobody is notified of the evening before.
	stale = 30 * time.Minute
	// mostTold bounds what is remembered as told.
	mostTold = 4096
	// mostMine bounds how many of the user's conversations, those with the newest activity, are
	// looked at for windows that close: no older one has a window that is still open.
	mostMine = 500
)

// Watcher finds what a user is to be notified of in what the client hands on. For each bunch
// of updates call Read before they are applied to the Inbox, and Judge after. What is read
// anew, after a long break or a change of the store, is not news; what is resumed is.
//
// It is not safe for concurrent use.
type Watcher struct {
	told  map[string]bool
	order []string
	// found are what the updates being applied may tell of.
	found []candidate
	// look is when windows that close are looked for next.
	look time.Time
}

// candidate is a possible event; Kind is set by Judge for a customer's message.
type candidate struct {
	Event
	key string
	// unread is how many messages were unread in the conversation before; sure: it is new
	// whatever became of that.
	unread int
	sure   bool
}

// NewWatcher returns a watcher that has told nothing.
func NewWatcher() *Watcher { return &Watcher{told: map[string]bool{}} }

// changedMessage is what is read of a message that changed.
type changedMessage struct {
	ID           model.MessageID      `json:"id"`
	Conversation model.ConversationID `json:"conversation_id"`
	Direction    model.Direction      `json:"direction"`
	Author       model.Author         `json:"author"`
	Text         model.Untrusted      `json:"text"`
	SentAt       time.Time            `json:"sent_at"`
	Standby      bool                 `json:"standby"`
	Deleted      bool                 `json:"deleted"`
	Mentions     []model.UserRef      `json:"mentions"`
}

// changedConversation is what is read of a conversation that changed.
type changedConversation struct {
	ID         model.ConversationID `json:"id"`
	Seq        int64                `json:"seq"`
	Customer   model.Customer       `json:"customer"`
	Assignee   *model.UserRef       `json:"assignee"`
	AssignedBy *model.UserRef       `json:"assigned_by"`
}

// Read looks at updates before they are applied to in.
func (w *Watcher) Read(in *inbox.Inbox, updates []inbox.Update) {
	w.found = w.found[:0]
	assigned := map[model.ConversationID]model.UserID{}
	for _, u := range updates {
		c, ok := u.(inbox.Changed)
		if !ok {
			continue
		}
		at, placed := in.Position(c.Batch.Page)
		for _, ev := range c.Batch.Events {
			if placed && ev.Seq <= at.Seq { // came before
				continue
			}
			if ev.Kind == model.ChangeMessage {
				w.message(in, ev)
			}
			if ev.Kind == model.ChangeConversation {
				w.assigned(in, ev, assigned)
			}
		}
	}
}

// message notes a message that may be new.
func (w *Watcher) message(in *inbox.Inbox, ev model.Change) {
	var m changedMessage
	if json.Unmarshal(ev.Object, &m) != nil || m.ID == "" || m.Standby || m.Deleted {
		return
	}
	c := candidate{key: "m/" + string(m.ID), Event: Event{
		Page: m.Conversation.Page(), Conversation: m.Conversation, Message: m.ID, At: m.SentAt, Text: m.Text,
	}}
	switch m.Direction {
	case model.In:
	case model.Note:
		if !mentions(m, in.User().ID) {
			return
		}
		c.Kind, c.By = Mentioned, &model.UserRef{ID: model.UserID(m.Author.ID), Name: string(m.Author.Name)}
	default:
		return
	}
	held, ok := in.Conversation(m.Conversation)
	if !ok && !in.Complete(m.Conversation.Page()) {
		return // its Page is being read: it may be old
	}
	last := newestSaid(held.Conversation)
	if ok && last != nil && last.ID == m.ID {
		return
	}
	c.unread = held.Unread
	c.sure = !ok || last == nil || !m.SentAt.Before(last.SentAt)
	w.found = append(w.found, c)
}

// mentions reports whether a note of somebody else's names a user.
func mentions(m changedMessage, user model.UserID) bool {
	if m.Author.ID == string(user) {
		return false
	}
	for _, u := range m.Mentions {
		if u.ID == user {
			return true
		}
	}
	return false
}

// newestSaid returns the newest message of a conversation that a row holds; nil: none.
func newestSaid(c model.Conversation) *model.Summary {
	if s := c.LastSaid; s != nil && (c.LastMessage == nil || s.SentAt.After(c.LastMessage.SentAt)) {
		return s
	}
	return c.LastMessage
}

// assigned notes that a conversation may have been assigned to the user by somebody else.
// before has whom conversations were last assigned to in the updates.
func (w *Watcher) assigned(in *inbox.Inbox, ev model.Change, before map[model.ConversationID]model.UserID) {
	var c changedConversation
	if json.Unmarshal(ev.Object, &c) != nil || c.ID == "" {
		return
	}
	was, ok := before[c.ID]
	if !ok {
		held, known := in.Conversation(c.ID)
		if !known && !in.Complete(c.ID.Page()) {
			return
		}
		if held.Assignee != nil {
			was = held.Assignee.ID
		}
	}
	var to model.UserID
	if c.Assignee != nil {
		to = c.Assignee.ID
	}
	before[c.ID] = to
	me := in.User().ID
	if to != me || was == me || c.AssignedBy == nil || c.AssignedBy.ID == me {
		return
	}
	w.found = append(w.found, candidate{sure: true, Event: Event{
		Kind: AssignedToMe, Page: c.ID.Page(), Conversation: c.ID, Customer: c.Customer.Name, By: c.AssignedBy,
	}})
}

// Judge returns what the updates last read tell the user, after they were applied to in.
func (w *Watcher) Judge(in *inbox.Inbox, now time.Time) []Event {
	var out []Event
	for _, c := range w.found {
		r, ok := in.Conversation(c.Conversation)
		if !ok || c.key != "" && !w.tell(c.key) {
			continue
		}
		if c.Kind == AssignedToMe && (r.Assignee == nil || r.Assignee.ID != in.User().ID) {
			continue
		}
		if c.Kind != AssignedToMe && now.Sub(c.At) > stale || !c.sure && r.Unread <= c.unread {
			continue
		}
		e := c.Event
		e.Customer = r.Customer.Name
		if e.Kind == "" {
			e.Kind = KindOfMessage(in.User().ID, r.Assignee)
		}
		if e.Kind == AssignedToMe {
			e.At = now
		}
		out = append(out, e)
	}
	w.found = w.found[:0]
	return out
}

// tell remembers what is told; false: it was before.
func (w *Watcher) tell(key string) bool {
	if w.told[key] {
		return false
	}
	w.told[key] = true
	w.order = append(w.order, key)
	if len(w.order) > mostTold {
		delete(w.told, w.order[0])
		w.order = w.order[1:]
	}
	return true
}

// Closing returns the user's conversations whose window closes soon, each once for a window.
// It looks only when that may have changed: at [Watcher.Next], or after a change of
// conversations.
func (w *Watcher) Closing(in *inbox.Inbox, now time.Time, changed bool) []Event {
	if in.Now().IsZero() || !changed && (w.look.IsZero() || now.Before(w.look)) {
		return nil
	}
	me := in.User().ID
	var out []Event
	w.look = time.Time{}
	mine := in.View(inbox.Query{Filter: inbox.FilterMine, Sort: inbox.SortNewest})
	for i := range min(mine.Len(), mostMine) {
		r, _ := mine.At(i)
		at, tells := Closing(me, r.Conversation)
		if !tells || !at.After(now) || !r.Reply.Allowed {
			continue
		}
		if from := at.Add(-ClosesWithin); from.After(now) {
			if w.look.IsZero() || from.Before(w.look) {
				w.look = from
			}
			continue
		}
		if w.tell("c/" + string(r.ID) + "/" + at.UTC().Format(time.RFC3339)) {
			out = append(out, Event{Kind: ClosingInMine, Page: r.PageID, Conversation: r.ID, Customer: r.Customer.Name, At: at})
		}
	}
	return out
}

// Next is when [Watcher.Closing] has to look again; zero: not by time alone.
func (w *Watcher) Next() time.Time { return w.look }
