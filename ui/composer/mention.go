package composer

import (
	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/model/mention"
)

// MentionBegun returns what of a colleague's name is typed before the cursor in a note, after an
// @; false: none is, or it is no note.
func (b *Box) MentionBegun() (string, bool) {
	begun, _, ok := mention.Begun(b.lineBefore())
	return begun, ok && b.note && b.open
}

// CompleteMention puts a name in place of what is typed of it.
func (b *Box) CompleteMention(name string) {
	before := b.lineBefore()
	_, from, ok := mention.Begun(before)
	if !ok || !b.note {
		return
	}
	for range len([]rune(before)) - from {
		b.area, _ = b.area.Update(tea.KeyPressMsg{Code: tea.KeyBackspace})
	}
	b.insert(clean("@" + name))
}

// Mentions returns whom of the users the note mentions as it is.
func (b *Box) Mentions(users []model.UserRef) []model.UserRef {
	if !b.note || !b.open {
		return nil
	}
	return mention.Users(mention.Find(model.Untrusted(b.Text()), users))
}

// SetAside shows a line in place of what the keys do, safe to draw; "" if there is none. warns:
// it is a warning.
func (b *Box) SetAside(line string, warns bool) { b.said, b.warns = line, warns }

// lineBefore returns the line of the text up to the cursor.
func (b *Box) lineBefore() string {
	row := b.text.rows[b.area.Line()].raw
	return string(row[:min(b.area.Column(), len(row))])
}
