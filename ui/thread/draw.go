package thread

import (
	"net/url"
	"slices"
	"strings"

	"parley/i18n"
	"parley/model"
	"parley/ui/cells"
	"parley/ui/link"
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
	linkInk
)

// of returns the style on a ground.
func (i ink) of(t *theme.Ink) theme.Style {
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
	case linkInk:
		return t.Link
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
		return span{text: t.Bar, ink: accent}
	case noteMark:
		return span{text: t.Bar, ink: warn}
	case asksMark:
		return span{text: t.Asks, ink: danger}
	default:
		return span{}
	}
}

// span is text in one style.
type span struct {
	text string
	ink  ink
	// to is where it leads; nil: nowhere.
	to *url.URL
}

// line is a line before drawing.
type line struct {
	mark mark
	// indent is how many cells precede the text, including the mark.
	indent int
	left   [3]span
	right  [2]span
	// picture is a line of one, painted, and wide how many cells it takes; it stands alone.
	picture string
	wide    int
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
	b strings.Builder
	p *Pane
	// ground is what it is drawn on.
	ground *theme.Ink
	room   int
}

// blank adds blanks, whatever the room.
func (r *row) blank(n int) { r.b.WriteString(r.ground.Text.Paint(cells.Spaces(n))) }

// put adds as much of a text as fits.
func (r *row) put(s span) {
	if s.text == "" || r.room == 0 {
		return
	}
	n := r.p.look.Cells.Width(s.text)
	if n > r.room {
		s.text, n = r.p.look.Cells.Head(s.text, r.room)
	}
	r.b.WriteString(link.To(s.to, s.ink.of(r.ground).Paint(s.text)))
	r.room -= n
}

func (r *row) space(n int) {
	n = min(n, r.room)
	r.blank(n)
	r.room -= max(0, n)
}

// draw draws a line in exactly the pane's width.
func (p *Pane) draw(l *line) string { return p.drawIn(p.column(), l, &p.look.Theme.Ink) }

// drawIn is draw with right-aligned parts in a column of its own width, on a ground: the
// selected message stands on its own.
func (p *Pane) drawIn(column int, l *line, ground *theme.Ink) string {
	if p.w == 0 {
		return ""
	}
	r := row{p: p, ground: ground, room: column}
	r.b.Grow(p.w + 32)
	r.blank(1)
	if m := l.mark.of(&p.look.Theme); m.text != "" {
		r.put(m)
		r.space(l.indent - 1)
	} else {
		r.space(l.indent)
	}
	if l.picture != "" && l.wide <= r.room {
		r.b.WriteString(l.picture)
		r.room -= l.wide
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
	r.blank(p.w - 1 - column + r.room)
	return r.b.String()
}

// Lines draws the pane: as many lines as it is high, each exactly as wide. A conversation that
// is shorter stands at the foot, beside the composer. focused: the selected message is seen to be
// selected.
func (p *Pane) Lines(focused bool) []string {
	out := make([]string, 0, p.h)
	p.drawn = p.drawn[:0]
	if p.filled && p.count() > 0 {
		out = p.visible(out, focused)
		if above := p.h - len(out); above > 0 {
			out = append(make([]string, above, p.h), out...)
			p.drawn = append(slices.Repeat([]int{-1}, above), p.drawn...)
			for y := range above {
				out[y] = cells.Spaces(p.w)
			}
		}
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
			if n < b.prelude {
				p.drawn = append(p.drawn, -1)
			} else {
				p.drawn = append(p.drawn, i)
			}
			if i == selected && n >= b.prelude {
				out = append(out, p.selectedLine(i, b, n))
				continue
			}
			out = append(out, b.draw(p, n))
		}
	}
	if p.c.Loading && p.top == (pos{}) && p.h > 0 {
		// It replaces the first day's line, so that nothing moves.
		l := p.centred(p.look.Say(i18n.ThreadOlder), muted)
		out[0] = p.draw(&l)
	}
	return out
}

// selectedLine draws a line of the selected message: on a ground of its own. In a group it has
// its time, which its author's line gives for the first one only.
func (p *Pane) selectedLine(i int, b *block, n int) string {
	if b.chosen == nil {
		b.chosen = make([]string, len(b.lines))
	}
	if b.chosen[n] == "" {
		b.chosen[n] = p.drawSelected(i, b, n)
	}
	return b.chosen[n]
}

func (p *Pane) drawSelected(i int, b *block, n int) string {
	l := b.lines[n]
	m := p.at(i)
	if n == b.body && b.key.flags&heads == 0 && m.Direction != model.System {
		at := span{text: p.look.Clock(m.SentAt), ink: muted}
		used := l.indent + 1 + p.look.Cells.Width(at.text)
		for _, s := range append(l.left[:], l.right[:]...) {
			used += p.look.Cells.Width(s.text)
		}
		if used <= p.column() && l.right[1].text == "" {
			l.right[0], l.right[1] = at, l.right[0]
		}
	}
	return p.drawIn(p.column(), &l, &p.look.Theme.Soft)
}

// centred returns a line with a text centred in the column.
func (p *Pane) centred(s string, i ink) line {
	s = p.look.Cut(s, p.column())
	return line{indent: (p.column() - p.look.Cells.Width(s)) / 2, left: [3]span{{text: s, ink: i}}}
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
	return line{indent: (column - total) / 2, left: [3]span{{text: rule, ink: faint}, {text: " " + word + " ", ink: muted}, {text: rule, ink: faint}}}
}
