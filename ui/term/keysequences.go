package term

import (
	"bytes"
	"regexp"
	"strconv"
)

// Keys and reports: CSI and SS3.

func (s *splitter) csi(b byte) {
	switch {
	case b == '[' && len(s.held) == 2:
		s.enter(inConsole, b)
	case b == 'M' && len(s.held) == 2:
		s.enter(inMouse, b)
	case b >= 0x40 && b < del:
		s.keep(b, maxReport)
		s.finishCSI()
	case b >= 0x20 && b < 0x40:
		if b == ';' || b == ':' {
			s.separators++
		}
		// No terminal sends a parameter after an intermediate byte.
		last := s.held[len(s.held)-1]
		s.over = s.over || s.separators > maxSeparators || b >= '0' && last >= ' ' && last < '0'
		s.keep(b, maxReport)
	default:
		s.broken(b)
	}
}

// console handles the letter of a function key of the kernel's console.
func (s *splitter) console(b byte) {
	if b < 'A' || b > 'E' {
		s.broken(b)
		return
	}
	s.single()
	s.put([]string{"\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[15~"}[b-'A'])
	s.reset()
}

func (s *splitter) mouse(b byte) {
	if b < 0x20 {
		s.broken(b)
		return
	}
	if s.held = append(s.held, b); len(s.held) == 6 {
		s.single()
		s.put(string(s.held))
		s.reset()
	}
}

// ss3 handles a byte of a key in application mode.
func (s *splitter) ss3(b byte) {
	const most = 8
	switch {
	case b >= '0' && b <= '9' || b == ';':
		s.keep(b, most)
	case b > 0x20 && b < del:
		s.keep(b, most)
		s.finishSS3()
	default:
		s.broken(b)
	}
}

// finishSS3 emits a whole key of application mode. Keys with modifiers have the form of a
// report.
func (s *splitter) finishSS3() {
	keys := s.held[2:]
	s.withMeta(len(keys) == 1 && bytes.IndexByte([]byte("ABCDHF"), keys[0]) >= 0)
	switch {
	case s.over:
	case bytes.IndexByte(keys, ';') < 0:
		s.put(string(s.held))
	case modified.Match(keys):
		s.put("\x1b[" + string(keys))
	}
	s.reset()
}

// modified is a key with its modifiers.
var modified = regexp.MustCompile(`^1;[0-9]+[A-FHPQS]$`)

// Reports that need a second look.
var (
	metaKey        = regexp.MustCompile(`^\x1b\[(?:[A-DFH]|[1-8]~)$`)
	cursorPosition = regexp.MustCompile(`^\x1b\[[0-9]+;[0-9]+R$`)
	kittyFlags     = regexp.MustCompile(`^\x1b\[\?([0-9]+)u$`)
	// likeBracket is what a lenient parser takes for the start or end of a paste.
	likeBracket = regexp.MustCompile(`^\x1b\[[<=>?]?0*20[01]([^0-9].*)?~$`)
	schemes     = regexp.MustCompile(`^\x1b\[\?997;[12]n$`)
)

// finishCSI emits a whole report or key.
func (s *splitter) finishCSI() {
	final := s.held[len(s.held)-1]
	m := kittyFlags.FindSubmatch(s.held)
	s.withMeta(!s.over && metaKey.Match(s.held))
	switch {
	case s.over:
	case string(s.held) == pasteBegins:
		s.reset()
		s.state = inPaste
		return
	case likeBracket.Match(s.held):
	case final == 'n' && !schemes.Match(s.held): // a device status report, which nobody asked for
	case final == '_': // keys in the form of another system's console, which nobody asked for
	case cursorPosition.Match(s.held): // must not be taken for a function key
		s.put("\x1b[?" + string(s.held[2:]))
	case m != nil:
		flags, err := strconv.Atoi(string(m[1]))
		s.certain = err == nil && flags&1 != 0
		s.put(string(s.held))
	default:
		s.put(string(s.held))
	}
	s.reset()
}
