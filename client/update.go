package client

import (
	"time"

	"parley/model"
	"parley/model/inbox"
)

// Update is one thing that a [Sync] hands on: one of the types below, in an order that
// can be applied as it comes.
type Update interface{ isUpdate() }

type (
	// Connection tells how the connection to the hub stands.
	Connection struct {
		State ConnectionState
		// Cause is why it is not live; nil when it is.
		Cause error
		// RetryAt is when it is tried again.
		RetryAt time.Time
	}
	// Welcomed tells the hub's time, who the user is, and where users say what they miss.
	Welcomed struct {
		Now         time.Time
		User        model.User
		FeedbackURL model.Untrusted
	}
	// UserChanged tells how somebody who works with the hub is known from now on; it may
	// be the user.
	UserChanged struct{ User model.Colleague }
	// HubTime tells the hub's time, every few seconds.
	HubTime struct{ Now time.Time }
	// PagesListed holds every Page, those the user may not see into with what anybody
	// may know of them.
	PagesListed struct{ Pages []model.Page }
	// Dropped tells that all that is held of a Page must go, from memory and disk. Anew:
	// it is seen as before, and is being read from its beginning.
	Dropped struct {
		Page model.PageID
		Anew bool
	}
	// Reloading tells that a Page is being read anew; what is held of it is old until
	// it is confirmed.
	Reloading struct{ Page model.PageID }
	// Listed is one list of a Page being read: the first says where its changes go on
	// from.
	Listed struct {
		Page          model.PageID
		AsOf          model.Position
		First         bool
		Conversations []model.Conversation
	}
	// Counted is how many conversations each filter holds of a Page being read, of which
	// only the first list was handed on so far.
	Counted struct {
		Page   model.PageID
		AsOf   model.Position
		Counts inbox.Counts
	}
	// Noticed holds the newest notices of a Page being read.
	Noticed struct {
		Page    model.PageID
		Notices []model.Notice
	}
	// Complete tells that a Page being read is held as a whole.
	Complete struct{ Page model.PageID }
	// Changed holds changes of a Page, without a gap after those before.
	Changed struct{ Batch model.Batch }
	// Lossy tells what a colleague does: types, looks at a conversation.
	Lossy struct{ Frame model.Lossy }
)

func (Connection) isUpdate()  {}
func (Welcomed) isUpdate()    {}
func (UserChanged) isUpdate() {}
func (HubTime) isUpdate()     {}
func (PagesListed) isUpdate() {}
func (Dropped) isUpdate()     {}
func (Reloading) isUpdate()   {}
func (Listed) isUpdate()      {}
func (Counted) isUpdate()     {}
func (Noticed) isUpdate()     {}
func (Complete) isUpdate()    {}
func (Changed) isUpdate()     {}
func (Lossy) isUpdate()       {}

// ConnectionState is how the connection to the hub stands.
type ConnectionState int

// The states of a connection.
const (
	Connecting ConnectionState = iota
	Live
	Offline
)
