package conversation

import (
	"parley/i18n"
	"parley/model"
)

// newer is a reply that was refused because a colleague had answered meanwhile. It is kept
// until that answer is on the screen.
type newer struct {
	id model.ConversationID
	// seen is the highest seq that the reply's writer had seen.
	seen int64
}

// answered shows the colleague's answer because of which a reply was refused.
func (m *Model) answered(r model.Reply) {
	m.newer = newer{id: r.Conversation, seen: r.SeenSeq}
	m.showNewer()
}

// showNewer shows the colleague's answer once it is loaded, and names its author. The refused
// text is back in the composer, and enter sends it anyway.
func (m *Model) showNewer() {
	n := m.newer
	if n.id == "" {
		return
	}
	if n.id != m.Shown {
		m.newer = newer{}
		return
	}
	t, _ := m.Inbox.Thread(n.id)
	for i := len(t.Messages) - 1; i >= 0; i-- {
		a := t.Messages[i]
		if a.Direction != model.Out || a.Seq <= n.seen || a.Author.Kind == model.ByUser && a.Author.ID == string(m.Inbox.User().ID) {
			continue
		}
		m.newer = newer{}
		m.Thread.Bottom()
		m.talk.stale = true
		m.NotifyLonger(m.Say(i18n.SaidNewerReply, "Name", m.authorName(a.Author)))
		return
	}
}

// authorName names the author of an answer.
func (m *Model) authorName(a model.Author) string {
	switch a.Kind {
	case model.ByPage:
		return m.Say(i18n.AuthorPage)
	case model.ByApp:
		return m.Say(i18n.AuthorApp)
	case model.ByUser, model.ByCustomer:
	}
	if name := m.Look.Line(a.Name); name != "" {
		return name
	}
	return m.Say(i18n.ThreadColleague)
}
