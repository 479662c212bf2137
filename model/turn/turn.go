// Package turn says which conversation comes next for a user: whose turn it is, in which order,
// and which the user has seen. Like all of model it is pure.
package turn

import (
	"cmp"
	"iter"
	"strings"
	"time"

	"parley/model"
)

// Closing is how soon a reply window must end for its conversation to come first.
const Closing = 2 * time.Hour

// group is a conversation's place among the others: those of a lower one come first.
type group uint8

const (
	// returned: what the user sent off came back.
	returned group = iota
	// closing: the user's own, to be answered within [Closing].
	closing
	mine
	unassigned
)

// place orders conversations: by group, and within it by time.
type place struct {
	group group
	at    time.Time
	id    model.ConversationID
}

func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.group, q.group), p.at.Compare(q.at), strings.Compare(string(p.id), string(q.id)))
}

// placeOf returns the place of a conversation for a user, and false if it is not their turn: if
// nobody waits, no reply is allowed, or it is somebody else's. A reply that asks is its writer's,
// too. c.Reply must be the verdict now.
func placeOf(c model.Conversation, me model.UserID, now time.Time) (place, bool) {
	who, since := c.WhoWaits()
	asks := who == model.WaitsReply
	if !c.NeedsYou(now) || !c.Reply.Allowed && !asks {
		return place{}, false
	}
	p := place{group: unassigned, id: c.ID}
	if since != nil {
		p.at = *since
	}
	switch {
	case c.Assignee != nil && c.Assignee.ID == me || asks && wrote(me, c.Shown()):
		p.group = mine
		if until := c.Reply.Until; c.Reply.Allowed && until != nil && until.Sub(now) < Closing {
			p.group, p.at = closing, *until
		}
	case c.Assignee != nil:
		return place{}, false
	}
	return p, true
}

// ComesFirst returns when a conversation that is the user's turn comes before others because its
// reply window ends soon, though nothing of it changes; zero: it does already, or never will.
func ComesFirst(c model.Conversation, me model.UserID, now time.Time) time.Time {
	if p, ok := placeOf(c, me, now); !ok || p.group != mine || !c.Reply.Allowed || c.Reply.Until == nil {
		return time.Time{}
	}
	return c.Reply.Until.Add(-Closing)
}

// wrote reports whether a user wrote a message.
func wrote(u model.UserID, m *model.Summary) bool {
	return m != nil && m.Author.Kind == model.ByUser && m.Author.ID == string(u)
}

// look is what a user saw of a conversation: another look of it is a new one, to be seen again.
type look struct {
	waits model.Waiting
	since int64
	last  model.MessageID
	state model.State
}

func lookOf(c model.Conversation) look {
	who, since := c.WhoWaits()
	l := look{waits: who}
	if since != nil {
		l.since = since.UnixMicro()
	}
	if m := c.Shown(); m != nil {
		l.last, l.state = m.ID, m.State
	}
	return l
}

// sight is when a user saw a conversation last, and how it was.
type sight struct {
	look
	at uint64
}

// Round is what a user has seen of the conversations that wait, so that none is skipped. The zero
// value has seen nothing.
type Round struct {
	seen     map[model.ConversationID]sight
	returned map[model.ConversationID]bool
	now      uint64
	last     model.ConversationID
}

// Saw records that the user has a conversation before them.
func (r *Round) Saw(c model.Conversation) {
	if r.seen == nil {
		r.seen = map[model.ConversationID]sight{}
	}
	if r.last != c.ID {
		r.now++
	}
	r.last = c.ID
	r.seen[c.ID] = sight{lookOf(c), r.now}
	delete(r.returned, c.ID)
}

// Return has a conversation come before all others, whoever waits in it, until the user sees it:
// something that they sent off there came back.
func (r *Round) Return(id model.ConversationID) {
	if r.returned == nil {
		r.returned = map[model.ConversationID]bool{}
	}
	r.returned[id] = true
	delete(r.seen, id)
	if r.last == id {
		r.last = ""
	}
}

// Returned returns the conversations that came back and were not seen since.
func (r *Round) Returned() iter.Seq[model.ConversationID] {
	return func(yield func(model.ConversationID) bool) {
		for id := range r.returned {
			if !yield(id) {
				return
			}
		}
	}
}

// IsReturned reports whether a conversation came back and was not seen since.
func (r *Round) IsReturned(id model.ConversationID) bool { return r.returned[id] }

// Forget drops what is known of conversations for which gone holds.
func (r *Round) Forget(gone func(model.ConversationID) bool) {
	for id := range r.seen {
		if gone(id) {
			delete(r.seen, id)
		}
	}
	for id := range r.returned {
		if gone(id) {
			delete(r.returned, id)
		}
	}
}

// Next returns the conversation that comes next of those given, which may be in any order and
// named twice: the first that the user has not seen as it is now; if all are seen, the one that
// they have not seen for longest. except, which they have before them, is left out.
func (r *Round) Next(all iter.Seq[model.Conversation], me model.UserID, now time.Time, except model.ConversationID) (model.ConversationID, bool) {
	var unseen, seen model.ConversationID
	var first, best place
	var oldest uint64
	for c := range all {
		p, ok := placeOf(c, me, now)
		if r.returned[c.ID] {
			p, ok = place{group: returned, id: c.ID}, true
		}
		if !ok || c.ID == except {
			continue
		}
		s, known := r.seen[c.ID]
		switch {
		case !known || s.look != lookOf(c):
			if unseen == "" || p.compare(first) < 0 {
				unseen, first = c.ID, p
			}
		case seen == "" || s.at < oldest || s.at == oldest && p.compare(best) < 0:
			seen, oldest, best = c.ID, s.at, p
		}
	}
	if unseen != "" {
		return unseen, true
	}
	return seen, seen != ""
}
