package conversation

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/screen"
	"parley/ui/thread"
)

// historyPage is how many messages are read at a time.
const historyPage = 50

// opened is the one that is open.
type opened struct {
	opening inbox.Opening
	// reading: its newest messages are being read; older: those before.
	reading, older bool
	// refused: those before could not be read; they are asked for again when the user
	// moves, or the hub is back.
	refused bool
	// unread is how many messages were unread when it was opened, first the first of
	// them, once that is known.
	unread int
	first  model.MessageID
	// stale: what the pane shows is not what is known.
	stale bool
	// tomorrow is when the day that it was drawn on ends.
	tomorrow time.Time
	// marking is what is about to be marked read, done what was.
	marking, done model.MessageID
	generation    uint64
}

// Open opens a conversation.
func (m *Model) Open(id model.ConversationID) tea.Cmd {
	r, ok := m.Inbox.Conversation(id)
	if !ok {
		return nil
	}
	m.Focus = screen.PaneThread
	if m.W < screen.ThreePanes {
		m.PanelOpen = false // it would lie over what is opened
	}
	if m.Shown == id {
		m.again()
		return m.followThread()
	}
	keep := m.writer.keepDraft()
	m.Shown = id
	m.talk = opened{unread: r.Unread, generation: m.talk.generation + 1}
	m.writer.Box.Close()
	m.writer.Box.Show(id, m.writer.Typed.Text(model.DraftOf{Conversation: id}))
	m.Thread.Show(id)
	return tea.Batch(keep, m.followThread())
}

// Close goes back to the list.
func (m *Model) Close() tea.Cmd {
	m.Focus = screen.PaneList
	return m.writer.LeaveBox()
}

// messagesRead is the answer with messages of a conversation.
type messagesRead struct {
	opening inbox.Opening
	older   bool
	model.MessageList
	err error
}

// followThread has the open conversation follow what is known of it.
func (m *Model) followThread() tea.Cmd {
	c := &m.talk
	if m.Shown == "" {
		return nil
	}
	if _, ok := m.Inbox.Conversation(m.Shown); !ok {
		if p, ok := m.Inbox.Page(m.Shown.Page()); ok && p.Sees && !m.Inbox.Complete(p.ID) {
			c.reading, c.older, c.stale = false, false, false
			m.Thread.Show("")
			return nil // it is being read anew, and will be back; what is typed stays
		}
		m.gone()
		return nil
	}
	c.stale = true
	t, ok := m.Inbox.Thread(m.Shown)
	if c.reading || ok && t.Loaded && !t.Stale {
		return nil
	}
	return m.readNewest()
}

// concerns tells whether the open conversation has to follow a change: it is about it, or
// what is held of it is not whole.
func (m *Model) concerns(c inbox.Changes) bool {
	id := m.Shown
	t, ok := m.Inbox.Thread(id)
	return c.Many || c.Pages || !ok || !t.Loaded || t.Stale || slices.Contains(c.Conversations, id) || slices.Contains(c.Threads, id)
}

// gone leaves a conversation that is no longer there, or may no longer be seen. What
// was typed stays on disk.
func (m *Model) gone() {
	m.writer.Box.Close()
	m.Shown = ""
	m.talk = opened{generation: m.talk.generation + 1}
	m.Thread.Show("")
	if m.Focus == screen.PaneThread || m.Focus == screen.PanePanel {
		m.Focus = screen.PaneList
	}
}

// readNewest reads the newest messages of the open conversation.
func (m *Model) readNewest() tea.Cmd {
	o, read := m.Inbox.Open(m.Shown)
	m.talk.opening = o
	if !read {
		return nil
	}
	m.talk.reading = true
	return m.readMessages(o, "")
}

func (m *Model) readMessages(o inbox.Opening, before string) tea.Cmd {
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		ms, err := hub.Messages(ctx, o.Conversation, before, historyPage)
		return messagesRead{opening: o, older: before != "", MessageList: ms, err: err}
	})
}

// ReadOlder reads earlier messages when the user comes near the first that is held.
func (m *Model) ReadOlder() tea.Cmd {
	c := &m.talk
	t, ok := m.Inbox.Thread(m.Shown)
	if m.Shown == "" || !ok || c.older || c.reading || c.refused || t.Stale || t.Cursor == "" || m.Layout.Thread == 0 || !m.Thread.NearTop() {
		return nil
	}
	c.older, c.stale = true, true
	return m.readMessages(c.opening, t.Cursor)
}

func (m *Model) messagesRead(r messagesRead) tea.Cmd {
	c := &m.talk
	id := r.opening.Conversation
	mine := m.Shown == id
	if mine {
		c.reading, c.older = c.reading && r.older, c.older && !r.older
	}
	if r.err != nil {
		if mine {
			c.stale, c.refused = true, r.older
			m.Notify(m.Explain(r.err))
		}
		return nil
	}
	take := m.Inbox.SetMessages
	if r.older {
		take = m.Inbox.AddOlder
	}
	taken, _ := take(r.opening, r.Messages, r.Cursor, r.AsOf[id.Page()])
	if !mine {
		return nil
	}
	c.stale = true
	switch {
	case !taken && r.older:
		c.refused = true // it is another conversation by now than the one that was asked of
		return m.followThread()
	case !taken:
		return m.readNewest()
	}
	if t, ok := m.Inbox.Thread(id); ok && !r.older {
		c.first = firstUnread(t.Messages, c.unread)
	}
	return nil
}

// firstUnread is the first of the customer's last n messages.
func firstUnread(ms []model.Message, n int) model.MessageID {
	for i := len(ms) - 1; i >= 0 && n > 0; i-- {
		if ms[i].Direction == model.In {
			if n--; n == 0 {
				return ms[i].ID
			}
		}
	}
	return ""
}

// content is what the conversation's pane shows.
func (m *Model) content(r inbox.Row) thread.Content {
	t, _ := m.Inbox.Thread(r.ID)
	return thread.Content{
		Conversation: r, Thread: t, Pending: m.writer.Replies.shown(r.ID, m.Say(i18n.WaitsForEarlier)), Me: m.Inbox.User().ID,
		Keys: thread.Keys{
			Resend: m.KeyOf("resend"), Drop: m.KeyOf("drop"), Attachment: m.KeyOf("open_address"), Open: m.KeyOf("open"),
			Reply: m.KeyOf("reply"), Share: m.KeyOf("share"),
		},
		Now: m.Now(), Loading: m.talk.older || m.talk.reading, FirstUnread: m.talk.first,
	}
}

// Expand shows what an edited message was.
func (m *Model) Expand() tea.Cmd {
	if msg, ok := m.Thread.Selected(); ok {
		m.Thread.Expand(msg.ID)
		m.talk.stale = true
	}
	return nil
}

// Step moves by so many messages.
func (m *Model) Step(rows int) {
	if rows > 0 {
		m.Thread.Down(rows)
	} else {
		m.Thread.Up(-rows)
	}
}

// HalfPage moves by halves of what is to be seen.
func (m *Model) HalfPage(halves int) { m.Thread.Page(halves) }

// ToEnd goes to the first of the messages that are held, or the last.
func (m *Model) ToEnd(last bool) {
	if last {
		m.Thread.Bottom()
	} else {
		m.Thread.Top()
	}
}

// Reveal brings the selected message on screen, and tells whether it was not.
func (m *Model) Reveal() bool { return m.Thread.Reveal() }

// Redraw has the pane drawn anew.
func (m *Model) Redraw() { m.talk.stale = true }

// RetryOlder has earlier messages that could not be read asked for again.
func (m *Model) RetryOlder() { m.talk.refused = false }

// Leave leaves the open conversation; what was typed is kept.
func (m *Model) Leave() tea.Cmd {
	left := m.writer.LeaveBox()
	m.PanelOpen = false
	m.gone()
	return left
}

// KeepUnread keeps the open conversation unread that was marked so by hand, while it is on
// screen.
func (m *Model) KeepUnread() {
	if upTo, ok := m.Thread.SeenUpTo(); ok {
		m.talk.done = upTo
	}
}

// Follow has the open conversation follow what came from the hub.
func (m *Model) Follow(c inbox.Changes) tea.Cmd {
	if !m.concerns(c) {
		return nil
	}
	follow := m.followThread()
	m.showNewer()
	return follow
}
