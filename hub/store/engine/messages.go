package engine

import (
	"parley/hub/store"
	"parley/model"
)

// Forgets reports whether something that a message said is no longer in what is stored of it.
func Forgets(was *store.Message, m store.Message) bool {
	if was == nil {
		return false
	}
	kept := func(text model.Untrusted) bool { return text == "" || text == m.Text || m.Was != nil && text == *m.Was }
	return m.Deleted && !was.Deleted || !kept(was.Text) || was.Was != nil && !kept(*was.Was)
}

// AboutRecord returns the record that a line is about; empty if it is about none.
func AboutRecord(m store.Message) string {
	if r := m.About(); r != nil {
		return r.String()
	}
	return ""
}

// Searched returns the text by which a message is found.
func Searched(m model.Message) model.Untrusted {
	if m.Deleted || m.Direction == model.System {
		return ""
	}
	return m.Text
}
