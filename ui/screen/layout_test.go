package screen

import (
	"testing"

	"pgregory.net/rapid"
)

func TestArrange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		w, h int
		a    Arrangement
		want Layout
	}{
		{"wide", 160, 45, Arrangement{Panel: true}, Layout{W: 160, H: 45, Header: true, Filters: true, Footer: true, Body: 42, List: 44, Thread: 78, Panel: 34}},
		{"wide, no panel", 160, 45, Arrangement{}, Layout{W: 160, H: 45, Header: true, Filters: true, Footer: true, Body: 42, List: 44, Thread: 114}},
		{"three", 120, 36, Arrangement{Panel: true}, Layout{W: 120, H: 36, Header: true, Filters: true, Footer: true, Body: 33, List: 38, Thread: 50, Panel: 28}},
		{"two", 100, 30, Arrangement{}, Layout{W: 100, H: 30, Header: true, Filters: true, Footer: true, Body: 27, List: 34, Thread: 64}},
		{"panel over", 100, 30, Arrangement{Panel: true}, Layout{W: 100, H: 30, Header: true, Filters: true, Footer: true, Body: 27, List: 34, Panel: 64}},
		{"eighty", 80, 24, Arrangement{Banner: true}, Layout{W: 80, H: 24, Header: true, Filters: true, Footer: true, Banner: true, Body: 20, List: 34, Thread: 44}},
		{"one, list", 60, 20, Arrangement{}, Layout{W: 60, H: 20, Header: true, Filters: true, Footer: true, Body: 17, List: 60}},
		{"one, thread", 40, 12, Arrangement{Focus: PaneThread}, Layout{W: 40, H: 12, Header: true, Footer: true, Body: 10, Thread: 40}},
		{"flat", 40, 3, Arrangement{Banner: true}, Layout{W: 40, H: 3, Header: true, Body: 2, List: 40}},
		{"nothing", 0, 0, Arrangement{Panel: true, Banner: true}, Layout{}},
		{"less than nothing", -1, -1, Arrangement{}, Layout{}},
	} {
		if got := Arrange(c.w, c.h, c.a); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// TestEverythingFits: lines and columns add up to the screen, whatever its size.
func TestEverythingFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(0, 500).Draw(t, "w"), rapid.IntRange(0, 200).Draw(t, "h")
		l := Arrange(w, h, Arrangement{
			Focus: Pane(rapid.IntRange(0, 2).Draw(t, "focus")), Panel: rapid.Bool().Draw(t, "panel"), Banner: rapid.Bool().Draw(t, "banner"),
		})
		lines := l.Body
		for _, shown := range []bool{l.Header, l.Filters, l.Banner, l.Footer} {
			if shown {
				lines++
			}
		}
		if lines != h {
			t.Fatalf("%+v has %d lines", l, lines)
		}
		cells, panes := 0, 0
		for _, p := range []int{l.List, l.Thread, l.Panel} {
			if p < 0 {
				t.Fatalf("%+v", l)
			}
			if p > 0 {
				cells += p
				panes++
			}
		}
		if w > 0 && cells+Separator*(panes-1) != w {
			t.Fatalf("%+v is %d wide", l, cells+Separator*(panes-1))
		}
		if panes > 1 && l.List < 28 {
			t.Fatalf("the list of %+v is too narrow", l)
		}
	})
}
