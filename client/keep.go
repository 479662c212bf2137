package client

import (
	"errors"
	"fmt"

	"parley/model"
	"parley/model/inbox"
)

// Keeper keeps a [inbox.Inbox] in step with what a [Sync] hands on. Like the Inbox, it
// belongs to one goroutine.
type Keeper struct {
	inbox   *inbox.Inbox
	reloads map[model.PageID]inbox.Reload
}

// NewKeeper returns a keeper of an Inbox that knows nothing yet.
func NewKeeper(in *inbox.Inbox) *Keeper {
	return &Keeper{inbox: in, reloads: make(map[model.PageID]inbox.Reload)}
}

// Take applies updates in their order, and tells what they changed together. An error
// is of an object that can't be read; all else is applied.
func (k *Keeper) Take(updates []Update) (inbox.Changes, error) {
	var all inbox.Changes
	var errs []error
	for _, u := range updates {
		changes, err := k.take(u)
		merge(&all, changes)
		if err != nil {
			errs = append(errs, err)
		}
	}
	return all, errors.Join(errs...)
}

func (k *Keeper) take(u Update) (inbox.Changes, error) {
	switch u := u.(type) {
	case Welcomed:
		k.inbox.SetFeedbackURL(u.FeedbackURL)
		changes := k.inbox.SetUser(u.User)
		merge(&changes, k.inbox.Advance(u.Now))
		return changes, nil
	case UserChanged:
		user := k.inbox.User()
		if u.User.ID != user.ID {
			return inbox.Changes{}, nil
		}
		user.Name, user.Away = u.User.Name, u.User.Away
		return k.inbox.SetUser(user), nil
	case HubTime:
		return k.inbox.Advance(u.Now), nil
	case PagesListed:
		return k.inbox.SetPages(u.Pages), nil
	case Dropped:
		delete(k.reloads, u.Page)
		_, changes := k.inbox.Access(model.Access{Page: u.Page})
		if u.Anew {
			_, seen := k.inbox.Access(model.Access{Page: u.Page, Sees: true})
			merge(&changes, seen)
		}
		return changes, nil
	case Reloading:
		_, changes := k.inbox.Access(model.Access{Page: u.Page, Sees: true})
		if r, ok := k.inbox.BeginReload(u.Page); ok {
			k.reloads[u.Page] = r
		}
		return changes, nil
	case Listed:
		return k.inbox.AddList(k.reloads[u.Page], u.Conversations, u.AsOf)
	case Counted:
		return k.inbox.SetCounts(u.Page, u.Counts, u.AsOf), nil
	case Noticed:
		return k.inbox.AddNotices(u.Notices), nil
	case Complete:
		changes, err := k.inbox.EndReload(k.reloads[u.Page])
		delete(k.reloads, u.Page)
		return changes, err
	case Changed:
		receipt, changes, err := k.inbox.Apply(u.Batch)
		if receipt == inbox.BatchHole {
			err = fmt.Errorf("apply changes of page %s after %d: a hole", u.Batch.Page, u.Batch.From)
		}
		return changes, err
	}
	return inbox.Changes{}, nil
}

// merge adds changes to others. What they name is copied: it holds only until the Inbox
// changes again.
func merge(all *inbox.Changes, c inbox.Changes) {
	all.Lists = all.Lists || c.Lists
	all.Pages = all.Pages || c.Pages
	all.Notices = all.Notices || c.Notices
	all.Many = all.Many || c.Many
	all.Conversations = append(all.Conversations, c.Conversations...)
	all.Threads = append(all.Threads, c.Threads...)
	all.Links = append(all.Links, c.Links...)
}
