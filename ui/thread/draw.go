package thread

import (
	"strings"

	"parley/i18n"
	"parley/ui/cells"
	"parley/ui/theme"
)

// ink names a style of the theme.
type ink uint8

const (
	text ink = iota
	strong
	muted
	faint
	accent
	warn
	danger
)

// of returns the style in a theme.
func (i ink) of(t *theme.Theme) theme.Style {
	switch i {
	case strong:
		return t.Strong
	case muted:
		return t.Muted
	case faint:
		return t.Faint
	case accent:
		return t.Accent
	case warn:
		return t.Warn
	case danger:
		return t.Danger
	default:
		return t.Text
	}
}

// mark is the first column of a line: it says whose the message is.
type mark uint8

const (
	noMark mark = iota
	oursMark
	noteMark
	asksMark
)

// of returns the glyph of a mark.
func (m mark) of(t *theme.Theme) span {
	switch m {
	case oursMark:
		return span{t.Bar, accent}
	case noteMark:
		return span{t.Bar, warn}
	case asksMark:
		return span{t.Asks, danger}
	default:
		return span{}
	}
}

// span is text in one style.
type span struct {
	text string
	ink  ink
}

// line is a line before drawing.
type line struct {
	mark mark
	// indent is how many cells precede the text, including the mark.
	indent int
	left   [3]span
	right  [2]span
}

const (
	// mostColumn is the widest that a conversation gets: text of 78 cells, indented by two.
	mostColumn = mostText + textIndent
	mostText   = 78
	textIndent = 2
)

// column returns the width between the blank columns on both sides.
func (p *Pane) column() int { return max(0, min(p.w-2, mostColumn)) }

// row is a line being drawn.
type row struct {
	b    strings.Builder
	p    *Pane
	room int
}

// put adds as much of a text as fits.
func (r *row) put(s span) {
	if s.text == "" || r.room == 0 {
		return
	}
	n := r.p.look.Cells.Width(s.text)
	if n > r.room {
		s.text, n = r.p.look.Cells.Head(s.text, r.room)
	}
	r.b.WriteString(s.ink.of(&r.p.look.Theme).Paint(s.text))
	r.room -= n
}

func (r *row) space(n int) {
	n = min(n, r.room)
	r.b.WriteString(cells.Spaces(n))
	r.room -= max(0, n)
}

// draw draws a line in exactly the pane's width. The first cell is a blank, where the selected
// message has its mark.
func (p *Pane) draw(l *line) string { return p.drawIn(p.column(), l) }

// drawIn is draw with right-aligned parts in a column of its own width.
func (p *Pane) drawIn(column int, l *line) string {
	if p.w == 0 {
		return ""
	}
	r := row{p: p, room: column}
	r.b.Grow(p.w + 32)
	r.b.WriteByte(' ')
	if m := l.mark.of(&p.look.Theme); m.text != "" {
		r.put(m)
		r.space(l.indent - 1)
	} else {
		r.space(l.indent)
	}
	for _, s := range l.left {
		r.put(s)
	}
	right := 0
	for _, s := range l.right {
		right += p.look.Cells.Width(s.text)
	}
	if right > 0 {
		r.space(r.room - right)
		for _, s := range l.right {
			r.put(s)
		}
	}
	r.b.WriteString(cells.Spaces(p.w - 1 - column + r.room))
	return r.b.String()
}

// Lines draws the pane: as many lines as it is high, each exactly as wide. focused: the
// selected message shows its mark.
func (p *Pane) Lines(focused bool) []string {
	out := make([]string, 0, p.h)
	if p.filled && p.count() > 0 {
		out = p.visible(out, focused)
	} else if p.filled {
		out = p.empty(out)
	}
	for len(out) < p.h {
		out = append(out, cells.Spaces(p.w))
	}
	return out
}

// visible adds the lines of the messages on the screen.
func (p *Pane) visible(out []string, focused bool) []string {
	selected := -1
	if focused {
		selected = p.selected()
	}
	for i, from := p.top.item, p.top.line; i < p.count() && len(out) < p.h; i, from = i+1, 0 {
		b := p.block(i)
		for n := from; n < len(b.lines) && len(out) < p.h; n++ {
			s := b.draw(p, n)
			if i == selected && n >= b.prelude && p.w > 0 {
				s = accent.of(&p.look.Theme).Paint(p.look.Theme.Selected) + s[1:]
			}
			out = append(out, s)
		}
	}
	if p.c.Loading && p.top == (pos{}) && p.h > 0 {
		// It replaces the first day's line, so that nothing moves.
		l := p.centred(p.look.Say(i18n.ThreadOlder), muted)
		out[0] = p.draw(&l)
	}
	return out
}

// centred returns a line with a text centred in the column.
func (p *Pane) centred(s string, i ink) line {
	s = p.look.Cut(s, p.column())
	return line{indent: (p.column() - p.look.Cells.Width(s)) / 2, left: [3]span{{s, i}}}
}

// rule returns a line with a word between two rules of at most that many cells each.
func (p *Pane) rule(word string, most int) line {
	column := p.column()
	word = p.look.Cut(word, column-2)
	n := min(most, (column-p.look.Cells.Width(word)-2)/2)
	if word == "" || n < 0 {
		return line{}
	}
	rule := p.look.Rule(n)
	total := 2*n + 2 + p.look.Cells.Width(word)
	return line{indent: (column - total) / 2, left: [3]span{{rule, faint}, {" " + word + " ", muted}, {rule, faint}}}
}
