package screen

import (
	"parley/i18n"
	"parley/model"
)

// SeenPages are the Pages that the user may see into.
func (s *Screen) SeenPages() []model.Page {
	var out []model.Page
	for _, p := range s.Inbox.Pages() {
		if p.Sees {
			out = append(out, p)
		}
	}
	return out
}

// HiddenPages are those that the user may not see into, of which anybody may know that
// they are there, and whose they are.
func (s *Screen) HiddenPages() []model.Page {
	var out []model.Page
	for _, p := range s.Inbox.Pages() {
		if !p.Sees && p.Visibility == model.Private {
			out = append(out, p)
		}
	}
	return out
}

// Page is the Page that a command is about: that of the current conversation, or the one
// that is shown.
func (s *Screen) Page() (model.Page, bool) {
	if r, ok := s.Current(); ok {
		return s.Inbox.Page(r.PageID)
	}
	if p, ok := s.Inbox.Page(s.Query.Page); ok {
		return p, true
	}
	if pages := s.SeenPages(); len(pages) == 1 {
		return pages[0], true
	}
	return model.Page{}, false
}

// Deleted tells whether a conversation was deleted: its Page is held as a whole, and it is
// not among what is held.
func (s *Screen) Deleted(id model.ConversationID) bool {
	p, ok := s.Inbox.Page(id.Page())
	if !ok || !p.Sees || !s.Inbox.Complete(p.ID) {
		return false
	}
	_, there := s.Inbox.Conversation(id)
	return !there
}

// Hidden tells whether a conversation is of a Page that the user may not see into.
func (s *Screen) Hidden(id model.ConversationID) bool {
	p, ok := s.Inbox.Page(id.Page())
	return !ok || !p.Sees
}

// Lost tells whether a conversation is no longer there, or may no longer be seen.
func (s *Screen) Lost(id model.ConversationID) bool { return s.Hidden(id) || s.Deleted(id) }

// NeedsPage tells why nothing can be done with a Page now.
func (s *Screen) NeedsPage() string {
	if _, ok := s.Page(); !ok {
		return s.Say(i18n.WhyNoPage)
	}
	return ""
}

// NeedsConnectedPage tells why no Page can be checked now.
func (s *Screen) NeedsConnectedPage() string {
	if p, ok := s.Page(); ok && p.UninstalledAt != nil {
		return s.Say(i18n.Code(string(model.PageDisconnected)))
	}
	return s.NeedsPage()
}

// NeedsAdminPage tells why this user can't do what only an admin may with a Page now.
func (s *Screen) NeedsAdminPage() string {
	if why := s.NeedsAdmin(); why != "" {
		return why
	}
	return s.NeedsConnectedPage()
}
