package lines

import (
	"slices"
	"time"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/model/notify"
)

// heard is what the user was told of a conversation.
type heard struct {
	last      model.MessageID
	at        time.Time
	mine      bool
	mentioned bool
	// closing is the end of the reply window that the user was told of.
	closing time.Time
}

// news is what is said of what happens meanwhile: nothing twice, whatever is read again.
type news struct {
	known map[model.ConversationID]heard
	// sent are the replies of which it was not said yet what became of them.
	sent map[model.MessageID]model.ConversationID
}

func (n *news) forget(gone func(model.ConversationID) bool) {
	for id := range n.known {
		if gone(id) {
			delete(n.known, id)
		}
	}
	for x, id := range n.sent {
		if gone(id) {
			delete(n.sent, x)
		}
	}
}

// learn takes all that is there as known.
func (m telling) learn() {
	v := m.inbox.View(inbox.Query{})
	for i := range v.Len() {
		if r, ok := v.At(i); ok {
			m.news.known[r.ID] = m.hears(r)
		}
	}
}

// hears is what there is to be told of a conversation now.
func (m telling) hears(r inbox.Row) heard {
	me := m.inbox.User().ID
	h := heard{
		mine: r.Assignee != nil && r.Assignee.ID == me, mentioned: slices.Contains(r.Mentioned, me), closing: m.news.known[r.ID].closing,
	}
	if r.LastMessage != nil {
		h.last, h.at = r.LastMessage.ID, r.LastMessage.SentAt
	}
	return h
}

// knows takes as known what the user did with a conversation.
func (m telling) knows(id model.ConversationID) {
	if r, ok := m.conversation(id); ok {
		h := m.news.known[id]
		h.mine = m.hears(r).mine
		m.news.known[id] = h
	}
}

// follow says what changed.
func (m telling) follow(c inbox.Changes) {
	if !m.ready {
		return
	}
	ids := c.Conversations
	if c.Many {
		ids = nil
		v := m.inbox.View(inbox.Query{})
		for i := range v.Len() {
			if r, ok := v.At(i); ok {
				ids = append(ids, r.ID)
			}
		}
	}
	for _, id := range slices.Clone(ids) {
		if r, ok := m.conversation(id); ok {
			m.newsOf(r)
		}
	}
	m.outcomes()
	if m.shown != "" && (c.Many || c.Pages || slices.Contains(c.Threads, m.shown) || slices.Contains(c.Conversations, m.shown)) {
		m.followOpen()
	}
}

// followOpen reads out what is new in the open conversation.
func (m telling) followOpen() {
	t, ok := m.inbox.Thread(m.shown)
	if ok && t.Loaded && !t.Stale {
		m.reads.readOut()
		return
	}
	if _, there := m.conversation(m.shown); m.talk.reading || !there || !m.live() {
		return
	}
	if opening, read := m.inbox.Open(m.shown); read {
		m.reads.readNewest(opening, false)
	}
}

// newsOf says what is new of a conversation, if its user wants to be told. What is new in the open one
// is read out there.
func (m telling) newsOf(r inbox.Row) {
	was, known := m.news.known[r.ID]
	now := m.hears(r)
	m.news.known[r.ID] = now
	me := m.inbox.User().ID
	if l := r.LastMessage; l != nil && l.Direction == model.In && r.ID != m.shown && l.ID != was.last && (!known || l.SentAt.After(was.at)) &&
		!l.SentAt.Before(m.now().Add(-newsAge)) && m.prefs.On(notify.KindOfMessage(me, r.Assignee)) {
		m.sayOf(r.ID, m.Say(i18n.LinesNew, "Row", m.row(r)))
	}
	if now.mine && !was.mine && known && m.prefs.On(notify.AssignedToMe) {
		m.sayOf(r.ID, m.Say(i18n.LinesAssignedYou, "Name", m.Name(r.Customer)))
	}
	if now.mentioned && !was.mentioned && known && r.ID != m.shown && m.prefs.On(notify.Mentioned) {
		m.sayOf(r.ID, m.Say(i18n.LinesMentioned, "Name", m.Name(r.Customer)))
	}
}

// newsAge is how old a message may be to be told as news: what an import brings is none.
const newsAge = 10 * time.Minute

// closing says of the user's own conversations that their reply windows close soon.
func (m telling) closing() {
	if !m.ready || !m.prefs.On(notify.ClosingInMine) {
		return
	}
	now, me := m.now(), m.inbox.User().ID
	v := m.inbox.View(inbox.Query{Filter: inbox.FilterMine, Sort: inbox.SortClosing})
	for i := range v.Len() {
		r, ok := v.At(i)
		if !ok {
			return
		}
		at, tell := notify.Closing(me, r.Conversation)
		h := m.news.known[r.ID]
		if !tell || !now.Before(at) || at.Sub(now) > notify.ClosesWithin || h.closing.Equal(at) {
			continue
		}
		h.closing = at
		m.news.known[r.ID] = h
		m.sayOf(r.ID, m.Say(i18n.LinesClosing, "Name", m.Name(r.Customer), "Time", m.span(at.Sub(now))))
	}
}

// outcomes says what became of the user's replies.
func (m telling) outcomes() {
	for x, id := range m.news.sent {
		if r, ok := m.conversation(id); ok && r.LastMessage != nil && r.LastMessage.ID == x && m.becomes(x, r.LastMessage.State, nil) {
			continue
		}
		t, _ := m.inbox.Thread(id)
		for _, y := range t.Messages {
			if y.ID == x {
				m.becomes(x, y.State, y.Error)
			}
		}
	}
}

// becomes says what became of a reply, and reports whether that is settled.
func (m telling) becomes(x model.MessageID, s model.State, e *model.MessageError) bool {
	id := m.news.sent[x]
	switch name := m.nameOf(id); {
	case s.Arrived():
		left := ""
		if r, ok := m.conversation(id); ok {
			left = m.left(m.now(), r.Reply)
		}
		m.sayOf(id, m.list(m.Say(i18n.LinesSent, "Name", name), left))
	case s == model.Failed, s == model.Ask:
		if e == nil { // the message says why
			if t, ok := m.inbox.Thread(id); ok && t.Loaded && !t.Stale {
				return false
			}
		}
		why := ""
		if e != nil && m.Words.Has(i18n.Trouble(*e)) {
			why = m.Say(i18n.Trouble(*e), "Detail", m.Line(e.Detail))
		}
		m.sayOf(id, m.list(m.Say(i18n.LinesNotSent, "Name", name), why), m.reads.decide())
	case s == model.Dropped:
	default:
		return false
	}
	delete(m.news.sent, x)
	return true
}

// connectNow has the next try to connect come at once.
func (m telling) connectNow() {
	if m.wire.State != inbox.Offline || m.o.Connect == nil {
		m.say(m.Say(i18n.WhyConnected))
		return
	}
	m.say(m.Say(i18n.LinesConnecting))
	m.o.Connect()
}
