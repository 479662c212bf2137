package safe

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"parley/model"
)

func TestClustersAreBounded(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"16 code points", "q" + strings.Repeat("\u0301", 19), "q" + strings.Repeat("\u0301", 15)},
		{"no matter how many", "q" + strings.Repeat("\u0301", 1<<16) + "r", "q" + strings.Repeat("\u0301", 15) + "r"},
		{"64 bytes", "𝒜" + strings.Repeat("\U0001D167", 18), "𝒜" + strings.Repeat("\U0001D167", 15)},
		{"the dotted circle counts", strings.Repeat("\u0301", 17), "◌" + strings.Repeat("\u0301", 15)},
		{"selectors count", "❤\uFE0F" + strings.Repeat("\u0301", 17), "❤\uFE0F" + strings.Repeat("\u0301", 14)},
		{"skin tones count", "👍" + strings.Repeat("🏽", 17), "👍" + strings.Repeat("🏽", 15)},
		{"sound marks count", "ｶ" + strings.Repeat("ﾞ", 17), "ｶ" + strings.Repeat("ﾞ", 15)},
		{"Thai vowels count", "น" + strings.Repeat("ำ", 17), "น" + strings.Repeat("ำ", 15)},
		{
			"a chain of emoji is parted", strings.Repeat("👩\u200D", 9) + "👩",
			strings.Repeat("👩\u200D", 7) + "👩" + "👩\u200D👩",
		},
		{
			"a chain of Indic letters is parted", strings.Repeat("म्", 9),
			strings.Repeat("म्", 7) + "मम्",
		},
		{"a chain of jamo ends", strings.Repeat("ᄀ", 17) + "a", strings.Repeat("ᄀ", 16) + "a"},
		{"prepended letters leave room for their base", strings.Repeat("ൎ", 17) + "ക", strings.Repeat("ൎ", 15) + "ക"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := Body(u(tt.in))
			if got.String() != tt.want {
				t.Errorf("got %+q, want %+q", got, tt.want)
			}
			if !got.Hidden() || got.Cut() {
				t.Errorf("Hidden %t, Cut %t, want true, false", got.Hidden(), got.Cut())
			}
		})
	}
}

func TestLinesOfABodyAreBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("長", 1366) // 4098 bytes
	got := Body(u(long + "\nnext"))
	if want := strings.Repeat("長", 1364) + "…\nnext"; got.String() != want || !got.Cut() {
		t.Errorf("a long line gives %d bytes, Cut %t", len(got.String()), got.Cut())
	}
	got = Body(u(strings.Repeat("a", maxLine)))
	if len(got.String()) != maxLine || got.Cut() {
		t.Errorf("a line of %d bytes gives %d, Cut %t", maxLine, len(got.String()), got.Cut())
	}
	flag := "🇯🇵"
	got = Body(u(strings.Repeat("a", maxLine-6) + flag + "a"))
	if !strings.HasSuffix(got.String(), "a…") {
		t.Errorf("a line is cut in a cluster: %+q", got.String()[maxLine-16:])
	}
	got = BodyAll(u(long))
	if want := strings.Repeat("長", 1365) + "\n長"; got.String() != want || got.Cut() {
		t.Errorf("BodyAll gives %d bytes, Cut %t", len(got.String()), got.Cut())
	}
}

func TestBodyIsBounded(t *testing.T) {
	t.Parallel()
	lines := strings.Repeat(strings.Repeat("a", 1023)+"\n", 64) // 64 KiB
	got := Body(u(lines))
	if got.String() != lines || got.Cut() {
		t.Errorf("64 KiB gives %d bytes, Cut %t", len(got.String()), got.Cut())
	}
	got = Body(u(lines + "b"))
	if want := lines[:maxBody-3] + "…"; got.String() != want || !got.Cut() {
		t.Errorf("64 KiB and a byte gives %d bytes with the end %q, Cut %t",
			len(got.String()), got.String()[len(got.String())-8:], got.Cut())
	}
	got = BodyAll(u(lines + "b"))
	if got.String() != lines+"b" || got.Cut() {
		t.Errorf("BodyAll gives %d bytes, Cut %t", len(got.String()), got.Cut())
	}
	got = Body(u(strings.Repeat("\n", maxBody+1)))
	if got.String() != strings.Repeat("\n", maxBody-3)+"…" || !got.Cut() {
		t.Errorf("newlines give %d bytes, Cut %t", len(got.String()), got.Cut())
	}
}

func TestLineFitsItsCells(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		in    string
		cells int
		want  string
	}{
		{"what fits stays", "abcd", 4, "abcd"},
		{"what doesn't gives way", "abcde", 4, "abc…"},
		{"wide characters are two", "見積書", 6, "見積書"},
		{"a wide one is not halved", "見積書", 5, "見積…"},
		{"and leaves a cell", "見積書", 4, "見…"},
		{"half-width kana are one", "ｶﾞｷﾞ", 4, "ｶﾞｷﾞ"},
		{"marks are none", "q\u0301q\u0301q\u0301q\u0301", 3, "q\u0301q\u0301…"},
		{"a family is one picture", "👨‍👩‍👧👨‍👩‍👧", 4, "👨‍👩‍👧👨‍👩‍👧"},
		{"a family is not parted", "a👨‍👩‍👧b", 3, "a…"},
		{"a flag is one picture", "🇯🇵🇩🇪", 4, "🇯🇵🇩🇪"},
		{"a heart is two", "❤️❤️", 3, "❤️…"},
		{"a keycap is two", "1️⃣2️⃣", 3, "1️⃣…"},
		{"a skin tone is part of a hand", "👍🏽", 2, "👍🏽"},
		{"no space before the end", "ab cde", 4, "ab…"},
		{"spaces at the ends take no cells", "  abcd  ", 4, "abcd"},
		{"a joiner is not left behind", "مم\u200Cممم", 4, "مم\u200Cم…"},
		{"nor the last one", "ممم\u200Cمم", 4, "ممم…"},
		{"one cell", "abc", 1, "…"},
		{"no cell", "abc", 0, ""},
		{"less than none", "abc", -1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := LineN(u(tt.in), tt.cells)
			if got.String() != tt.want {
				t.Errorf("got %+q, want %+q", got, tt.want)
			}
			if got.Hidden() {
				t.Error("Hidden is true")
			}
			if isCut := strings.TrimSpace(tt.in) != tt.want; got.Cut() != isCut {
				t.Errorf("Cut is %t", got.Cut())
			}
		})
	}
	if got := Line(u(strings.Repeat("山", 33))); got.String() != strings.Repeat("山", 31)+"…" {
		t.Errorf("Line gives %q", got)
	}
}

func TestTextStates(t *testing.T) {
	t.Parallel()
	var zero Text
	if !zero.Empty() || zero.Hidden() || zero.Cut() || zero.String() != "" {
		t.Errorf("the zero value is %+v", zero)
	}
	if Line("a").Empty() || !Line(" ").Empty() {
		t.Error("Empty is wrong")
	}
	if got := Line("\u200B"); !got.Empty() || !got.Hidden() {
		t.Errorf("a name of invisible characters: Empty %t, Hidden %t", got.Empty(), got.Hidden())
	}
}

// Text made to be slow takes a bounded time: this is a bound for a busy machine,
// which quadratic time would break, not a measure.
func TestTimeIsLinear(t *testing.T) {
	t.Parallel()
	const size = 64 << 10
	for _, unit := range []string{
		"a", "é", "\u0301", "\u0344", "a\u0301", "\u0301\u0323", "\u200D", "क्\u200D", "\u09C7\u200D\u09BE", "\uFE0F",
		"👩\u200D", "👩\u200D\u0301", "\u202E", "\xff", "\n", " ", "ൎ", "ᄀ", "ᅡᆨ", "\U000E0061", "म्",
	} {
		text := u(strings.Repeat(unit, size/len(unit)))
		start := time.Now()
		Body(text)
		BodyAll(text)
		Line(text)
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%d bytes of %+q take %v", size, unit, took)
		}
	}
}

func TestLongNamesAreNotReadToTheEnd(t *testing.T) {
	t.Parallel()
	got := Line(u(strings.Repeat("\u200B", maxBody) + "a"))
	if got.String() != "…" || !got.Cut() || !got.Hidden() {
		t.Errorf("got %+q, Cut %t, Hidden %t", got, got.Cut(), got.Hidden())
	}
	got = Line(u(strings.Repeat("山", maxBody)))
	if got.String() != strings.Repeat("山", 31)+"…" || !got.Cut() || got.Hidden() {
		t.Errorf("got %+q, Cut %t, Hidden %t", got, got.Cut(), got.Hidden())
	}
}

func TestPlainTextIsNotCopied(t *testing.T) {
	for _, s := range []string{
		"Hello, how much is it?\nThanks!",
		"見積もりをお願いできますか？\n机は三台です。",
		"Привет 👍",
	} {
		v := u(s)
		if n := testing.AllocsPerRun(100, func() { Body(v); BodyAll(v) }); n != 0 {
			t.Errorf("Body(%q) allocates %v times", s, n)
		}
		name := u(strings.Fields(s)[0])
		if n := testing.AllocsPerRun(100, func() { Line(name) }); n != 0 {
			t.Errorf("Line(%q) allocates %v times", s, n)
		}
	}
}

func benchmark(b *testing.B, text string, f func(model.Untrusted) Text) {
	b.Helper()
	v := u(text)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		f(v)
	}
}

func BenchmarkBodyPlain(b *testing.B) {
	benchmark(b, strings.Repeat("Could you send me an offer for three desks?\n", 4), Body)
}

func BenchmarkBodyJapanese(b *testing.B) {
	benchmark(b, strings.Repeat("見積もりをお願いできますか？机は三台です。\n", 4), Body)
}

func BenchmarkBodyThai(b *testing.B) {
	benchmark(b, strings.Repeat("สวัสดีครับ น้ำ ที่นี่ กำลัง\n", 4), Body)
}

func BenchmarkBodyAttack(b *testing.B) {
	benchmark(b, strings.Repeat("\x1b]52;c;aGk=\x07\u202Ea\u0301\u200D\xff", 8), Body)
}

func BenchmarkLineName(b *testing.B) { benchmark(b, "山田 花子", Line) }

func BenchmarkLineEmoji(b *testing.B) { benchmark(b, "Maria 👩‍👩‍👧 Łódź ❤️", Line) }

func BenchmarkLineCut(b *testing.B) { benchmark(b, strings.Repeat("山田 花子 ", 12), Line) }

func TestNextLineKeepsWhatItSplits(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "a", "a\nb", "\u0085\u2028", "\xc2", "\xe2\x80", "\xe2\x80\xa7", "\xf0\x9f\xc2\x85"} {
		n, rest, more := 0, s, true
		for more {
			var line string
			line, rest, more = nextLine(rest)
			n += utf8.RuneCountInString(line)
			if more {
				n++
			}
		}
		if n != utf8.RuneCountInString(s) {
			t.Errorf("the lines of %+q have %d characters with their breaks", s, n)
		}
	}
}
