package conversation

import (
	"maps"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/ui/composer"
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
	m.Box.SetKeys(composer.Keys{Done: m.KeyOf("send_done"), Share: m.KeyOf("share"), Back: m.KeyOf("back")})
	m.Box.SetVerdict(m.Now(), m.Look.Name(r.Customer), v, reason)
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

// DropGone drops what was written in conversations that were deleted, or that the user may not
// see any more, in memory and on disk: the drafts of both, and of deleted ones also the replies
// that were not handed in.
func (m *Writer) DropGone() tea.Cmd {
	var cmds []tea.Cmd
	if m.unseen(m.Box.Conversation()) {
		m.Box.Close()
		m.Box.Show("", "")
	}
	for of := range maps.Clone(m.Typed.at) {
		if m.unseen(of.Conversation) {
			cmds = append(cmds, m.discard(of))
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

// unseen reports whether a conversation was deleted, or belongs to a Page of which the hub said
// that the user may not see it. What is not known yet is neither.
func (m *Writer) unseen(id model.ConversationID) bool {
	p, ok := m.Inbox.Page(id.Page())
	return ok && !p.Sees || m.Deleted(id)
}

// discard drops a draft, with its quote and files.
func (m *Writer) discard(of model.DraftOf) tea.Cmd {
	if !of.Note {
		delete(m.Quotes, of.Conversation)
		delete(m.Attached, of.Conversation)
	}
	delete(m.returned, of)
	return m.saveDraft(of, "")
}
