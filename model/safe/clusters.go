package safe

import (
	"unicode"
	"unicode/utf8"
)

const (
	maxPoints = 16 // code points of a cluster
	maxBytes  = 64 // bytes of a cluster

	dottedCircle = '\u25CC' // what marks without a base stand on
)

// cluster is what a terminal draws as one unit, at the beginning of some text: a base and
// what follows it without a place of its own. It is at least a grapheme cluster of UAX #29,
// so that its limits hold for every terminal.
type cluster struct {
	size    int  // bytes of the text
	kept    int  // how many of these to draw
	cells   int  // an upper bound
	bare    bool // begins with a mark: it is drawn on a dotted circle
	dropped bool // kept is less than size
}

// bytes returns how many bytes draw adds.
func (k cluster) bytes() int {
	if k.bare {
		return utf8.RuneLen(dottedCircle) + k.kept
	}
	return k.kept
}

// draw adds the cluster at the beginning of p to b.
func (k cluster) draw(b, p []byte) []byte {
	if k.bare {
		b = utf8.AppendRune(b, dottedCircle)
	}
	return append(b, p[:k.kept]...)
}

// nextCluster returns the cluster at the beginning of p, which must not be empty. It moves
// what is kept of it to the front.
func nextCluster(p []byte) cluster {
	r, n := utf8.DecodeRune(p)
	if inert(r) && (len(p) == n || p[n] < utf8.RuneSelf) {
		return cluster{size: n, kept: n, cells: runeCells(r)}
	}
	g := growth{base: r, last: r, points: 1, bytes: n, glued: isPrepended(r)}
	k := cluster{size: n, kept: n, cells: runeCells(r)}
	if isMark(r) {
		g = growth{base: dottedCircle, points: 1, bytes: utf8.RuneLen(dottedCircle)}
		g.absorb(r, n, trailing)
		k.bare = true
		k.cells++
	}
	for k.size < len(p) {
		r, n := utf8.DecodeRune(p[k.size:])
		how := g.joins(r)
		if how == apart {
			break
		}
		k.size += n
		if g.absorb(r, n, how) {
			k.kept += copy(p[k.kept:], p[k.size-n:k.size])
			k.cells = g.widen(k.cells, r)
			continue
		}
		k.dropped = true
		if how == trailing && (g.last == zwj || g.last == zwnj) {
			k.kept -= utf8.RuneLen(g.last) // it joined what was dropped
			g.last = 0
		}
	}
	return k
}

// growth is a cluster while it grows.
type growth struct {
	base, last    rune // the first and the last code point kept
	points, bytes int
	pair          bool // two halves of a flag are the last
	linked        bool // a linker was kept, with no letter after it
	glued         bool // it has something that absorbs a letter
	full          bool // something was dropped
}

// join is how a code point belongs to the cluster before it.
type join uint8

const (
	apart    join = iota // not at all
	trailing             // it has no place of its own
	glued                // something before it absorbs it
)

// joins returns how r belongs to the cluster.
func (g *growth) joins(r rune) join {
	if r < 0x300 && !isPrepended(g.last) {
		return apart
	}
	switch {
	case isMark(r):
		if isSpace(g.last) {
			return apart
		}
		return trailing
	case r == zwj, r == zwnj, isSkinTone(r), isTrailingLetter(r), joinsHangul(g.last, r):
		return trailing
	case isRegional(r) && isRegional(g.last):
		if g.pair {
			return apart
		}
		return trailing
	case isPrepended(r) && (g.linked || isPrepended(g.last)):
		return trailing
	case isPrepended(g.last), g.linked && unicode.Is(unicode.Lo, r), g.last == zwj && isPictograph(r):
		return glued
	}
	return apart
}

// absorb adds r, of n bytes. It returns false when there is no room; then no more trailing code
// points are added. Glued ones always fit, because clusters with glue leave room for them.
func (g *growth) absorb(r rune, n int, how join) bool {
	points, bytes := maxPoints, maxBytes
	glue := isLinker(r) || r == zwj || isPrepended(r)
	if how == trailing {
		if glue || g.glued {
			points, bytes = maxPoints-1, maxBytes-utf8.UTFMax
		}
		g.full = g.full || g.points+1 > points || g.bytes+n > bytes
		if g.full {
			return false
		}
	}
	g.points++
	g.bytes += n
	g.pair = isRegional(r) && isRegional(g.last)
	g.last = r
	g.glued = g.glued || glue
	g.linked = isLinker(r) || g.linked && how == trailing
	return true
}

// joinsHangul reports whether b continues a syllable of Hangul after a.
func joinsHangul(a, b rune) bool {
	if b < 0x1100 || b > 0xD7FB {
		return false
	}
	switch {
	case isLeadingJamo(a):
		return isLeadingJamo(b) || isVowelJamo(b) || 0xAC00 <= b && b <= 0xD7A3
	case isVowelJamo(a), 0xAC00 <= a && a <= 0xD7A3:
		return isTrailingJamo(b)
	}
	return isTrailingJamo(a) && isTrailingJamo(b) && !isVowelJamo(b)
}

func isLeadingJamo(r rune) bool {
	return 0x1100 <= r && r <= 0x115F || 0xA960 <= r && r <= 0xA97C
}

func isVowelJamo(r rune) bool {
	return 0x1160 <= r && r <= 0x11A7 || 0xD7B0 <= r && r <= 0xD7C6
}

// isTrailingLetter reports whether r is a letter that Unicode counts as part of the cluster
// before it: vowels of Thai and Lao, sound marks of half-width kana.
func isTrailingLetter(r rune) bool {
	return r == 0x0E33 || r == 0x0EB3 || r == 0xFF9E || r == 0xFF9F
}

// isLinker reports whether r links the letters around it into one cluster.
func isLinker(r rune) bool {
	switch r {
	case 0x094D, 0x09CD, 0x0ACD, 0x0B4D, 0x0C4D, 0x0D4D, 0x1039, 0x17D2, 0x1A60,
		0x1B44, 0x1BAB, 0xA9C0, 0xAAF6, 0x10A3F, 0x11133, 0x113D0, 0x1193E, 0x11A47,
		0x11A99, 0x11F42:
		return true
	}
	return false
}

// isPrepended reports whether r is a letter that Unicode counts as part of the cluster after
// it.
func isPrepended(r rune) bool {
	switch {
	case r < 0x0D4E:
		return false
	case r == 0x0D4E, 0x111C2 <= r && r <= 0x111C3, r == 0x113D1, r == 0x1193F, r == 0x11941,
		r == 0x11A3A, 0x11A84 <= r && r <= 0x11A89, r == 0x11D46, r == 0x11F02:
		return true
	}
	return false
}
