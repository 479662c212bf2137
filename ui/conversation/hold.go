package conversation

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/look"
	"parley/ui/screen"
	"parley/ui/thread"
)

const (
	// holdMargin is how long before the end of the reply window a held reply leaves at the
	// latest: holding must not make it miss the window.
	holdMargin = 2 * time.Second
	// heldLate is how long after its time a held reply may still leave by itself. Later,
	// because the computer slept, nobody expects it any more, so its user is asked.
	heldLate = 30 * time.Second
)

// held is the hold of one reply.
type held struct {
	length time.Duration
	// until is when it leaves; zero until it is on disk.
	until time.Time
	// now: it leaves as soon as it is on disk. back: it returns to the composer then.
	now, back bool
	undo      *screen.Undo
}

// Hold holds replies back for a moment before they are handed in, so that their user can still
// take them back. Only the client holds: no hub knows of a held reply, which is on disk before
// its time begins to count.
type Hold struct {
	writer *Writer
	length time.Duration
	// leaving: the program ends once what was held is handed in.
	leaving bool
}

// of returns for how long to hold a reply. Neither notes nor scheduled replies are held, nor is
// what would miss the reply window by it.
func (h *Hold) of(r model.Reply) time.Duration {
	if r.Note || r.SendAt != nil {
		return 0
	}
	length := h.length
	if row, ok := h.writer.Inbox.Conversation(r.Conversation); ok && row.Reply.Until != nil {
		length = min(length, row.Reply.Until.Sub(h.writer.Now())-holdMargin)
	}
	return max(0, length)
}

// begin holds a reply that was just added. It begins to count once the reply is on disk.
func (h *Hold) begin(r model.Reply, length time.Duration) {
	u := h.find(r.Conversation, r.ClientID)
	if u == nil || length <= 0 {
		return
	}
	u.held = &held{length: length, undo: &screen.Undo{
		Of: r.Conversation, Back: func() tea.Cmd { return h.takeBack(r.Conversation, r.ClientID) },
	}}
	h.writer.Undo.Push(u.held.undo)
}

func (h *Hold) find(id model.ConversationID, client model.ClientID) *unheard {
	all := h.writer.Replies[id]
	for i := range all {
		if all[i].ClientID == client {
			return &all[i]
		}
	}
	return nil
}

// kept begins to count, now that the reply is on disk, or as near to it as it gets.
func (h *Hold) kept(r model.Reply) {
	u := h.find(r.Conversation, r.ClientID)
	if u == nil || u.held == nil || !u.held.until.IsZero() {
		return
	}
	u.held.until = h.writer.Now().Add(u.held.length)
}

// Pass lets go of the replies whose time is over, and returns what follows from that.
func (h *Hold) Pass() tea.Cmd {
	now := h.writer.Now()
	var back []model.Reply
	h.all(func(u *unheard) {
		switch {
		case u.held.until.IsZero(): // not on disk yet
			return
		case u.held.back:
			back = append(back, u.Reply)
			return
		case now.Before(u.held.until) && !u.held.now:
			return
		case now.Sub(u.held.until) > heldLate:
			u.Failed = h.writer.Say(i18n.HeldTooLong)
		}
		h.writer.Undo.Drop(u.held.undo)
		u.held = nil
		h.writer.of.talk.stale = h.writer.of.talk.stale || h.writer.Shown == u.Reply.Conversation
	})
	var cmds []tea.Cmd
	for _, r := range back {
		cmds = append(cmds, h.giveBack(r))
	}
	return tea.Batch(cmds...)
}

// takeBack returns a held reply to the composer, once it is on disk: what is written later
// would outlast its removal.
func (h *Hold) takeBack(id model.ConversationID, client model.ClientID) tea.Cmd {
	if u := h.find(id, client); u != nil && u.held != nil {
		h.writer.Undo.Drop(u.held.undo)
		u.held.back = true
		delete(h.writer.returned, model.DraftOf{Conversation: id}) // it goes before what came back before
	}
	return nil // Pass does it
}

// returnedHeld is the result of removing from disk a reply that was taken back.
type returnedHeld struct{ err error }

func (h *Hold) returned(r returnedHeld) {
	if r.err != nil {
		h.writer.Notify(h.writer.Explain(r.err))
	}
}

// giveBack returns a held reply to the composer as it was. Its draft is on disk before the
// reply no longer is.
func (h *Hold) giveBack(r model.Reply) tea.Cmd {
	m := h.writer
	id := r.Conversation
	m.Replies.drop(id, r.ClientID)
	r.Held = false
	saved := m.giveBackReply(r)
	hub := m.hub
	removed := func() tea.Msg { return returnedHeld{hub.Taken(r.ClientID)} }
	m.of.talk.stale = m.of.talk.stale || m.Shown == id
	var open tea.Cmd
	if m.Shown == id && m.Focus != screen.PaneList && m.Overlaid() == nil {
		open = m.OpenComposer()
	} else {
		m.Notify(m.SaidUndone(id))
	}
	return tea.Batch(open, tea.Sequence(saved, removed))
}

// sendsNow lets go of the open conversation's held replies if nothing was typed since, and
// reports whether there were any.
func (h *Hold) sendsNow() bool {
	return h.Composes() && len(h.writer.Attached[h.writer.Box.Conversation()]) == 0 && h.SendNow()
}

// Composes reports whether the composer is that of a reply, with nothing typed.
func (h *Hold) Composes() bool { return h.writer.Box.Text() == "" && !h.writer.Box.Note() }

// SendNow lets go of the open conversation's held replies, and reports whether there were any.
func (h *Hold) SendNow() bool {
	found := false
	for i := range h.writer.Replies[h.writer.Shown] {
		if u := &h.writer.Replies[h.writer.Shown][i]; u.held != nil && !u.held.back {
			u.held.now, found = true, true
		}
	}
	return found
}

// NeedsHeld says why there is nothing to send at once; empty: there is.
func (h *Hold) NeedsHeld() string {
	for _, u := range h.writer.Replies[h.writer.Shown] {
		if u.held != nil {
			return ""
		}
	}
	return h.writer.Say(i18n.WhyNothingHeld)
}

// TakesBack reports whether the undo key takes back a held reply of the open conversation.
func (h *Hold) TakesBack() bool {
	for _, u := range h.writer.Replies[h.writer.Shown] {
		if u.held != nil && h.writer.Undo.Newest(u.held.undo) {
			return true
		}
	}
	return false
}

// counted adds to the replies of a conversation for how long they are held, and the keys.
func (h *Hold) counted(id model.ConversationID, shown []thread.Pending) []thread.Pending {
	m := h.writer
	for i, u := range m.Replies[id] {
		if u.held == nil {
			continue
		}
		left := u.held.length
		if !u.held.until.IsZero() {
			left = u.held.until.Sub(m.Now())
		}
		n := max(1, int((left+time.Second-1)/time.Second))
		words, pairs := i18n.HeldFor, []any{"N", n, "Undo", m.KeyOf("undo"), "Dot", m.Look.Theme.Bullet}
		if !m.Undo.Newest(u.held.undo) {
			words = i18n.HeldForNow // the undo key would take back something else
		}
		shown[i].Going = m.Say(words, pairs...)
	}
	return shown
}

// nextSecond is when the countdown of a conversation changes; zero: nothing is held there.
func (h *Hold) nextSecond(id model.ConversationID) time.Time {
	var next time.Time
	now := h.writer.Now()
	for _, u := range h.writer.Replies[id] {
		if u.held == nil || u.held.until.IsZero() {
			continue
		}
		left := u.held.until.Sub(now)
		next = look.Earlier(next, now.Add(max(0, left-1)%time.Second+1))
	}
	return next
}

// Next is when the next held reply leaves; zero: none is held.
func (h *Hold) Next() time.Time {
	var next time.Time
	for _, all := range h.writer.Replies {
		for _, u := range all {
			if u.held != nil {
				next = look.Earlier(next, u.held.until)
			}
		}
	}
	return next
}

// Count returns how many replies are held, in all conversations.
func (h *Hold) Count() int {
	n := 0
	for _, all := range h.writer.Replies {
		for _, u := range all {
			if u.held != nil {
				n++
			}
		}
	}
	return n
}

// Leave lets go of all held replies; [Hold.Left] then tells when the program may end.
func (h *Hold) Leave() {
	h.leaving = true
	h.all(func(u *unheard) { u.held.now, u.leaving = true, true })
}

// Leaving reports whether the program is about to end.
func (h *Hold) Leaving() bool { return h.leaving }

// Left reports whether what was held when the user wanted to leave is handed in. If something
// of it could not be, the program does not end.
func (h *Hold) Left() bool {
	if !h.leaving {
		return false
	}
	for _, all := range h.writer.Replies {
		for _, u := range all {
			if u.leaving && (u.Failed != "" || h.writer.Replies.behind(u.Reply)) {
				h.leaving = false
			}
			if u.leaving {
				return false
			}
		}
	}
	return true
}

// TakeAllBack makes drafts of all held replies.
func (h *Hold) TakeAllBack() tea.Cmd {
	h.all(func(u *unheard) { u.held.back = true })
	return h.Pass()
}

func (h *Hold) all(f func(*unheard)) {
	for _, all := range h.writer.Replies {
		for i := range all {
			if all[i].held != nil {
				f(&all[i])
			}
		}
	}
}
