package uitest

import (
	"reflect"
	"regexp"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"parley/model"
	"parley/ui/screen"
)

// Lines are what the screen shows, without styles.
func (w *World) Lines() []string {
	return strings.Split(ansi.Strip(w.View().Content), "\n")
}

// Text is what the screen shows, without styles.
func (w *World) Text() string { return strings.Join(w.Lines(), "\n") }

// Shows fails the test where something is not on screen.
func (w *World) Shows(parts ...string) {
	w.Helper()
	for _, p := range parts {
		if !strings.Contains(w.Text(), p) {
			w.Fatalf("%q is not on screen:\n%s", p, w.Text())
		}
	}
}

// Hides fails the test where something is on screen.
func (w *World) Hides(parts ...string) {
	w.Helper()
	for _, p := range parts {
		if strings.Contains(w.Text(), p) {
			w.Fatalf("%q is on screen:\n%s", p, w.Text())
		}
	}
}

// Typed is the text in the composer.
func (w *World) Typed() string {
	_, d := w.Unsaved()
	return string(d.Text)
}

// TypedOf is what it is of.
func (w *World) TypedOf() model.DraftOf {
	of, _ := w.Unsaved()
	return of
}

// Marked are the lines of the message that is selected in the conversation.
func (w *World) Marked() string {
	x := w.Layout.List
	if x > 0 {
		x += screen.Separator
	}
	soft, _, _ := strings.Cut(w.Look.Theme.Soft.Text.Paint(" "), " ")
	var out []string
	for _, line := range strings.Split(w.View().Content, "\n") {
		pane := ansi.Cut(line, x, x+w.Layout.Thread)
		text := ansi.Strip(pane)
		if first := strings.IndexAny(text, " "); first != 0 {
			continue
		}
		if styles, _, _ := strings.Cut(pane, " "); strings.HasSuffix(styles, soft) {
			out = append(out, strings.TrimSpace(text))
		}
	}
	return strings.Join(out, "\n")
}

// Holds tells how much the screen holds in a field of one of its parts: what must not be
// seen any more is not held either.
func (w *World) Holds(path ...string) int {
	w.Helper()
	v := reflect.ValueOf(w.Model)
	for _, name := range path {
		if v.Kind() == reflect.Pointer {
			v = v.Elem()
		}
		if v = v.FieldByName(name); !v.IsValid() {
			w.Fatalf("the screen has no %v", path)
		}
	}
	if k := v.Kind(); k == reflect.Map || k == reflect.Slice {
		return v.Len()
	}
	if v.IsNil() {
		return 0
	}
	return 1
}

// litRow is the first line of the selected row: the bar, why it needs the user, the name.
var litRow = regexp.MustCompile(`^▌. Customer (\d+)`)

// Lit is the row that is selected in the list, by its number; "" where none is.
func (w *World) Lit() string {
	w.Helper()
	var out []string
	for _, line := range w.Lines() {
		if m := litRow.FindStringSubmatch(line); m != nil {
			out = append(out, m[1])
		}
	}
	if len(out) > 1 {
		w.Fatalf("%v are lit", out)
	}
	return strings.Join(out, "")
}

// WantLit fails the test where another row than that is lit.
func (w *World) WantLit(want string) {
	w.Helper()
	if got := w.Lit(); got != want {
		w.Fatalf("%q is lit, want %q:\n%s", got, want, w.Text())
	}
}

// Row is the first line of the ith row of the list.
// Row is the first line of a row of the list.
func (w *World) Row(i int) string { return w.Lines()[2+2*i] }

// Whole expects the screen to be exactly as many lines and cells as the terminal has.
func (w *World) Whole(width, height int) {
	w.Helper()
	lines := w.Lines()
	if width == 0 || height == 0 {
		return
	}
	if len(lines) != height {
		w.Fatalf("%d×%d has %d lines:\n%s", width, height, len(lines), w.Text())
	}
	measure := w.Look.Cells
	for _, l := range lines {
		if n := measure.Width(l); n != width {
			w.Fatalf("%d×%d has a line of %d cells: %q\n%s", width, height, n, l, w.Text())
		}
		if strings.ContainsFunc(l, func(r rune) bool { return r < ' ' || r >= 0x7F && r < 0xA0 }) {
			w.Fatalf("a control character in %q", l)
		}
	}
	if c := w.View().Cursor; c != nil && (c.X < 0 || c.X >= width || c.Y < 0 || c.Y >= height) {
		w.Fatalf("the cursor is at %d, %d of %d×%d", c.X, c.Y, width, height)
	}
}

// Sizes are sizes of terminals.
var Sizes = [][2]int{{160, 45}, {120, 36}, {100, 30}, {80, 24}, {60, 20}, {40, 12}}
