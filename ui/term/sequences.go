package term

import (
	"bytes"
	"regexp"
	"strconv"
	"time"
	"unicode/utf8"
)

// Limits of one sequence from a terminal. Real terminals stay far below; the parsers after us
// have failed above.
const (
	maxReport = 256
	maxString = 4 << 10
	// maxPaste is how much of a pasted text is passed on. Its receivers reject far shorter ones.
	maxPaste = 1 << 20
)

// How long to wait for the rest of a sequence. Over a slow line it arrives in pieces. One that
// has only begun may also be a key, and is one after lineGap.
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

// Control characters with a meaning here.
const (
	bell   = 0x07
	cancel = 0x18
	substi = 0x1a
	escape = 0x1b
	del    = 0x7f
)

// kind is the kind of a unit of input.
type kind uint8

const (
	// isCharacter is a character, tab or line end: what pasted text is made of, and what users
	// type.
	isCharacter kind = iota
	// isSequence is any other key, and reports of the terminal.
	isSequence
	// isPaste is a text between paste brackets.
	isPaste
)

// unit is the smallest meaningful input. It is never passed on in parts.
type unit struct {
	kind  kind
	bytes []byte
}

// splitterState is the position of a splitter in a sequence.
type splitterState uint8

const (
	inText splitterState = iota
	inEscape
	inAltCharacter
	inCSI
	inConsole // the kernel's console: CSI [ and a letter
	inMouse   // the oldest mouse reports: CSI M and three bytes
	inSS3
	inOSC // its number
	inDCS // before its text
	inAPC // its first byte
	inString
	inStringEscape
	inPaste
)

// splitter splits a terminal's input into units, however the bytes arrived. It emits escape
// and keys with alt in an unambiguous form: as complete sequences that nothing can be joined
// to.
//
// The zero splitter is ready. It is not safe for concurrent use.
type splitter struct {
	state splitterState
	// held is the sequence so far; in a paste, what may be its end mark.
	held []byte
	// char is the beginning of a character.
	char []byte
	// over: the sequence exceeds the limits and is dropped.
	over bool
	// meta: another escape came before the sequence.
	meta       bool
	separators int
	paste      []byte
	// certain: the terminal sends the escape key as a sequence, so that a bare escape always
	// begins one.
	certain bool
	out     []unit
}

// feed adds input, and returns the complete units.
func (s *splitter) feed(in []byte) []unit {
	s.out = nil
	for _, b := range in {
		s.feedByte(b)
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

// escaped reports whether an escape is held that may be a key: only the next input can tell.
func (s *splitter) escaped() bool { return s.state == inEscape && !s.certain }

// shiftOfRxvt is rxvt's form of a key with shift, which ends like no other sequence.
var shiftOfRxvt = regexp.MustCompile(`^\x1b\[[1-8]\$$`)

// expire treats what is held as complete: an escape is a key, and so is an escape with the
// start of a sequence. A report that was never finished is not text.
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

func (s *splitter) feedByte(b byte) {
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

// text handles a byte outside of sequences.
func (s *splitter) text(b byte) {
	if len(s.char) > 0 && b&0xc0 != 0x80 { // the character was incomplete
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
	default: // an 8-bit control character, which may also begin a sequence
		if i := bytes.IndexByte([]byte{0x8f, 0x90, 0x9b, 0x9d, 0x9f}, b); i >= 0 {
			s.held = append(s.held[:0], escape)
			s.begin(b - 0x40)
		}
	}
}

// letter emits a character once it is complete.
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

// begin handles the byte after an escape.
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

// letter reports whether a byte is likely typed by hand.
func letter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// keep adds a byte to the sequence, within the limits.
func (s *splitter) keep(b byte, most int) {
	if s.over = s.over || len(s.held) >= most; !s.over {
		s.held = append(s.held, b)
	}
}

// withMeta joins a preceding escape to a key that may come with alt; otherwise that escape was
// a key.
func (s *splitter) withMeta(key bool) {
	if s.meta && key {
		s.held = append([]byte{escape}, s.held...)
		s.meta = false
		return
	}
	s.single()
}

// single emits a preceding escape as a key.
func (s *splitter) single() {
	if s.meta {
		s.put(escapeKey)
	}
	s.meta = false
}

// broken handles a byte that can't be part of the sequence.
func (s *splitter) broken(b byte) {
	s.abandon()
	s.feedByte(b)
}

// abandon drops an unfinished sequence; one that has only begun was a key.
func (s *splitter) abandon() {
	s.single()
	if len(s.held) == 2 {
		s.put(altKey(s.held[1]))
	}
	s.reset()
}

// typed treats what no terminal sends as text typed after a key with alt.
func (s *splitter) typed(b byte) {
	rest := bytes.Clone(s.held[2:])
	s.single()
	s.put(altKey(s.held[1]))
	s.reset()
	for _, c := range append(rest, b) {
		s.feedByte(c)
	}
}

// inside handles a byte of a pasted text, which ends only with its end mark.
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

// plainText returns a pasted text without anything that could end the paste early: characters,
// tabs and line ends remain.
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

// escapeKey is the escape key in unambiguous form.
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
