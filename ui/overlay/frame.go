package overlay

import (
	"parley/ui/cells"
	"parley/ui/look"
)

// A frame is at most as wide as is comfortable to read; below the smaller sizes a border would
// take room that the content needs.
const (
	frameMax               = 80
	borderMinW, borderMinH = 50, 12
)

// frame is how an overlay is drawn: a thin border with its title and one blank column inside;
// on a small screen without the border, over the full width.
type frame struct {
	title string
	w, h  int
	bare  bool
}

// newFrame returns the frame of at most w × h cells.
func newFrame(title string, w, h int) frame {
	f := frame{title: title, w: max(0, w), h: max(0, h), bare: w < borderMinW || h < borderMinH}
	if !f.bare {
		f.w = min(w, frameMax)
	}
	return f
}

// inside returns the size of its content.
func (f frame) inside() (w, h int) {
	if f.bare {
		return max(0, f.w-2), max(0, f.h-1)
	}
	return f.w - 4, f.h - 2
}

// contentTop is the line on which the content of a frame begins, below the title.
const contentTop = 1

// left returns the column in which its content begins.
func (f frame) left() int {
	if f.bare {
		return 1
	}
	return 2
}

// lines draws the frame around its content: lines of exactly inside's width, with or without
// styles. Lines that don't fit are left out.
func (f frame) lines(l look.Look, content []string) []string {
	w, h := f.inside()
	content = content[:min(h, len(content))]
	lines := make([]string, 0, len(content)+2)
	if f.bare {
		if f.h == 0 {
			return nil
		}
		lines = append(lines, l.Theme.Muted.Paint(l.Fit(" "+f.title, f.w)))
		left := min(1, f.w)
		for _, s := range content {
			lines = append(lines, cells.Spaces(left)+s+cells.Spaces(f.w-left-w))
		}
		if len(lines) < f.h { // separates it from the screen below
			lines = append(lines, l.Theme.Faint.Paint(l.Rule(f.w)))
		}
		return lines
	}
	b := borderOf(l)
	column := l.Theme.Faint.Paint(l.Theme.Column)
	lines = append(lines, f.top(l, b))
	for _, s := range content {
		lines = append(lines, column+" "+s+" "+column)
	}
	return append(lines, l.Theme.Faint.Paint(b.bottomLeft+l.Rule(w+2)+b.bottomRight))
}

// top draws the border with the title.
func (f frame) top(l look.Look, b border) string {
	if f.title == "" {
		return l.Theme.Faint.Paint(b.topLeft + l.Rule(f.w-2) + b.topRight)
	}
	title := l.Cut(f.title, f.w-6)
	rule := l.Rule(f.w - 5 - l.Cells.Width(title))
	return l.Theme.Faint.Paint(b.topLeft+l.Rule(1)) + " " + l.Theme.Text.Paint(title) + " " + l.Theme.Faint.Paint(rule+b.topRight)
}

// border has the corners.
type border struct{ topLeft, topRight, bottomLeft, bottomRight string }

func borderOf(l look.Look) border {
	if l.Theme.Rule == "-" {
		return border{"+", "+", "+", "+"}
	}
	return border{"┌", "┐", "└", "┘"}
}
