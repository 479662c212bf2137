package view

import (
	"context"
	"time"

	"parley/hub/fair"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
)

// Options are what views are made of.
type Options struct {
	Store *txn.Store
	// Now is the time in UTC, to the microsecond.
	Now func() time.Time
	// Opened is told of a conversation that somebody looks at.
	Opened func(store.Conversation)
	// Read is told up to where a user has read a conversation.
	Read func(user model.UserID, id model.ConversationID, upTo store.Mark, now time.Time)
}

// Views is what users see, and where conversations stand in their team's work.
type Views struct {
	// lists and searchers are whose turn it is to read.
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

// Turn waits for a user's turn to read; leave ends it.
func (i *Views) Turn(ctx context.Context, user model.UserID) (leave func(), err error) {
	return i.lists.Acquire(ctx, user)
}
