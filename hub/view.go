package hub

import (
	"context"
	"errors"
	"time"

	"parley/hub/store"
	"parley/model"
)

// view is what one user sees in one snapshot.
type view struct {
	store.Reader
	user  model.UserID
	now   time.Time
	pages []store.Page
	asOf  model.AsOf
}

// read runs f on a snapshot of the Pages that a user may see, of all or of that one;
// a Page they may not see into is [ErrNotFound].
func (h *Hub) read(ctx context.Context, user model.User, only model.PageID, f func(view) error) error {
	return h.store.Read(ctx, func(r store.Reader) error {
		pages, err := authorized(r, user.ID, only)
		if err != nil {
			return err
		}
		v := view{Reader: r, user: user.ID, now: h.utc(), pages: pages, asOf: model.AsOf{}}
		for _, p := range pages {
			if v.asOf[p.ID], err = h.position(r, p, user.ID); err != nil {
				return err
			}
		}
		return f(v)
	})
}

// scopes says which Pages a list may show, and which of them refuse every reply now.
func (v view) scopes() []store.PageScope {
	out := make([]store.PageScope, 0, len(v.pages))
	for _, p := range v.pages {
		out = append(out, store.PageScope{ID: p.ID, Blocks: model.PageBlocks(v.now, p.Page)})
	}
	return out
}

// conversation fills in what depends on who asks and when.
func (v view) conversation(c store.Conversation) model.Conversation {
	for _, p := range v.pages {
		if p.ID == c.PageID {
			c.Reply = model.CanReply(v.now, p.Page, c.Conversation, v.user)
		}
	}
	if c.Labels == nil {
		c.Labels = []string{}
	}
	c.Links = []model.Link{}
	if m := c.LastMessage; m != nil && m.Author.Kind == model.ByCustomer {
		s := *m
		s.Author.Name = c.Customer.Name
		c.LastMessage = &s
	}
	return c.Conversation
}

// message fills in what may have become known since: the customer's name, and the
// message that this one quotes, which may have come later.
func (v view) message(m store.Message, c store.Conversation) (model.Message, error) {
	if m.Author.Kind == model.ByCustomer {
		m.Author.Name = c.Customer.Name
	}
	if m.ReplyTo == "" && m.ReplyToMID != "" {
		q, err := v.MessageByMID(c.PageID, m.ReplyToMID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return model.Message{}, err
		}
		m.ReplyTo = q.ID
	}
	return m.Message, nil
}
