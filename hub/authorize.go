package hub

import (
	"context"

	"parley/hub/store"
	"parley/model"
)

// authorize is the one gate to what a Page holds: conversations, messages, counts,
// notices, and everything that hangs on them. Whoever may not see the Page's
// content is told that there is none.
func authorize(r store.Reader, user model.UserID, page model.PageID) (store.Page, error) {
	p, err := r.Page(page)
	if err != nil {
		return store.Page{}, err
	}
	if !model.CanSee(user, p.Page) {
		return store.Page{}, ErrNotFound
	}
	return p, nil
}

// authorized returns the Pages whose content a user may see, of all or, if only is
// not empty, of that one alone.
func authorized(r store.Reader, user model.UserID, only model.PageID) ([]store.Page, error) {
	if only != "" {
		p, err := authorize(r, user, only)
		if err != nil {
			return nil, err
		}
		return []store.Page{p}, nil
	}
	all, err := r.Pages()
	if err != nil {
		return nil, err
	}
	var seen []store.Page
	for _, p := range all {
		if model.CanSee(user, p.Page) {
			seen = append(seen, p)
		}
	}
	return seen, nil
}

// write runs f as one transaction of the Page that an id of a request names; where
// that is no id, there is no such thing.
func (h *Hub) write(ctx context.Context, page model.PageID, f func(store.PageTx) error) error {
	if page == "" {
		return ErrNotFound
	}
	return h.store.Write(ctx, page, f)
}

// authorizeConversation passes who may see a conversation.
func authorizeConversation(r store.Reader, user model.UserID, id model.ConversationID) (store.Page, store.Conversation, error) {
	p, err := authorize(r, user, id.Page())
	if err != nil {
		return store.Page{}, store.Conversation{}, err
	}
	c, err := r.Conversation(id)
	if err != nil {
		return store.Page{}, store.Conversation{}, err
	}
	return p, c, nil
}
