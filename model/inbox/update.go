package inbox

import (
	"errors"
	"time"

	"parley/model"
)

// Update is one thing that client/stream hands on: one of the types below, in the order to
// apply them. Positions, holes and epochs are handled there; updates are complete and in
// order.
type Update interface{ isUpdate() }

type (
	// Connection is the state of the connection to the hub.
	Connection struct {
		State ConnectionState
		// Cause is why it is not live, nil when it is; Trouble is the kind of cause.
		Cause   error
		Trouble Trouble
		// RetryAt is the time of the next try.
		RetryAt time.Time
	}
	// Welcomed carries the hub's time, the user, and where users can report what they miss.
	// Sees names Pages that the user may see at that moment.
	Welcomed struct {
		Now         time.Time
		User        model.User
		FeedbackURL model.Untrusted
		Sees        []model.PageID
	}
	// UserChanged carries the new profile of a user of the hub, who may be the user here.
	UserChanged struct{ User model.Colleague }
	// HubTime carries the hub's time, every few seconds, and the Pages that the user may see
	// at that moment.
	HubTime struct {
		Now  time.Time
		Sees []model.PageID
	}
	// PagesListed holds every Page; of those that the user may not see, only what anybody may
	// know.
	PagesListed struct{ Pages []model.Page }
	// Dropped says that all that is held of a Page must go, from memory and disk. Anew: the
	// user still sees it, and it is reloaded from the beginning.
	Dropped struct {
		Page model.PageID
		Anew bool
	}
	// Reloading says that a Page is being reloaded; what is held of it is stale until
	// confirmed.
	Reloading struct{ Page model.PageID }
	// Listed is one list of a Page being reloaded. The first one sets the position from which
	// its changes apply.
	Listed struct {
		Page          model.PageID
		AsOf          model.Position
		First         bool
		Conversations []model.Conversation
	}
	// Counted is how many conversations each filter holds of a Page being reloaded, sent
	// after the first of several lists.
	Counted struct {
		Page   model.PageID
		AsOf   model.Position
		Counts Counts
	}
	// Noticed holds the newest notices of a Page being reloaded.
	Noticed struct {
		Page    model.PageID
		Notices []model.Notice
	}
	// Complete says that all of a Page being reloaded was sent.
	Complete struct{ Page model.PageID }
	// Changed holds changes of a Page, which follow those before without a gap.
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

// ConnectionState is the state of the connection to the hub.
type ConnectionState uint8

// The states of a connection.
const (
	Connecting ConnectionState = iota
	Live
	Offline
	// SignedOut: the hub no longer accepts the user's token.
	SignedOut
)

// Trouble is the kind of cause why there is no connection to the hub.
type Trouble uint8

// The kinds of cause.
const (
	// Lost is any other cause.
	Lost Trouble = iota
	// RefusedByHost: nothing listens there.
	RefusedByHost
	// NameUnknown: the hub's name does not resolve.
	NameUnknown
	// Silent: nothing came in time.
	Silent
)

// Apply applies updates in order and returns what they changed together. The error names
// objects that can't be read; all else is applied.
func (in *Inbox) Apply(updates ...Update) (Changes, error) {
	var all Changes
	var errs []error
	for _, u := range updates {
		in.beginReport()
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
		in.confirmed()
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
			in.reveal(p)
		}
	case Reloading:
		p := in.page(u.Page)
		in.reveal(p)
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
	case Restored:
		in.restore(u)
	}
	return nil
}

// add adds a call's changes. It copies the names, which are valid only until the Inbox
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
