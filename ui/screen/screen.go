// Package screen is what the parts of the screen share, and how each of them speaks up. It knows
// none of them; they know it, and not each other.
package screen

import (
	"context"
	"errors"
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
	// Inbox is what is known of the hub.
	Inbox *inbox.Inbox
	// Look is what everything is drawn with.
	Look  look.Look
	Clock Clock
	// Browse opens an address in the user's browser; nil where there is none.
	Browse func(url string) error

	// W and H are the size of the screen, Layout where everything stands on it, as it was
	// drawn last.
	W, H   int
	Layout Layout
	// Focus is the pane that has the keys.
	Focus Pane
	// PanelOpen and PanelClosed: the right-hand panel is wanted. Where there is room for three
	// panes it is shown unless it was closed.
	PanelOpen, PanelClosed bool
	// LightGround: the terminal's ground is light.
	LightGround bool
	// Attended: the user looks at the terminal, as far as it tells.
	Attended bool
	// Wire is how the connection to the hub stands.
	Wire Connection
	// Query is what the list shows, unless it shows what was found.
	Query inbox.Query
	// Shown is the conversation that is open; empty: none is.
	Shown model.ConversationID
	// ByHand: it is a key that is being seen to.
	ByHand bool
	// Undo are the actions that can be taken back.
	Undo UndoStack

	root  Root
	over  opened
	toast toast
}

// Root is what the screen asks of what it belongs to.
type Root interface {
	// KeyOf returns the key of a command, empty where it has none.
	KeyOf(id string) string
	// Explain says an error in the user's words: what happened and what to do.
	Explain(err error) string
	// Composing tells whether a text is being typed to be sent.
	Composing() bool
	// Selected returns the conversation that is selected in the list.
	Selected() (inbox.Row, bool)
}

// New returns a screen of that root.
func New(r Root, in *inbox.Inbox, now func() time.Time, browse func(url string) error) *Screen {
	return &Screen{
		Inbox: in, Clock: Clock{local: now, After: Timer}, Browse: browse, root: r, Attended: true,
		Query: inbox.Query{Filter: inbox.FilterOpen, Sort: inbox.SortNewest},
	}
}

// Say returns a sentence in the user's language.
func (s *Screen) Say(id i18n.ID, pairs ...any) string { return s.Look.Say(id, pairs...) }

// KeyOf returns the key of a command, empty where it has none.
func (s *Screen) KeyOf(id string) string { return s.root.KeyOf(id) }

// Explain says an error in the user's words: what happened and what to do.
func (s *Screen) Explain(err error) string { return s.root.Explain(err) }

// Composing tells whether a text is being typed to be sent.
func (s *Screen) Composing() bool { return s.root.Composing() }

// Now returns the hub's time.
func (s *Screen) Now() time.Time { return s.Clock.now() }

// Live tells whether there is a connection to the hub.
func (s *Screen) Live() bool { return s.Wire.State == Live }

// PanelShown tells whether the panel is wanted.
func (s *Screen) PanelShown() bool {
	if s.Shown == "" {
		return false
	}
	if s.W >= ThreePanes {
		return !s.PanelClosed
	}
	return s.PanelOpen
}

// Frame is what of the screen as it is drawn comes from more than one part.
type Frame struct {
	// Cursor is where it stands; nil: nowhere.
	Cursor *tea.Cursor
	// Next is when something reads otherwise; zero if nothing does by itself.
	Next time.Time
}

// Until has the frame drawn anew at a time, if nothing has it before; a zero one is none.
func (f *Frame) Until(t time.Time) { f.Next = look.Earlier(f.Next, t) }

// Current returns the conversation that a command is about: the open one where its pane or
// the panel has the keys, else the selected one.
func (s *Screen) Current() (inbox.Row, bool) {
	if s.Focus == PaneThread || s.Focus == PanePanel {
		if r, ok := s.Inbox.Conversation(s.Shown); ok {
			return r, true
		}
	}
	return s.root.Selected()
}

// NeedsConversation tells why nothing can be done with a conversation now.
func (s *Screen) NeedsConversation() string {
	if _, ok := s.Current(); !ok {
		return s.Say(i18n.WhyNoConversation)
	}
	return ""
}

// NeedsOpen tells why nothing can be done with the open conversation now.
func (s *Screen) NeedsOpen() string {
	if s.Shown == "" {
		return s.Say(i18n.WhyNotOpen)
	}
	return ""
}

// NeedsAdmin tells why the user can't do what only an admin may.
func (s *Screen) NeedsAdmin() string {
	if !s.Inbox.User().Admin {
		return s.Say(i18n.Code(string(model.NotAdmin)))
	}
	return ""
}

// CallTimeout is how long a call of the hub may take before the user is told.
const CallTimeout = 15 * time.Second

// Call runs something that speaks to the hub as a command.
func Call(f func(ctx context.Context) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), CallTimeout)
		defer cancel()
		return f(ctx)
	}
}

// Refused tells whether the hub said that it did not do something. After any other error
// it may have been done.
func Refused(err error) bool {
	var refused interface{ Refused() bool }
	return errors.As(err, &refused) && refused.Refused()
}
