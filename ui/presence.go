package ui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/look"
)

// How long it counts that a colleague typed or looked, unless they say so again.
const (
	typingFor  = 10 * time.Second
	lookingFor = 60 * time.Second
)

// How often colleagues are told the same again.
const (
	tellTyping  = 5 * time.Second
	tellLooking = 45 * time.Second
)

// doing is what a colleague does in a conversation, and until when that counts.
type doing struct {
	who             model.UserRef
	typing, looking time.Time
}

// presence is who looks at which conversation, or writes there; and what colleagues were
// told of the user.
type presence struct {
	others map[model.ConversationID][]doing
	// told is what colleagues were told that the user looks at, and when last; typed,
	// where they were told that the user writes, and when last.
	told, typed     model.ConversationID
	toldAt, typedAt time.Time
}

// heard takes over what colleagues do.
func (m *Model) heard(frames []model.Lossy) {
	now := m.Now()
	for _, f := range frames {
		p, ok := m.Inbox.Page(f.Page)
		if !ok || !p.Sees || f.Conversation.Page() != f.Page || f.User.ID == m.Inbox.User().ID || f.User.ID == "" {
			continue
		}
		m.hear(f, now)
	}
}

func (m *Model) hear(f model.Lossy, now time.Time) {
	if m.presence.others == nil {
		m.presence.others = map[model.ConversationID][]doing{}
	}
	m.presence.expire(now)
	all := m.presence.others[f.Conversation]
	i := slices.IndexFunc(all, func(d doing) bool { return d.who.ID == f.User.ID })
	if i < 0 {
		i = len(all)
		all = append(all, doing{})
	}
	d := &all[i]
	d.who = f.User
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
	m.presence.others[f.Conversation] = all
}

// expire forgets what no longer counts, so that what colleagues do takes no room for
// longer than it is shown.
func (p *presence) expire(now time.Time) {
	for id, all := range p.others {
		all = slices.DeleteFunc(all, func(d doing) bool { return !now.Before(d.typing) && !now.Before(d.looking) })
		if len(all) == 0 {
			delete(p.others, id)
			continue
		}
		p.others[id] = all
	}
}

// lookers says who else looks at a conversation, or writes there, and until when that
// reads so. Who writes is told before who looks.
func (m *Model) lookers(id model.ConversationID) (said string, until time.Time) {
	now := m.Now()
	var typing, looking []string
	for _, d := range m.presence.others[id] {
		switch {
		case now.Before(d.typing):
			typing = append(typing, m.Look.Ours(d.who.Name))
			until = look.Earlier(until, d.typing)
		case now.Before(d.looking):
			looking = append(looking, m.Look.Ours(d.who.Name))
			until = look.Earlier(until, d.looking)
		}
	}
	switch {
	case len(typing) == 1:
		return m.Say(i18n.PresenceWriting, "Name", typing[0]), until
	case len(typing) > 1:
		return m.Say(i18n.PresenceManyWriting, "N", len(typing)), until
	case len(looking) == 1:
		return m.Say(i18n.PresenceLooking, "Name", looking[0]), until
	case len(looking) > 1:
		return m.Say(i18n.PresenceManyLooking, "N", len(looking)), until
	}
	return "", until
}

// audible tells whether anybody else sees a conversation: only then are they told what
// the user does there.
func (m *Model) audible(id model.ConversationID) bool {
	p, ok := m.Inbox.Page(id.Page())
	return id != "" && ok && p.Sees && p.Visibility == model.Shared && m.Live()
}

// lookingAt is the conversation that the user looks at.
func (m *Model) lookingAt() model.ConversationID {
	if id := m.Shown; m.Attended && m.Layout.Thread > 0 && m.audible(id) {
		return id
	}
	return ""
}

// tellPresence tells colleagues which conversation the user looks at, when that changes
// and again before it would be forgotten.
func (m *Model) tellPresence() tea.Cmd {
	p, at, now := &m.presence, m.lookingAt(), m.Now()
	var left tea.Cmd
	if p.told != "" && p.told != at {
		if m.audible(p.told) {
			left = m.tell(model.FramePresence, p.told, false)
		}
		p.told, p.typed = "", ""
	}
	if at == "" || p.told == at && now.Before(p.toldAt.Add(tellLooking)) {
		return left
	}
	p.told, p.toldAt = at, now
	return tea.Sequence(left, m.tell(model.FramePresence, at, true))
}

// telling tells whether it is told that the user types in a conversation: to colleagues
// who see it, and, by the hub, to the customer.
func (m *Model) telling(id model.ConversationID) bool {
	p, ok := m.Inbox.Page(id.Page())
	return id != "" && id == m.Shown && ok && p.Sees && m.Live() && m.Attended && m.Layout.Thread > 0
}

// tellTyping tells colleagues and the customer that the user writes a reply, once in a while.
func (m *Model) tellTyping() tea.Cmd {
	p, id, now := &m.presence, m.box.Conversation(), m.Now()
	if m.box.Note() || !m.box.Allowed() || !m.telling(id) || p.typed == id && now.Before(p.typedAt.Add(tellTyping)) {
		return nil
	}
	p.typed, p.typedAt = id, now
	return m.tell(model.FrameTyping, id, true)
}

// tellTyped tells colleagues that the user no longer writes, if they were told before.
func (m *Model) tellTyped() tea.Cmd {
	p := &m.presence
	id := p.typed
	if p.typed = ""; id == "" || !m.Now().Before(p.typedAt.Add(typingFor)) {
		return nil
	}
	return m.tell(model.FrameTyping, id, false)
}

func (m *Model) tell(what model.FrameType, id model.ConversationID, active bool) tea.Cmd {
	hub := m.hub
	f := model.Lossy{Type: what, Page: id.Page(), Conversation: id, User: m.Inbox.User().Ref(), Active: active}
	return func() tea.Msg {
		hub.Tell(f)
		return nil
	}
}

// toldUntil is when colleagues have to be told again what the user looks at.
func (m *Model) toldUntil() time.Time {
	if m.presence.told == "" {
		return time.Time{}
	}
	return m.presence.toldAt.Add(tellLooking)
}
