package inbox_test

import (
	"parley/model"
	"parley/model/inbox"
)

// What whoever follows the hub hands on, in short.

// apply applies what can be read.
func apply(in *inbox.Inbox, updates ...inbox.Update) inbox.Changes {
	changes, err := in.Apply(updates...)
	if err != nil {
		panic(err)
	}
	return changes
}

func reloading(page model.PageID) inbox.Update { return inbox.Reloading{Page: page} }

func listed(page model.PageID, list []model.Conversation, at model.Position) inbox.Update {
	return inbox.Listed{Page: page, AsOf: at, Conversations: list}
}

func complete(page model.PageID) inbox.Update { return inbox.Complete{Page: page} }

func changed(b model.Batch) inbox.Update { return inbox.Changed{Batch: b} }

func noticed(list ...model.Notice) inbox.Update { return inbox.Noticed{Notices: list} }

// welcomed tells who the user is, at the time that it is there.
func welcomed(in *inbox.Inbox, user model.User) inbox.Update {
	return inbox.Welcomed{Now: in.Now(), User: user, FeedbackURL: in.FeedbackURL()}
}
