package look

import "strings"

// Clauses wraps a text to that many cells. Where it doesn't fit, it breaks after sentences and
// at bullets, so that a line ends where something is said, and within one only if it must.
func (l Look) Clauses(text string, w int) []string {
	if l.Cells.Width(text) <= w {
		return []string{text}
	}
	bullet := " " + l.Theme.Bullet + " "
	parts := strings.NewReplacer("。", "。\n", ". ", ".\n ", bullet, "\n"+bullet).Replace(text)
	var lines []string
	for part := range strings.Lines(parts) {
		part = strings.TrimSuffix(part, "\n")
		if n := len(lines); n > 0 && l.Cells.Width(lines[n-1]+part) <= w {
			lines[n-1] += part
			continue
		}
		part = strings.TrimPrefix(strings.TrimPrefix(part, bullet), " ")
		lines = append(lines, l.Cells.Wrap(part, w)...)
	}
	return lines
}
