package overlay_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"parley/model"
	"parley/model/safe"
	"parley/ui/cells"
	"parley/ui/overlay"
	"parley/ui/theme"
)

var pieces = rapid.SampledFrom([]string{
	"a", "word", " ", "見積", "。", "👍", "👩‍👩‍👧", "🇯🇵", "❤️", "1️⃣", "ก็ทำ", "é", "e\u0301", "\n", "ﾊﾛｰ", "\x1b[31m", "\x07", "\u202e", "\u2028",
	"क्षि", "العربية", "\u1100\u1161\u11a8", "\xff", strings.Repeat("長", 30),
})

func text(t *rapid.T, name string) string {
	return strings.Join(rapid.SliceOfN(pieces, 0, 12).Draw(t, name), "")
}

// line is a text as an overlay is given it.
func line(t *rapid.T, m cells.Measure, name string) string {
	return m.Shown(safe.Line(model.Untrusted(text(t, name))).String())
}

func measures(t *rapid.T) cells.Measure {
	if rapid.Bool().Draw(t, "graphemes") {
		return cells.Graphemes()
	}
	return cells.Measure{}
}

func overlays(t *rapid.T, m cells.Measure) overlay.Overlay {
	n := rapid.IntRange(0, 20).Draw(t, "items")
	switch rapid.IntRange(0, 5).Draw(t, "kind") {
	case 0:
		var all []overlay.Item
		for i := range n {
			all = append(all, overlay.Item{
				ID: fmt.Sprint(i), Title: line(t, m, "title"), Alias: line(t, m, "alias"), Keys: line(t, m, "keys"),
				Reason: line(t, m, "reason"), Group: rapid.SampledFrom([]string{"", "one", "二"}).Draw(t, "group"),
			})
		}
		return overlay.NewPalette(line(t, m, "title"), all)
	case 1:
		var s overlay.Section
		for range n {
			s.Rows = append(s.Rows, overlay.Row{Key: line(t, m, "key"), Text: line(t, m, "text")})
			s.Paragraphs = append(s.Paragraphs, overlay.Paragraph{Question: line(t, m, "q"), Answer: line(t, m, "a")})
		}
		return overlay.NewHelp(line(t, m, "title"), []overlay.Section{s, s})
	case 2:
		p := overlay.NewPrompt(line(t, m, "title"), line(t, m, "hint"), text(t, "text"))
		p.SetError(line(t, m, "error"))
		return p
	case 3:
		return picker(t, m, n)
	case 4:
		var fields []overlay.Field
		for range n {
			fields = append(fields, overlay.Field{Label: line(t, m, "label"), Text: text(t, "text")})
		}
		f := overlay.NewForm(line(t, m, "title"), fields)
		f.Say(line(t, m, "said"))
		f.SetError(line(t, m, "error"))
		return f
	}
	var all []overlay.Option
	for range n {
		all = append(all, overlay.Option{ID: "x", Title: line(t, m, "title"), Key: line(t, m, "key"), Reason: line(t, m, "reason")})
	}
	return overlay.NewChoice(line(t, m, "title"), all)
}

func picker(t *rapid.T, m cells.Measure, n int) *overlay.Picker {
	p := overlay.NewPicker(line(t, m, "title"))
	var rows []overlay.PickerRow
	var lines []overlay.PickerLine
	for i := range n {
		rows = append(rows, overlay.PickerRow{
			ID: fmt.Sprint(i), Kind: line(t, m, "kind"), Title: line(t, m, "title"), Detail: line(t, m, "detail"), Second: line(t, m, "second"),
		})
		lines = append(lines, overlay.PickerLine{Text: line(t, m, "line"), Heading: i%3 == 0})
	}
	p.SetRows(rows, rapid.Bool().Draw(t, "wait"))
	p.SetStatus(line(t, m, "status"), rapid.Bool().Draw(t, "alarm"))
	p.SetPreview(lines)
	return p
}

// TestAlwaysWithinItsRoom: lines of equal width within the room, the cursor on one of
// them, and nothing that was typed raw.
func TestAlwaysWithinItsRoom(t *testing.T) {
	t.Parallel()
	keys := []string{"up", "down", "j", "k", "G", "g", "ctrl+d", "left", "right", "home", "backspace", "delete", "enter", "a", "見", "ctrl+w", "pgdown"}
	rapid.Check(t, func(t *rapid.T) {
		m := measures(t)
		l := newLook(rapid.SampledFrom([]string{"en", "ja"}).Draw(t, "lang"), m, theme.Options{ASCII: rapid.Bool().Draw(t, "ascii")})
		o := overlays(t, m)
		for range 10 {
			w, h := rapid.IntRange(0, 130).Draw(t, "w"), rapid.IntRange(0, 40).Draw(t, "h")
			checkRoom(t, o, o.Lines(l, w, h), m, w, h)
			o.Update(key(rapid.SampledFrom(keys).Draw(t, "key")))
			o.Update(tea.PasteMsg{Content: text(t, "pasted")})
		}
	})
}

func checkRoom(t *rapid.T, o overlay.Overlay, lines []string, m cells.Measure, w, h int) {
	if len(lines) > h {
		t.Fatalf("%d lines in %d", len(lines), h)
	}
	width := -1
	for _, s := range lines {
		s = ansi.Strip(s)
		if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == 0x202E || r == 0x2028 }) {
			t.Fatalf("%q is drawn", s)
		}
		n := m.Width(s)
		if width >= 0 && n != width || n > w {
			t.Fatalf("%q is %d wide, others %d, room %d", s, n, width, w)
		}
		width = n
	}
	if x, y, ok := o.Cursor(); ok && (x < 0 || x >= width || y < 0 || y >= len(lines)) {
		t.Fatalf("cursor at %d, %d of %d × %d", x, y, width, len(lines))
	}
}

// TestOver: every line keeps its width, and what is beside the box is as it was.
func TestOver(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := measures(t)
		th := theme.New(colours)
		painted := func(name string) string {
			s := ""
			for range rapid.IntRange(0, 5).Draw(t, name) {
				s += rapid.SampledFrom([]theme.Style{{}, th.Accent, th.Soft.Warn, th.Strong}).Draw(t, "style").Paint(line(t, m, "text"))
			}
			return s
		}
		var base, box []string
		for range rapid.IntRange(0, 6).Draw(t, "base") {
			base = append(base, painted("line"))
		}
		for range rapid.IntRange(0, 6).Draw(t, "box") {
			box = append(box, painted("boxed"))
		}
		x, y := rapid.IntRange(-2, 40).Draw(t, "x"), rapid.IntRange(-3, 6).Draw(t, "y")
		out := overlay.Over(m, base, box, x, y)
		if len(out) != len(base) {
			t.Fatalf("%d lines of %d", len(out), len(base))
		}
		for i := range out {
			got, was := ansi.Strip(out[i]), ansi.Strip(base[i])
			if m.Width(got) != m.Width(was) {
				t.Fatalf("%q became %q", was, got)
			}
			if head, _ := m.Head(was, max(0, x)); !strings.HasPrefix(got, head) {
				t.Fatalf("%q, which began with %q, became %q", was, head, got)
			}
		}
	})
}

func TestOverCutsCleanly(t *testing.T) {
	t.Parallel()
	th := theme.New(colours)
	a := th.Accent.Paint
	for _, c := range []struct {
		base, box string
		x         int
		want      string
	}{
		{"abcdef", "XY", 2, "abXYef"},
		{"abcdef", "XY", 5, "abcdeX"},
		{"abcdef", "XY", 6, "abcdef"},
		{"abcdef", "XY", -1, "XYcdef"},
		{"山田花子", "XY", 1, " XY 花子"},
		{"山田花子", "XYZ", 2, "山XYZ 子"},
		{"abcdef", "山田", 3, "abc山 "},
		{a("abcdef"), "XY", 2, a("ab") + "XY" + a("ef")},
		{a("ab") + "cd", "X", 1, a("a") + "Xcd"},
		{"ab" + a("cd"), a("X"), 1, "a" + a("X") + a("cd")},
		{"ab" + a("cdef"), "XYZ", 1, "aXYZ" + a("ef")},
	} {
		got := overlay.Over(cells.Measure{}, []string{c.base}, []string{c.box}, c.x, 0)[0]
		if ansi.Strip(got) != ansi.Strip(c.want) || strings.ReplaceAll(got, "\x1b[m\x1b[m", "\x1b[m") != c.want {
			t.Errorf("%q with %q at %d is %q, want %q", c.base, c.box, c.x, got, c.want)
		}
	}
}

func BenchmarkPalette(b *testing.B) {
	var all []overlay.Item
	for i := range 200 {
		all = append(all, overlay.Item{ID: fmt.Sprint(i), Title: fmt.Sprintf("コマンド%dを実行する", i), Alias: fmt.Sprintf("Run the command %d of them", i), Keys: "ctrl+k", Group: fmt.Sprint(i / 20)})
	}
	l := newLook("ja", cells.Measure{}, colours)
	b.Run("keystroke", func(b *testing.B) {
		p := overlay.NewPalette("Commands", all)
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			press(p, []string{"r", "c", "backspace", "backspace"}[i%4])
		}
	})
	b.Run("drawing", func(b *testing.B) {
		p := overlay.NewPalette("Commands", all)
		letters(p, "rc")
		b.ReportAllocs()
		for b.Loop() {
			p.Lines(l, 80, 30)
		}
	})
}

func BenchmarkOver(b *testing.B) {
	l := newLook("ja", cells.Measure{}, colours)
	var base []string
	for range 60 {
		base = append(base, strings.Repeat(l.Theme.Accent.Paint("山田 花子 ")+"preview of text ", 8))
	}
	box := help().Lines(l, 80, 40)
	b.ReportAllocs()
	for b.Loop() {
		overlay.Over(l.Cells, base, box, 60, 10)
	}
}
