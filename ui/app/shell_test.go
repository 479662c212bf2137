package app

import (
	"reflect"
	"testing"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/ui/term"
)

// brings tells whether a key press leads to that message at once.
func (w *world) brings(key string, want tea.Msg) bool {
	var leads func(tea.Cmd) bool
	leads = func(cmd tea.Cmd) bool {
		if cmd == nil {
			return false
		}
		msg := cmd()
		if all, ok := msg.(tea.BatchMsg); ok {
			for _, c := range all {
				if leads(c) {
					return true
				}
			}
			return false
		}
		return reflect.DeepEqual(msg, want)
	}
	return leads(w.updates(press(key)))
}

// TestTheTerminalAnywhere: the screen is painted anew, and left for the shell, from
// wherever the user is, and nothing that they type or look at changes by that.
func TestTheTerminalAnywhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3), func(o *Options) { o.Shell = true })
	for _, place := range []struct {
		name string
		keys []string
	}{
		{"the list", nil},
		{"a conversation", []string{"enter"}},
		{"the composer", []string{"r", "a", "b"}},
		{"the palette", []string{"ctrl+k", "x"}},
	} {
		w.keys(place.keys...)
		before := w.View().Content
		if !w.brings("ctrl+l", term.Repaint()) {
			t.Errorf("in %s ctrl+l paints nothing", place.name)
		}
		if !w.brings("ctrl+z", tea.SuspendMsg{}) {
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
	w := newWorld(t, some(3))
	if w.brings("ctrl+z", tea.SuspendMsg{}) {
		t.Error("ctrl+z leads to where nobody lets it go on")
	}
	w.shows(i18n.New("en").Say(i18n.WhyNoShell))
}

// TestTextIsText: a key of text that the user gave to such a command is text where text is
// typed.
func TestTextIsText(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3), func(o *Options) { o.Keys = map[string][]string{"repaint": {"X"}} })
	if !w.brings("X", term.Repaint()) {
		t.Error("X paints nothing")
	}
	w.keys("r", "X")
	if got := w.typed(); got != "X" {
		t.Errorf("typed X, the composer holds %q", got)
	}
}
