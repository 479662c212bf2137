// Package conversation is the conversation that is open: its messages, what is done with them, and
// what the user writes there, from the first key to when the hub took it.
package conversation

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/ui/composer"
	"parley/ui/presence"
	"parley/ui/screen"
	"parley/ui/thread"
)

// ReaderHub is what reading a conversation needs of a client of the hub.
type ReaderHub interface {
	// Messages returns that many of a conversation's newest messages, or of those before the
	// cursor.
	Messages(ctx context.Context, id model.ConversationID, before string, limit int) (model.MessageList, error)
	// MarkRead moves the conversation's read mark up to a message.
	MarkRead(ctx context.Context, id model.ConversationID, upTo model.MessageID) (model.Conversation, error)
	// React sets the Page's reaction to a message; an empty emoji takes it back.
	React(ctx context.Context, id model.ConversationID, message model.MessageID, emoji model.Untrusted) (model.Message, error)
	// DeleteConversation deletes a conversation for good; only the Page's installer may.
	DeleteConversation(ctx context.Context, id model.ConversationID) error
}

// Rows are those of the list.
type Rows interface {
	// Select selects a conversation.
	Select(id model.ConversationID) bool
	// Refresh has the rows follow a change.
	Refresh()
}

// Model is the conversation that is open: its messages, and what is done with
// them.
type Model struct {
	*screen.Screen
	hub      ReaderHub
	list     Rows
	presence *presence.Model
	writer   *Writer
	// again is called where the open conversation is opened once more.
	again  func()
	Thread *thread.Pane
	talk   opened
	newer  newer
}

// Writer is what the user writes: the composer, drafts, and replies that the hub has
// not taken yet.
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
	// Quotes are the messages that replies being written quote.
	Quotes map[model.ConversationID]model.MessageID
	// files looks at the user's files, nil where they are not; attached are those that go
	// with replies being written.
	files    Files
	Attached map[model.ConversationID][]model.File
	// stopped are the replies whose files the user stopped sending.
	stopped map[model.ClientID]bool
	// numbered is the number of the last key press that sent something off.
	numbered int64
	// returned is what came back of what was sent off, to be changed, and stands first in
	// what is typed.
	returned map[model.DraftOf]string
	// untold: earlier runs left replies, and the user has not been told.
	untold bool
}

// Options are what a conversation works with.
type Options struct {
	Hub interface {
		ReaderHub
		WriterHub
	}
	Drafts Drafts
	// Files looks at files of the user's machine; nil where they are on another.
	Files    Files
	List     Rows
	Presence *presence.Model
	// Again is called where the open conversation is opened once more.
	Again func()
	// Typed are the drafts of earlier runs.
	Typed map[model.DraftOf]model.Draft
	// Unsent are the replies of earlier runs that nobody answered.
	Unsent []model.Reply
}

// New returns the place of a conversation, of which none is open yet, and what
// is written there.
func New(s *screen.Screen, o Options) (*Model, *Writer) {
	m := &Model{Screen: s, hub: o.Hub, list: o.List, presence: o.Presence, again: o.Again, Thread: thread.New()}
	m.writer = &Writer{
		Screen: s, hub: o.Hub, drafts: o.Drafts, list: o.List, presence: o.Presence, of: m, Box: composer.New(), Typed: newTyped(o.Typed),
		Replies: pending{}, returned: map[model.DraftOf]string{}, stopped: map[model.ClientID]bool{},
		Quotes: map[model.ConversationID]model.MessageID{}, files: o.Files, Attached: map[model.ConversationID][]model.File{},
	}
	m.writer.takeUnsent(o.Unsent)
	return m, m.writer
}

// Msg is a message of the open conversation.
type Msg interface{ aboutConversation() }

func (messagesRead) aboutConversation()        {}
func (seen) aboutConversation()                {}
func (marked) aboutConversation()              {}
func (conversationDeleted) aboutConversation() {}

// Update takes a message over.
func (m *Model) Update(msg Msg) tea.Cmd {
	switch msg := msg.(type) {
	case messagesRead:
		return m.messagesRead(msg)
	case seen:
		return m.seen(msg)
	case marked:
		return m.marked(msg)
	case conversationDeleted:
		m.conversationDeleted(msg)
	}
	return nil
}

// ReplyHub hands replies in.
type ReplyHub interface {
	// Reply hands a reply or a note in, again and again with the same id until the hub took or
	// refused it. It is kept on disk from before the first try until then.
	Reply(ctx context.Context, r model.Reply) (model.Message, error)
	// NewClientID returns an id for a new reply.
	NewClientID() model.ClientID
	// StopUpload stops sending the files of a reply that is being handed in.
	StopUpload(id model.ClientID)
	// Retry sends a reply that asks or failed again, as a new attempt, if the last is still
	// that one. seen is the highest seq of the Page that its writer has seen.
	Retry(ctx context.Context, id model.ConversationID, message model.MessageID, attempt int, seen *int64) (model.Message, error)
	// Drop gives a reply that asks up, if its last attempt is still that one.
	Drop(ctx context.Context, id model.ConversationID, message model.MessageID, attempt int) (model.Message, error)
}

// KeptHub keeps replies that the hub did not take yet.
type KeptHub interface {
	// Keep keeps a reply on disk that waits for its turn to be handed in.
	Keep(r model.Reply) error
	// TakeBack gives a reply that could not be handed in back to its writer: it is kept no
	// longer. Where the hub has it after all, its message comes, and true.
	TakeBack(ctx context.Context, r model.Reply) (model.Message, bool, error)
	// Taken forgets a kept reply that the hub turned out to have.
	Taken(id model.ClientID) error
}

// WriterHub is what writing needs of a client of the hub.
type WriterHub interface {
	ReplyHub
	KeptHub
}

// WriterMsg is a message of what is written.
type WriterMsg interface{ aboutWriting() }

func (decided) aboutWriting()       {}
func (pause) aboutWriting()         {}
func (draftSaved) aboutWriting()    {}
func (fileChecked) aboutWriting()   {}
func (pathCompleted) aboutWriting() {}
func (Replied) aboutWriting()       {}
func (kept) aboutWriting()          {}
func (removed) aboutWriting()       {}
func (withdrawn) aboutWriting()     {}
func (forgotten) aboutWriting()     {}

// Update takes a message over.
func (m *Writer) Update(msg WriterMsg) tea.Cmd {
	switch msg := msg.(type) {
	case decided:
		return m.decided(msg)
	case pause:
		return m.pause(msg)
	case draftSaved:
		return m.draftSaved(msg)
	case fileChecked:
		return m.fileChecked(msg)
	case pathCompleted:
		m.pathCompleted(msg)
	case Replied:
		return m.replied(msg)
	case kept:
		m.kept(msg)
	case removed:
		return m.removed(msg)
	case withdrawn:
		return m.withdrawn(msg)
	}
	return nil
}
