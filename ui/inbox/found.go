package inbox

import (
	"slices"
	"strings"

	"parley/model"
	"parley/model/inbox"
	"parley/model/safe"
	"parley/ui/theme"
)

// Marks about what a search found, and how many characters before the first of them
// are shown. They never reach the screen.
const (
	markFrom   = "⸢"
	markTo     = "⸣"
	markBefore = 20
	hitCells   = 160
)

// Found are the conversations that a search found, in the hub's order.
type Found struct {
	rows []model.Found
	live func(model.ConversationID) (inbox.Row, bool)
}

// NewFound returns rows of what a search found. live returns a conversation as it is
// now, which may have changed since.
func NewFound(found []model.Found, live func(model.ConversationID) (inbox.Row, bool)) *Found {
	return &Found{rows: found, live: live}
}

// Len implements [Rows].
func (f *Found) Len() int { return len(f.rows) }

// At implements [Rows].
func (f *Found) At(i int) (inbox.Row, bool) {
	if i < 0 || i >= len(f.rows) {
		return inbox.Row{}, false
	}
	if r, ok := f.live(f.rows[i].ID); ok {
		return r, true
	}
	return inbox.Row{Conversation: f.rows[i].Conversation}, true
}

// Index implements [Rows].
func (f *Found) Index(id model.ConversationID) (int, bool) {
	i := slices.IndexFunc(f.rows, func(c model.Found) bool { return c.ID == id })
	return max(0, i), i >= 0
}

// hit returns what was found in the ith conversation, with marks about the words; ""
// where only the name was.
func (f *Found) hit(i int) string {
	if hits := f.rows[i].Hits; len(hits) > 0 {
		return safe.LineN(hits[0].Text.Marked(hits[0].Spans, markFrom, markTo, markBefore), hitCells).String()
	}
	return ""
}

// found draws what a search found, the words in accent, in exactly room cells.
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
