package inbox

import (
	"strconv"
	"strings"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/look"
	"parley/ui/theme"
)

// indent is where both lines of a row begin to speak: after the bar of the selection, the mark
// that says why somebody is needed, and a blank.
const indent = 3

// leastText is the fewest cells of a second line in which its text is of use.
const leastText = 2

// drawing is everything that the look of a row depends on.
type drawing struct {
	id                  model.ConversationID
	seq                 int64
	w                   int
	look                uint32
	age, left           string
	urgency             look.Urgency
	need                need
	code                model.Code
	selected, focused   bool
	draft, stale, found bool
	chosen              bool
	asleep              bool
	linked              bool
	hit                 string
}

// blocked reports whether the row's customer, and only this one, can't be answered.
func (d drawing) blocked() bool { return d.code != "" && !pageWide(d.code) }

// painter draws rows in one look.
type painter struct {
	look.Look
	me model.UserID
	w  int
}

// row returns the two lines of a conversation, each exactly w cells wide.
func (p painter) row(r inbox.Row, d drawing) [rowLines]string {
	name, text := p.inks(d)
	bar := [rowLines]string{" ", " "} // without a style, which would have to be written
	if d.selected {
		style, below := p.Theme.Accent, p.Theme.Accent
		if name == p.ground(d) {
			style = name.Accent
		}
		if !d.focused {
			style, below = name.Faint, p.Theme.Faint
		}
		bar = [rowLines]string{style.Paint(p.Theme.Selected), below.Paint(p.Theme.Selected)}
	}
	if d.chosen { // both lines have its mark, but where the bar of the selection stands
		bar[1] = p.Theme.Accent.Paint(p.Theme.Chosen)
		if !d.selected {
			bar[0] = bar[1]
		}
	}
	return [rowLines]string{bar[0] + p.first(r, d, name), bar[1] + p.second(r, d, text)}
}

// ground is the ink of the first line before the row's own state counts. Only the first line of
// the selected row has a background, and both have the bar: a line of Japanese text whose
// background changes has to be written again, which is slow over a slow connection.
func (p painter) ground(d drawing) theme.Ink {
	if d.selected && (d.focused || p.Theme.Soft.Text != p.Theme.Soft.Muted) { // if reversed, only with the keyboard focus
		soft := p.Theme.Soft
		soft.Muted = soft.Text
		return soft
	}
	return p.Theme.Ink
}

// inks returns the inks of the two lines: who waits is the brightest thing on the screen, who
// was answered is muted, who can't be answered is faint.
func (p painter) inks(d drawing) (name, text theme.Ink) {
	name, text = p.ground(d), p.Theme.Ink
	switch {
	case d.blocked() || d.stale:
		return faint(name), faint(text)
	case d.need.waits():
		return name, text
	case d.selected: // its first line stands on a ground of its own
		return name, quiet(text)
	}
	return quiet(name), quiet(text)
}

// faint is the ink of a row that can't be answered: one colour.
func faint(i theme.Ink) theme.Ink {
	f := i.Faint
	return theme.Ink{Text: f, Strong: f, Muted: f, StrongMuted: f, Faint: f, Accent: f, Warn: f, Danger: i.Danger, Good: f}
}

// quiet is the ink of a row that waits for nobody: muted, bold if unread. What is to be seen in
// it all the same, such as a draft, keeps its colour.
func quiet(i theme.Ink) theme.Ink {
	i.Text, i.Strong, i.Accent = i.Muted, i.StrongMuted, i.Muted
	return i
}

// pageWide reports whether a reason against replies holds for the whole Page: the banner says
// it, and the rows stay as they are, since customers go on writing.
func pageWide(c model.Code) bool {
	switch c {
	case model.PageDisconnected, model.PageRestricted, model.MessagesOff, model.RateLimited:
		return true
	default:
		return false
	}
}

// first draws the line with why somebody is needed, the name, and the age of the last message.
func (p painter) first(r inbox.Row, d drawing, ink theme.Ink) string {
	age := p.Cells.Width(d.age)
	room := p.w - indent - 1 - age - 1
	if room < 4 { // only the name fits
		return ink.Text.Paint(p.Fit(p.Name(r.Customer), p.w-1))
	}
	tail := ""
	for _, mark := range p.states(r, d) {
		tail += " " + mark
	}
	name := p.Cut(p.Name(r.Customer), room-p.Cells.Width(tail))
	labels, wide := p.Labels(ink, r.Labels, room-p.Cells.Width(name)-p.Cells.Width(tail)-2)
	if wide > 0 {
		labels = ink.Text.Paint("  ") + labels
		wide += 2
	}
	style := ink.Text
	if r.Unread > 0 {
		style = ink.Strong
	}
	pad := room - p.Cells.Width(name) - p.Cells.Width(tail) - wide
	mark, markStyle := d.need.mark(p.Theme, ink)
	return markStyle.Paint(mark) + ink.Text.Paint(" ") + style.Paint(name) + ink.Muted.Paint(tail) + labels +
		ink.Muted.Paint(space(pad+1)+d.age+" ")
}

// states are the marks after the name: what is so with a conversation, whoever it needs.
func (p painter) states(r inbox.Row, d drawing) []string {
	var marks []string
	if len(r.Links) > 0 {
		marks = append(marks, p.Theme.Linked)
	}
	if r.Pinned {
		marks = append(marks, p.Theme.Pinned)
	}
	if d.asleep || r.Scheduled != nil { // something comes by itself, later
		marks = append(marks, p.Theme.Snoozed)
	}
	return marks
}

// second draws the line with the last message; at its right how long the customer can still be
// answered, if that is soon over, and how many messages are unread.
func (p painter) second(r inbox.Row, d drawing, ink theme.Ink) string {
	pieces := p.right(r, d, ink)
	room := p.w - indent - 1
	for _, x := range pieces {
		room -= 1 + p.Cells.Width(x.Text)
	}
	if room < leastText {
		return ink.Text.Paint(space(p.w - 1))
	}
	var b strings.Builder
	b.WriteString(ink.Text.Paint(space(indent - 1)))
	if d.found {
		b.WriteString(p.found(d.hit, room, ink))
	} else {
		style := ink.Muted
		if r.Unread > 0 {
			style = ink.Text
		}
		b.WriteString(style.Paint(p.Fit(p.says(r, d), room)))
	}
	for _, x := range pieces {
		b.WriteString(" " + x.Style.Paint(x.Text))
	}
	b.WriteString(" ")
	return b.String()
}

// says returns the text of the second line: the last message; if the row is selected and no
// reply is allowed, the whole reason instead.
func (p painter) says(r inbox.Row, d drawing) string {
	if d.code != "" && d.selected {
		return p.Say(i18n.Code(string(d.code)))
	}
	who, text := p.Preview(r.Shown(), p.me)
	return who + text
}

// right returns what stands at the right of the second line. The selected row of a customer
// who can't be answered says why in full, others in a word.
func (p painter) right(r inbox.Row, d drawing, ink theme.Ink) []look.Piece {
	var out []look.Piece
	switch {
	case d.left != "":
		out = append(out, look.Piece{Text: d.left, Style: d.urgency.Style(ink)})
	case d.blocked() && !d.selected:
		out = append(out, look.Piece{Text: p.Cut(p.Say(i18n.Blocked(string(d.code))), (p.w-indent)/2), Style: ink.Faint})
	}
	if r.Unread > 0 {
		n := strconv.Itoa(r.Unread)
		if r.Unread > 99 {
			n = "99+"
		}
		out = append(out, look.Piece{Text: p.Theme.Unread + n, Style: ink.Accent})
	}
	return out
}

func space(n int) string { return strings.Repeat(" ", max(0, n)) }
