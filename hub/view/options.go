package view

import (
	"context"
	"time"

	"parley/hub/fair"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
)

// Options are the dependencies of [Views].
type Options struct {
	Store *txn.Store
	// Now returns the time in UTC, to the microsecond.
	Now func() time.Time
	// Opened is called with a conversation that somebody opened.
	Opened func(store.Conversation)
	// Read is called when a user's reading moved the read mark of a conversation.
	Read func(user model.UserID, id model.ConversationID, upTo store.Mark, now time.Time)
}

// Views reads what users see, and changes the triage and read marks of conversations.
type Views struct {
	// lists and searchers limit how many read at once.
	lists, searchers *fair.Semaphore

	store  *txn.Store
	now    func() time.Time
	opened func(store.Conversation)
	reads  func(user model.UserID, id model.ConversationID, upTo store.Mark, now time.Time)
}

// New returns the views of a store.
func New(o Options) *Views {
	return &Views{
		lists: fair.New(listing, listingEach, mostListing), searchers: fair.New(searching(), 1, mostSearching),
		store: o.Store, now: o.Now, opened: o.Opened, reads: o.Read,
	}
}

// Turn waits until a user may read; leave ends their turn.
func (i *Views) Turn(ctx context.Context, user model.UserID) (leave func(), err error) {
	return i.lists.Acquire(ctx, user)
}
