package overlay

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"parley/ui/look"
)

// Picture shows lines unchanged: a QR code.
type Picture struct {
	title string
	lines []string
}

var _ Overlay = (*Picture)(nil)

// NewPicture returns a picture. Its lines are drawn in the terminal's own colours.
func NewPicture(title string, lines []string) *Picture {
	return &Picture{title: title, lines: slices.Clone(lines)}
}

// Update implements Overlay: any key closes it.
func (p *Picture) Update(msg tea.Msg) (Action, tea.Cmd) {
	if _, ok := msg.(tea.KeyPressMsg); ok {
		return Closed{}, nil
	}
	return nil, nil
}

// Lines implements Overlay.
func (p *Picture) Lines(l look.Look, w, h int) []string {
	f := newSheet(p.title, w, h)
	iw, ih := f.inside()
	var content []string
	for _, s := range p.lines[:min(len(p.lines), max(ih, 0))] {
		content = append(content, l.Theme.Text.Paint(l.Fit(s, iw)))
	}
	return f.lines(l, content)
}

// Cursor implements Overlay.
func (p *Picture) Cursor() (x, y int, ok bool) { return 0, 0, false }
