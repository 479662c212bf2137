package screen

import (
	"parley/i18n"
	"parley/model"
)

// SeenPages returns the Pages that the user may see.
func (s *Screen) SeenPages() []model.Page {
	var out []model.Page
	for _, p := range s.Inbox.Pages() {
		if p.Sees {
			out = append(out, p)
		}
	}
	return out
}

// HiddenPages returns the private Pages that the user may not see: anybody may know that they
// exist, and whose they are.
func (s *Screen) HiddenPages() []model.Page {
	var out []model.Page
	for _, p := range s.Inbox.Pages() {
		if !p.Sees && p.Visibility == model.Private {
			out = append(out, p)
		}
	}
	return out
}

// Page returns the Page that a command is about: that of the current conversation, or the one
// of the list.
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

// Deleted reports whether a conversation was deleted: its Page is complete, and the
// conversation is not in it.
func (s *Screen) Deleted(id model.ConversationID) bool {
	p, ok := s.Inbox.Page(id.Page())
	if !ok || !p.Sees || !s.Inbox.Complete(p.ID) {
		return false
	}
	_, there := s.Inbox.Conversation(id)
	return !there
}

// Hidden reports whether a conversation belongs to a Page that the user may not see.
func (s *Screen) Hidden(id model.ConversationID) bool {
	p, ok := s.Inbox.Page(id.Page())
	return !ok || !p.Sees
}

// Lost reports whether a conversation was deleted or is hidden.
func (s *Screen) Lost(id model.ConversationID) bool { return s.Hidden(id) || s.Deleted(id) }

// NeedsPage says why nothing can be done with a Page now; empty: it can.
func (s *Screen) NeedsPage() string {
	if _, ok := s.Page(); !ok {
		return s.Say(i18n.WhyNoPage)
	}
	return ""
}

// NeedsConnectedPage says why no Page can be checked now; empty: one can.
func (s *Screen) NeedsConnectedPage() string {
	if p, ok := s.Page(); ok && p.UninstalledAt != nil {
		return s.Say(i18n.Code(string(model.PageDisconnected)))
	}
	return s.NeedsPage()
}

// NeedsAdminPage says why this user can't do with a Page what only admins may.
func (s *Screen) NeedsAdminPage() string {
	if why := s.NeedsAdmin(); why != "" {
		return why
	}
	return s.NeedsConnectedPage()
}
