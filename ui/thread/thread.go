// Package thread draws a conversation: messages, newest at the bottom, with day lines, grouped
// authors, the state of each reply, and what needs a decision.
//
// A [Pane] lays out only what is on the screen: each message once per width, cached until the
// message or its neighbours change. The position is kept as a message and a line of it, never
// as a count of lines from the beginning, so that a conversation of any length opens equally
// fast and does not move when older messages are inserted before.
//
// All text from outside goes through parley/model/safe here, and what [Pane.Lines] returns has
// no control characters but our own styles. A Pane belongs to one goroutine.
package thread

import (
	"cmp"
	"time"

	"parley/model"
	"parley/model/inbox"
	"parley/ui/look"
)

// Pending is a reply that the hub does not have yet.
type Pending struct {
	ClientID model.ClientID
	// Note: it is for colleagues.
	Note bool
	Text model.Untrusted
	// ReplyTo is the message that it quotes, or empty.
	ReplyTo model.MessageID
	// Attachments are its files.
	Attachments []model.Attachment
	At          time.Time
	// Going words its progress while it is on its way; empty: unknown.
	Going string
	// Failed words why the hub did not accept it; empty while it is on its way.
	Failed string
}

// Keys are the keys that the pane names, as shown. An empty one is the default.
type Keys struct {
	Resend, Drop, Attachment, Open, Reply, Share string
}

// Content is what the pane shows.
type Content struct {
	Conversation inbox.Row
	Thread       inbox.Thread
	// Pending are the replies on their way to the hub, oldest first.
	Pending []Pending
	// Me is the user; their messages are by "You".
	Me  model.UserID
	Now time.Time
	// Loading: older messages are being read.
	Loading bool
	// FirstUnread is the first message that was unread when the conversation was opened;
	// empty: none.
	FirstUnread model.MessageID
	Keys        Keys
	// Pictures are those of attachments; nil: none are shown.
	Pictures Pictures
}

// Pictures shows what attachments are pictures of.
type Pictures interface {
	// Lines returns the lines of an attachment's picture, each painted, and how wide they are, at
	// most room; none if it is not shown or not here.
	Lines(of model.ConversationID, a *model.Attachment, room int) (lines []string, wide int)
	// Here reports whether Lines returns something.
	Here(of model.ConversationID, a *model.Attachment, room int) bool
}

// Pane is the conversation on the screen.
type Pane struct {
	w, h int
	look look.Look
	c    Content
	// filled: it has content and a look.
	filled bool
	shown  model.ConversationID
	// opening: the first position in this conversation is not found yet.
	opening bool

	// pending are the replies that the hub does not have, as messages, with the reasons of those
	// that failed.
	pending []model.Message
	reasons []string
	items   []item
	groups  []group
	// index maps ids to messages; it is built when needed.
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
	// drawn is which message is on each line of the last drawing, by its index; -1: none.
	drawn []int
}

// New returns an empty pane.
func New() *Pane {
	return &Pane{stuck: true, asks: -1, sel: selection{newest: true}, expanded: map[model.MessageID]bool{}}
}

// SetSize sets the size in cells.
func (p *Pane) SetSize(w, h int) {
	w, h = max(0, w), max(0, h)
	if w == p.w && h == p.h {
		return
	}
	p.w, p.h = w, h
	p.place()
}

// Show starts another conversation: at its newest message, or at the first unread one if that
// is further up.
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

// Set sets the content. The position stays: at the bottom it stays at the bottom, else the same
// line of the same message stays on the same line of the screen.
func (p *Pane) Set(l look.Look, c Content) {
	if c.Conversation.ID != p.shown {
		p.Show(c.Conversation.ID)
	}
	p.look, p.c, p.filled = l, c, true
	p.reindex()
	p.place()
}

// Expand shows an edited message's original text, or hides it again.
func (p *Pane) Expand(id model.MessageID) {
	if p.expanded[id] {
		delete(p.expanded, id)
	} else {
		p.expanded[id] = true
	}
	p.place()
}

// reindex recomputes everything that depends on the whole content.
func (p *Pane) reindex() {
	clear(p.index)
	p.setPending()
	p.arrange()
}

// setPending makes messages of the replies on their way, except those that the hub has and that
// are among the messages already.
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

// count returns how many messages there are, including those on their way.
func (p *Pane) count() int { return len(p.items) }

// at returns a message; those on their way come last.
func (p *Pane) at(i int) *model.Message {
	if n := len(p.c.Thread.Messages); i >= n {
		return &p.pending[i-n]
	}
	return &p.c.Thread.Messages[i]
}

// reason returns why the hub did not accept a reply, or its progress; "" for other messages.
func (p *Pane) reason(i int) string {
	if n := len(p.c.Thread.Messages); i >= n {
		return p.reasons[i-n]
	}
	return ""
}

// find returns the index of a message.
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
