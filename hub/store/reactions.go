package store

import (
	"time"

	"parley/model"
)

// ReactionReader reads the reactions of ours that are on their way to Meta.
type ReactionReader interface {
	// Reacting returns the reaction on its way to a message.
	Reacting(id model.MessageID) (Reacting, error)
	// Reactings returns all that are on their way, those to be tried first first.
	Reactings() ([]Reacting, error)
}

// ReactionWriter keeps the reactions on their way. None of it takes a seq.
type ReactionWriter interface {
	// PutReacting stores a reaction on its way, the only one of its message.
	PutReacting(r Reacting) error
	// TakeReacting forgets a message's reaction on its way, if there is one.
	TakeReacting(id model.MessageID) error
}

// Reacting is a reaction of ours on its way to Meta: what its message is to show. It is
// kept until Meta has confirmed or refused it.
type Reacting struct {
	MessageID      model.MessageID
	ConversationID model.ConversationID
	// Number counts the wishes for this message: an outcome counts for its own only.
	Number int
	// UserID is who asked for it last.
	UserID model.UserID
	// Emoji is the reaction; empty: it is to be taken back.
	Emoji model.Untrusted
	// Was is what Meta has confirmed; nil: none.
	Was *model.Reaction
	// At is when it was asked for, WakeAt when it is to be tried.
	At, WakeAt time.Time
	// Uncertain: a try may have arrived. Said is what Meta answered last to such a one;
	// empty: nothing.
	Uncertain bool
	Said      model.Untrusted `json:",omitempty"`
	Tries     int
}
