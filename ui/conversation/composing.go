package conversation

import (
	"maps"

	tea "charm.land/bubbletea/v2"

	"parley/model"
)

// setVerdict passes the composer the current verdict on a reply.
func (m *Writer) setVerdict() {
	r, ok := m.Inbox.Conversation(m.Box.Conversation())
	if !ok { // its Page is being reloaded
		m.Box.Forget()
		return
	}
	reason := ""
	if p, ok := m.Inbox.Page(r.PageID); ok && p.Restricted != nil {
		reason = m.Look.Line(p.Restricted.Reason)
	}
	v := r.Reply
	if v.Code == model.WindowClosed {
		v.Until = r.ClosedAt() // since when, for the sentence
	}
	m.Box.SetVerdict(m.Now(), m.Look.Name(r.Customer), v, reason)
	m.Box.SetDoneKey(m.KeyOf("send_done"))
	m.Box.SetQuote(m.quoted())
	m.Box.SetFiles(m.Attacher.line())
	writers, _ := m.presence.Writers(r.ID)
	m.Box.SetOthers(writers)
}

// Compose passes a key or a pasted text to the composer.
func (m *Writer) Compose(msg tea.Msg) tea.Cmd {
	before := m.Box.Text()
	cmd := m.Box.Update(msg)
	if m.Box.Text() == before {
		return cmd
	}
	var told tea.Cmd
	if !m.Box.Note() && m.Box.Allowed() {
		told = m.presence.Typing(m.Box.Conversation())
	}
	return tea.Batch(cmd, m.Typing(), told)
}

// DropDeleted drops what was written in deleted conversations, in memory and on disk: drafts
// and replies that were not handed in.
func (m *Writer) DropDeleted() tea.Cmd {
	var cmds []tea.Cmd
	if m.Deleted(m.Box.Conversation()) {
		m.Box.Close()
		m.Box.Show("", "")
	}
	for of := range maps.Clone(m.Typed.Texts) {
		if m.Deleted(of.Conversation) {
			cmds = append(cmds, m.saveDraft(of, ""))
		}
	}
	for id, all := range m.Replies {
		if !m.Deleted(id) {
			continue
		}
		delete(m.Replies, id)
		hub := m.hub
		cmds = append(cmds, func() tea.Msg {
			for _, p := range all {
				_ = hub.Taken(p.ClientID) // tried again at the next start
			}
			return forgotten{}
		})
	}
	return tea.Batch(cmds...)
}
