// Package overlay holds what opens over the screen: the palette, the help, prompts and
// short lists.
//
// An overlay does nothing itself. It answers a key with an [Action], and the root of the
// screen does what that asks for. All text that it is given is safe to draw already,
// but what is typed or pasted into it, which it makes safe where it draws it.
package overlay

import (
	tea "charm.land/bubbletea/v2"

	"parley/ui/look"
)

// Overlay is something open over the screen. It is not safe for concurrent use.
type Overlay interface {
	// Update takes a key or a pasted text. The action is nil where there is nothing to
	// do but to draw again.
	Update(msg tea.Msg) (Action, tea.Cmd)
	// Lines returns what to draw, within w × h cells: lines of equal width.
	Lines(l look.Look, w, h int) []string
	// Cursor returns where the terminal's cursor belongs, relative to the first of the
	// lines that were drawn last; false where nothing is typed.
	Cursor() (x, y int, ok bool)
}

// Action is what an overlay asks for: nil (nothing), [Closed], [Chosen], [Entered],
// [Edited], [Completing], [Moved], [Opened] or [Filled].
type Action interface{ isAction() }

// Closed asks to close the overlay.
type Closed struct{}

// Chosen says which item was chosen.
type Chosen struct{ ID string }

// Entered says what was typed, once it is finished.
type Entered struct{ Text string }

// Edited says what was typed so far.
type Edited struct{ Text string }

// Completing asks to complete what was typed so far.
type Completing struct{ Text string }

// Moved says which item is selected now.
type Moved struct{ ID string }

// Opened says of which item more is wanted, without choosing it.
type Opened struct{ ID string }

// Filled says what stands in each field of a form, once it is finished.
type Filled struct{ Texts []string }

func (Closed) isAction()     {}
func (Chosen) isAction()     {}
func (Entered) isAction()    {}
func (Edited) isAction()     {}
func (Completing) isAction() {}
func (Moved) isAction()      {}
func (Opened) isAction()     {}
func (Filled) isAction()     {}

var (
	_ Overlay = (*Palette)(nil)
	_ Overlay = (*Help)(nil)
	_ Overlay = (*Prompt)(nil)
	_ Overlay = (*Choice)(nil)
	_ Overlay = (*Picker)(nil)
	_ Overlay = (*Form)(nil)
	_ Overlay = (*Reader)(nil)
)
