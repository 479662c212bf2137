// Package look is what every part of the screen draws with: theme, measure, sentences and the
// user's time zone.
package look

import (
	"strings"
	"time"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
	"parley/ui/cells"
	"parley/ui/theme"
)

// Look is what drawing depends on besides the content. It is immutable; caches of drawings
// use its Version as a key.
type Look struct {
	Theme theme.Theme
	Cells cells.Measure
	Words *i18n.Localizer
	// Zone is the user's time zone.
	Zone *time.Location
	// Version is unique among the looks of a program.
	Version uint32
}

// Say returns a sentence in the user's language. Its punctuation is ASCII where glyphs are.
func (l Look) Say(id i18n.ID, pairs ...any) string {
	said := l.Words.Say(id, pairs...)
	if l.Theme.ASCII {
		said = plain.Replace(said)
	}
	return said
}

// plain is the punctuation of sentences in ASCII.
var plain = strings.NewReplacer("·", "-", "…", "...", "–", "-", "—", "-", "→", "->", "×", "x", "≥", ">=", "“", `"`, "”", `"`, "’", "'")

// Cut returns at most width cells of a text.
func (l Look) Cut(s string, width int) string { return l.Cells.Cut(s, width, l.Theme.More) }

// Fit returns a text in exactly width cells, cut or padded.
func (l Look) Fit(s string, width int) string { return l.Cells.Fit(s, width, l.Theme.More) }

// Right returns a text in exactly width cells, right-aligned.
func (l Look) Right(s string, width int) string { return l.Cells.Right(s, width, l.Theme.More) }

// Rule returns a horizontal rule.
func (l Look) Rule(width int) string {
	return strings.Repeat(l.Theme.Glyphs.Rule, max(0, width))
}

// Line returns somebody's text, safe to draw on one line.
func (l Look) Line(u model.Untrusted) string { return l.Cells.Shown(safe.Line(u).String()) }

// Ours returns a user's name, or another text from the hub, safe to draw: the hub is not
// trusted with the terminal.
func (l Look) Ours(s string) string { return l.Line(model.Untrusted(s)) }

// Name returns a customer's name, or the end of their id if Facebook does not give it.
func (l Look) Name(c model.Customer) string {
	if s := l.Line(c.Name); s != "" {
		return s
	}
	id := string(c.PSID)
	return l.Say(i18n.CustomerUnnamed, "ID", l.Ours(id[max(0, len(id)-4):]))
}
