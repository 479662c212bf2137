package cells

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Wrap returns the lines of a text, none wider than width cells, of at least two: no cluster
// is wider. Latin words stay whole if they fit on a line; Japanese breaks between any two
// characters, but not before a full stop and the like or after an opening bracket.
func (m Measure) Wrap(s string, width int) []string {
	width = max(width, 2)
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		lines = m.wrapLine(lines, line, width)
	}
	return lines
}

// wrapLine appends the lines of one line of text.
func (m Measure) wrapLine(lines []string, s string, width int) []string {
	if m.Width(s) <= width {
		return append(lines, s)
	}
	w := wrapping{lines: lines}
	for rest := s; rest != ""; {
		k, n := m.next(rest)
		rest = rest[len(k):]
		w.add(m, k, n, width)
	}
	last := w.line.String()
	if w.cells > width {
		last = strings.TrimRight(last, " ")
	}
	return append(w.lines, last)
}

// wrapping is a line being filled.
type wrapping struct {
	lines []string
	line  strings.Builder
	cells int
	// cut is where the line may be broken: how many bytes stay; 0: nowhere yet.
	cut  int
	last rune
}

func (w *wrapping) add(m Measure, k string, n, width int) {
	r, _ := utf8.DecodeRuneInString(k)
	if w.line.Len() > 0 && breaks(w.last, r) {
		w.cut = w.line.Len()
	}
	// What is left of a line after a break may be too long again: "👍" before "。".
	for w.cells+n > width && r != ' ' && w.line.Len() > 0 {
		w.next(m)
	}
	w.line.WriteString(k)
	w.cells += n
	w.last = r
}

// next ends the line at its last possible break, or here.
func (w *wrapping) next(m Measure) {
	s := w.line.String()
	head, tail := s, ""
	if w.cut > 0 {
		head, tail = s[:w.cut], s[w.cut:]
	}
	// Spaces at a break are dropped.
	w.lines = append(w.lines, strings.TrimRight(head, " "))
	w.line.Reset()
	w.line.WriteString(tail)
	w.cells, w.cut = m.Width(tail), 0
}

// breaks reports whether a line may be broken between two characters.
func breaks(before, after rune) bool {
	switch {
	case after == ' ':
		return false
	case before == ' ':
		return true
	case before == '-' || before == '/':
		return unicode.IsLetter(after)
	case !wide(before) && !wide(after):
		return false
	}
	return !strings.ContainsRune(notFirst, after) && !strings.ContainsRune(notLast, before)
}

// Characters that may not begin or end a line (JIS X 4051, the part whose violation every
// reader notices).
const (
	notFirst = "、。，．,.:;!?！？：；」』）)］】〉》〕ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ゛゜…"
	notLast  = "「『（(［【〈《〔"
)

// wide reports whether a character is of a script that is written without spaces.
func wide(r rune) bool {
	return r >= 0x2E80 && (r <= 0xA4CF || r >= 0xAC00 && r <= 0xD7A3 || r >= 0xF900 && r <= 0xFAFF ||
		r >= 0xFE30 && r <= 0xFE6F || r >= 0xFF00 && r <= 0xFFEF || r >= 0x1F000)
}
