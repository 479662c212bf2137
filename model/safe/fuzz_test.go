package safe

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"parley/model"
)

func FuzzBody(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, s string) { checkBody(t, s) })
}

func FuzzLine(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, s string) { checkLine(t, s) })
}

func addSeeds(f *testing.F) {
	for _, a := range attacks {
		f.Add(a.in)
	}
	for _, s := range languages {
		f.Add(s)
	}
	for _, s := range []string{
		"", " ", "\r\n\r", "\t\u3000 ", "e\u200D\u0301", "\u0301a", " \u0301", "⟨RLO⟩",
		"क्\u200Dष", "র\u200D্য", "م\u200C\u200Cخ", "👩\u200D❤️\u200D💋\u200D👨", "1️⃣", "🇯🇵🇯", "👍🏽🏽🏽🏽",
		strings.Repeat("\u0344", 40), strings.Repeat("म्", 20), "्" + strings.Repeat("म्", 7) + "0", strings.Repeat("ᄀ", 40),
		strings.Repeat("ᅡᆨ", 40), strings.Repeat("ൎ", 20) + "a", strings.Repeat("👩‍", 20) + "👩",
		strings.Repeat("長い", 40) + " \u200Dи" + "n", "a" + strings.Repeat("\U0001D165", 20) + "\u0301",
	} {
		f.Add(s)
	}
}

// TestProperties makes text of the characters that matter here, which random
// bytes seldom hold.
func TestProperties(t *testing.T) {
	t.Parallel()
	text := rapid.Map(rapid.SliceOfN(piece(), 0, 60), func(p []string) string { return strings.Join(p, "") })
	rapid.Check(t, func(t *rapid.T) {
		s := text.Draw(t, "text")
		checkBody(t, s)
		checkLine(t, s)
		// The bounds, at every place a cluster can be. They take time.
		pad := strings.Repeat("x", rapid.IntRange(0, 80).Draw(t, "before the bound"))
		switch rapid.IntRange(0, 9).Draw(t, "bound") {
		case 1, 2:
			checkBody(t, strings.Repeat("y", maxLine-80)+pad+s)
		case 3:
			checkBody(t, strings.Repeat(strings.Repeat("z", 1023)+"\n", 63)+strings.Repeat("y", 944)+pad+s)
		}
		checkCells(t, s, rapid.IntRange(-1, 20).Draw(t, "cells"))
	})
}

// piece draws a character, or some of the same.
func piece() *rapid.Generator[string] {
	special := []rune("\t\n\r\v\f\u0000\u001b\u007f\u0085\u009b\u00a0\u00ad\u0301\u0308\u0323\u0327\u0334\u0338\u0344" +
		"\u034f\u061c\u064e\u0653\u0600\u06dd\u093c\u094d\u09bc\u09cd\u09be\u09c7\u09d7\u0bcd\u0d4d\u0d4e\u0e33\u0e38\u0f71\u0f73\u0f81" +
		"\u1100\u1161\u11a8\u115f\u1160\ua960\ud7b0\ud7cb가각\u1680\u180b\u180e\u1820\u200b\u200c\u200d\u200e\u2028\u2029" +
		"\u202a\u202e\u2060\u2066\u2069\u206a\u20e3\u2800\u3000\u302a\u3099\u309a\u3164\ufe00\ufe0e\ufe0f\ufeff\uff9e\uffa0" +
		"\ufff9\ufffc\ufffd\ufffe\ue000\uf900\ufb2c\U0001d15e\U0001d165\U0001d159\U0001d173\U0001f1ef\U0001f1f5" +
		"\U0001f3f4\U0001f3fb\U0001f468\U0001fae9\U00020bb7\U000323b0\U000e0001\U000e0062\U000e007f\U000e0100\U0010fffd\U000110bd\U000111c2" +
		"aAeEοаи10#* ❤♂©Αώאالمخیकषर়যমংงำ葛が々〜ｶｱ…⏎◌")
	one := rapid.OneOf(
		rapid.Map(rapid.SampledFrom(special), func(r rune) string { return string(r) }),
		rapid.Map(rapid.SampledFrom(special), func(r rune) string { return string(r) }),
		rapid.Map(rapid.Rune(), func(r rune) string { return string(r) }),
		rapid.SampledFrom([]string{"\xff", "\xc2", "\xe2\x80", "\xf0\x9f", "\xed\xa0\x80", "\xc0\x80"}),
	)
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Repeat(one.Draw(t, "piece"), rapid.SampledFrom([]int{1, 1, 1, 1, 1, 2, 3, 18, 40}).Draw(t, "times"))
	})
}

// u is short for what comes from outside.
func u(s string) model.Untrusted { return model.Untrusted(s) }

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func checkBody(t fataler, s string) {
	t.Helper()
	got := Body(u(s))
	checkText(t, s, got, Body, "\n")
	checkBounds(t, s, got.String())
	if len(got.String()) > maxBody {
		t.Fatalf("Body(%.300q) has %d bytes", s, len(got.String()))
	}
	all := BodyAll(u(s))
	checkText(t, s, all, BodyAll, "\n")
	checkBounds(t, s, all.String())
	if all.Cut() {
		t.Fatalf("BodyAll(%.300q) is cut", s)
	}
	if !got.Cut() && got.String() != all.String() {
		t.Fatalf("Body(%.300q) isn't cut and gives %.300q, all is %.300q", s, got, all)
	}
}

func checkLine(t fataler, s string) {
	t.Helper()
	got := Line(u(s))
	checkText(t, s, got, Line, "")
	checkBounds(t, s, got.String())
	checkWidth(t, s, got.String(), lineCells)
	if isEdge := strings.TrimFunc(got.String(), isSpace); isEdge != got.String() {
		t.Fatalf("Line(%q) gives %q with spaces at its ends", s, got)
	}
}

func checkCells(t fataler, s string, cells int) {
	t.Helper()
	line := func(u model.Untrusted) Text { return LineN(u, cells) }
	got := line(u(s))
	if got.Empty() && got.Cut() {
		if cells > 0 {
			t.Fatalf("LineN(%q, %d) shows nothing", s, cells)
		}
		return
	}
	checkText(t, s, got, line, "")
	checkWidth(t, s, got.String(), cells)
}

// checkText checks what every text must hold. The exceptions are the control
// characters it may have.
func checkText(t fataler, s string, got Text, again func(model.Untrusted) Text, exceptions string) {
	t.Helper()
	g := got.String()
	if !utf8.ValidString(g) {
		t.Fatalf("%.300q gives %.300q, no valid UTF-8", s, g)
	}
	if !norm.NFC.IsNormalString(g) {
		t.Fatalf("%.300q gives %.300q, not normalized: %.300q", s, g, norm.NFC.String(g))
	}
	for i, r := range g {
		if forbidden(r) && !strings.ContainsRune(exceptions, r) {
			t.Fatalf("%.300q gives %.300q, with %U at %d", s, g, r, i)
		}
	}
	if b := again(u(g)); b.String() != g {
		t.Fatalf("%.300q gives\n%.300q, and that gives\n%.300q", s, g, b)
	}
	if strings.TrimSpace(g) == "" && strings.TrimFunc(s, blank) != "" && !got.Hidden() {
		t.Fatalf("%.300q disappeared", s)
	}
}

// blank reports whether r is white space, or a space by its looks.
func blank(r rune) bool { return unicode.IsSpace(r) || isBlankSpace(r) || isSpace(r) }

// forbidden is written apart from what it checks: by general category.
func forbidden(r rune) bool {
	switch {
	case r == zwj, r == zwnj, r == emojiStyle, r == textStyle:
		return false
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Co, unicode.Zl, unicode.Zp,
		unicode.Bidi_Control, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point,
		unicode.Noncharacter_Code_Point):
		return true
	}
	return !unicode.IsGraphic(r) && !isPictograph(r) && r>>16 != 2 && r>>16 != 3
}

// checkBounds checks lines, and clusters as others see them.
func checkBounds(t fataler, s, g string) {
	t.Helper()
	for line := range strings.Lines(g) {
		if line = strings.TrimSuffix(line, "\n"); len(line) > maxLine {
			t.Fatalf("%.300q gives a line of %d bytes", s, len(line))
		}
	}
	for state := -1; g != ""; {
		var k string
		k, g, _, state = uniseg.FirstGraphemeClusterInString(g, state)
		if len(k) > maxBytes || utf8.RuneCountInString(k) > maxPoints {
			t.Fatalf("%.300q gives the cluster %q", s, k)
		}
	}
}

func checkWidth(t fataler, s, g string, cells int) {
	t.Helper()
	if n := uniseg.StringWidth(g); n > max(cells, 0) {
		t.Fatalf("%q gives %q of %d cells, with %d to fill", s, g, n, cells)
	}
}
