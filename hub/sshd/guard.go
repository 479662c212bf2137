package sshd

import (
	"bytes"
	"regexp"
	"time"
	"unicode/utf8"
)

// Bounds of a control sequence that a client may send. The terminals that exist stay far
// below them; readers of terminal input have been ended by what lies above.
const (
	maxSequence   = 256
	maxSeparators = 16
	maxString     = 4 << 10
)

// maxPaste is how much of a pasted text goes on. A reader of terminal input keeps it all
// until it ends; whoever takes a text has refused far shorter ones.
const maxPaste = 1 << 20

// What a terminal puts around a pasted text.
const (
	pasteBegins = "\x1b[200~"
	pasteEnds   = "\x1b[201~"
)

// How long a sequence may stay unfinished. An escape that nothing follows is a key.
const (
	escapeWait   = 25 * time.Millisecond
	sequenceWait = time.Second
)

// The control characters that the guard knows.
const (
	nul    = 0x00
	bell   = 0x07
	cancel = 0x18
	substi = 0x1a
	escape = 0x1b
)

// guardState is where in a control sequence a guard is.
type guardState int

const (
	inText guardState = iota
	inEscape
	inCSI
	inSS3
	inString
	// inStringEscape: an escape in a string, which ends it if a backslash follows.
	inStringEscape
)

// guard lets a client's input through but for control sequences beyond the bounds above,
// and for bytes that are no UTF-8, among which terminals' readers may see the beginning
// of a sequence. A sequence leaves it whole or not at all; ordinary text always leaves it,
// but for what a paste has beyond [maxPaste].
//
// The zero guard is ready. It is not safe for concurrent use.
type guard struct {
	state guardState
	// held is the sequence so far, or the beginning of a character.
	held []byte
	// separators of the sequence so far; over: it is beyond the bounds, and is dropped.
	separators int
	over       bool
	// escaped: the last byte that was let through is an escape by itself.
	escaped bool
	out     []byte
	// pasting: a paste has begun; pasted is how much of it came.
	pasting bool
	pasted  int
}

// feed takes input in, and returns what may go on. What it returns is valid until the
// next call.
func (g *guard) feed(in []byte) []byte {
	g.out = g.out[:0]
	for _, b := range in {
		g.take(b)
	}
	return g.out
}

// wait is how long to wait for more input before [guard.flush]; 0: nothing is held.
func (g *guard) wait() time.Duration {
	switch {
	case g.state == inEscape:
		return escapeWait
	case g.state != inText:
		return sequenceWait
	}
	return 0
}

// flush lets go of a sequence that was not finished: an escape alone is a key; of any
// other the escape is dropped and the rest is text that somebody typed.
func (g *guard) flush() []byte {
	g.out = g.out[:0]
	switch g.state {
	case inText:
	case inEscape:
		g.emit()
	default:
		g.abort()
	}
	return g.out
}

func (g *guard) take(b byte) {
	switch g.state {
	case inText:
		g.text(b)
	case inEscape:
		g.begin(b)
	case inCSI:
		g.csi(b)
	case inSS3:
		g.ss3(b)
	case inString:
		g.str(b)
	case inStringEscape:
		g.stringEscape(b)
	}
}

// text takes a byte outside of sequences.
func (g *guard) text(b byte) {
	if len(g.held) > 0 && b&0xc0 != 0x80 { // the character was not finished
		g.held = g.held[:0]
	}
	switch {
	case b == escape:
		g.held = append(g.held, b)
		g.state = inEscape
	case b < utf8.RuneSelf:
		g.write(b)
	case len(g.held) == 0 && b&0xc0 == 0x80: // the middle of a character that has no beginning
	default:
		g.held = append(g.held, b)
		g.character()
	}
}

// character lets a character through once it is whole.
func (g *guard) character() {
	if !utf8.FullRune(g.held) {
		return
	}
	r, size := utf8.DecodeRune(g.held)
	if r >= 0xa0 && size == len(g.held) && size > 1 && g.room(size) {
		g.out = append(g.out, g.held...)
		g.escaped = false
	}
	g.held = g.held[:0]
}

// write lets an ASCII character through. After an escape by itself, what would make a
// sequence of the two is kept apart from it.
func (g *guard) write(b byte) {
	if !g.room(1) {
		return
	}
	if g.escaped && introduces(b) {
		g.out = append(g.out, nul)
	}
	g.escaped = false
	g.out = append(g.out, b)
}

// introduces tells whether a byte after an escape begins a sequence.
func introduces(b byte) bool {
	switch b {
	case '[', 'O', ']', 'P', '_', '^', 'X':
		return true
	}
	return false
}

// begin takes the byte after an escape.
func (g *guard) begin(b byte) {
	switch b {
	case '[':
		g.enter(inCSI, b)
	case 'O':
		g.enter(inSS3, b)
	case ']', 'P', '_', '^', 'X':
		g.enter(inString, b)
	default: // a key with alt, or an escape by itself
		g.emit()
		g.take(b)
	}
}

func (g *guard) enter(to guardState, b byte) {
	g.state = to
	g.held = append(g.held, b)
}

func (g *guard) csi(b byte) {
	switch {
	case b >= 0x40 && b <= 0x7e:
		g.keep(b, maxSequence)
		g.finish()
	case b >= 0x20 && b < 0x40:
		if b == ';' || b == ':' {
			g.separators++
		}
		g.over = g.over || g.separators > maxSeparators
		g.keep(b, maxSequence)
	default:
		g.abort()
		g.take(b)
	}
}

// ss3 takes a byte of the keys that terminals send in application mode.
func (g *guard) ss3(b byte) {
	const most = 8
	switch {
	case b >= '0' && b <= '9' || b == ';':
		g.keep(b, most)
	case b > 0x20 && b <= 0x7e:
		g.keep(b, most)
		g.finish()
	default:
		g.abort()
		g.take(b)
	}
}

func (g *guard) str(b byte) {
	switch b {
	case bell:
		g.keep(b, maxString)
		g.finish()
	case escape:
		g.state = inStringEscape
	case cancel, substi:
		g.abort()
		g.take(b)
	default:
		g.keep(b, maxString)
	}
}

func (g *guard) stringEscape(b byte) {
	if b == '\\' {
		g.keep(escape, maxString)
		g.keep(b, maxString)
		g.finish()
		return
	}
	// Another sequence begins; this one was none.
	g.abort()
	g.take(b)
}

// keep adds a byte to the sequence, as long as it is within bounds.
func (g *guard) keep(b byte, most int) {
	if g.over = g.over || len(g.held) >= most; !g.over {
		g.held = append(g.held, b)
	}
}

// finish lets a whole sequence through, or drops it.
func (g *guard) finish() {
	if g.over || g.tellsSize() {
		g.held = g.held[:0]
	}
	if !g.bracket() && !g.room(len(g.held)) {
		g.held = g.held[:0]
	}
	whole := len(g.held) > 0
	g.out = append(g.out, g.held...)
	g.escaped = g.escaped && !whole
	g.reset()
}

// tellsSize tells whether a whole sequence says how large the terminal is. The size that
// counts comes with the session's requests, and is bounded there ([session.resize]).
func (g *guard) tellsSize() bool { return g.state == inCSI && bytes.HasSuffix(g.held, []byte{'t'}) }

// bracket tells whether a whole sequence begins or ends a paste. One that only reads like
// these is dropped: the guard and who reads after it must agree on where a paste ends.
func (g *guard) bracket() bool {
	switch {
	case string(g.held) == pasteBegins:
		if !g.pasting {
			g.pasting, g.pasted = true, 0
		}
		return true
	case string(g.held) == pasteEnds:
		g.pasting = false
		return true
	case g.state == inCSI && bytes.HasSuffix(g.held, []byte{'~'}) && likeBracket.Match(g.held):
		g.held = g.held[:0]
	}
	return false
}

// likeBracket is what a lenient reader takes for the begin or the end of a paste.
var likeBracket = regexp.MustCompile(`^\x1b\[[<=>?]?0*20[01]([^0-9].*)?~$`)

// room counts what goes on of a paste, and tells whether it may.
func (g *guard) room(n int) bool {
	if !g.pasting {
		return true
	}
	if g.pasted+n > maxPaste {
		g.pasted = maxPaste
		return false
	}
	g.pasted += n
	return true
}

// emit lets an escape through by itself.
func (g *guard) emit() {
	if g.room(len(g.held)) {
		g.out = append(g.out, g.held...)
		g.escaped = true
	}
	g.reset()
}

// abort takes a sequence that was broken off for text, without its escape. One that is
// beyond the bounds is no text.
func (g *guard) abort() {
	var typed []byte
	if !g.over {
		typed = append(typed, g.held[1:]...)
	}
	if g.state == inStringEscape {
		typed = append(typed, escape)
	}
	g.reset()
	for _, b := range typed {
		g.take(b)
	}
}

func (g *guard) reset() {
	g.state, g.separators, g.over = inText, 0, false
	g.held = g.held[:0]
}
