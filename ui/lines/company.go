package lines

import (
	"slices"
	"time"

	"parley/i18n"
	"parley/model"
)

// How long it counts that a colleague typed or looked, unless it is repeated, and how often the
// user's own doing is.
const (
	typingFor   = 10 * time.Second
	lookingFor  = 60 * time.Second
	tellLooking = 45 * time.Second
	tellTyping  = 5 * time.Second
)

// doing is what a colleague does in a conversation, and until when that counts.
type doing struct {
	who             model.UserRef
	typing, looking time.Time
}

// company is what colleagues do, and what they were told of the user.
type company struct {
	others          map[model.ConversationID][]doing
	told, typed     model.ConversationID
	toldAt, typedAt time.Time
}

func (c *company) forget(gone func(model.ConversationID) bool) {
	for id := range c.others {
		if gone(id) {
			delete(c.others, id)
		}
	}
}

// heardOf applies a frame about a colleague. Who begins to write in the open conversation is said.
func (m telling) heardOf(f model.Ephemeral) {
	p, ok := m.inbox.Page(f.Page)
	if !ok || !p.Sees || f.Conversation.Page() != f.Page || f.User.ID == m.inbox.User().ID || f.User.ID == "" {
		return
	}
	now, c := m.now(), &m.company
	all := slices.DeleteFunc(c.others[f.Conversation], func(d doing) bool { return !now.Before(d.typing) && !now.Before(d.looking) })
	i := slices.IndexFunc(all, func(d doing) bool { return d.who.ID == f.User.ID })
	if i < 0 {
		i, all = len(all), append(all, doing{who: f.User})
	}
	d := &all[i]
	wrote := now.Before(d.typing)
	switch {
	case f.Type == model.FrameTyping && f.Active:
		d.typing = now.Add(typingFor)
	case f.Type == model.FrameTyping:
		d.typing = time.Time{}
	case f.Active:
		d.looking = now.Add(lookingFor)
	default:
		d.looking, d.typing = time.Time{}, time.Time{}
	}
	c.others[f.Conversation] = all
	if f.Type == model.FrameTyping && f.Active && !wrote && f.Conversation == m.shown {
		m.sayOf(m.shown, m.Say(i18n.PresenceWriting, "Name", m.Ours(f.User.Name)))
	}
}

// doingIn says what colleagues do in a conversation; empty: nothing.
func (m telling) doingIn(id model.ConversationID) string {
	var out []string
	now := m.now()
	for _, d := range m.company.others[id] {
		switch {
		case now.Before(d.typing):
			out = append(out, m.Say(i18n.PresenceWriting, "Name", m.Ours(d.who.Name)))
		case now.Before(d.looking):
			out = append(out, m.Say(i18n.PresenceLooking, "Name", m.Ours(d.who.Name)))
		}
	}
	return m.list(out...)
}

// writersIn says who else writes in a conversation; empty: nobody.
func (m telling) writersIn(id model.ConversationID) string {
	var out []string
	for _, d := range m.company.others[id] {
		if m.now().Before(d.typing) {
			out = append(out, m.Say(i18n.PresenceWriting, "Name", m.Ours(d.who.Name)))
		}
	}
	return m.list(out...)
}

// who says which colleagues are where.
func (m telling) who() {
	n := 0
	v := m.company.others
	for id := range v {
		if said := m.doingIn(id); said != "" && m.nameOf(id) != "" {
			n++
			m.sayOf(id, m.list(m.nameOf(id), said))
		}
	}
	if n == 0 {
		m.say(m.Say(i18n.LinesAlone))
	}
}

// audible reports whether anybody else may see a conversation.
func (m telling) audible(id model.ConversationID) bool {
	p, ok := m.inbox.Page(id.Page())
	return id != "" && ok && p.Sees && p.Visibility == model.Shared && m.live()
}

func (m telling) tell(what model.FrameType, id model.ConversationID, active bool) {
	m.hub.Tell(model.Ephemeral{Type: what, Page: id.Page(), Conversation: id, User: m.inbox.User().Ref(), Active: active})
}

// announce tells colleagues which conversation the user has open, when that changes and again before
// it would expire.
func (m telling) announce() {
	c, now := &m.company, m.now()
	if c.told != "" && c.told != m.shown {
		if m.audible(c.told) {
			m.tell(model.FramePresence, c.told, false)
		}
		c.told = ""
	}
	if !m.audible(m.shown) || c.told == m.shown && now.Before(c.toldAt.Add(tellLooking)) {
		return
	}
	c.told, c.toldAt = m.shown, now
	m.tell(model.FramePresence, m.shown, true)
}

// tellTyping tells colleagues and the customer, once in a while, that the user types.
func (m telling) tellTyping(id model.ConversationID) {
	c, now := &m.company, m.now()
	if !m.live() || m.lost(id) || c.typed == id && now.Before(c.typedAt.Add(tellTyping)) {
		return
	}
	c.typed, c.typedAt = id, now
	m.tell(model.FrameTyping, id, true)
}

// tellTyped tells them that the user no longer does.
func (m telling) tellTyped(id model.ConversationID) {
	c := &m.company
	if c.typed == id && id != "" && !m.lost(id) {
		m.tell(model.FrameTyping, id, false)
	}
	c.typed = ""
}
