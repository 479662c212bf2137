// Package notify decides whom to notify of what, and when: by the terminal, by a command of the
// user's. It is pure: no I/O, no clock.
//
// Three rules hold for whatever it returns: it is of a conversation that the user may see, it
// is not the user's own act, and nothing is returned twice.
package notify

import (
	"slices"
	"time"

	"parley/model"
)

// Kind is a kind of event that users are notified of.
type Kind string

// The kinds. Of a customer's message, exactly one applies, by whom the conversation is
// assigned to.
const (
	// NewInMine: a customer wrote in a conversation assigned to the user.
	NewInMine Kind = "new_in_mine"
	// NewInOthers: … assigned to a colleague.
	NewInOthers Kind = "new_in_others"
	// NewInUnassigned: … assigned to nobody.
	NewInUnassigned Kind = "new_in_unassigned"
	// AssignedToMe: a colleague assigned a conversation to the user.
	AssignedToMe Kind = "assigned_to_me"
	// Mentioned: a colleague named the user in a note.
	Mentioned Kind = "mentioned"
	// ClosingInMine: somebody waits in a conversation of the user's, and its reply window closes
	// within [ClosesWithin].
	ClosingInMine Kind = "closing_in_mine"
)

// Kinds returns all kinds, the most pressing first.
func Kinds() []Kind {
	return []Kind{ClosingInMine, Mentioned, AssignedToMe, NewInMine, NewInUnassigned, NewInOthers}
}

// Message reports whether the kind is about a customer's new message.
func (k Kind) Message() bool { return k == NewInMine || k == NewInOthers || k == NewInUnassigned }

// KindOfMessage returns the kind of a customer's new message for a user.
func KindOfMessage(user model.UserID, assignee *model.UserRef) Kind {
	switch {
	case assignee == nil:
		return NewInUnassigned
	case assignee.ID == user:
		return NewInMine
	}
	return NewInOthers
}

// ClosesWithin is how long before its reply window closes a user is told of a conversation.
const ClosesWithin = 30 * time.Minute

// Closing returns when the reply window of a conversation of the user's closes, and whether
// they are to be told of it beforehand: it is not done, and somebody waits for an answer.
func Closing(user model.UserID, c model.Conversation) (time.Time, bool) {
	at := c.ClosedAt()
	who, _ := c.WhoWaits()
	if at == nil || c.Status == model.Done || c.Assignee == nil || c.Assignee.ID != user || who == model.WaitsNobody {
		return time.Time{}, false
	}
	return *at, true
}

// Event is something that a user is notified of.
type Event struct {
	Kind         Kind                 `json:"kind"`
	Page         model.PageID         `json:"page_id"`
	Conversation model.ConversationID `json:"conversation_id"`
	// Message is the message or the note; empty for other kinds.
	Message model.MessageID `json:"message_id,omitempty"`
	// Customer is the customer's name, empty where it is not known.
	Customer model.Untrusted `json:"customer,omitempty"`
	// By is the colleague who assigned or mentioned.
	By *model.UserRef `json:"by,omitempty"`
	// At is when it happened; of a window, when it closes.
	At time.Time `json:"at"`
	// Text is the beginning of what was written. It is content: pass it on only where the user
	// asked for that.
	Text model.Untrusted `json:"text,omitempty"`
}

// Without returns the event without content.
func (e Event) Without() Event {
	e.Text = ""
	return e
}

// Sum is how many events of a kind there are.
type Sum struct {
	Kind Kind
	N    int
}

// Summed counts events by kind, the most pressing kind first.
func Summed(events []Event) []Sum {
	var out []Sum
	for _, k := range Kinds() {
		n := 0
		for _, e := range events {
			if e.Kind == k {
				n++
			}
		}
		if n > 0 {
			out = append(out, Sum{k, n})
		}
	}
	return out
}

// Known reports whether k is one of the kinds.
func (k Kind) Known() bool { return slices.Contains(Kinds(), k) }
