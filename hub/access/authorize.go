package access

import (
	"parley/hub/store"
	"parley/model"
)

// Source is where authorize finds a Page: a snapshot of the store, or, for frames
// to connected clients, the Pages as they are at this moment.
type Source interface {
	Page(id model.PageID) (store.Page, error)
}

// Authorize is the one gate to what a Page holds: conversations, messages, counts,
// notices, and everything that hangs on them. Whoever may not see the Page's
// content is told that there is none.
func Authorize(r Source, user model.UserID, page model.PageID) (store.Page, error) {
	p, err := r.Page(page)
	if err != nil {
		return store.Page{}, err
	}
	if !model.CanSee(user, p.Page) {
		return store.Page{}, store.ErrNotFound
	}
	return p, nil
}

// Authorized returns the Pages whose content a user may see, of all or, if only is
// not empty, of that one alone.
func Authorized(r store.Reader, user model.UserID, only model.PageID) ([]store.Page, error) {
	if only != "" {
		p, err := Authorize(r, user, only)
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

// AuthorizeConversation passes who may see a conversation.
func AuthorizeConversation(r store.Reader, user model.UserID, id model.ConversationID) (store.Page, store.Conversation, error) {
	p, err := Authorize(r, user, id.Page())
	if err != nil {
		return store.Page{}, store.Conversation{}, err
	}
	c, err := r.Conversation(id)
	if err != nil {
		return store.Page{}, store.Conversation{}, err
	}
	return p, c, nil
}
