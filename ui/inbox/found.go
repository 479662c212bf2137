package inbox

import (
	"slices"
	"strings"

	"parley/model"
	"parley/model/inbox"
	"parley/model/safe"
	"parley/ui/theme"
)

// Marks around the matches of a search, and how many characters are shown before the first
// one. They never reach the screen.
const (
	markFrom   = "⸢"
	markTo     = "⸣"
	markBefore = 20
	hitCells   = 160
)

// foundRows is the result of a search, in the hub's order.
type foundRows struct {
	rows []model.Found
	live func(model.ConversationID) (inbox.Row, bool)
}

// newFoundRows returns the rows of a search. live returns the present version of a conversation.
func newFoundRows(found []model.Found, live func(model.ConversationID) (inbox.Row, bool)) *foundRows {
	return &foundRows{rows: found, live: live}
}

// Len implements [Rows].
func (f *foundRows) Len() int { return len(f.rows) }

// At implements [Rows].
func (f *foundRows) At(i int) (inbox.Row, bool) {
	if i < 0 || i >= len(f.rows) {
		return inbox.Row{}, false
	}
	if r, ok := f.live(f.rows[i].ID); ok {
		return r, true
	}
	return inbox.Row{Conversation: f.rows[i].Conversation}, true
}

// Index implements [Rows].
func (f *foundRows) Index(id model.ConversationID) (int, bool) {
	i := slices.IndexFunc(f.rows, func(c model.Found) bool { return c.ID == id })
	return max(0, i), i >= 0
}

// hit returns the match in the ith conversation, with marks around the words; "" if only the
// name matched.
func (f *foundRows) hit(i int) string {
	if hits := f.rows[i].Hits; len(hits) > 0 {
		return safe.LineN(hits[0].Text.Marked(hits[0].Spans, markFrom, markTo, markBefore), hitCells).String()
	}
	return ""
}

// found draws a match with its words in accent, in exactly room cells.
func (p painter) found(hit string, room int, ink theme.Ink) string {
	var b strings.Builder
	left := room
	style := ink.Muted
	for hit != "" && left > 0 {
		i := strings.IndexAny(hit, markFrom+markTo)
		part := hit
		if i >= 0 {
			part = hit[:i]
		}
		text, n := p.Cells.Head(part, left)
		b.WriteString(style.Paint(text))
		left -= n
		if i < 0 || len(text) < len(part) {
			break
		}
		style = ink.Muted
		if strings.HasPrefix(hit[i:], markFrom) {
			style = ink.Accent
		}
		hit = hit[i+len(markFrom):]
	}
	return b.String() + ink.Text.Paint(space(left))
}
