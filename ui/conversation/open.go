package conversation

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/model/inbox"
	"parley/ui/screen"
	"parley/ui/thread"
)

// historyPage is how many messages are read at a time.
const historyPage = 50

// opened is the state of the open conversation.
type opened struct {
	opening inbox.Opening
	// reading: its newest messages are being read. older: older ones are.
	reading, older bool
	// refused: older messages could not be read; they are read again when the user moves, or
	// the hub is back.
	refused bool
	// unread is how many messages were unread when it was opened; first is the first of them,
	// once known.
	unread int
	first  model.MessageID
	// stale: the pane has to be drawn again.
	stale bool
	// tomorrow is when the day of its last drawing ends.
	tomorrow time.Time
	// marking is the message up to which it is about to be marked read, done the one up to
	// which it was.
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
		m.PanelOpen = false // it would cover what is opened
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

// Close returns to the list.
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

// followThread updates the open conversation from the Inbox.
func (m *Model) followThread() tea.Cmd {
	c := &m.talk
	if m.Shown == "" {
		return nil
	}
	if _, ok := m.Inbox.Conversation(m.Shown); !ok {
		if p, ok := m.Inbox.Page(m.Shown.Page()); ok && p.Sees && !m.Inbox.Complete(p.ID) {
			c.reading, c.older, c.stale = false, false, false
			m.Thread.Show("")
			return nil // it is being reloaded, and will be back; the typed text stays
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

// concerns reports whether a change affects the open conversation: it names it, or the thread
// held is incomplete.
func (m *Model) concerns(c inbox.Changes) bool {
	id := m.Shown
	t, ok := m.Inbox.Thread(id)
	return c.Many || c.Pages || !ok || !t.Loaded || t.Stale || slices.Contains(c.Conversations, id) || slices.Contains(c.Threads, id)
}

// gone leaves a conversation that was removed or is no longer visible. The typed text stays on
// disk.
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

// ReadOlder reads older messages when the user comes near the oldest one held.
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
			if !m.Waits() || !screen.Unanswered(r.err) { // else the screen says so already
				m.Notify(m.Explain(r.err))
			}
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
		c.refused = true // the open conversation has changed since the request
		return m.followThread()
	case !taken:
		return m.readNewest()
	}
	if t, ok := m.Inbox.Thread(id); ok && !r.older {
		c.first = firstUnread(t.Messages, c.unread)
	}
	return nil
}

// firstUnread returns the first of the customer's last n messages.
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

// content returns what the conversation's pane shows.
func (m *Model) content(r inbox.Row) thread.Content {
	t, _ := m.Inbox.Thread(r.ID)
	return thread.Content{
		Conversation: r, Thread: t, Pending: m.writer.Hold.counted(r.ID, m.writer.shownReplies(r.ID)), Me: m.Inbox.User().ID,
		Keys: thread.Keys{
			Resend: m.KeyOf("resend"), Drop: m.KeyOf("drop"), Attachment: m.KeyOf("open_address"), Open: m.KeyOf("open"),
			Reply: m.KeyOf("reply"), Share: m.KeyOf("share"),
		},
		Now: m.Now(), Loading: m.talk.older || m.talk.reading, FirstUnread: m.talk.first,
		Pictures: m.Pictures,
	}
}

// Expand shows the original text of an edited message.
func (m *Model) Expand() tea.Cmd {
	if msg, ok := m.Thread.Selected(); ok {
		m.Thread.Expand(msg.ID)
		m.talk.stale = true
	}
	return nil
}

// Step moves by that many messages.
func (m *Model) Step(rows int) {
	if rows > 0 {
		m.Thread.Down(rows)
	} else {
		m.Thread.Up(-rows)
	}
}

// HalfPage moves by half pages.
func (m *Model) HalfPage(halves int) { m.Thread.Page(halves) }

// ToEnd goes to the first message held, or the last.
func (m *Model) ToEnd(last bool) {
	if last {
		m.Thread.Bottom()
	} else {
		m.Thread.Top()
	}
}

// Reveal scrolls the selected message into view, and reports whether it was out of view.
func (m *Model) Reveal() bool { return m.Thread.Reveal() }

// Redraw makes the pane be drawn again.
func (m *Model) Redraw() { m.talk.stale = true }

// RetryOlder lets older messages that could not be read be read again.
func (m *Model) RetryOlder() { m.talk.refused = false }

// Leave leaves the open conversation; the typed text is kept.
func (m *Model) Leave() tea.Cmd {
	left := m.writer.LeaveBox()
	m.PanelOpen = false
	m.gone()
	return left
}

// KeepUnread keeps the open conversation unread while it is on screen, after the user marked
// it so.
func (m *Model) KeepUnread() {
	if upTo, ok := m.Thread.SeenUpTo(); ok {
		m.talk.done = upTo
	}
}

// Follow updates the open conversation after changes.
func (m *Model) Follow(c inbox.Changes) tea.Cmd {
	if !m.concerns(c) {
		return nil
	}
	follow := m.followThread()
	m.showNewer()
	return follow
}
