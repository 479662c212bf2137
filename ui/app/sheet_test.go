package app_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"parley/ui/uitest"
)

// TestSheetsStandAtTheFoot: below a rule, with no empty line, above the last line of the
// screen; what is behind is faint, and a short question takes the pane that it is about.
func TestSheetsStandAtTheFoot(t *testing.T) {
	t.Parallel()
	for _, size := range []struct{ w, h int }{{160, 45}, {100, 30}, {80, 24}, {60, 20}, {40, 12}} {
		for key, title := range map[string]string{"ctrl+k": "─ Commands ─", "?": "─ Help ─", "s": "─ Snooze Customer 0 ─", "/": "─ Search names and messages ─"} {
			w := uitest.NewWorld(t, uitest.Some(30))
			w.Sends(tea.WindowSizeMsg{Width: size.w, Height: size.h})
			w.Keys(key)
			w.Whole(size.w, size.h)
			lines := w.Lines()
			from := len(lines)
			for y, s := range lines {
				if strings.HasPrefix(s, title) {
					from = y
				}
			}
			if from > size.h-3 {
				t.Errorf("%s, %d×%d: no sheet:\n%s", key, size.w, size.h, w.Text())
				continue
			}
			for _, s := range lines[from+1 : size.h-1] {
				if key == "ctrl+k" && strings.TrimSpace(s) == "" {
					t.Errorf("%s, %d×%d: an empty line:\n%s", key, size.w, size.h, w.Text())
				}
			}
			styled, th := strings.Split(w.View().Content, "\n"), w.Look.Theme
			if y := 1; from > y && !strings.HasPrefix(styled[y], th.Faint.Paint(lines[y])) {
				t.Errorf("%s, %d×%d: behind it stands %q", key, size.w, size.h, styled[y])
			}
		}
	}
	w := uitest.NewWorld(t, uitest.Some(30))
	w.Sends(tea.WindowSizeMsg{Width: 160, Height: 45})
	w.Keys("s")
	if foot := w.Lines()[43]; !strings.Contains(foot, "│") {
		t.Errorf("a short question takes more than its pane: %q", foot)
	}
}

// TestThePaletteBeginsWhereTheUserIs: with what acts on the selection, and with nothing that
// can't be taken back.
func TestThePaletteBeginsWhereTheUserIs(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string]string{"": "Open the conversation", "enter": "Reply"} {
		w := uitest.NewWorld(t, uitest.Some(3))
		if keys != "" {
			w.Keys(keys)
		}
		w.Keys("ctrl+k")
		for y, s := range w.Lines() {
			if strings.HasPrefix(s, "─ Commands ─") && !strings.Contains(w.Lines()[y+1], want) {
				t.Errorf("after %q it begins with %q", keys, w.Lines()[y+1])
			}
		}
	}
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Keys("ctrl+k")
	w.Types("dee")
	for y, s := range w.Lines() {
		if strings.HasPrefix(s, "─ Commands ─") && strings.Contains(w.Lines()[y+1], "Delete") {
			t.Errorf("a few letters lead to %q", w.Lines()[y+1])
		}
	}
	w.Keys("backspace")
	w.Types("let")
	w.Shows("▌ Delete")
}

// TestNoUndoKeyBesideASheet: the key would be typed into the sheet.
func TestNoUndoKeyBesideASheet(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Keys("p")
	w.Shows("z undo")
	w.Keys("U")
	w.Shows("Take back", "esc close")
	if strings.Contains(w.Text(), "z undo") {
		t.Errorf("z undoes nothing here:\n%s", w.Text())
	}
}
