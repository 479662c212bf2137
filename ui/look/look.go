// Package look is what every part of the screen is drawn with: theme, measure, words
// and the user's time zone.
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

// Look is what drawing depends on besides what is drawn. It is never changed; what is
// kept of what was drawn goes by its Version.
type Look struct {
	Theme theme.Theme
	Cells cells.Measure
	Words *i18n.Localizer
	// Zone is the user's, for times of day.
	Zone *time.Location
	// Version differs between any two looks of a program.
	Version uint32
}

// Say returns a sentence in the user's language.
func (l Look) Say(id i18n.ID, pairs ...any) string { return l.Words.Say(id, pairs...) }

// Cut returns at most so many cells of a text.
func (l Look) Cut(s string, width int) string { return l.Cells.Cut(s, width, l.Theme.More) }

// Fit returns a text in exactly so many cells, cut or with spaces after it.
func (l Look) Fit(s string, width int) string { return l.Cells.Fit(s, width, l.Theme.More) }

// Right returns a text in exactly so many cells, with spaces before it.
func (l Look) Right(s string, width int) string { return l.Cells.Right(s, width, l.Theme.More) }

// Rule returns a horizontal rule.
func (l Look) Rule(width int) string {
	return strings.Repeat(l.Theme.Glyphs.Rule, max(0, width))
}

// Line returns what a terminal may draw of somebody's text on one line.
func (l Look) Line(u model.Untrusted) string { return l.Cells.Shown(safe.Line(u).String()) }

// Ours returns what a terminal may draw of a user's name or of another text that comes
// from the hub: the hub is not asked to be trusted with the terminal.
func (l Look) Ours(s string) string { return l.Line(model.Untrusted(s)) }

// Name returns a customer's name; for one that Facebook does not tell, the id's end.
func (l Look) Name(c model.Customer) string {
	if s := l.Line(c.Name); s != "" {
		return s
	}
	id := string(c.PSID)
	return l.Say(i18n.CustomerUnnamed, "ID", l.Ours(id[max(0, len(id)-4):]))
}
