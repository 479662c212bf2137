package overlay

import (
	"strings"

	"parley/i18n"
	"parley/ui/look"
	"parley/ui/theme"
)

// Lines implements Overlay. What is typed stands at the foot, where it stays while the matches
// above it become more or less.
func (p *Palette) Lines(l look.Look, w, h int) []string {
	f := newSheet(p.title, w, h)
	iw, ih := f.inside()
	prompt := min(l.Cells.Width(promptMark), iw)
	typed, x := p.in.draw(l, iw-prompt)
	p.begin()
	content := p.list(l, iw, ih-1)
	p.caret = caret{contentLeft + prompt + x, contentTop + len(content), ih > 0 && iw > prompt}
	return f.lines(l, append(content, l.Theme.Accent.Paint(l.Fit(promptMark, prompt))+l.Theme.Text.Paint(typed)))
}

// promptMark precedes the typed text.
const promptMark = "> "

// list draws the rows that fit, including the selected one.
func (p *Palette) list(l look.Look, w, h int) []string {
	if h <= 0 {
		return nil
	}
	var lines []string
	if len(p.matches) == 0 {
		for _, s := range l.Cells.Wrap(l.Say(i18n.OverlayNone), w) {
			lines = append(lines, l.Theme.Muted.Paint(l.Fit(s, w)))
		}
	} else {
		lines = p.rows(l, w, h)
	}
	return lines[:min(h, len(lines))]
}

// rows draws the matches, with headings while nothing is typed.
func (p *Palette) rows(l look.Look, w, h int) []string {
	headings := strings.TrimSpace(p.in.text) == ""
	// What each row of the list is: an index of matches, or -1 for a heading.
	var list []int
	group, first := "", 0
	for i, m := range p.matches {
		if g := p.items[m.item].Group; headings && g != group {
			group = g
			list = append(list, -1)
		}
		if i == p.selected {
			first = len(list)
		}
		list = append(list, i)
	}
	why := p.reason(l, w)
	lines := make([]string, 0, h)
	last := first + 1
	if first > 0 && list[first-1] < 0 && 2+len(why) <= h {
		first--
	}
	top := window(first, last+len(why), len(list)+len(why), h)
	for i := top; i < len(list) && len(lines) < h; i++ {
		at := list[i]
		if at < 0 {
			lines = append(lines, l.Theme.Muted.Paint(l.Fit(p.heading(list, i), w)))
			continue
		}
		p.put(len(lines), p.items[p.matches[at].item].ID)
		lines = append(lines, p.row(l, at, w, at == p.selected && len(why) > 0))
		if at == p.selected {
			lines = append(lines, why...)
		}
	}
	return lines
}

func (p *Palette) heading(list []int, i int) string {
	return p.items[p.matches[list[i+1]].item].Group
}

// reason draws why the selected item can't be chosen, on lines of its own if there is no room
// for it on the row.
func (p *Palette) reason(l look.Look, w int) []string {
	it := p.items[p.matches[p.selected].item]
	if it.Reason == "" || !p.refused && l.Cells.Width(it.Title+it.Reason)+3 <= p.room(l, it, w) {
		return nil
	}
	style := l.Theme.Faint
	if p.refused {
		style = l.Theme.Warn
	}
	var lines []string
	for _, s := range l.Cells.Wrap(it.Reason, w-4) {
		lines = append(lines, style.Paint(l.Fit("    "+s, w)))
	}
	return lines
}

// room returns how many cells of a row are left for the title.
func (p *Palette) room(l look.Look, it Item, w int) int {
	if it.Keys == "" {
		return max(0, w-2)
	}
	return max(0, w-3-min(l.Cells.Width(it.Keys), w/2))
}

// row draws an item. alone: its reason is on lines of its own.
func (p *Palette) row(l look.Look, at, w int, alone bool) string {
	m := p.matches[at]
	it := p.items[m.item]
	ink, mark := l.Theme.Ink, " "
	if at == p.selected {
		ink, mark = l.Theme.Soft, l.Theme.Selected
	}
	mark = ink.Accent.Paint(l.Fit(mark, min(1, w))) + ink.Text.Paint(l.Fit("", min(1, w-1)))
	room := p.room(l, it, w)
	keys := ""
	if it.Keys != "" {
		style := ink.Muted
		if it.Reason != "" {
			style = ink.Faint
		}
		n := max(0, w-2-room)
		keys = style.Paint(l.Right(it.Keys, n))
	}
	if it.Reason != "" {
		title := it.Title
		if !alone {
			title += " " + l.Theme.Bullet + " " + it.Reason
		}
		return mark + ink.Faint.Paint(l.Fit(title, room)) + keys
	}
	return mark + letters(l, ink, it.Title, m.letters, room) + keys
}

// letters draws a title, with the typed characters in accent.
func letters(l look.Look, ink theme.Ink, title string, at []int, w int) string {
	text, whole := l.Fit(title, w), title
	if l.Cells.Width(title) > w {
		whole, _ = l.Cells.Head(title, max(0, w-l.Cells.Width(l.Theme.More)))
	}
	var b strings.Builder
	from := 0
	for _, i := range at {
		if i < from || i >= len(whole) {
			continue
		}
		to := i + cluster(whole[i:])
		b.WriteString(ink.Text.Paint(text[from:i]))
		b.WriteString(ink.Accent.Paint(text[i:to]))
		from = to
	}
	b.WriteString(ink.Text.Paint(text[from:]))
	return b.String()
}
