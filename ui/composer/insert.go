package composer

import (
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model/snippet"
)

// BeforeCursor returns the line of the text up to the cursor.
func (b *Box) BeforeCursor() string {
	row := b.text.rows[b.area.Line()].raw
	return string(row[:min(b.area.Column(), len(row))])
}

// Replace replaces the last n code points before the cursor, all of its line, by a text, and reports
// whether that fits.
func (b *Box) Replace(n int, s string) bool {
	s = clean(s)
	if n = min(n, b.area.Column()); utf8.RuneCountInString(b.area.Value())-n+utf8.RuneCountInString(s) > MaxTyped {
		return false
	}
	for range n {
		b.area, _ = b.area.Update(tea.KeyPressMsg{Code: tea.KeyBackspace})
	}
	return b.insert(s)
}

// Bare reports whether there is nothing to send: no text, no quote and no file.
func (b *Box) Bare() bool {
	return strings.TrimSpace(b.Text()) == "" && b.quote == "" && b.files == ""
}

// unfilled says which fields of snippets still stand in the text, however they came there: customers
// never see them. "" if none does.
func (b *Box) unfilled() string {
	fields := snippet.Unfilled(b.Text())
	if len(fields) == 0 {
		return ""
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.String()
	}
	return b.look.Say(i18n.ComposerUnfilled, "Fields", strings.Join(names, " "))
}
