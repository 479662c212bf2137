package conversation

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/thread"
)

// Uploading shows how far the files of a reply have come, and the key that stops it.
func (m *Writer) Uploading(u model.Uploading) {
	for i := range m.Replies[u.Conversation] {
		p := &m.Replies[u.Conversation][i]
		if p.ClientID != u.ClientID || p.Failed != "" {
			continue
		}
		p.Going = ""
		if u.Sent < u.All {
			rate := int64(float64(u.Sent) / max(u.For, time.Millisecond).Seconds())
			p.Going = m.Say(i18n.UploadGoing, "Percent", 100*u.Sent/u.All, "All", thread.Size(u.All), "Rate", thread.Size(rate), "Key", m.KeyOf("drop"))
		}
		m.of.talk.stale = m.of.talk.stale || m.Shown == u.Conversation
	}
}

// stoppable returns the reply of the open conversation whose files are on their way: the
// one sent last.
func (m *Writer) stoppable() (unheard, bool) {
	all := m.Replies[m.Shown]
	for _, u := range slices.Backward(all) {
		if u.Going != "" {
			return u, true
		}
	}
	return unheard{}, false
}

// NeedsDroppable tells why there is nothing to give up.
func (m *Writer) NeedsDroppable() string {
	if _, ok := m.stoppable(); ok {
		return ""
	}
	return m.NeedsAsking()
}

// stopUpload stops sending a reply's files. Its text and its files come back to be
// changed, once it is sure that the hub does not have the reply.
func (m *Writer) stopUpload(u unheard) tea.Cmd {
	m.stopped[u.ClientID] = true
	hub, id := m.hub, u.ClientID
	return func() tea.Msg {
		hub.StopUpload(id)
		return nil
	}
}
