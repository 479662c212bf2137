package safe

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// nextLine returns s up to its first line break of any kind, what follows it,
// and whether there was one.
//
// It looks at bytes: the first byte of a line break is never a later byte of
// another character, even where the text isn't valid.
func nextLine(s string) (line, rest string, more bool) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\n', '\v', '\f':
			return s[:i], s[i+1:], true
		case '\r':
			if i+1 < len(s) && s[i+1] == '\n' {
				return s[:i], s[i+2:], true
			}
			return s[:i], s[i+1:], true
		case 0xC2: // NEL
			if i+1 < len(s) && s[i+1] == 0x85 {
				return s[:i], s[i+2:], true
			}
		case 0xE2: // LS, PS
			if i+2 < len(s) && s[i+1] == 0x80 && (s[i+2] == 0xA8 || s[i+2] == 0xA9) {
				return s[:i], s[i+3:], true
			}
		}
	}
	return s, "", false
}

// plain returns the length of the prefix of s that is made of [inert] characters.
func plain(s string) int {
	for i := 0; i < len(s); {
		if b := s[i]; b < utf8.RuneSelf {
			if b < ' ' || b > '~' {
				return i
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if !inert(r) {
			return i
		}
		i += n
	}
	return len(s)
}

// cleaner makes one line of text safe, in three steps: filter handles each character alone,
// settle normalizes and decides about joiners by their neighbours, and [nextCluster] limits
// the clusters of the result.
type cleaner struct {
	buf, spare []byte // the line so far, and room for the next step

	marks   int  // marks since the last base
	joiners bool // buf holds joiners or selectors
	hidden  bool // something was removed or masked
}

// reset begins a new line.
func (c *cleaner) reset() {
	c.buf, c.marks, c.joiners = c.buf[:0], 0, false
}

// maxMarks limits marks in a row before the text is normalized: with more than 30, including
// those in the decomposition of the base, norm would insert invisible characters. It is more
// than a cluster may have.
const maxMarks = 20

// filter adds s, which has no line breaks.
func (c *cleaner) filter(s string) {
	for i := 0; i < len(s); {
		if n := plain(s[i:]); n > 0 {
			c.base(s[i : i+n])
			i += n
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			c.mask("\uFFFD")
		case r == blackFlag:
			c.base(s[i : i+n])
			n += flagTags(s[i+n:])
		default:
			c.add(r)
		}
		i += n
	}
}

// add adds one character by its class.
func (c *cleaner) add(r rune) {
	switch classify(r) {
	case keep:
		c.buf, c.marks = utf8.AppendRune(c.buf, r), 0
	case mark:
		c.mark(r)
	case joiner:
		c.buf, c.joiners = utf8.AppendRune(c.buf, r), true
	case space:
		c.base(" ")
	case tab:
		c.base("    ")
	case control:
		c.mask(controlPicture(r))
	case direction:
		c.mask(directionName(r))
	case invisible:
		c.hidden = true
	case unknown:
		c.mask("\uFFFD")
	}
}

// base adds characters that marks can stand on.
func (c *cleaner) base(s string) {
	c.buf, c.marks = append(c.buf, s...), 0
}

// mask adds s in place of something hidden.
func (c *cleaner) mask(s string) {
	c.base(s)
	c.hidden = true
}

// mark adds a mark, in parts if it has any.
func (c *cleaner) mark(r rune) {
	first, second := splitMark(r)
	for _, m := range [...]rune{first, second} {
		if m == 0 {
			continue
		}
		if c.marks == maxMarks {
			c.hidden = true
			return
		}
		c.buf = utf8.AppendRune(c.buf, m)
		c.marks++
	}
}

// settle normalizes the line and removes the joiners that join nothing. Removing one can make
// marks meet and change places, so it checks again; a text that abuses this loses all its
// joiners.
func (c *cleaner) settle() {
	c.normalize()
	if !c.joiners {
		return
	}
	for try := 0; c.judge(try < 3); try++ {
		c.normalize()
	}
}

func (c *cleaner) normalize() {
	if norm.NFC.IsNormal(c.buf) {
		return
	}
	c.spare = norm.NFC.Append(c.spare[:0], c.buf...)
	c.buf, c.spare = c.spare, c.buf
}
