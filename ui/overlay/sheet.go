package overlay

import (
	"parley/ui/cells"
	"parley/ui/look"
)

// sheet is how an overlay is drawn: at the foot of what it lies over, a rule with its title above
// it, one blank column on either side, and as high as its content.
type sheet struct {
	title string
	w, h  int
}

// newSheet returns a sheet of w cells and at most h lines.
func newSheet(title string, w, h int) sheet { return sheet{title: title, w: max(0, w), h: max(0, h)} }

// narrowBelow is the width below which an overlay has room for its content only.
const narrowBelow = 50

// inside returns the size of its content.
func (s sheet) inside() (w, h int) { return max(0, s.w-2*contentLeft), max(0, s.h-contentTop) }

// contentTop is the line on which the content of a sheet begins, below the rule; contentLeft the
// column.
const (
	contentTop  = 1
	contentLeft = 1
)

// lines draws the sheet around its content: lines of exactly inside's width, with or without
// styles. Lines that don't fit are left out.
func (s sheet) lines(l look.Look, content []string) []string {
	if s.h == 0 {
		return nil
	}
	w, h := s.inside()
	content = content[:min(h, len(content))]
	lines := make([]string, 0, len(content)+contentTop)
	lines = append(lines, s.rule(l))
	left := min(contentLeft, s.w)
	for _, c := range content {
		lines = append(lines, cells.Spaces(left)+c+cells.Spaces(s.w-left-w))
	}
	return lines
}

// rule draws the rule with the title.
func (s sheet) rule(l look.Look) string {
	const before, after = 2, 3 // a cell of the rule, and the blanks around the title
	title := l.Cut(s.title, s.w-before-after)
	if title == "" {
		return l.Theme.Faint.Paint(l.Rule(s.w))
	}
	n := s.w - before - 1 - l.Cells.Width(title)
	return l.Theme.Faint.Paint(l.Rule(1)) + " " + l.Theme.Strong.Paint(title) + " " + l.Theme.Faint.Paint(l.Rule(n))
}
