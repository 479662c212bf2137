package ui

import (
	"parley/i18n"
	"parley/model"
)

// seenPages are the Pages that the user may see into.
func (s *Screen) seenPages() []model.Page {
	var out []model.Page
	for _, p := range s.inbox.Pages() {
		if p.Sees {
			out = append(out, p)
		}
	}
	return out
}

// hiddenPages are those that the user may not see into, of which anybody may know that
// they are there, and whose they are.
func (s *Screen) hiddenPages() []model.Page {
	var out []model.Page
	for _, p := range s.inbox.Pages() {
		if !p.Sees && p.Visibility == model.Private {
			out = append(out, p)
		}
	}
	return out
}

// page is the Page that a command is about: that of the current conversation, or the one
// that is shown.
func (s *Screen) page() (model.Page, bool) {
	if r, ok := s.current(); ok {
		return s.inbox.Page(r.PageID)
	}
	if p, ok := s.inbox.Page(s.query.Page); ok {
		return p, true
	}
	if pages := s.seenPages(); len(pages) == 1 {
		return pages[0], true
	}
	return model.Page{}, false
}

// deleted tells whether a conversation was deleted: its Page is held as a whole, and it is
// not among what is held.
func (s *Screen) deleted(id model.ConversationID) bool {
	p, ok := s.inbox.Page(id.Page())
	if !ok || !p.Sees || !s.inbox.Complete(p.ID) {
		return false
	}
	_, there := s.inbox.Conversation(id)
	return !there
}

// lost tells whether a conversation is no longer there, or may no longer be seen.
func (s *Screen) lost(id model.ConversationID) bool {
	p, ok := s.inbox.Page(id.Page())
	return !ok || !p.Sees || s.deleted(id)
}

// needsPage tells why nothing can be done with a Page now.
func (s *Screen) needsPage() string {
	if _, ok := s.page(); !ok {
		return s.say(i18n.WhyNoPage)
	}
	return ""
}

// needsConnectedPage tells why no Page can be checked now.
func (s *Screen) needsConnectedPage() string {
	if p, ok := s.page(); ok && p.UninstalledAt != nil {
		return s.say(i18n.Code(string(model.PageDisconnected)))
	}
	return s.needsPage()
}

// needsAdminPage tells why this user can't do what only an admin may with a Page now.
func (s *Screen) needsAdminPage() string {
	if why := s.needsAdmin(); why != "" {
		return why
	}
	return s.needsConnectedPage()
}
