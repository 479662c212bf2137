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

// Widths of a row's columns, in cells.
const (
	ageCells   = 6 // 12 Nov, 23時間
	leftCells  = 4 // 23h
	leftCellsJ = 6 // 23時間
	indent     = 2
)

// drawing is everything that the look of a row depends on.
type drawing struct {
	id                  model.ConversationID
	seq                 int64
	w                   int
	look                uint32
	age, left           string
	urgency             look.Urgency
	code                model.Code
	selected, focused   bool
	draft, stale, found bool
	asleep              bool
	linked              bool
	hit                 string
}

// painter draws rows in one look.
type painter struct {
	look.Look
	me model.UserID
	w  int
}

// row returns the two lines of a conversation, each exactly w cells wide.
func (p painter) row(r inbox.Row, d drawing) [rowLines]string {
	name, text := p.Theme.Ink, p.Theme.Ink
	// Only the first line of the selected row has a background, and both have the mark: a line
	// of Japanese text whose background changes has to be written again, which is slow over a
	// slow connection.
	if d.selected && (d.focused || p.Theme.Soft.Text != p.Theme.Soft.Muted) {
		name = p.Theme.Soft // if reversed, only with the keyboard focus
		name.Muted = name.Text
	}
	style, below := name.Accent, text.Accent
	if d.code != "" && !pageWide(d.code) || d.stale {
		name, text = faint(name), faint(text)
	}
	mark := [rowLines]string{" ", " "} // without a style, which would have to be written
	if d.selected {
		if !d.focused {
			style, below = name.Faint, text.Faint
		}
		mark = [rowLines]string{style.Paint(p.Theme.Selected), below.Paint(p.Theme.Selected)}
	}
	return [rowLines]string{mark[0] + p.first(r, d, name), mark[1] + p.second(r, d, text)}
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

// faint is the ink of a row that can't be answered: one colour.
func faint(i theme.Ink) theme.Ink {
	f := i.Faint
	return theme.Ink{Text: f, Strong: f, Muted: f, Faint: f, Accent: f, Warn: f, Danger: i.Danger, Good: f}
}

// first draws the line with name, age and time left.
func (p painter) first(r inbox.Row, d drawing, ink theme.Ink) string {
	left := leftCells
	if p.Words.Japanese() {
		left = leftCellsJ
	}
	room := p.w - 1 - (ageCells + 1 + left + 1)
	if room < 4 { // only the name fits
		return ink.Text.Paint(p.Fit(p.Name(r.Customer), p.w-1))
	}
	var marks []string
	if len(r.Links) > 0 {
		marks = append(marks, p.Theme.Linked)
	}
	if r.Pinned {
		marks = append(marks, p.Theme.Pinned)
	}
	if d.asleep {
		marks = append(marks, p.Theme.Snoozed)
	}
	tail := ""
	if len(marks) > 0 {
		tail = " " + strings.Join(marks, " ")
	}
	name := p.Cut(p.Name(r.Customer), room-p.Cells.Width(tail)-1)
	style := ink.Text
	if r.Unread > 0 {
		style = ink.Strong
	}
	pad := room - p.Cells.Width(name) - p.Cells.Width(tail)
	return style.Paint(name) + ink.Muted.Paint(tail) + ink.Text.Paint(space(pad)) +
		p.times(d, left, ink) + ink.Text.Paint(" ")
}

// times draws the two columns of times, in one style if both have the same.
func (p painter) times(d drawing, left int, ink theme.Ink) string {
	age, ends := p.Right(d.age, ageCells)+" ", p.Right(d.left, left)
	style := d.urgency.Style(ink)
	if style == ink.Muted {
		return style.Paint(age + ends)
	}
	return ink.Muted.Paint(age) + style.Paint(ends)
}

// second draws the line with the last message and the marks.
func (p painter) second(r inbox.Row, d drawing, ink theme.Ink) string {
	marks, cells := p.marks(r, d, ink)
	room := p.w - 1 - (indent - 1) - cells - 1
	if room < 2 {
		return ink.Text.Paint(space(p.w - 1))
	}
	text, style := p.says(r, d), ink.Muted
	if r.Unread > 0 {
		style = ink.Text
	}
	line := ink.Text.Paint(space(indent - 1))
	if d.found {
		line += p.found(d.hit, room, ink)
	} else {
		line += style.Paint(p.Fit(text, room))
	}
	return line + marks + ink.Text.Paint(" ")
}

// says returns the text of the second line: the last message, after the reason if no reply is
// allowed. The selected row has the whole reason instead.
func (p painter) says(r inbox.Row, d drawing) string {
	who, text := p.Preview(r.Shown(), p.me)
	switch {
	case d.code == "", pageWide(d.code) && !d.selected:
		return who + text
	case d.selected:
		return p.Say(i18n.Code(string(d.code)))
	}
	return p.Say(i18n.InboxUnanswerable, "Reason", p.Say(i18n.Blocked(string(d.code))), "Dot", p.Theme.Bullet) + who + text
}

// marks draws the marks at the right of the second line, and returns their width in cells.
func (p painter) marks(r inbox.Row, d drawing, ink theme.Ink) (string, int) {
	var b strings.Builder
	cells := 0
	add := func(s string, style theme.Style) {
		b.WriteString(ink.Text.Paint(" ") + style.Paint(s))
		cells += 1 + p.Cells.Width(s)
	}
	who, _ := r.WhoWaits()
	switch m := r.Shown(); {
	case who == model.WaitsReply: // whatever came after it
		add(p.Theme.Asks, ink.Danger)
	case m != nil && m.Direction == model.Out:
		switch m.State {
		case model.Ask, model.Failed:
			add(p.Theme.Asks, ink.Danger)
		case model.Queued, model.Posting, model.Unknown:
			add(p.Theme.Waiting, ink.Warn)
		case model.Sent, model.Delivered:
			add(p.Theme.Sent, ink.Muted)
		case model.Read:
			add(p.Theme.Glyphs.Read, ink.Muted)
		case model.Dropped:
		}
	}
	if r.Unread > 0 {
		n := strconv.Itoa(r.Unread)
		if r.Unread > 99 {
			n = "99+"
		}
		add(p.Theme.Unread+n, ink.Accent)
	}
	if d.draft {
		add(p.Theme.Draft, ink.Warn)
	}
	return b.String(), cells
}

func space(n int) string { return strings.Repeat(" ", max(0, n)) }
