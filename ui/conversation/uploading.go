package conversation

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/thread"
)

// Uploading shows the upload progress of a reply's files, and the key that stops it.
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

// stoppable returns the reply of the open conversation whose files are being uploaded: the
// last one sent.
func (m *Writer) stoppable() (unheard, bool) {
	all := m.Replies[m.Shown]
	for _, u := range slices.Backward(all) {
		if u.Going != "" {
			return u, true
		}
	}
	return unheard{}, false
}

// NeedsDroppable says why there is nothing to give up; empty: there is something.
func (m *Writer) NeedsDroppable() string {
	if _, ok := m.stoppable(); ok {
		return ""
	}
	return m.NeedsAsking()
}

// stopUpload stops uploading a reply's files. Its text and files go back to the composer once
// the hub confirms that it does not have the reply.
func (m *Writer) stopUpload(u unheard) tea.Cmd {
	m.stopped[u.ClientID] = true
	hub, id := m.hub, u.ClientID
	return func() tea.Msg {
		hub.StopUpload(id)
		return nil
	}
}
