package app_test

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/ui/app"
	"parley/ui/term"
	"parley/ui/uitest"
)

// TestTheTerminalAnywhere: the screen is painted anew, and left for the shell, from
// wherever the user is, and nothing that they type or look at changes by that.
func TestTheTerminalAnywhere(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) { o.Shell = true })
	for _, place := range []struct {
		name string
		keys []string
	}{
		{"the list", nil},
		{"a conversation", []string{"enter"}},
		{"the composer", []string{"r", "a", "b"}},
		{"the palette", []string{"ctrl+k", "x"}},
	} {
		w.Keys(place.keys...)
		before := w.View().Content
		if !w.Brings("ctrl+l", term.Repaint()) {
			t.Errorf("in %s ctrl+l paints nothing", place.name)
		}
		if !w.Brings("ctrl+z", tea.SuspendMsg{}) {
			t.Errorf("in %s ctrl+z leads nowhere", place.name)
		}
		if after := w.View().Content; after != before {
			t.Errorf("in %s the keys did something else:\n%s", place.name, after)
		}
	}
}

// TestNoShell: where there is none to go back to, the user is told.
func TestNoShell(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	if w.Brings("ctrl+z", tea.SuspendMsg{}) {
		t.Error("ctrl+z leads to where nobody lets it go on")
	}
	w.Shows(i18n.New("en").Say(i18n.WhyNoShell))
}

// TestTextIsText: a key of text that the user gave to such a command is text where text is
// typed.
func TestTextIsText(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) { o.Keys = map[string][]string{"repaint": {"B"}} })
	if !w.Brings("B", term.Repaint()) {
		t.Error("B paints nothing")
	}
	w.Keys("r", "B")
	if got := w.Typed(); got != "B" {
		t.Errorf("typed X, the composer holds %q", got)
	}
}
