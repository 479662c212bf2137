package term

import (
	"bytes"
	"regexp"
	"strconv"
	"time"
	"unicode/utf8"
)

// Bounds of what a terminal sends in one sequence. The terminals that exist stay far
// below them; who reads after us has been ended by what lies above.
const (
	maxReport = 256
	maxString = 4 << 10
	// maxPaste is how much of a pasted text goes on. Whoever takes a text has refused far
	// shorter ones.
	maxPaste = 1 << 20
)

// How long the rest of a sequence is waited for. Over a slow line it comes in pieces; what
// has only begun may also be a key by itself, and is one after lineGap.
const (
	lineGap   = 600 * time.Millisecond
	reportGap = 2 * time.Second
	pasteGap  = 3 * time.Second
)

// What a terminal puts around a pasted text.
const (
	pasteBegins = "\x1b[200~"
	pasteEnds   = "\x1b[201~"
)

// The control characters that have a meaning here.
const (
	bell   = 0x07
	cancel = 0x18
	substi = 0x1a
	escape = 0x1b
	del    = 0x7f
)

// kind is what a unit of input is.
type kind uint8

const (
	// isCharacter is a character, tab or line end: what a pasted text consists of, and what
	// a hand types.
	isCharacter kind = iota
	// isSequence is any other key, and what the terminal tells.
	isSequence
	// isPaste is a text between the terminal's marks.
	isPaste
)

// unit is the least that means something. What reads after us never gets part of one.
type unit struct {
	kind  kind
	bytes []byte
}

// splitterState is where in a sequence a splitter is.
type splitterState uint8

const (
	inText splitterState = iota
	inEscape
	inAltCharacter
	inCSI
	inConsole // the kernel's console: CSI [ and a letter
	inMouse   // the oldest reports of the mouse: CSI M and three bytes
	inSS3
	inOSC // its number
	inDCS // what comes before its text
	inAPC // its first byte
	inString
	inStringEscape
	inPaste
)

// splitter divides what a terminal sends into units, wherever it was cut on its way.
// Escape and keys with alt leave it in a form that is the same whatever follows: with an
// escape of its own that nothing can be joined to.
//
// The zero splitter is ready. It is not safe for concurrent use.
type splitter struct {
	state splitterState
	// held is the sequence so far; in a paste, what may be its end.
	held []byte
	// char is the beginning of a character.
	char []byte
	// over: the sequence is beyond the bounds, and is dropped.
	over bool
	// meta: another escape came before the sequence.
	meta       bool
	separators int
	paste      []byte
	// certain: the terminal sends escape as a sequence, so that an escape is always the
	// beginning of something.
	certain bool
	out     []unit
}

// feed takes input in and returns what is whole.
func (s *splitter) feed(in []byte) []unit {
	s.out = nil
	for _, b := range in {
		s.take(b)
	}
	return s.out
}

// wait is how long to wait for more before [splitter.expire]; 0: nothing is held.
func (s *splitter) wait() time.Duration {
	switch s.state {
	case inText, inAltCharacter:
		return 0
	case inEscape, inMouse:
		return lineGap
	case inPaste:
		return pasteGap
	default:
		if len(s.held) == 2 {
			return lineGap
		}
		return reportGap
	}
}

// escaped tells whether an escape waits that may be a key: only what the terminal sends
// next will tell.
func (s *splitter) escaped() bool { return s.state == inEscape && !s.certain }

// shiftOfRxvt is a key with shift as rxvt sends it, which ends like no sequence.
var shiftOfRxvt = regexp.MustCompile(`^\x1b\[[1-8]\$$`)

// expire takes what is held for all that comes: an escape is a key, and so is one with
// what only begins a sequence. What has begun as a report and was never finished is no
// text.
func (s *splitter) expire() []unit {
	s.out = nil
	switch {
	case s.state == inText || s.state == inAltCharacter:
	case s.state == inPaste:
		s.endPaste()
	case s.state == inEscape:
		s.single()
		s.put(escapeKey)
		s.reset()
	case shiftOfRxvt.Match(s.held):
		s.single()
		s.put(string(s.held[:len(s.held)-1]) + ";2~")
		s.reset()
	default:
		s.abandon()
	}
	return s.out
}

func (s *splitter) take(b byte) {
	switch s.state {
	case inText, inAltCharacter:
		s.text(b)
	case inEscape:
		s.begin(b)
	case inCSI:
		s.csi(b)
	case inConsole:
		s.console(b)
	case inMouse:
		s.mouse(b)
	case inSS3:
		s.ss3(b)
	case inOSC:
		s.osc(b)
	case inDCS:
		s.dcs(b)
	case inAPC:
		s.apc(b)
	case inString:
		s.string(b)
	case inStringEscape:
		s.stringEscape(b)
	case inPaste:
		s.inside(b)
	}
}

// text takes a byte outside of sequences.
func (s *splitter) text(b byte) {
	if len(s.char) > 0 && b&0xc0 != 0x80 { // the character was not finished
		s.char = s.char[:0]
		s.state = inText
	}
	switch {
	case b == escape:
		s.reset()
		s.state, s.held = inEscape, append(s.held, b)
	case b == '\r' || b == '\n' || b == '\t' || b >= ' ' && b < del:
		s.out = append(s.out, unit{isCharacter, []byte{b}})
	case b < utf8.RuneSelf:
		s.put(string(b))
	case len(s.char) > 0 || b&0xc0 == 0xc0:
		s.char = append(s.char, b)
		s.letter()
	default: // a control character of eight bits, which may begin a sequence as well
		if i := bytes.IndexByte([]byte{0x8f, 0x90, 0x9b, 0x9d, 0x9f}, b); i >= 0 {
			s.held = append(s.held[:0], escape)
			s.begin(b - 0x40)
		}
	}
}

// letter lets a character go once it is whole.
func (s *splitter) letter() {
	if !utf8.FullRune(s.char) {
		return
	}
	r, size := utf8.DecodeRune(s.char)
	if r >= 0xa0 && size == len(s.char) && size > 1 {
		if s.state == inAltCharacter {
			s.put("\x1b" + string(s.char))
		} else {
			s.out = append(s.out, unit{isCharacter, bytes.Clone(s.char)})
		}
	}
	s.char = s.char[:0]
	s.state = inText
}

// begin takes the byte after an escape.
func (s *splitter) begin(b byte) {
	switch b {
	case '[':
		s.enter(inCSI, b)
	case 'O':
		s.enter(inSS3, b)
	case ']':
		s.enter(inOSC, b)
	case 'P':
		s.enter(inDCS, b)
	case '_':
		s.enter(inAPC, b)
	case escape:
		// The first was a key, or alt with the key that follows.
		s.single()
		s.meta = true
	default:
		s.single()
		s.reset()
		if b >= utf8.RuneSelf {
			s.state = inAltCharacter
			s.text(b)
			return
		}
		s.put(altKey(b))
	}
}

func (s *splitter) enter(to splitterState, b byte) {
	s.state = to
	s.held = append(s.held, b)
}

// letter tells whether a byte is one that a hand is likely to type.
func letter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// keep adds a byte to the sequence, as long as it is within bounds.
func (s *splitter) keep(b byte, most int) {
	if s.over = s.over || len(s.held) >= most; !s.over {
		s.held = append(s.held, b)
	}
}

// withMeta puts an escape that came before a sequence to it, if it is one of the keys that
// come so with alt; else that escape was a key.
func (s *splitter) withMeta(key bool) {
	if s.meta && key {
		s.held = append([]byte{escape}, s.held...)
		s.meta = false
		return
	}
	s.single()
}

// single lets an escape that came before the sequence go as a key.
func (s *splitter) single() {
	if s.meta {
		s.put(escapeKey)
	}
	s.meta = false
}

// broken takes a byte that can't be part of the sequence.
func (s *splitter) broken(b byte) {
	s.abandon()
	s.take(b)
}

// abandon drops an unfinished sequence; what only begins one was a key.
func (s *splitter) abandon() {
	s.single()
	if len(s.held) == 2 {
		s.put(altKey(s.held[1]))
	}
	s.reset()
}

// typed takes what no terminal sends for what was typed after a key with alt.
func (s *splitter) typed(b byte) {
	rest := bytes.Clone(s.held[2:])
	s.single()
	s.put(altKey(s.held[1]))
	s.reset()
	for _, c := range append(rest, b) {
		s.take(c)
	}
}

// inside takes a byte of a pasted text, which only its end mark ends.
func (s *splitter) inside(b byte) {
	if s.held = append(s.held, b); len(s.held) <= len(pasteEnds) && string(s.held) == pasteEnds[:len(s.held)] {
		if len(s.held) == len(pasteEnds) {
			s.endPaste()
		}
		return
	}
	part := s.held[:len(s.held)-1]
	if b != escape {
		part = s.held
		s.held = nil
	} else {
		s.held = []byte{escape}
	}
	s.paste = append(s.paste, part[:min(len(part), max(0, maxPaste-len(s.paste)))]...)
}

func (s *splitter) endPaste() {
	s.out = append(s.out, unit{isPaste, plainText(s.paste)})
	s.paste = nil
	s.reset()
}

// plainText returns a pasted text without anything that could end the paste before its
// end: characters, tabs and line ends.
func plainText(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r >= ' ' && r < del || r >= 0xa0 && (r != utf8.RuneError || size > 1) || r == '\t' || r == '\n' || r == '\r' {
			out = append(out, b[:size]...)
		}
		b = b[size:]
	}
	return out
}

func (s *splitter) put(seq string) { s.out = append(s.out, unit{isSequence, []byte(seq)}) }

func (s *splitter) reset() {
	s.state, s.separators, s.over, s.meta = inText, 0, false, false
	s.held, s.char = nil, s.char[:0]
}

// escapeKey is the escape key, in the form that nothing can be joined to.
const escapeKey = "\x1b[27u"

// altKey returns a key with alt in that form.
func altKey(b byte) string {
	code, mod := int(b), 3
	const shift, ctrl = 1, 4
	switch {
	case b >= 'A' && b <= 'Z':
		code, mod = int(b)+'a'-'A', mod+shift
	case b == 0:
		code, mod = ' ', mod+ctrl
	case b == '\t' || b == '\r' || b == del:
	case b < escape:
		code, mod = int(b)+0x60, mod+ctrl
	case b < ' ':
		code, mod = int(b)+0x40, mod+ctrl
	}
	return "\x1b[" + strconv.Itoa(code) + ";" + strconv.Itoa(mod) + "u"
}
