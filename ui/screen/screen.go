// Package screen is what the parts of the screen share, and how each of them shows messages
// and overlays. It knows none of them; they know it, and not each other.
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

// Screen is what the parts of the screen share: the Inbox, the look, the time, where the user
// is, and what any part may use: the toast and the overlay. Each part embeds it. Only the
// update loop changes it.
type Screen struct {
	// Inbox is what we know from the hub.
	Inbox *inbox.Inbox
	// Look is the look of all drawing.
	Look  look.Look
	Clock Clock
	// Browse opens an address in the user's browser; nil if there is none.
	Browse func(url string) error

	// W and H are the size of the screen; Layout is that of the last drawing.
	W, H   int
	Layout Layout
	// Focus is the pane that has the keyboard.
	Focus Pane
	// PanelOpen and PanelClosed: the user opened or closed the right-hand panel. If three panes
	// fit, it is shown unless it was closed.
	PanelOpen, PanelClosed bool
	// LightGround: the terminal's background is light.
	LightGround bool
	// Attended: the terminal has the focus, as far as it reports it.
	Attended bool
	// Wire is the state of the connection to the hub.
	Wire Connection
	// Query is the view of the list, unless it shows a search.
	Query inbox.Query
	// Shown is the open conversation; empty: none.
	Shown model.ConversationID
	// ByHand: the message being handled is a key press.
	ByHand bool
	// Widths are the widths of panes that the user wants.
	Widths Widths
	// Remember keeps a setting that the user changed on the screen; nil: it is forgotten with
	// the program. It returns a sentence that says why it is not kept; empty: it is.
	Remember func(name string, value any) string
	// Undo holds the actions that can be undone.
	Undo UndoStack

	root    Root
	over    opened
	toast   toast
	arrival arrival
	// acted is when a key last acted on one row after the other.
	acted time.Time
}

// Root is what Screen needs of the root of the screen.
type Root interface {
	// KeyOf returns the key of a command, "" if it has none.
	KeyOf(id string) string
	// Explain words an error for the user: what happened and what to do.
	Explain(err error) string
	// Composing reports whether the user is typing a text to send.
	Composing() bool
	// Selected returns the conversation selected in the list.
	Selected() (inbox.Row, bool)
}

// New returns the screen of a root.
func New(r Root, in *inbox.Inbox, now func() time.Time, browse func(url string) error) *Screen {
	return &Screen{
		Inbox: in, Clock: Clock{local: now, After: Timer}, Browse: browse, root: r, Attended: true,
		Query: inbox.Query{Filter: inbox.FilterOpen, Sort: inbox.SortNewest},
	}
}

// Say returns a sentence in the user's language.
func (s *Screen) Say(id i18n.ID, pairs ...any) string { return s.Look.Say(id, pairs...) }

// KeyOf returns the key of a command, "" if it has none.
func (s *Screen) KeyOf(id string) string { return s.root.KeyOf(id) }

// Explain words an error for the user: what happened and what to do.
func (s *Screen) Explain(err error) string { return s.root.Explain(err) }

// Composing reports whether the user is typing a text to send.
func (s *Screen) Composing() bool { return s.root.Composing() }

// Now returns the hub's time.
func (s *Screen) Now() time.Time { return s.Clock.now() }

// Waits reports whether what is written has to wait for the hub: it can't be reached, or has not
// answered since the start, and what is shown is of an earlier run.
func (s *Screen) Waits() bool {
	_, kept := s.Inbox.KeptSince()
	return s.Wire.State == Offline || kept && s.Wire.State == Connecting
}

// Keep returns a command that keeps a setting that the user changed on the screen.
func (s *Screen) Keep(name string, value any) tea.Cmd {
	remember := s.Remember
	if remember == nil {
		return nil
	}
	return func() tea.Msg { return Kept{remember(name, value)} }
}

// Kept says why a setting was not kept; empty: it was.
type Kept struct{ Why string }

// Live reports whether the hub is connected.
func (s *Screen) Live() bool { return s.Wire.State == Live }

// PanelShown reports whether the panel is wanted.
func (s *Screen) PanelShown() bool {
	if s.Shown == "" {
		return false
	}
	if s.W >= ThreePanes {
		return !s.PanelClosed
	}
	return s.PanelOpen
}

// Frame collects what several parts contribute to a drawing.
type Frame struct {
	// Cursor is the cursor; nil: none.
	Cursor *tea.Cursor
	// Next is when something changes by time alone; zero: never.
	Next time.Time
}

// Until makes the frame be redrawn at a time, if not before; zero: never.
func (f *Frame) Until(t time.Time) { f.Next = look.Earlier(f.Next, t) }

// Current returns the conversation that a command is about: the open one if its pane or the
// panel has the keyboard, else the selected one.
func (s *Screen) Current() (inbox.Row, bool) {
	if s.Focus == PaneThread || s.Focus == PanePanel {
		if r, ok := s.Inbox.Conversation(s.Shown); ok {
			return r, true
		}
	}
	return s.root.Selected()
}

// NeedsConversation says why nothing can be done with a conversation now; empty: it can.
func (s *Screen) NeedsConversation() string {
	if _, ok := s.Current(); !ok {
		return s.Say(i18n.WhyNoConversation)
	}
	return ""
}

// NeedsOpen says why nothing can be done with the open conversation now; empty: it can.
func (s *Screen) NeedsOpen() string {
	if s.Shown == "" {
		return s.Say(i18n.WhyNotOpen)
	}
	return ""
}

// NeedsAdmin says why the user can't do what only admins may; empty: they can.
func (s *Screen) NeedsAdmin() string {
	if !s.Inbox.User().Admin {
		return s.Say(i18n.Code(string(model.NotAdmin)))
	}
	return ""
}

// CallTimeout is how long a call to the hub may take before the user is told.
const CallTimeout = 15 * time.Second

// Call returns a command that calls the hub.
func Call(f func(ctx context.Context) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), CallTimeout)
		defer cancel()
		return f(ctx)
	}
}

// Unanswered reports whether a call got no answer of the hub: it can't be reached.
func Unanswered(err error) bool {
	var unanswered interface{ Unanswered() bool }
	return errors.As(err, &unanswered) && unanswered.Unanswered()
}

// Refused reports whether the hub said that it did not do something. After any other error it
// may have been done.
func Refused(err error) bool {
	var refused interface{ Refused() bool }
	return errors.As(err, &refused) && refused.Refused()
}
