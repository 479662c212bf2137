// Package overlay holds what opens over the screen: the palette, the help, prompts and short
// lists.
//
// An overlay does nothing itself. It answers a key with an [Action], which the root of the
// screen executes. All text passed to it is safe to draw already; what is typed or pasted into
// it is made safe when drawn.
package overlay

import (
	tea "charm.land/bubbletea/v2"

	"parley/ui/look"
)

// Overlay is something open over the screen. It is not safe for concurrent use.
type Overlay interface {
	// Update handles a key or a pasted text. The action is nil if there is nothing to do but
	// redraw.
	Update(msg tea.Msg) (Action, tea.Cmd)
	// Lines draws it within w × h cells: lines of equal width.
	Lines(l look.Look, w, h int) []string
	// Cursor returns the position of the terminal's cursor relative to the lines last drawn;
	// false if nothing is typed.
	Cursor() (x, y int, ok bool)
}

// Narrow is an overlay that may lie over one pane alone.
type Narrow interface {
	Overlay
	// Fits reports whether it can be drawn in w cells without losing anything.
	Fits(l look.Look, w int) bool
}

// Action is what an overlay asks for: nil (nothing), [Closed], [Chosen], [Entered],
// [Edited], [Completing], [Moved], [Opened], [Filled], [Removed] or [Picked].
type Action interface{ isAction() }

// Closed asks to close the overlay.
type Closed struct{}

// Chosen says which item was chosen.
type Chosen struct{ ID string }

// Begun says that the user has begun to type what the item of that id asks for.
type Begun struct{ ID, Text string }

// Entered carries a finished text.
type Entered struct{ Text string }

// Edited carries the text typed so far.
type Edited struct{ Text string }

// Completing asks to complete the text typed so far.
type Completing struct{ Text string }

// Moved says which item is selected now.
type Moved struct{ ID string }

// Opened names an item to show more of, without choosing it.
type Opened struct{ ID string }

// Filled carries the texts of a finished form.
type Filled struct{ Texts []string }

// Removed asks to remove an item; the overlay stays open.
type Removed struct{ ID string }

// Picked says what is on.
type Picked struct{ On []string }

func (Closed) isAction()     {}
func (Chosen) isAction()     {}
func (Begun) isAction()      {}
func (Entered) isAction()    {}
func (Edited) isAction()     {}
func (Completing) isAction() {}
func (Moved) isAction()      {}
func (Opened) isAction()     {}
func (Filled) isAction()     {}
func (Picked) isAction()     {}
func (Removed) isAction()    {}

var (
	_ Overlay = (*Palette)(nil)
	_ Overlay = (*Help)(nil)
	_ Narrow  = (*Prompt)(nil)
	_ Narrow  = (*Choice)(nil)
	_ Overlay = (*Picker)(nil)
	_ Overlay = (*Form)(nil)
	_ Overlay = (*Editor)(nil)
	_ Overlay = (*Reader)(nil)
	_ Overlay = (*Toggles)(nil)
)
