package inbox

import (
	"errors"
	"time"

	"parley/model"
)

// Update is one thing that whoever follows the hub hands on: one of the types below, in an
// order that can be applied as it comes. They alone know of positions, holes and epochs:
// what follows here is complete and in its place.
type Update interface{ isUpdate() }

type (
	// Connection tells how the connection to the hub stands.
	Connection struct {
		State ConnectionState
		// Cause is why it is not live, nil when it is; Trouble says of what kind that is.
		Cause   error
		Trouble Trouble
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
		Counts Counts
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
	// Ephemeral tells what a colleague does: types, looks at a conversation.
	Ephemeral struct{ Frame model.Ephemeral }
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
func (Ephemeral) isUpdate()   {}

// ConnectionState is how the connection to the hub stands.
type ConnectionState uint8

// The states of a connection.
const (
	Connecting ConnectionState = iota
	Live
	Offline
	// SignedOut: the hub lets nobody in by the user's token any more.
	SignedOut
)

// Trouble is why there is no connection to the hub.
type Trouble uint8

// The kinds of trouble.
const (
	// Lost is all that is none of the others.
	Lost Trouble = iota
	// RefusedByHost: nothing listens there.
	RefusedByHost
	// NameUnknown: the hub's name leads nowhere.
	NameUnknown
	// Silent: nothing came in time.
	Silent
)

// Apply takes over updates in their order, and tells what they changed together. An error
// is of an object that can't be read; all else is applied.
func (in *Inbox) Apply(updates ...Update) (Changes, error) {
	var all Changes
	var errs []error
	for _, u := range updates {
		in.begin()
		if err := in.update(u); err != nil {
			errs = append(errs, err)
		}
		all.add(in.changes)
	}
	return all, errors.Join(errs...)
}

func (in *Inbox) update(u Update) error {
	switch u := u.(type) {
	case Welcomed:
		in.feedback = u.FeedbackURL
		in.setUser(u.User)
		in.advance(u.Now)
	case UserChanged:
		user := in.user
		if u.User.ID == user.ID {
			user.Name, user.Away = u.User.Name, u.User.Away
			in.setUser(user)
		}
	case HubTime:
		in.advance(u.Now)
	case PagesListed:
		in.setPages(u.Pages)
	case Dropped:
		p := in.page(u.Page)
		in.hide(p)
		if u.Anew {
			in.see(p)
		}
	case Reloading:
		p := in.page(u.Page)
		in.see(p)
		p.phase = begun
	case Listed:
		return in.addList(u)
	case Counted:
		in.setCounts(u.Page, u.Counts, u.AsOf)
	case Noticed:
		in.addNotices(u.Notices)
	case Complete:
		in.endReload(u.Page)
	case Changed:
		return in.apply(u.Batch)
	}
	return nil
}

// add adds changes to others. What they name is copied: it holds only until the Inbox
// changes again.
func (all *Changes) add(c Changes) {
	all.Lists = all.Lists || c.Lists
	all.Pages = all.Pages || c.Pages
	all.Notices = all.Notices || c.Notices
	all.Many = all.Many || c.Many
	all.Conversations = append(all.Conversations, c.Conversations...)
	all.Threads = append(all.Threads, c.Threads...)
	all.Links = append(all.Links, c.Links...)
}
