package composer

import (
	"unicode"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"
)

// keys are the keys left to the text area. All others are off: its paste and copy use the
// clipboard of the machine that Parley runs on, which over SSH is not the user's; a selection
// would not be drawn; and up and down must follow our lines.
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

// Update handles a key or a pasted text while the composer is open. Enter and esc are the
// caller's; pasted text is never taken as keys.
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

// NewLine inserts a newline at the cursor.
func (b *Box) NewLine() { b.insert("\n") }

// insert inserts a text at the cursor, and reports whether it fits.
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
	// Text is never the name of a key, though an input method may commit "up".
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

// edit makes the text area apply a key. The text area counts code points; the user counts
// characters.
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
		times = b.backspaceLength(before)
	case key.Matches(msg, k.DeleteCharacterForward):
		times = after
	}
	for range min(max(1, times), longest) {
		b.area, _ = b.area.Update(msg)
	}
}

// longest is how many code points one key deletes at most. Real characters have fewer.
const longest = 16

// backspaceLength returns how many code points before the cursor a backspace deletes: a single mark
// or vowel, as in Thai, which was typed singly, but a whole emoji.
func (b *Box) backspaceLength(before int) int {
	if before < 2 {
		return before
	}
	r := b.text.rows[b.area.Line()].raw[b.area.Column()-1]
	if unicode.In(r, unicode.L, unicode.Mn, unicode.Mc) && !unicode.Is(unicode.Variation_Selector, r) {
		return 1
	}
	return before
}

// moveLines moves the cursor up or down by drawn lines, keeping its column.
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

// move puts the cursor somewhere. The text area changes lines only step by step, and its own up
// and down can get stuck; but from the end of a line one step right always is the start of the
// next.
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
