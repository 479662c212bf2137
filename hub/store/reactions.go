package store

import (
	"time"

	"parley/model"
)

// ReactionReader reads our reactions on their way to Meta.
type ReactionReader interface {
	// PendingReaction returns the reaction on its way for a message.
	PendingReaction(id model.MessageID) (PendingReaction, error)
	// PendingReactions returns all that are on their way, ordered by when they are due.
	PendingReactions() ([]PendingReaction, error)
}

// ReactionWriter stores reactions on their way. It takes no seq.
type ReactionWriter interface {
	// PutPendingReaction stores a reaction on its way, the only one of its message.
	PutPendingReaction(r PendingReaction) error
	// RemovePendingReaction removes a message's reaction on its way, if there is one.
	RemovePendingReaction(id model.MessageID) error
}

// PendingReaction is a reaction of ours on its way to Meta. It is kept until Meta has confirmed
// or refused it.
type PendingReaction struct {
	MessageID      model.MessageID
	ConversationID model.ConversationID
	// Number counts the requests for this message: an outcome counts only for its own.
	Number int
	// UserID is who requested it last.
	UserID model.UserID
	// Emoji is the reaction; empty to take it back.
	Emoji model.Untrusted
	// Was is the reaction that Meta has confirmed, nil if none.
	Was *model.Reaction
	// At is when it was requested, WakeAt when it is due.
	At, WakeAt time.Time
	// Uncertain: an attempt may have arrived. Said is what Meta last answered to such an
	// attempt, if anything.
	Uncertain bool
	Said      model.Untrusted `json:",omitempty"`
	Tries     int
}
