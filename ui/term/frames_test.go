package term_test

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"parley/ui/cells"
	"parley/ui/link"
)

// step is something that happens to a terminal: another size, another way to draw, another
// frame.
type step struct {
	w, h    int
	profile colorprofile.Profile
	method  ansi.Method
	view    tea.View
}

// pieces are what lines are made of: every width, every script, and what sticks to what
// stands before it.
var pieces = rapid.SampledFrom([]string{
	"a", "word", " ", "  ", "      ", "          ", "見積もり", "い", "。", "「大」", "ﾊﾛｰ", "090-1111-2208", "可能でしょうか",
	"👍", "👍🏽", "👩‍👩‍👧", "🇯🇵", "❤️", "1️⃣", "✅", "ก็ทำ", "\u0e33", "é", "e\u0301", "سلام", "한글", "각", "│", "─────", "●", "…", "\u200b", "\u202e", "\u0301",
	"漢字", "\t", "\x07", "\u009b31m", "\xff", "\x1b]0;t\x07", "\x1b[2J",
	"\x1b[m", "\x1b[1m", "\x1b[7m", "\x1b[38;2;122;162;247m", "\x1b[48;2;31;38;56m", "\x1b[31m", "\x1b[4:3m", "\x1b[38;5;111;1m", "\x1b[22;39m", "\x1b[8m", aLink, link.Close, "\x1b]8;;javascript:x\x1b\\",
})

// aLink opens a link.
const aLink = "\x1b]8;id=a;https://a.example/\x1b\\"

// sizes are small, so that much meets much.
var (
	widths  = rapid.IntRange(1, 24)
	heights = rapid.IntRange(1, 6)
)

// aLine is a line as the screen makes them for a terminal that measures so: each piece of
// text is as wide as it is measured, whatever stands beside it.
func aLine(t *rapid.T, m ansi.Method) string {
	measure := cells.Measure{}
	if m == ansi.GraphemeWidth {
		measure = cells.Graphemes()
	}
	var line, text strings.Builder
	flush := func() {
		line.WriteString(measure.Apart(measure.Shown(text.String())))
		text.Reset()
	}
	for _, piece := range rapid.SliceOfN(pieces, 0, 8).Draw(t, "line") {
		if strings.ContainsFunc(piece, func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }) {
			flush()
			line.WriteString(piece)
			continue
		}
		text.WriteString(piece)
	}
	flush()
	return line.String()
}

func aContent(t *rapid.T, h int, m ansi.Method) string {
	lines := make([]string, h)
	for y := range lines {
		lines[y] = aLine(t, m)
	}
	return strings.Join(lines, "\n")
}

// first is what a terminal begins with.
func first(t *rapid.T) step {
	s := step{w: widths.Draw(t, "width"), h: heights.Draw(t, "height"), profile: colorprofile.TrueColor}
	s.view.Content = aContent(t, s.h, s.method)
	return s
}

// next is what happens then.
func (s step) next(t *rapid.T) step {
	lines := strings.Split(s.view.Content, "\n")
	y := rapid.IntRange(0, len(lines)-1).Draw(t, "row")
	switch rapid.SampledFrom([]string{"line", "line", "shift", "cut", "end", "frame", "size", "scroll", "cursor", "profile", "method"}).Draw(t, "change") {
	case "line":
		lines[y] = aLine(t, s.method)
	case "shift": // by a cell, to the right
		lines[y] = " " + lines[y]
	case "cut": // and to the left
		lines[y] = strings.TrimPrefix(lines[y], " ")
	case "end":
		lines[y] += aLine(t, s.method)
	case "scroll":
		lines = append(lines[1:], aLine(t, s.method))
	case "frame":
		lines = strings.Split(aContent(t, s.h, s.method), "\n")
	case "size":
		s.w, s.h = widths.Draw(t, "width"), heights.Draw(t, "height")
	case "cursor":
		s.view.Cursor = nil
		if rapid.Bool().Draw(t, "shown") {
			s.view.Cursor = tea.NewCursor(rapid.IntRange(-1, 25).Draw(t, "x"), rapid.IntRange(-1, 8).Draw(t, "y"))
		}
	case "profile":
		s.profile = rapid.SampledFrom([]colorprofile.Profile{colorprofile.Ascii, colorprofile.ANSI, colorprofile.ANSI256, colorprofile.TrueColor}).Draw(t, "profile")
	case "method":
		s.method = ansi.GraphemeWidth
	}
	s.view.Content = strings.Join(lines, "\n")
	return s
}
