package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/look"
)

// Screen is what the parts of the screen share: what is known, the look, the time, where the
// user is, and the places that any of them may speak from: the last line, and what lies over
// the screen. Each part embeds it. Like all of them it is changed by messages only, one after
// the other.
type Screen struct {
	// inbox is what is known of the hub.
	inbox *inbox.Inbox
	// look is what everything is drawn with.
	look  look.Look
	clock clock
	// browse opens an address in the user's browser; nil where there is none.
	browse func(url string) error

	// w and h are the size of the screen, layout where everything stands on it, as it was
	// drawn last.
	w, h   int
	layout layout
	// focus is the pane that has the keys.
	focus pane
	// lightGround: the terminal's ground is light.
	lightGround bool
	// attended: the user looks at the terminal, as far as it tells.
	attended bool
	// wire is how the connection to the hub stands.
	wire Connection
	// query is what the list shows, unless it shows what was found.
	query inbox.Query
	// shown is the conversation that is open; empty: none is.
	shown model.ConversationID
	// byHand: it is a key that is being seen to.
	byHand bool
	// undo are the actions that can be taken back.
	undo undoStack

	root  root
	over  opened
	toast toast
}

// root is what the screen asks of what it belongs to.
type root interface {
	// keyOf returns the key of a command, empty where it has none.
	keyOf(id string) string
	// explain says an error in the user's words: what happened and what to do.
	explain(err error) string
	// composing tells whether a text is being typed to be sent.
	composing() bool
	// selected returns the conversation that is selected in the list.
	selected() (inbox.Row, bool)
}

// newScreen returns a screen of that root.
func newScreen(r root, in *inbox.Inbox, now func() time.Time, browse func(url string) error) *Screen {
	return &Screen{
		inbox: in, clock: clock{local: now, after: timer}, browse: browse, root: r, attended: true,
		query: inbox.Query{Filter: inbox.FilterOpen, Sort: inbox.SortNewest},
	}
}

// say returns a sentence in the user's language.
func (s *Screen) say(id i18n.ID, pairs ...any) string { return s.look.Say(id, pairs...) }

// keyOf returns the key of a command, empty where it has none.
func (s *Screen) keyOf(id string) string { return s.root.keyOf(id) }

// explain says an error in the user's words: what happened and what to do.
func (s *Screen) explain(err error) string { return s.root.explain(err) }

// now returns the hub's time.
func (s *Screen) now() time.Time { return s.clock.now() }

// live tells whether there is a connection to the hub.
func (s *Screen) live() bool { return s.wire.State == Live }

// current returns the conversation that a command is about: the open one where its pane or
// the panel has the keys, else the selected one.
func (s *Screen) current() (inbox.Row, bool) {
	if s.focus == paneThread || s.focus == panePanel {
		if r, ok := s.inbox.Conversation(s.shown); ok {
			return r, true
		}
	}
	return s.root.selected()
}

// needsConversation tells why nothing can be done with a conversation now.
func (s *Screen) needsConversation() string {
	if _, ok := s.current(); !ok {
		return s.say(i18n.WhyNoConversation)
	}
	return ""
}

// needsOpen tells why nothing can be done with the open conversation now.
func (s *Screen) needsOpen() string {
	if s.shown == "" {
		return s.say(i18n.WhyNotOpen)
	}
	return ""
}

// needsAdmin tells why the user can't do what only an admin may.
func (s *Screen) needsAdmin() string {
	if !s.inbox.User().Admin {
		return s.say(i18n.Code(string(model.NotAdmin)))
	}
	return ""
}

// callTimeout is how long a call of the hub may take before the user is told.
const callTimeout = 15 * time.Second

// call runs something that speaks to the hub as a command.
func call(f func(ctx context.Context) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
		defer cancel()
		return f(ctx)
	}
}
