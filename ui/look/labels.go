package look

import (
	"strings"

	"parley/ui/theme"
)

// leastLabel is the fewest cells in which a label that is cut is of use.
const leastLabel = 4

// Labels draws labels, each in its colour, in at most w cells, and returns how many they take.
// Those that find no room are left out; nothing, if none does.
func (l Look) Labels(ink theme.Ink, labels []string, w int) (drawn string, wide int) {
	var b strings.Builder
	for i, name := range labels {
		text := l.Ours(name)
		if i < len(labels)-1 {
			text += ","
		}
		gap := min(i, 1)
		room := w - wide - gap
		if l.Cells.Width(text) > room {
			if room < leastLabel {
				break
			}
			text = l.Cut(text, room)
		}
		b.WriteString(ink.Text.Paint(Blank(gap)))
		b.WriteString(ink.Label(name).Paint(text))
		wide += gap + l.Cells.Width(text)
	}
	return b.String(), wide
}
