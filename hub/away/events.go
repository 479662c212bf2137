package away

import (
	"context"
	"time"

	"parley/hub/store"
	"parley/hub/view"
	"parley/model"
	"parley/model/notify"
)

// event is something that a user may be mailed of, with a key that is the same until it is another.
type event struct {
	notify.Event
	key string
	// since is since when there is that; zero: it is not known.
	since time.Time
}

func keys(events []event) map[string]bool {
	out := make(map[string]bool, len(events))
	for _, e := range events {
		out[e.key] = true
	}
	return out
}

// kinds judge whether a conversation of a list is an event.
type kinds []func(model.User, model.Conversation, time.Time) (event, bool)

// events returns what there is for a user now, of the conversations that they may see now.
func (p *Post) events(ctx context.Context, user model.User, now time.Time) ([]event, error) {
	var out []event
	for _, f := range []struct {
		filter store.Filter
		of     kinds
	}{
		{store.FilterWaiting, kinds{written, closing}}, {store.FilterMine, kinds{assigned}}, {store.FilterMentioned, kinds{mentioned}},
	} {
		list, err := p.list(ctx, user, f.filter)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			for _, of := range f.of {
				if e, ok := of(user, c.Conversation, now); ok {
					e.Page, e.Conversation, e.Customer = c.PageID, c.ID, c.Customer.Name
					out = append(out, e)
				}
			}
		}
	}
	return out, nil
}

// list reads a list of conversations, the newest of it.
func (p *Post) list(ctx context.Context, user model.User, f store.Filter) ([]model.Found, error) {
	var out []model.Found
	cursor := ""
	for len(out) < most {
		l, err := p.o.Views.Conversations(ctx, user, view.ListQuery{Filter: f, Cursor: cursor, Limit: pageSize})
		if err != nil {
			return nil, err //nolint:wrapcheck // of the store
		}
		out = append(out, l.Conversations...)
		if cursor = l.Cursor; cursor == "" {
			break
		}
	}
	return out, nil
}

// pageSize is how many conversations are read at a time.
const pageSize = 100

// written: a customer's newest message that nobody has read.
func written(user model.User, c model.Conversation, _ time.Time) (event, bool) {
	m := c.LastSaid
	if m == nil {
		m = c.LastMessage
	}
	if m == nil || m.Direction != model.In || c.Unread == 0 {
		return event{}, false
	}
	return event{notify.Event{Kind: notify.KindOfMessage(user.ID, c.Assignee), Text: m.Text, At: m.SentAt}, "n/" + string(m.ID), m.SentAt}, true
}

// closing: a window of the user's that closes soon.
func closing(user model.User, c model.Conversation, now time.Time) (event, bool) {
	at, ok := notify.Closing(user.ID, c)
	if !ok || !at.After(now) || at.Sub(now) > notify.ClosesWithin {
		return event{}, false
	}
	key := "c/" + string(c.ID) + "/" + at.UTC().Format(time.RFC3339)
	return event{notify.Event{Kind: notify.ClosingInMine, At: at}, key, at.Add(-notify.ClosesWithin)}, true
}

// assigned: a colleague assigned it to the user.
func assigned(user model.User, c model.Conversation, now time.Time) (event, bool) {
	if c.AssignedBy == nil || c.AssignedBy.ID == user.ID {
		return event{}, false
	}
	return event{notify.Event{Kind: notify.AssignedToMe, By: c.AssignedBy, At: now}, "a/" + string(c.ID) + "/" + string(c.AssignedBy.ID), time.Time{}}, true
}

// mentioned: a note names the user, who has not opened it since.
func mentioned(_ model.User, c model.Conversation, now time.Time) (event, bool) {
	return event{notify.Event{Kind: notify.Mentioned, At: now}, "m/" + string(c.ID), time.Time{}}, true
}
