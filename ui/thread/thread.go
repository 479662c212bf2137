// Package thread draws a conversation: what was said, newest at the bottom, with day
// lines, grouped authors, how far each reply came, and what asks for a hand.
//
// A [Pane] lays out what is on the screen and no more: each message once for a width,
// kept until the message, or what it looks like beside its neighbours, changes. The
// place in the conversation is held by a message and a line of it, never by a count of
// lines from the beginning, so that a conversation of any length opens alike and stays
// where it is when older messages are put before it.
//
// All text from outside goes through parley/model/safe here, and what [Pane.Lines]
// returns holds no control character but our own styles. A Pane belongs to one
// goroutine.
package thread

import (
	"cmp"
	"time"

	"parley/model"
	"parley/model/inbox"
	"parley/ui/look"
)

// Pending is a reply that was typed but that the hub has not taken yet.
type Pending struct {
	ClientID model.ClientID
	// Note: it is for colleagues.
	Note bool
	Text model.Untrusted
	// ReplyTo is the message it quotes, or empty.
	ReplyTo model.MessageID
	// Attachments are the files that it carries.
	Attachments []model.Attachment
	At          time.Time
	// Going is how far it has come, in words, while it is on its way; empty: not told.
	Going string
	// Failed is why the hub did not take it, in words; empty while it is on its way.
	Failed string
}

// Keys are the keys that the pane names, as they are shown. An empty one is the
// default.
type Keys struct {
	Resend, Drop, Attachment, Open, Reply, Share string
}

// Content is what the pane shows.
type Content struct {
	Conversation inbox.Row
	Thread       inbox.Thread
	// Pending are the replies on their way to the hub, the oldest first.
	Pending []Pending
	// Me is the user; what they wrote is by "You".
	Me  model.UserID
	Now time.Time
	// Loading: older messages are being read.
	Loading bool
	// FirstUnread is the first message that was not read when the conversation was
	// opened; empty: none.
	FirstUnread model.MessageID
	Keys        Keys
}

// Pane is the conversation on the screen.
type Pane struct {
	w, h int
	look look.Look
	c    Content
	// filled: there is content, and with it a look.
	filled bool
	shown  model.ConversationID
	// opening: the first place of this conversation is still to be found.
	opening bool

	// pending are the replies that the hub has not taken, as messages, with the reasons
	// for those that failed.
	pending []model.Message
	reasons []string
	items   []item
	groups  []group
	// index finds messages by their ids; it is made when it is asked for.
	index map[model.MessageID]int
	// asks is the oldest message that asks, or -1.
	asks int

	frame    frame
	memo     memo
	expanded map[model.MessageID]bool

	top   pos
	stuck bool
	hold  anchor
	sel   selection
}

// New returns a pane with nothing in it.
func New() *Pane {
	return &Pane{stuck: true, asks: -1, sel: selection{newest: true}, expanded: map[model.MessageID]bool{}}
}

// SetSize says how many cells the pane has.
func (p *Pane) SetSize(w, h int) {
	w, h = max(0, w), max(0, h)
	if w == p.w && h == p.h {
		return
	}
	p.w, p.h = w, h
	p.place()
}

// Show begins another conversation: at its newest message, or at the first unread one
// where that is further up.
func (p *Pane) Show(id model.ConversationID) {
	if id != p.c.Conversation.ID {
		p.c = Content{}
		p.filled = false
		p.reindex()
	}
	p.shown = id
	p.opening, p.stuck = true, true
	p.sel = selection{newest: true}
	clear(p.expanded)
	p.place()
}

// Set gives the pane new content. What is on the screen stays in its place: at the
// bottom it stays at the bottom, else the same line of the same message stays on the
// same line of the screen.
func (p *Pane) Set(l look.Look, c Content) {
	if c.Conversation.ID != p.shown {
		p.Show(c.Conversation.ID)
	}
	p.look, p.c, p.filled = l, c, true
	p.reindex()
	p.place()
}

// Expand shows what an edited message was before, or hides it again.
func (p *Pane) Expand(id model.MessageID) {
	if p.expanded[id] {
		delete(p.expanded, id)
	} else {
		p.expanded[id] = true
	}
	p.place()
}

// reindex works out everything that follows from the content as a whole.
func (p *Pane) reindex() {
	clear(p.index)
	p.setPending()
	p.arrange()
}

// setPending makes messages of the replies on their way. One that the hub has taken is
// among the messages already.
func (p *Pane) setPending() {
	clear(p.pending)
	p.pending, p.reasons = p.pending[:0], p.reasons[:0]
	if len(p.c.Pending) == 0 {
		return
	}
	taken := make(map[model.ClientID]bool)
	for i := range p.c.Thread.Messages {
		if id := p.c.Thread.Messages[i].ClientID; id != "" {
			taken[id] = true
		}
	}
	for _, r := range p.c.Pending {
		if taken[r.ClientID] {
			continue
		}
		m := model.Message{
			ClientID: r.ClientID, ConversationID: p.c.Conversation.ID, Direction: model.Out, Text: r.Text, ReplyTo: r.ReplyTo, Attachments: r.Attachments,
			Author: model.Author{Kind: model.ByUser, ID: string(p.c.Me)}, SentAt: r.At, State: model.Queued,
		}
		if r.Note {
			m.Direction, m.State = model.Note, ""
		}
		if r.Failed != "" {
			m.State = model.Failed
		}
		p.pending = append(p.pending, m)
		p.reasons = append(p.reasons, cmp.Or(r.Failed, r.Going))
	}
}

// count is how many messages there are, with those on their way.
func (p *Pane) count() int { return len(p.items) }

// at returns a message; those on their way come last.
func (p *Pane) at(i int) *model.Message {
	if n := len(p.c.Thread.Messages); i >= n {
		return &p.pending[i-n]
	}
	return &p.c.Thread.Messages[i]
}

// reason returns why the hub did not take a reply, or how far it has come, if it is one of
// those.
func (p *Pane) reason(i int) string {
	if n := len(p.c.Thread.Messages); i >= n {
		return p.reasons[i-n]
	}
	return ""
}

// find returns where a message stands.
func (p *Pane) find(id model.MessageID) (int, bool) {
	if len(p.index) == 0 {
		if p.index == nil {
			p.index = make(map[model.MessageID]int, len(p.c.Thread.Messages))
		}
		for i := range p.c.Thread.Messages {
			p.index[p.c.Thread.Messages[i].ID] = i
		}
	}
	i, ok := p.index[id]
	return i, ok
}
