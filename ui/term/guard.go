// Package term is the terminal: all output to it goes through this package, which checks it
// last. A [Program] runs a model on it, a [Painter] writes the frames.
package term

import (
	"strings"

	"parley/ui/link"
)

// Limits of our own control sequences. Terminals, and libraries that parse sequences for us,
// have failed on longer ones.
const (
	maxSequence   = 64 // bytes
	maxSeparators = 16
)

// Guard returns a frame with only short control sequences that set colours, and those that open
// and close links; any other is replaced by U+FFFD. Nothing drawn should contain one; this is the last check.
func Guard(frame string) string {
	i := strings.IndexByte(frame, 0x1b)
	if i < 0 {
		return frame
	}
	var b *strings.Builder
	for from := 0; ; {
		n := sequence(frame[i:])
		if n == 0 {
			n = link.Sequence(frame[i:])
		}
		if n == 0 {
			if b == nil {
				b = &strings.Builder{}
				b.Grow(len(frame))
			}
			b.WriteString(frame[from:i])
			b.WriteString("\uFFFD")
			n = intruder(frame[i:])
			from = i + n
		}
		next := strings.IndexByte(frame[i+n:], 0x1b)
		if next < 0 {
			if b == nil {
				return frame
			}
			b.WriteString(frame[from:])
			return b.String()
		}
		i += n + next
	}
}

// sequence returns the length of the colour sequence at the beginning of a text; 0 if there is
// none, or it is too long.
func sequence(s string) int {
	if len(s) < 3 || s[1] != '[' {
		return 0
	}
	separators := 0
	for i := 2; i < len(s) && i < maxSequence; i++ {
		switch c := s[i]; {
		case c == 'm':
			return i + 1
		case c == ';' || c == ':':
			if separators++; separators > maxSeparators {
				return 0
			}
		case c < '0' || c > '9':
			return 0
		}
	}
	return 0
}

// intruder returns the length of any other sequence at the beginning of a text, as far as can
// be told: its introducer and parameters.
func intruder(s string) int {
	i := 1
	if i < len(s) && strings.IndexByte("[]P_^X", s[i]) >= 0 {
		i++
	}
	for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == ';' || s[i] == ':' || s[i] == '?') {
		i++
	}
	return i
}
