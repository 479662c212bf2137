package labels_test

import (
	"slices"
	"testing"

	"parley/model/label"
	"parley/ui/uitest"
)

func labelsOf(w *uitest.World) []string {
	r, _ := w.Current()
	return r.Labels
}

// TestLabelByTyping: a few letters and enter give a label, or make one; undo takes it off.
func TestLabelByTyping(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(2))
	w.Hub.Counted = []label.Count{{Label: "VIP", Count: 1200}, {Label: "見積もり", Count: 3}}
	w.Keys("t")
	w.Shows("Labels of Customer 0", "VIP", "1,200", "見積もり")
	w.Types("vi")
	w.Hides("見積もり")
	w.Shows("New label vi")
	w.Keys("enter")
	w.Shows("Customer 0 is labelled VIP.")
	if got := labelsOf(w); !slices.Equal(got, []string{"VIP"}) {
		t.Fatalf("it has %q", got)
	}
	w.Keys("t")
	w.Types("new customer")
	w.Keys("enter")
	if got := labelsOf(w); !slices.Equal(got, []string{"VIP", "new customer"}) {
		t.Fatalf("it has %q", got)
	}
	w.Keys("z")
	if got := labelsOf(w); !slices.Equal(got, []string{"VIP"}) {
		t.Errorf("undone it has %q", got)
	}
}

// TestSeveralLabelsAtOnce: space and tab turn labels on and off, enter keeps all, esc none.
func TestSeveralLabelsAtOnce(t *testing.T) {
	t.Parallel()
	list := uitest.Some(1)
	list[0].Labels = []string{"old"}
	w := uitest.NewWorld(t, list)
	w.Hub.Counted = []label.Count{{Label: "VIP", Count: 2}, {Label: "old", Count: 1}}
	w.Keys("t")
	w.Types(" ")
	w.Keys("down", "tab", "esc")
	if got := labelsOf(w); !slices.Equal(got, []string{"old"}) {
		t.Fatalf("left, it has %q", got)
	}
	w.Keys("t")
	w.Types(" ")
	w.Keys("down", "tab", "enter")
	if got := labelsOf(w); !slices.Equal(got, []string{"VIP"}) {
		t.Errorf("it has %q", got)
	}
}

// TestALabelTooLong is refused in words, and what was typed can be mended.
func TestALabelTooLong(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(1))
	w.Keys("t")
	w.Shows("No label yet. Type one.")
	w.Types("a label that is far too long to be read")
	w.Keys("enter")
	w.Shows("A label has at most 32 cells.")
	if got := labelsOf(w); len(got) != 0 {
		t.Errorf("it has %q", got)
	}
}
