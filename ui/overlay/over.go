package overlay

import (
	"strings"

	"parley/ui/cells"
)

// Over draws a box over the lines of a screen, its first cell at column x of line y. The lines
// may have styles. Those of the screen keep their width: what sticks out of the box is cut off,
// and a wide character that is half covered becomes a space.
func Over(m cells.Measure, base, box []string, x, y int) []string {
	out := append([]string(nil), base...)
	x = max(0, x)
	for i, b := range box {
		if y+i < 0 || y+i >= len(base) {
			continue
		}
		line := base[y+i]
		width := m.Width(bare(line))
		if x >= width {
			continue
		}
		left, _ := cut(m, line, x)
		over, used := cut(m, b, width-x)
		out[y+i] = left + over + tail(m, line, x+used)
	}
	return out
}

// reset ends every style.
const reset = "\x1b[m"

// cut returns the first width cells of a line, or all there are. No style continues past its
// end.
func cut(m cells.Measure, s string, width int) (string, int) {
	var b strings.Builder
	used, open := 0, ""
	for s != "" {
		text, escape, rest := split(s)
		head, n := m.Head(text, width-used)
		b.WriteString(head)
		used += n
		if len(head) < len(text) {
			b.WriteString(cells.Spaces(width - used))
			used = width
			break
		}
		b.WriteString(escape)
		open = styled(open, escape)
		s = rest
	}
	if open != "" {
		b.WriteString(reset)
	}
	return b.String(), used
}

// tail returns a line without its first width cells, in the style that it has there.
func tail(m cells.Measure, s string, width int) string {
	used, open := 0, ""
	for s != "" {
		text, escape, rest := split(s)
		head, n := m.Head(text, width-used)
		used += n
		if len(head) < len(text) {
			half, gap := straddles(m, text[len(head):], width-used)
			return open + cells.Spaces(gap) + text[len(head)+half:] + escape + rest
		}
		open = styled(open, escape)
		s = rest
	}
	return ""
}

// straddles returns the length of the first character of a text if the edge goes through it,
// and how many of its cells are past the edge.
func straddles(m cells.Measure, text string, before int) (length, gap int) {
	if before <= 0 {
		return 0, 0
	}
	head, n := "", 0
	for w := before + 1; head == "" && w < before+len(text)+2; w++ {
		head, n = m.Head(text, w)
	}
	return len(head), n - before
}

// styled returns the escape sequences in force after another one.
func styled(open, escape string) string {
	switch escape {
	case "":
		return open
	case reset, "\x1b[0m":
		return ""
	}
	return open + escape
}

// split returns the text up to the next escape sequence, that sequence, and the rest. Lines
// have only those that set a style (CSI) or a link (OSC).
func split(s string) (text, escape, rest string) {
	i := strings.IndexByte(s, 0x1b)
	if i < 0 {
		return s, "", ""
	}
	text, s = s[:i], s[i:]
	end := len(s)
	switch {
	case strings.HasPrefix(s, "\x1b["):
		for j := 2; j < len(s); j++ {
			if s[j] >= '@' && s[j] <= '~' {
				end = j + 1
				break
			}
		}
	case strings.HasPrefix(s, "\x1b]"):
		if j := strings.IndexAny(s, "\a\\"); j >= 0 {
			end = j + 1
		}
	default:
		end = min(2, len(s))
	}
	return text, s[:end], s[end:]
}

// bare returns a line without its escape sequences.
func bare(s string) string {
	if strings.IndexByte(s, 0x1b) < 0 {
		return s
	}
	var b strings.Builder
	for s != "" {
		text, _, rest := split(s)
		b.WriteString(text)
		s = rest
	}
	return b.String()
}
