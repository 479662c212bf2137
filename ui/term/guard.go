// Package term is the terminal: the one place from which anything reaches it, and the last
// look at what does. A [Program] runs a model on it, a [Painter] writes the frames.
package term

import "strings"

// What a control sequence of ours never exceeds. Terminals, and what reads sequences for
// us, have broken on longer ones.
const (
	maxSequence   = 64 // bytes
	maxSeparators = 16
)

// Guard returns a frame in which every control sequence is short: one that is not, or
// that is not of the kind that sets colours, is replaced by U+FFFD. Nothing that is
// drawn should hold one; this is the last look.
func Guard(frame string) string {
	i := strings.IndexByte(frame, 0x1b)
	if i < 0 {
		return frame
	}
	var b *strings.Builder
	for from := 0; ; {
		n := sequence(frame[i:])
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

// sequence returns the length of the colour sequence that a text begins with; 0 if it
// begins with none, or with one that is too long.
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

// intruder returns how much of a text belongs to the sequence that it begins with, as
// far as can be told: its introducer and its parameters.
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
