package ui

import (
	"testing"

	"pgregory.net/rapid"
)

func TestArrange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		w, h int
		a    arrangement
		want layout
	}{
		{"wide", 160, 45, arrangement{panel: true}, layout{w: 160, h: 45, header: true, filters: true, footer: true, body: 42, list: 44, thread: 78, panel: 34}},
		{"wide, no panel", 160, 45, arrangement{}, layout{w: 160, h: 45, header: true, filters: true, footer: true, body: 42, list: 44, thread: 114}},
		{"three", 120, 36, arrangement{panel: true}, layout{w: 120, h: 36, header: true, filters: true, footer: true, body: 33, list: 38, thread: 50, panel: 28}},
		{"two", 100, 30, arrangement{}, layout{w: 100, h: 30, header: true, filters: true, footer: true, body: 27, list: 34, thread: 64}},
		{"panel over", 100, 30, arrangement{panel: true}, layout{w: 100, h: 30, header: true, filters: true, footer: true, body: 27, list: 34, panel: 64}},
		{"eighty", 80, 24, arrangement{banner: true}, layout{w: 80, h: 24, header: true, filters: true, footer: true, banner: true, body: 20, list: 34, thread: 44}},
		{"one, list", 60, 20, arrangement{}, layout{w: 60, h: 20, header: true, filters: true, footer: true, body: 17, list: 60}},
		{"one, thread", 40, 12, arrangement{focus: paneThread}, layout{w: 40, h: 12, header: true, footer: true, body: 10, thread: 40}},
		{"flat", 40, 3, arrangement{banner: true}, layout{w: 40, h: 3, header: true, body: 2, list: 40}},
		{"nothing", 0, 0, arrangement{panel: true, banner: true}, layout{}},
		{"less than nothing", -1, -1, arrangement{}, layout{}},
	} {
		if got := arrange(c.w, c.h, c.a); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// TestEverythingFits: lines and columns add up to the screen, whatever its size.
func TestEverythingFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(0, 500).Draw(t, "w"), rapid.IntRange(0, 200).Draw(t, "h")
		l := arrange(w, h, arrangement{
			focus: pane(rapid.IntRange(0, 2).Draw(t, "focus")), panel: rapid.Bool().Draw(t, "panel"), banner: rapid.Bool().Draw(t, "banner"),
		})
		lines := l.body
		for _, shown := range []bool{l.header, l.filters, l.banner, l.footer} {
			if shown {
				lines++
			}
		}
		if lines != h {
			t.Fatalf("%+v has %d lines", l, lines)
		}
		cells, panes := 0, 0
		for _, p := range []int{l.list, l.thread, l.panel} {
			if p < 0 {
				t.Fatalf("%+v", l)
			}
			if p > 0 {
				cells += p
				panes++
			}
		}
		if w > 0 && cells+separator*(panes-1) != w {
			t.Fatalf("%+v is %d wide", l, cells+separator*(panes-1))
		}
		if panes > 1 && l.list < 28 {
			t.Fatalf("the list of %+v is too narrow", l)
		}
	})
}
