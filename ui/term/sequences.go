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
		// A parameter after what ends them is none of any terminal's.
		last := s.held[len(s.held)-1]
		s.over = s.over || s.separators > maxSeparators || b >= '0' && last >= ' ' && last < '0'
		s.keep(b, maxReport)
	default:
		s.broken(b)
	}
}

// console takes the letter of a function key at the kernel's console.
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

// ss3 takes a byte of the keys that terminals send in application mode.
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

// finishSS3 lets a whole key of application mode go. Those with modifiers have the same
// form as a report.
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

// osc takes the number of a string of the terminal's, without which it is none.
func (s *splitter) osc(b byte) {
	first := len(s.held) == 2
	switch {
	case b >= '0' && b <= '9' && len(s.held) < 8:
		s.held = append(s.held, b)
	case !first && (b == ';' || b == bell || b == escape), first && (b == 'l' || b == 'L' || b == 'I'):
		s.state = inString
		s.string(b)
	default:
		s.typed(b)
	}
}

// dcs takes what comes before the text of such a string.
func (s *splitter) dcs(b byte) {
	switch {
	case b >= 0x20 && b < 0x40:
		s.keep(b, maxReport)
	case b >= 0x40 && b < del && (len(s.held) > 2 || !letter(b)):
		s.keep(b, maxReport)
		s.state = inString
	default:
		s.typed(b)
	}
}

// letter tells whether a byte is one that a hand is likely to type.
func letter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

func (s *splitter) apc(b byte) {
	if b != 'G' { // only pictures are answered in this way
		s.typed(b)
		return
	}
	s.held = append(s.held, b)
	s.state = inString
}

func (s *splitter) string(b byte) {
	switch {
	case b == bell && s.held[1] == ']':
		s.finishString("\x07")
	case b == escape:
		s.state = inStringEscape
	case b == cancel || b == substi:
		s.reset()
	case b < ' ' || b == del:
		s.broken(b)
	default:
		s.keep(b, maxString)
	}
}

func (s *splitter) stringEscape(b byte) {
	if b == '\\' {
		s.finishString("\x1b\\")
		return
	}
	// Another sequence begins; this one was none.
	s.reset()
	s.take(escape)
	s.take(b)
}

// keep adds a byte to the sequence, as long as it is within bounds.
func (s *splitter) keep(b byte, most int) {
	if s.over = s.over || len(s.held) >= most; !s.over {
		s.held = append(s.held, b)
	}
}

// modified is a key with its modifiers.
var modified = regexp.MustCompile(`^1;[0-9]+[A-FHPQS]$`)

// answered are the strings that somebody asks a terminal for. Nobody else's are passed on.
var answered = regexp.MustCompile(`^\x1b(?:\](?:4|1[0-2]);.|P(?:[01]\+r|>\||!\|))`)

// finishString lets a whole string go, if anybody wants it.
func (s *splitter) finishString(end string) {
	s.single()
	if !s.over && answered.Match(s.held) {
		s.put(string(s.held) + end)
	}
	s.reset()
}

// The reports that need a second look.
var (
	metaKey        = regexp.MustCompile(`^\x1b\[(?:[A-DFH]|[1-8]~)$`)
	cursorPosition = regexp.MustCompile(`^\x1b\[[0-9]+;[0-9]+R$`)
	kittyFlags     = regexp.MustCompile(`^\x1b\[\?([0-9]+)u$`)
	// likeBracket is what a lenient reader takes for the begin or the end of a paste.
	likeBracket = regexp.MustCompile(`^\x1b\[[<=>?]?0*20[01]([^0-9].*)?~$`)
	schemes     = regexp.MustCompile(`^\x1b\[\?997;[12]n$`)
)

// finishCSI lets a whole report or key go.
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
	case final == 'n' && !schemes.Match(s.held): // that it is well, which nobody asks
	case final == '_': // keys as another system's console has them, which nobody asked for
	case cursorPosition.Match(s.held): // it must not be taken for a function key
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
