package store

import (
	"time"

	"parley/model"
)

// DeletionReader knows what was deleted, so that it does not come back.
type DeletionReader interface {
	// Tombstone returns up to which Meta time a deleted conversation stays deleted.
	Tombstone(id model.ConversationID) (time.Time, error)
	// HeldUpTo returns Meta's time of the newest message or event of a conversation, zero if
	// none has one.
	HeldUpTo(id model.ConversationID) (time.Time, error)
	// Buried reports whether an attempt with that token, or a message with that mid, was
	// deleted with its conversation. Only those mids are kept that the tombstone's time does
	// not cover; an empty mid matches nothing.
	Buried(page model.PageID, token string, mid model.MID) (bool, error)
	// BuriedEvent reports whether an event with that key was deleted with its conversation. It
	// knows the keys of events timed less than a minute before their receipt, or after it.
	BuriedEvent(page model.PageID, key string) (bool, error)
	// BuriedReply reports whether a reply or note that the user submitted under that client id
	// was deleted with its conversation.
	BuriedReply(page model.PageID, user model.UserID, client model.ClientID) (bool, error)
}

// DeletionWriter deletes conversations.
type DeletionWriter interface {
	// DeleteConversation removes a conversation with its messages, replies, raw and pending
	// events, and leaves a tombstone up to that Meta time. It buries the tokens of its
	// attempts, the client ids of its replies, the mids that the tombstone's time does not
	// reliably cover (sent without Meta's time, or less than a second before the end, since an
	// import knows seconds only), and the keys of raw events received within a minute of their
	// time, or before it.
	DeleteConversation(id model.ConversationID, until time.Time) error
	// BuryMID buries a mid that became known after its conversation was deleted.
	BuryMID(mid model.MID) error
}
