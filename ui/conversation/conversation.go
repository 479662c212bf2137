// Package conversation is the open conversation: its messages, what users do with them, and
// what they write there, from the first key until the hub has it.
package conversation

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/ui/composer"
	"parley/ui/presence"
	"parley/ui/screen"
	"parley/ui/thread"
)

// ReaderHub is what reading a conversation needs of a client.
type ReaderHub interface {
	// Messages returns up to limit of a conversation's newest messages, or of those before
	// the cursor.
	Messages(ctx context.Context, id model.ConversationID, before string, limit int) (model.MessageList, error)
	// MarkRead moves the conversation's read mark up to a message.
	MarkRead(ctx context.Context, id model.ConversationID, upTo model.MessageID) (model.Conversation, error)
	// React sets the Page's reaction to a message; an empty emoji removes it.
	React(ctx context.Context, id model.ConversationID, message model.MessageID, emoji model.Untrusted) (model.Message, error)
}

// Rows is the list of conversations.
type Rows interface {
	// Select selects a conversation.
	Select(id model.ConversationID) bool
	// Refresh updates the rows after a change.
	Refresh()
}

// Model is the open conversation: its messages, and what users do with them.
type Model struct {
	*screen.Screen
	hub      ReaderHub
	list     Rows
	presence *presence.Model
	// Pictures are those of attachments; nil: none are shown.
	Pictures thread.Pictures
	writer   *Writer
	// again is called when the open conversation is opened again.
	again  func()
	Thread *thread.Pane
	talk   opened
	newer  newer
	// Drawn is where its parts were drawn last.
	Drawn Drawn
}

// Writer is what the user writes: the composer, drafts, and replies that the hub does not
// have yet.
type Writer struct {
	*screen.Screen
	hub      WriterHub
	drafts   Drafts
	list     Rows
	presence *presence.Model
	of       *Model
	Box      *composer.Box
	Typed    typed
	Replies  pending
	// Quotes maps a conversation to the message that its reply being written quotes.
	Quotes map[model.ConversationID]model.MessageID
	// Attached are the files of replies being written, Attacher attaches them.
	Attached map[model.ConversationID][]model.File
	Attacher *Attacher
	// stopped are the replies whose upload the user stopped.
	stopped map[model.ClientID]bool
	// numbered is the number of the last reply sent off.
	numbered int64
	// returned is text that came back from a reply sent off, to be edited; it is at the
	// beginning of what is typed.
	returned map[model.DraftOf]string
	// untold: earlier runs left replies, and the user was not told yet.
	untold bool
	// Hold holds replies back before they are handed in.
	Hold Hold
}

// Options are the dependencies of a conversation.
type Options struct {
	Hub interface {
		ReaderHub
		WriterHub
	}
	Drafts Drafts
	// Files checks files on the user's machine; nil if they are on another.
	Files    Files
	List     Rows
	Presence *presence.Model
	// Again is called when the open conversation is opened again.
	Again func()
	// Typed are the drafts of earlier runs.
	Typed map[model.DraftOf]model.Draft
	// Unsent are the replies of earlier runs that got no answer.
	Unsent []model.Reply
	// Hold is how long replies are held back before they are handed in; 0: not at all.
	Hold time.Duration
}

// New returns a Model with no conversation open, and its Writer.
func New(s *screen.Screen, o Options) (*Model, *Writer) {
	m := &Model{Screen: s, hub: o.Hub, list: o.List, presence: o.Presence, again: o.Again, Thread: thread.New()}
	m.writer = &Writer{
		Screen: s, hub: o.Hub, drafts: o.Drafts, list: o.List, presence: o.Presence, of: m, Box: composer.New(), Typed: newTyped(o.Typed),
		Replies: pending{}, returned: map[model.DraftOf]string{}, stopped: map[model.ClientID]bool{},
		Quotes: map[model.ConversationID]model.MessageID{}, Attached: map[model.ConversationID][]model.File{},
	}
	m.writer.Attacher = &Attacher{Writer: m.writer, files: o.Files, kept: map[model.ConversationID]bool{}}
	for of, d := range o.Typed {
		if m.writer.putWith(of, d); len(d.Files) > 0 {
			m.writer.Attacher.kept[of.Conversation] = true
		}
	}
	m.writer.Hold = Hold{writer: m.writer, length: o.Hold}
	m.writer.addUnsent(o.Unsent)
	return m, m.writer
}

// Msg is a message for Model.
type Msg interface{ aboutConversation() }

func (messagesRead) aboutConversation() {}
func (seen) aboutConversation()         {}
func (marked) aboutConversation()       {}

// Update handles a message.
func (m *Model) Update(msg Msg) tea.Cmd {
	switch msg := msg.(type) {
	case messagesRead:
		return m.messagesRead(msg)
	case seen:
		return m.seen(msg)
	case marked:
		return m.marked(msg)
	}
	return nil
}

// ReplyHub hands in replies.
type ReplyHub interface {
	// Reply hands in a reply or a note, again and again with the same id until the hub accepted
	// or refused it. It is kept on disk from before the first try until then.
	Reply(ctx context.Context, r model.Reply) (model.Message, error)
	// NewClientID returns an id for a new reply.
	NewClientID() model.ClientID
	// StopUpload stops uploading the files of a reply.
	StopUpload(id model.ClientID)
	// Retry sends a reply that asks or failed again, as a new attempt, if attempt is still the
	// last one. seen is the highest seq of the Page that its writer has seen.
	Retry(ctx context.Context, id model.ConversationID, message model.MessageID, attempt int, seen *int64) (model.Message, error)
	// Drop gives up a reply that asks, if attempt is still the last one.
	Drop(ctx context.Context, id model.ConversationID, message model.MessageID, attempt int) (model.Message, error)
}

// KeptHub keeps replies that the hub does not have yet.
type KeptHub interface {
	// Keep keeps a reply on disk that waits for its turn.
	Keep(r model.Reply) error
	// TakeBack returns a reply that could not be handed in to its writer: it is no longer
	// kept. If the hub has it after all, TakeBack returns its message and true.
	TakeBack(ctx context.Context, r model.Reply) (model.Message, bool, error)
	// Taken removes a kept reply that the hub turned out to have.
	Taken(id model.ClientID) error
}

// WriterHub is what writing needs of a client.
type WriterHub interface {
	ReplyHub
	KeptHub
}

// WriterMsg is a message for Writer.
type WriterMsg interface{ aboutWriting() }

func (decided) aboutWriting()       {}
func (pause) aboutWriting()         {}
func (draftSaved) aboutWriting()    {}
func (filesMissing) aboutWriting()  {}
func (fileChecked) aboutWriting()   {}
func (pathCompleted) aboutWriting() {}
func (Replied) aboutWriting()       {}
func (kept) aboutWriting()          {}
func (removed) aboutWriting()       {}
func (withdrawn) aboutWriting()     {}
func (forgotten) aboutWriting()     {}
func (returnedHeld) aboutWriting()  {}

// Update handles a message.
func (m *Writer) Update(msg WriterMsg) tea.Cmd {
	switch msg := msg.(type) {
	case decided:
		return m.decided(msg)
	case pause:
		return m.pause(msg)
	case draftSaved:
		return m.draftSaved(msg)
	case filesMissing:
		return m.Attacher.missing(msg)
	case fileChecked:
		return m.Attacher.checked(msg)
	case pathCompleted:
		m.Attacher.completed(msg)
	case Replied:
		return m.replied(msg)
	case kept:
		m.kept(msg)
	case removed:
		return m.removed(msg)
	case withdrawn:
		return m.withdrawn(msg)
	case returnedHeld:
		m.Hold.returned(msg)
	}
	return nil
}
