package safe

import (
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"
)

// TestEveryCharacter makes each code point safe alone, and between letters: all
// but those of the fast path, and a sample of the planes that hold one kind.
func TestEveryCharacter(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) || inert(r) || r>>16 != 0 && r>>16 != 1 && r>>16 != 0xE && r%251 != 0 && r&0xFFFE != 0xFFFE {
			continue
		}
		checkText(t, string(r), Body(u(string(r))), Body, "\n")
		s := "a" + string(r) + "中"
		checkText(t, s, Line(u(s)), Line, "")
	}
}

// What the fast path passes needs nothing: no class of its own, no
// normalization, no neighbour.
func TestInertCharactersNeedNothing(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !inert(r) {
			continue
		}
		s := string(r)
		switch p := norm.NFC.PropertiesString(s); {
		case r < 0x2FFFF && !unicode.IsGraphic(r) && !isPictograph(r):
			t.Errorf("%U isn't graphic", r)
		case isMark(r), isJoiner(r), isInvisible(r), isBlankSpace(r), directionName(r) != "", isSkinTone(r):
			t.Errorf("%U needs care", r)
		case !norm.NFC.IsNormalString(s), p.CCC() != 0, !p.BoundaryBefore() && r > '~':
			t.Errorf("%U can change in normalization", r)
		case runeCells(r) > len(s), runeCells(r) < uniseg.StringWidth(s):
			t.Errorf("%U has %d cells", r, runeCells(r))
		}
		for _, before := range []string{"a", "中", "가", "👩", " "} {
			if uniseg.GraphemeClusterCount(before+s) != 2 || uniseg.GraphemeClusterCount(s+before) != 2 {
				t.Errorf("%U makes a cluster with %q", r, before)
			}
		}
	}
}

// norm must never make more marks of one than splitMark does, see maxMarks,
// unless the first is one that norm counts from anew.
func TestNoMarkSplitsUnseen(t *testing.T) {
	t.Parallel()
	for r := rune(0x300); r <= unicode.MaxRune; r++ {
		if !isMark(r) {
			continue
		}
		want := string(r)
		if a, b := splitMark(r); b != 0 {
			want = string(a) + string(b)
		}
		got := norm.NFC.String(string(r))
		if norm.NFC.PropertiesString(got).BoundaryBefore() {
			continue
		}
		if utf8.RuneCountInString(got) > utf8.RuneCountInString(want) {
			t.Errorf("%U becomes %+q, splitMark says %+q", r, got, want)
		}
	}
}

func TestCellsAreEnough(t *testing.T) {
	t.Parallel()
	for r := rune(' '); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) || classify(r) != keep {
			continue
		}
		s := string(r)
		if got := nextCluster([]byte(s)).cells; got < uniseg.StringWidth(s) {
			t.Errorf("%U is given %d cells and takes %d", r, got, uniseg.StringWidth(s))
		}
	}
}

func TestClasses(t *testing.T) {
	t.Parallel()
	tests := map[class][]rune{
		keep: {
			'a', ' ', '~', 'é', '々', '〜', 0x3000, 0x2003, 0x25CC, 0xFFFC, 0xFFFD, 0x1F1EF, 0x1F3FB, 0x1FAE9,
			0x20BB7, 0x323B0, 0xFF9E, 0x1100,
		},
		mark:      {0x300, 0x3099, 0x20E3, 0x903, 0x1161, 0x11A8},
		joiner:    {zwj, zwnj, textStyle, emojiStyle, 0xFE00, 0xE0100, 0x180B},
		space:     {0xA0, 0x1680, 0x202F, 0x205F, 0x2800},
		tab:       {'\t'},
		control:   {0, 0x1B, 0x1F, 0x7F, 0x80, 0x9B, 0x9F},
		direction: {0x202A, 0x202E, 0x2066, 0x2069},
		invisible: {0xAD, 0x34F, 0x61C, 0x115F, 0x180E, 0x200B, 0x200E, 0x200F, 0x2060, 0x3164, 0xFEFF, 0xFFF9, 0xE0020},
		unknown:   {0x378, 0x600, 0x6DD, 0xE000, 0xFFFE, 0x10FFFF, 0x2FFFE, 0x2028},
	}
	for want, runes := range tests {
		for _, r := range runes {
			if got := classify(r); got != want {
				t.Errorf("%U has class %d, want %d", r, got, want)
			}
		}
	}
}
