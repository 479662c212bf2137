package conversation

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/ui/screen"
)

// ReadAfter is how long a message must be on screen, in a terminal that has the focus,
// to count as read.
const ReadAfter = time.Second

// seen says that a message was on screen long enough.
type seen struct {
	generation uint64
	id         model.ConversationID
	upTo       model.MessageID
}

// marked is the result of marking read.
type marked struct {
	conversation model.Conversation
	err          error
}

// WatchReading starts the wait after which what is on screen counts as read. What is only
// previewed, while the list has the keyboard, doesn't.
func (m *Model) WatchReading() tea.Cmd {
	c := &m.talk
	if m.Shown == "" || m.Layout.Thread == 0 || m.Focus == screen.PaneList || !m.Attended || m.Overlaid() != nil || !m.Live() {
		c.marking = ""
		return nil
	}
	r, ok := m.Inbox.Conversation(m.Shown)
	upTo, visible := m.Thread.SeenUpTo()
	if !ok || r.Unread == 0 && !slices.Contains(r.Mentioned, m.Inbox.User().ID) || !visible || upTo == c.marking || upTo == c.done {
		return nil
	}
	c.marking = upTo
	c.generation++
	s := seen{generation: c.generation, id: m.Shown, upTo: upTo}
	return m.Clock.After(ReadAfter, s)
}

func (m *Model) seen(s seen) tea.Cmd {
	c := &m.talk
	if s.generation != c.generation || s.id != m.Shown || s.upTo != c.marking {
		return nil
	}
	c.marking, c.done = "", s.upTo
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		r, err := hub.MarkRead(ctx, s.id, s.upTo)
		return marked{conversation: r, err: err}
	})
}

// marked applies the new read mark. A failure is not shown: the next message seen moves the
// mark again.
func (m *Model) marked(r marked) tea.Cmd {
	if r.err != nil {
		if m.Shown == r.conversation.ID || r.conversation.ID == "" {
			m.talk.done = ""
		}
		return nil
	}
	m.Put(r.conversation)
	return nil
}

// Put applies a conversation that the hub returned.
func (m *Model) Put(c model.Conversation) {
	m.Inbox.Put(c)
	m.list.Refresh()
	m.talk.stale = m.talk.stale || m.Shown == c.ID
}

// PutLinked applies a conversation with new links, which don't change its seq.
func (m *Model) PutLinked(c model.Conversation) {
	m.Put(c)
	m.Inbox.PutLinks(model.LinkChange{Conversation: c.ID, Links: c.Links})
	m.list.Refresh()
}
