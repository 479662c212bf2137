package cells_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"parley/model"
	"parley/model/safe"
	"parley/ui/cells"
)

func TestCutAndFit(t *testing.T) {
	t.Parallel()
	var m cells.Measure
	for _, c := range []struct {
		in    string
		width int
		cut   string
		fit   string
	}{
		{"Ken Sato", 20, "Ken Sato", "Ken Sato            "},
		{"Ken Sato", 8, "Ken Sato", "Ken Sato"},
		{"Ken Sato", 5, "Ken …", "Ken …"},
		{"山田花子", 8, "山田花子", "山田花子"},
		{"山田花子", 7, "山田花…", "山田花…"},
		{"山田花子", 6, "山田…", "山田… "},
		{"Ken", 0, "", ""},
		{"Ken", -3, "", ""},
		{"Ken", 1, "…", "…"},
		{"", 2, "", "  "},
	} {
		if got := m.Cut(c.in, c.width, "…"); got != c.cut {
			t.Errorf("Cut(%q, %d) = %q, want %q", c.in, c.width, got, c.cut)
		}
		if got := m.Fit(c.in, c.width, "…"); got != c.fit {
			t.Errorf("Fit(%q, %d) = %q, want %q", c.in, c.width, got, c.fit)
		}
	}
	if got := m.Right("4m", 5, "…"); got != "   4m" {
		t.Errorf("Right = %q", got)
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	var m cells.Measure
	for _, c := range []struct {
		in    string
		width int
		want  []string
	}{
		{"", 10, []string{""}},
		{"one two three", 20, []string{"one two three"}},
		{"one two three", 8, []string{"one two", "three"}},
		{"one two three", 7, []string{"one two", "three"}},
		{"one  two", 4, []string{"one", "two"}},
		{"unbreakable", 4, []string{"unbr", "eaka", "ble"}},
		{"a\n\nb", 4, []string{"a", "", "b"}},
		{"見積もりをお願いします。", 10, []string{"見積もりを", "お願いしま", "す。"}},
		{"お願いします。", 12, []string{"お願いしま", "す。"}},
		{"a👍。", 3, []string{"a", "👍", "。"}},
		{"机「大」です", 4, []string{"机", "「大", "」で", "す"}},
		{"見積もりABC cat", 10, []string{"見積もり", "ABC cat"}},
	} {
		if got := m.Wrap(c.in, c.width); !slices.Equal(got, c.want) {
			t.Errorf("Wrap(%q, %d) = %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

// TestEverythingFits: no line is wider than it may be, and nothing but spaces gets lost.
func TestEverythingFits(t *testing.T) {
	t.Parallel()
	words := rapid.SampledFrom([]string{"a", "word", " ", "  ", "見積", "。", "「", "」", "👍", "👩‍👩‍👧", "ก็ทำ", "é", "\n", "ﾊﾛｰ", "https://example.com/a-b/c"})
	rapid.Check(t, func(t *rapid.T) {
		m := cells.Measure{}
		if rapid.Bool().Draw(t, "graphemes") {
			m = cells.Graphemes()
		}
		s := m.Shown(strings.Join(rapid.SliceOf(words).Draw(t, "words"), ""))
		width := rapid.IntRange(2, 30).Draw(t, "width")
		lines := m.Wrap(s, width)
		for _, l := range lines {
			if n := m.Width(l); n > width {
				t.Fatalf("%q is %d wide, more than %d", l, n, width)
			}
		}
		bare := strings.NewReplacer(" ", "", "\n", "")
		if got, want := bare.Replace(strings.Join(lines, "")), bare.Replace(s); got != want {
			t.Fatalf("%q of %q", got, want)
		}
		line := strings.ReplaceAll(s, "\n", " ")
		if fit := m.Fit(line, width, "…"); m.Width(fit) != width {
			t.Fatalf("%q is not %d wide", fit, width)
		}
	})
}

func TestShownTakesEmojiApart(t *testing.T) {
	t.Parallel()
	var m cells.Measure
	for in, want := range map[string]string{"❤️": "❤", "1️⃣": "1", "👍🏽": "👍", "👩‍👧": "👩👧", "山田": "山田", "plain": "plain"} {
		if got := m.Shown(in); got != want {
			t.Errorf("Shown(%q) = %q, want %q", in, got, want)
		}
		if got := cells.Graphemes().Shown(in); got != in && in != "1️⃣" {
			t.Errorf("of clusters, Shown(%q) = %q", in, got)
		}
	}
}

// TestWhatTheRendererDraws: a text is as wide as the renderer draws it.
func TestWhatTheRendererDraws(t *testing.T) {
	t.Parallel()
	m := cells.Graphemes()
	for in, want := range map[string]string{
		"a\u0e33b": "a◌\u0e33b", "mark \u0e33": "mark ◌\u0e33", "x\u0903\u0903": "x◌\u0903\u0903", "\u0e01\u0e33": "\u0e01\u0e33",
		"1\ufe0f\u20e3!": "1!", "a\ufe0f \u0e33": "a ◌\u0e33", "#\u20e3": "#\u20e3", "q\u0336\u0336": "q\u0336\u0336", "e\u0301": "e\u0301", "\U0001F3FFa": "◌\U0001F3FFa", "\u0e33": "◌\u0e33", "山田 a": "山田 a",
	} {
		got := m.Shown(in)
		if got != want {
			t.Errorf("Shown(%q) = %q, want %q", in, got, want)
		}
		drawn := 0
		for s, state := got, byte(0); s != ""; {
			_, width, n, next := ansi.DecodeSequence(s, state, nil)
			drawn, s, state = drawn+width, s[n:], next
		}
		if n := m.Width(got); n != drawn {
			t.Errorf("%q is %d wide, drawn in %d cells", got, n, drawn)
		}
	}
}

// TestWhateverIsDrawnIsMeasured: any text, after a space or at the start of a line, is as
// wide as the renderer draws it.
func TestWhateverIsDrawnIsMeasured(t *testing.T) {
	t.Parallel()
	m := cells.Graphemes()
	rapid.Check(t, func(t *rapid.T) {
		s := m.Shown(safe.Line(model.Untrusted(rapid.String().Draw(t, "text"))).String())
		for _, line := range []string{s, " " + s, "x" + s, "。" + s} {
			drawn := 0
			for rest, state := line, byte(0); rest != ""; {
				_, width, n, next := ansi.DecodeSequence(rest, state, nil)
				drawn, rest, state = drawn+width, rest[n:], next
			}
			if n := m.Width(line); n != drawn {
				t.Fatalf("%q is %d wide, drawn in %d cells", line, n, drawn)
			}
			if line != s && line != "。"+s && drawn != 1+m.Width(s) {
				t.Fatalf("%q is %d wide, its parts 1 and %d", line, drawn, m.Width(s))
			}
		}
	})
}
