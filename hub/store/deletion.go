package store

import (
	"time"

	"parley/model"
)

// DeletionReader tells what was deleted, so that it does not come back.
type DeletionReader interface {
	// Tombstone returns until when a deleted conversation stays deleted.
	Tombstone(id model.ConversationID) (time.Time, error)
	// HeldUpTo returns Meta's time of the newest message or event held of a
	// conversation, zero where none has one.
	HeldUpTo(id model.ConversationID) (time.Time, error)
	// Buried tells whether an attempt that carried that token, or a message with that
	// mid, went with a deleted conversation. Of mids those alone are kept that a
	// tombstone's time does not tell; an empty one is none.
	Buried(page model.PageID, token string, mid model.MID) (bool, error)
	// BuriedEvent tells whether an event with that key, of less than a minute before its
	// receipt, or of later, went with a deleted conversation.
	BuriedEvent(page model.PageID, key string) (bool, error)
	// BuriedReply tells whether a reply or note that the user handed in by that id went
	// with a deleted conversation.
	BuriedReply(page model.PageID, user model.UserID, client model.ClientID) (bool, error)
}

// DeletionWriter deletes conversations.
type DeletionWriter interface {
	// DeleteConversation removes a conversation with its messages, replies, raw and
	// pending events, and leaves a tombstone until that Meta time. The tokens of its
	// attempts, the client ids of its replies, and the mids of what the tombstone's time
	// does not surely tell (sent without Meta's time, or less than a second before the
	// end: an import knows seconds only) stay buried, and so do the keys of raw events that
	// came within a minute of their time, or before it.
	DeleteConversation(id model.ConversationID, until time.Time) error
	// BuryMID buries a mid that became known after its conversation was deleted.
	BuryMID(mid model.MID) error
}
