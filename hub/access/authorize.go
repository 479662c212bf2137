package access

import (
	"parley/hub/store"
	"parley/model"
)

// Source is where a Page is looked up: a snapshot of the store, or, for frames to connected
// clients, the Pages as they are now.
type Source interface {
	Page(id model.PageID) (store.Page, error)
}

// Authorize is the one gate to what a Page holds: conversations, messages, counts, notices, and
// everything that belongs to them. A user who may not see the Page's content gets
// [store.ErrNotFound].
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

// Authorized returns the Pages whose content a user may see: all of them, or just the one in
// only, if that is set.
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

// AuthorizeConversation returns a conversation and its Page if the user may see it.
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
