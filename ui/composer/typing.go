package composer

import (
	"unicode"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"
)

// keys are the text area's keys that are left to it. All others are off: its paste reads
// and its copy writes the clipboard of the machine that Parley runs on, which over SSH is
// not the user's; a selection would not be drawn; and up and down go by our lines.
func keys() textarea.KeyMap {
	d := textarea.DefaultKeyMap()
	return textarea.KeyMap{
		CharacterBackward: d.CharacterBackward, CharacterForward: d.CharacterForward,
		WordBackward: d.WordBackward, WordForward: d.WordForward,
		LineStart: d.LineStart, LineEnd: d.LineEnd,
		InputBegin: d.InputBegin, InputEnd: d.InputEnd,
		DeleteCharacterBackward: d.DeleteCharacterBackward, DeleteCharacterForward: d.DeleteCharacterForward,
		DeleteWordBackward: d.DeleteWordBackward, DeleteWordForward: d.DeleteWordForward,
		DeleteBeforeCursor: d.DeleteBeforeCursor, DeleteAfterCursor: d.DeleteAfterCursor,
	}
}

// Update takes a key or a pasted text while the composer is open. What enter and esc do
// is the caller's; nothing that is pasted is taken for a key.
func (b *Box) Update(msg tea.Msg) tea.Cmd {
	if !b.open {
		return nil
	}
	switch msg := msg.(type) {
	case tea.PasteMsg:
		if !b.insert(clean(msg.Content)) {
			return func() tea.Msg { return PasteRefused{} }
		}
	case tea.KeyPressMsg:
		b.press(msg)
	}
	return nil
}

// NewLine begins a new line at the cursor.
func (b *Box) NewLine() { b.insert("\n") }

// insert puts a text at the cursor, and tells whether there is room for it.
func (b *Box) insert(s string) bool {
	if utf8.RuneCountInString(b.area.Value())+utf8.RuneCountInString(s) > MaxTyped {
		return false
	}
	b.area.InsertString(s)
	b.goal = -1
	b.arrange()
	return true
}

func (b *Box) press(msg tea.KeyPressMsg) {
	// A text is never the name of a key, though an input method may give "up" as one.
	if msg.Text != "" {
		b.insert(clean(msg.Text))
		return
	}
	switch msg.Keystroke() {
	case "up", "ctrl+p":
		b.moveLines(-1)
	case "down", "ctrl+n":
		b.moveLines(1)
	case "pgup":
		b.moveLines(-b.parts.rows)
	case "pgdown":
		b.moveLines(b.parts.rows)
	default:
		b.edit(msg)
	}
	b.arrange()
}

// edit has the text area do what a key asks for. It goes by code points; a reader goes
// by characters.
func (b *Box) edit(msg tea.KeyPressMsg) {
	b.goal = -1
	before, after := b.text.around(b.area.Line(), b.area.Column())
	times := 1
	switch k := b.area.KeyMap; {
	case key.Matches(msg, k.CharacterBackward) && before > 0:
		b.area.SetCursorColumn(b.area.Column() - before)
		return
	case key.Matches(msg, k.CharacterForward) && after > 0:
		b.area.SetCursorColumn(b.area.Column() + after)
		return
	case key.Matches(msg, k.DeleteCharacterBackward):
		times = b.takesBack(before)
	case key.Matches(msg, k.DeleteCharacterForward):
		times = after
	}
	for range min(max(1, times), longest) {
		b.area, _ = b.area.Update(msg)
	}
}

// longest is how many code points one key deletes at most. What is written has fewer in
// a character.
const longest = 16

// takesBack returns how many of the code points before the cursor one backspace takes:
// a mark or a vowel alone, as in Thai, where it was typed alone, but an emoji whole.
func (b *Box) takesBack(before int) int {
	if before < 2 {
		return before
	}
	r := b.text.rows[b.area.Line()].raw[b.area.Column()-1]
	if unicode.In(r, unicode.L, unicode.Mn, unicode.Mc) && !unicode.Is(unicode.Variation_Selector, r) {
		return 1
	}
	return before
}

// moveLines moves the cursor up or down by lines as they are drawn, in its column.
func (b *Box) moveLines(by int) {
	at, x := b.text.find(b.area.Line(), b.area.Column())
	if b.goal < 0 {
		b.goal = x
	}
	step := 1
	if by < 0 {
		step = -1
	}
	last := len(b.text.lines) - 1
	for to := min(max(0, at+by), last); to != at && to >= 0 && to <= last; to += step {
		if row, col, ok := b.text.at(to, b.goal); ok {
			b.move(row, col)
			return
		}
	}
}

// move puts the cursor somewhere. The text area goes from line to line only step by
// step, and by its own up and down it may stay where it is for ever; but from the end of
// a line one step to the right is always the next one's start.
func (b *Box) move(row, col int) {
	for b.area.Line() < row {
		b.area.CursorEnd()
		b.area, _ = b.area.Update(tea.KeyPressMsg{Code: tea.KeyRight})
	}
	for b.area.Line() > row {
		b.area.CursorStart()
		b.area, _ = b.area.Update(tea.KeyPressMsg{Code: tea.KeyLeft})
	}
	b.area.SetCursorColumn(col)
}
