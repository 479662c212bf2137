package composer

import (
	"slices"
	"strconv"
	"strings"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
	"parley/ui/theme"
)

// countFrom is the length from which the count is shown.
const countFrom = 1800

// parts is what is drawn, from top to bottom.
type parts struct {
	// label: the first line says to whom this goes, or that it is a note, and who else writes.
	label bool
	// quote: the line above the text describes the quoted message.
	quote bool
	// files: the line below that names the files.
	files bool
	// head is why no reply is allowed, and what can be done; or that Facebook may refuse it.
	head []string
	// rows is how many lines of the text are drawn while it is open.
	rows int
	// draft: the draft's first line is drawn; hint: what the keys do.
	draft, hint bool
}

func (p parts) height() int {
	n := len(p.head) + p.rows
	if p.label {
		n++
	}
	if p.quote {
		n++
	}
	if p.files {
		n++
	}
	if p.draft {
		n++
	}
	if p.hint {
		n++
	}
	return n
}

// arrangeParts divides the height: first the text, then the reason, then the rest.
func (b *Box) arrangeParts() parts {
	var p parts
	room := b.maxHeight
	why, todo := "", ""
	if !b.Allowed() {
		why, todo = b.judged.blocked(b.look)
	}
	if b.open {
		p.label = b.labelled(room)
		if p.label {
			room--
		}
		p.hint = room > 1
		if p.hint {
			room--
		}
		least := 1 // the text's first line, and the first line above it
		if long, _ := b.uncertain(); long != "" || why != "" {
			least++
		}
		p.quote = b.quote != "" && room > least
		if p.quote {
			room--
		}
		p.files = b.files != "" && room > least
		if p.files {
			room--
		}
		p.head = b.above(room-1, why, todo)
		p.rows = min(len(b.text.lines), room-len(p.head))
		return p
	}
	if b.Allowed() {
		p.head = b.above(room - 1)
		p.draft = true
		return p
	}
	p.head = b.above(room, why, todo)
	p.draft = len(p.head) < room && b.firstLine() != ""
	return p
}

// labelled reports whether the first line says what this is: if there is room for the text, the
// keys, and until when Facebook may refuse it. That a colleague writes too matters more than the
// keys: it has to be seen before anything is sent.
func (b *Box) labelled(room int) bool {
	if b.note {
		return room > 1
	}
	least := 3
	if long, _ := b.uncertain(); long != "" {
		least++
	}
	if b.others != "" {
		least--
	}
	return b.Allowed() && b.judged.name != "" && room >= least
}

// above returns at most room lines above the text: why no reply is allowed, and what can be
// done, or that Facebook may refuse it. The time limit is included however little room there
// is.
func (b *Box) above(room int, blocked ...string) []string {
	if !b.Allowed() {
		return b.head(room, blocked...)
	}
	long, short := b.uncertain()
	if len(b.look.Cells.Wrap(long, b.w)) <= room {
		return b.head(room, long)
	}
	return b.head(room, short)
}

// head wraps sentences into at most room lines, and marks what is left out.
func (b *Box) head(room int, sentences ...string) []string {
	var lines []string
	for _, s := range sentences {
		if s != "" {
			lines = append(lines, b.look.Cells.Wrap(s, b.w)...)
		}
	}
	if room <= 0 {
		return nil
	}
	if len(lines) > room {
		lines = lines[:room]
		last, more := lines[room-1], b.look.Cells.Width(b.look.Theme.More)
		if b.look.Cells.Width(last)+more > b.w {
			last = b.look.Cells.Cut(last, max(0, b.w-more), "")
		}
		lines[room-1] = last + b.look.Theme.More
	}
	return lines
}

// Height returns how many lines it takes now.
func (b *Box) Height() int { return b.parts.height() }

// Lines draws it: exactly Height lines of exactly its width. focused: it, or the pane that it
// belongs to, has the keyboard.
func (b *Box) Lines(focused bool) []string {
	lines, ink := make([]string, 0, b.Height()), b.ink()
	if b.parts.label {
		lines = append(lines, b.label())
	}
	head := ink.Faint
	if b.Allowed() {
		head = ink.Warn
	}
	for _, s := range b.parts.head {
		lines = append(lines, b.paint(head, s))
	}
	if b.parts.quote {
		lines = append(lines, b.paint(ink.Muted, b.look.Cut(b.look.Theme.Quote+" "+b.quote, b.w)))
	}
	if b.parts.files {
		lines = append(lines, b.paint(ink.Muted, b.look.Cut("+ "+b.files, b.w)))
	}
	for i := range b.parts.rows {
		lines = append(lines, b.textLine(b.top+i))
	}
	if b.parts.draft {
		lines = append(lines, b.rest(focused))
	}
	if b.parts.hint {
		lines = append(lines, b.hint())
	}
	return lines
}

// ink is the ink of everything in it: a note stands on a ground of its own while it is written.
func (b *Box) ink() theme.Ink {
	if b.open && b.note {
		return b.look.Theme.Note
	}
	return b.look.Theme.Ink
}

// Bar returns the bar at the left of every line of a composer that is open, and the blank at
// their right, each one cell: it is open, and for whom.
func (b *Box) Bar() (left, right string) {
	ink, style := b.ink(), theme.Style{}
	switch {
	case !b.open:
		return " ", " "
	case b.note:
		style = ink.Warn
	case b.Allowed():
		style = ink.Accent
	default:
		style = ink.Faint
	}
	return style.Paint(b.look.Theme.Bar), ink.Text.Paint(" ")
}

// leastName is the fewest cells of a recipient's name that are of use.
const leastName = 6

// label draws the first line of a composer that is open: that this is a note, or to whom the
// reply goes and how long that is possible; and who else writes to them.
func (b *Box) label() string {
	ink := b.ink()
	if b.note {
		return b.paint(ink.Warn, b.look.Say(i18n.ComposerNoteLabel, "Dot", b.look.Theme.Bullet))
	}
	others := b.others
	if others != "" {
		others = "  " + others
	}
	room := b.w - b.look.Cells.Width(others)
	to, left := b.recipient(room)
	if b.look.Cells.Width(left) > room {
		to, left = b.recipient(b.w)
	}
	if used := b.look.Cells.Width(to + left); used > room { // what a colleague does matters more
		to, left = b.look.Cut(to, max(0, room)), ""
	}
	others = b.look.Cut(others, b.w-b.look.Cells.Width(to+left))
	line := ink.Strong.Paint(to) + ink.Muted.Paint(left) + ink.Warn.Paint(others)
	return line + ink.Text.Paint(b.look.Fit("", b.w-b.look.Cells.Width(to+left+others)))
}

// recipient says to whom the reply goes, and how long that is possible, in as many cells if
// that is feasible: the name is cut, a time never.
func (b *Box) recipient(room int) (to, left string) {
	if u := b.judged.verdict.Until; u != nil {
		if said, _ := b.look.LeftSaid(b.judged.now, *u, b.judged.verdict.Uncertain); said != "" {
			left = " " + b.look.Theme.Bullet + " " + said
		}
	}
	say := func(name string) string { return b.look.Say(i18n.ComposerTo, "Name", name) }
	name := b.look.Cut(b.judged.name, max(leastName, room-b.look.Cells.Width(say("")+left)))
	return say(name), left
}

func (b *Box) paint(s theme.Style, text string) string { return s.Paint(b.look.Fit(text, b.w)) }

// textLine draws a line of the text while it is open.
func (b *Box) textLine(i int) string {
	ink := b.ink()
	switch {
	case !b.Allowed():
		return b.paint(ink.Faint, b.text.lines[i].text)
	case len(b.text.rows) == 1 && len(b.text.rows[0].raw) == 0:
		return b.paint(ink.Faint, b.placeholder())
	}
	return b.paint(ink.Text, b.text.lines[i].text)
}

func (b *Box) placeholder() string {
	id := i18n.ComposerPlaceholder
	if b.note {
		id = i18n.ComposerNotePlaceholder
	}
	say := func(name string) string {
		return b.look.Say(id, "Name", name, "More", b.look.Theme.More)
	}
	// If it doesn't fit, cut the name, not the sentence.
	return say(b.look.Cut(b.judged.name, b.w-b.look.Cells.Width(say(""))))
}

// rest is the one line of a composer that is not open: the beginning of the draft, or what it
// is for.
func (b *Box) rest(focused bool) string {
	t := b.look.Theme
	draft := b.firstLine()
	switch {
	case draft == "":
		return b.paint(t.Faint, b.placeholder())
	case !b.Allowed():
		return b.paint(t.Faint, t.Draft+" "+draft)
	case focused:
		return b.paint(t.Text, t.Draft+" "+draft)
	}
	return b.paint(t.Muted, t.Draft+" "+draft)
}

// firstLine returns the first line of the draft that is not blank.
func (b *Box) firstLine() string {
	for _, r := range b.text.rows {
		if s := strings.TrimSpace(r.drawn); s != "" {
			return b.look.Cells.Shown(safe.LineN(model.Untrusted(s), max(1, b.w)).String())
		}
	}
	return ""
}

// bulletCells is the width of the separator of two hints.
const bulletCells = 3

// hint draws the line below the text: what the keys do, and the length of the text once it
// matters.
func (b *Box) hint() string {
	t, ink := b.look.Theme, b.ink()
	if b.said != "" {
		style := ink.Muted
		if b.warns {
			style = ink.Warn
		}
		return b.paint(style, b.look.Cut(b.said, b.w))
	}
	hints := []i18n.ID{i18n.ComposerSend, i18n.ComposerDone, i18n.ComposerLine, i18n.ComposerLeave}
	if b.keys.Done == "" {
		hints = slices.Delete(hints, 1, 2)
	}
	say := func(id i18n.ID) string { return b.look.Say(id, "Key", b.keys.Done) }
	if b.note {
		hints[0] = i18n.ComposerNoteStore
	}
	if !b.Allowed() {
		hints = []i18n.ID{i18n.ComposerLeave}
		if b.firstLine() != "" {
			hints = []i18n.ID{i18n.ComposerKept, i18n.ComposerLeave}
		}
	}
	switch {
	case b.quote != "":
		hints[len(hints)-1] = i18n.ComposerUnquote
	case b.files != "":
		hints[len(hints)-1] = i18n.ComposerUnattach
	}
	count, style := b.count()
	room := b.w
	if count != "" {
		room -= b.look.Cells.Width(count) + 1
	}
	if room < 0 {
		return b.paint(style, count)
	}
	all := 0
	for _, id := range hints {
		all += b.look.Cells.Width(say(id)) + bulletCells
	}
	if all-bulletCells > room {
		hints = append([]i18n.ID{hints[len(hints)-1]}, hints[:min(2, len(hints)-1)]...) // how to get out matters most
	}
	left := ""
	for _, id := range hints {
		next := say(id)
		if left != "" {
			next = left + " " + t.Bullet + " " + next
		}
		if left != "" && b.look.Cells.Width(next) > room {
			break
		}
		left = next
	}
	line := ink.Muted.Paint(b.look.Fit(left, room))
	if count != "" {
		line += ink.Text.Paint(" ") + style.Paint(count)
	}
	return line
}

// count returns the length of the text and its limit, if it is near.
func (b *Box) count() (string, theme.Style) {
	n := model.UTF16Len(b.Text())
	switch {
	case n < countFrom:
		return "", theme.Style{}
	case n > model.MaxText:
		return thousands(n) + " / " + thousands(model.MaxText), b.ink().Danger
	}
	return thousands(n) + " / " + thousands(model.MaxText), b.ink().Warn
}

// thousands formats a number below a million.
func thousands(n int) string {
	s := strconv.Itoa(n)
	if len(s) > 3 {
		s = s[:len(s)-3] + "," + s[len(s)-3:]
	}
	return s
}

// Cursor returns the position of the terminal's cursor while the composer is open, relative to
// its first line. Input methods draw there.
func (b *Box) Cursor() (x, y int, ok bool) {
	if !b.open || b.w == 0 || b.look.Words == nil {
		return 0, 0, false
	}
	at, x := b.text.find(b.area.Line(), b.area.Column())
	y = len(b.parts.head) + at - b.top
	if b.parts.label {
		y++
	}
	if b.parts.quote {
		y++
	}
	if b.parts.files {
		y++
	}
	return x, y, true
}
