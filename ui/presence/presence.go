// Package presence is which colleagues look at which conversation, or type there, and what
// colleagues are told of the user.
package presence

import (
	"maps"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/look"
	"parley/ui/screen"
)

// How long it counts that a colleague typed or looked, unless it is repeated.
const (
	typingFor  = 10 * time.Second
	lookingFor = 60 * time.Second
)

// How often the user's own presence is repeated.
const (
	tellTyping  = 5 * time.Second
	tellLooking = 45 * time.Second
)

// doing is what a colleague does in a conversation, and until when that counts.
type doing struct {
	who             model.UserRef
	typing, looking time.Time
}

// Hub is what presence needs of a client.
type Hub interface {
	// Tell tells colleagues what the user does: types, or looks at a conversation. It may get
	// lost.
	Tell(f model.Ephemeral)
}

// Model is which colleagues look at which conversation, or type there, and what colleagues
// were told of the user.
type Model struct {
	*screen.Screen
	hub    Hub
	others map[model.ConversationID][]doing
	// told is the conversation that colleagues were last told the user looks at, and toldAt
	// when; typed and typedAt are the same for typing.
	told, typed     model.ConversationID
	toldAt, typedAt time.Time
}

// New returns an empty presence.
func New(s *screen.Screen, h Hub) *Model {
	return &Model{Screen: s, hub: h, others: map[model.ConversationID][]doing{}}
}

// Heard applies frames about colleagues.
func (m *Model) Heard(frames []model.Ephemeral) {
	now := m.Now()
	for _, f := range frames {
		p, ok := m.Inbox.Page(f.Page)
		if !ok || !p.Sees || f.Conversation.Page() != f.Page || f.User.ID == m.Inbox.User().ID || f.User.ID == "" {
			continue
		}
		m.hear(f, now)
	}
}

func (m *Model) hear(f model.Ephemeral, now time.Time) {
	m.expire(now)
	all := m.others[f.Conversation]
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
	m.others[f.Conversation] = all
}

// expire drops what no longer counts, so that it takes no memory after it is no longer shown.
func (m *Model) expire(now time.Time) {
	for id, all := range m.others {
		all = slices.DeleteFunc(all, func(d doing) bool { return !now.Before(d.typing) && !now.Before(d.looking) })
		if len(all) == 0 {
			delete(m.others, id)
			continue
		}
		m.others[id] = all
	}
}

// Lookers says who else types in a conversation, or looks at it, and until when that holds.
// Those who type come first.
func (m *Model) Lookers(id model.ConversationID) (said string, until time.Time) {
	now := m.Now()
	var typing, looking []string
	for _, d := range m.others[id] {
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
	case len(typing) > 0:
		return m.writing(typing), until
	case len(looking) == 1:
		return m.Say(i18n.PresenceLooking, "Name", looking[0]), until
	case len(looking) > 1:
		return m.Say(i18n.PresenceManyLooking, "N", len(looking)), until
	}
	return "", until
}

// Writers says who else types in a conversation, and until when that holds.
func (m *Model) Writers(id model.ConversationID) (said string, until time.Time) {
	now := m.Now()
	var names []string
	for _, d := range m.others[id] {
		if now.Before(d.typing) {
			names = append(names, m.Look.Ours(d.who.Name))
			until = look.Earlier(until, d.typing)
		}
	}
	if len(names) == 0 {
		return "", until
	}
	return m.writing(names), until
}

func (m *Model) writing(names []string) string {
	if len(names) == 1 {
		return m.Say(i18n.PresenceWriting, "Name", names[0])
	}
	return m.Say(i18n.PresenceManyWriting, "N", len(names))
}

// audible reports whether anybody else may see a conversation: only then are they told what
// the user does there.
func (m *Model) audible(id model.ConversationID) bool {
	p, ok := m.Inbox.Page(id.Page())
	return id != "" && ok && p.Sees && p.Visibility == model.Shared && m.Live()
}

// lookingAt returns the conversation that the user looks at. A preview, while the list has the
// keyboard, is none.
func (m *Model) lookingAt() model.ConversationID {
	if id := m.Shown; m.Focus != screen.PaneList && m.Attended && m.Layout.Thread > 0 && m.audible(id) {
		return id
	}
	return ""
}

// Announce tells colleagues which conversation the user looks at, when that changes and again
// before it would expire.
func (m *Model) Announce() tea.Cmd {
	at, now := m.lookingAt(), m.Now()
	var left tea.Cmd
	if m.told != "" && m.told != at {
		if m.audible(m.told) {
			left = m.send(model.FramePresence, m.told, false)
		}
		m.told, m.typed = "", ""
	}
	if at == "" || m.told == at && now.Before(m.toldAt.Add(tellLooking)) {
		return left
	}
	m.told, m.toldAt = at, now
	return tea.Sequence(left, m.send(model.FramePresence, at, true))
}

// telling reports whether it is sent that the user types in a conversation: to colleagues who
// see it, and, by the hub, to the customer.
func (m *Model) telling(id model.ConversationID) bool {
	p, ok := m.Inbox.Page(id.Page())
	return id != "" && id == m.Shown && ok && p.Sees && m.Live() && m.Attended && m.Layout.Thread > 0
}

// Typing tells colleagues and the customer, once in a while, that the user types a reply.
func (m *Model) Typing(id model.ConversationID) tea.Cmd {
	now := m.Now()
	if !m.telling(id) || m.typed == id && now.Before(m.typedAt.Add(tellTyping)) {
		return nil
	}
	m.typed, m.typedAt = id, now
	return m.send(model.FrameTyping, id, true)
}

// Typed tells colleagues that the user no longer types, if they were told before.
func (m *Model) Typed() tea.Cmd {
	id := m.typed
	if m.typed = ""; id == "" || !m.Now().Before(m.typedAt.Add(typingFor)) {
		return nil
	}
	return m.send(model.FrameTyping, id, false)
}

func (m *Model) send(what model.FrameType, id model.ConversationID, active bool) tea.Cmd {
	hub := m.hub
	f := model.Ephemeral{Type: what, Page: id.Page(), Conversation: id, User: m.Inbox.User().Ref(), Active: active}
	return func() tea.Msg {
		hub.Tell(f)
		return nil
	}
}

// ToldUntil returns when colleagues have to be told again what the user looks at.
func (m *Model) ToldUntil() time.Time {
	if m.told == "" {
		return time.Time{}
	}
	return m.toldAt.Add(tellLooking)
}

// Forget drops what colleagues do in conversations for which gone holds.
func (m *Model) Forget(gone func(model.ConversationID) bool) {
	maps.DeleteFunc(m.others, func(id model.ConversationID, _ []doing) bool { return gone(id) })
}
