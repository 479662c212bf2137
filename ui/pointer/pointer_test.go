package pointer_test

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"parley/model"
	"parley/ui/app"
	"parley/ui/screen"
	"parley/ui/term/wheel"
	"parley/ui/uitest"
)

// at returns where a text begins on the screen, which had not changed for a second.
func at(w *uitest.World, text string) (x, y int) {
	w.Helper()
	w.Passes(time.Second)
	for y, line := range w.Lines() {
		if before, _, ok := strings.Cut(line, text); ok {
			return ansi.StringWidth(before), y
		}
	}
	w.Fatalf("%q is not on screen:\n%s", text, w.Text())
	return 0, 0
}

// click clicks where a text begins.
func click(w *uitest.World, text string) {
	w.Helper()
	x, y := at(w, text)
	press(w, x, y)
}

func press(w *uitest.World, x, y int) {
	w.Helper()
	w.Sends(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
	w.Sends(tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft})
}

// turn turns the wheel where a text begins.
func turn(w *uitest.World, text string, notches int) {
	w.Helper()
	x, y := at(w, text)
	w.Sends(wheel.Turned{X: x, Y: y, Lines: notches * wheel.Step})
}

func id(n int) model.ConversationID { return uitest.Talk(n, 0).ID }

// TestRows: the first click selects, the second opens; from the conversation too.
func TestRows(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(6))
	click(w, "Customer 3")
	w.WantLit("3")
	if w.Shown != "" || w.Focus != screen.PaneList {
		t.Fatalf("%q is open after a click", w.Shown)
	}
	click(w, "Customer 3")
	if w.Shown != id(3) || w.Focus != screen.PaneThread {
		t.Fatalf("%q is open after two", w.Shown)
	}
	w.Keys("r")
	w.Types("not yet")
	click(w, "Customer 1")
	w.WantLit("1")
	if w.Drafts[model.DraftOf{Conversation: id(3)}] != "not yet" || w.Composing() {
		t.Errorf("the draft is %v", w.Drafts)
	}
}

// TestRowThatHasJustMoved: what comes under the pointer by itself is not what was clicked.
func TestRowThatHasJustMoved(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(6))
	x, y := at(w, "Customer 4")
	w.Arrives(uitest.News(5))
	w.Passes(100 * time.Millisecond)
	press(w, x, y)
	w.WantLit("0")
	w.Shows("had just changed")
	w.Passes(time.Second)
	press(w, x, y)
	w.WantLit("3")
}

// TestWheel: it scrolls what is under the pointer, whatever has the keys, and keys act on nothing
// that is out of sight.
func TestWheel(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(60))
	turn(w, "Customer 3", 4)
	w.Hides("Customer 3 ", "question 0")
	w.Shows("Customer 12 ")
	w.Keys("e") // brings the selected row back, and does nothing
	w.WantLit("0")
	if w.Status(0) != model.Open {
		t.Fatal("done, out of sight")
	}
	w.Keys("e")
	if w.Status(0) != model.Done {
		t.Fatal("not done")
	}
	turn(w, "Customer 3", -50)
	w.Shows("Customer 1 ")
	turn(w, "Customer 3", 500)
	w.Shows("Customer 59 ")
}

// TestMessagesAndComposer: a click selects a message, opens the composer, and places its cursor.
func TestMessagesAndComposer(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	said := uitest.Incoming(3)
	for i := range said {
		said[i].Text = model.Untrusted("word" + string(rune('a'+i)) + " https://example.com/" + string(rune('a'+i)))
	}
	w.Hub.Threads[id(0)] = said
	w.Keys("enter")
	click(w, "https://example.com/b")
	if got := w.Marked(); !strings.Contains(got, "wordb") || strings.Contains(got, "wordc") {
		t.Fatalf("selected: %q", got)
	}
	click(w, "Reply to Customer 0")
	if !w.Composing() {
		t.Fatal("the composer is not open")
	}
	w.Types("first line")
	w.Keys("ctrl+j")
	w.Types("second 日本語 line")
	x, y := at(w, "本語")
	press(w, x, y)
	w.Types("X")
	click(w, "first")
	w.Types("Y")
	if got := w.Typed(); got != "Yfirst line\nsecond 日X本語 line" {
		t.Fatalf("typed: %q", got)
	}
	turn(w, "wordc", -1)
	if !w.Composing() {
		t.Error("the wheel closed the composer")
	}
}

// TestLines: filters and the footer.
func TestLines(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	click(w, "Unassigned")
	if w.Query.Filter != "unassigned" {
		t.Errorf("the filter is %q", w.Query.Filter)
	}
	click(w, "? help")
	w.Shows("Help")
	if w.Overlaid() == nil {
		t.Fatal("no help")
	}
	w.Passes(time.Second)
	press(w, 5, 3) // behind it
	if w.Overlaid() != nil {
		t.Fatal("help is still open")
	}
	click(w, "e done")
	if w.Status(0) != model.Done {
		t.Fatal("not done")
	}
	x, y := at(w, "z undo")
	press(w, x, y)
	if w.Status(0) != model.Open {
		t.Fatal("not undone")
	}
}

// TestSheets: a click picks a row of what lies over the screen, and nothing behind it.
func TestSheets(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Keys("ctrl+k")
	w.Types("help")
	click(w, "Questions")
	w.Shows("Which plan do I need?")
	w.Keys("esc", "s")
	click(w, "Customer 2")
	w.WantLit("0")
	w.Keys("s")
	click(w, "Tomorrow morning")
	w.Shows("z undo")
	w.Keys("t")
	w.Types("vip")
	click(w, "New label")
	w.Keys("enter")
	w.Shows("vip")
}

// TestBorder: it is dragged, within limits, and its place is kept.
func TestBorder(t *testing.T) {
	t.Parallel()
	kept := map[string]any{}
	w := uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) {
		o.Remember = func(name string, value any) string { kept[name] = value; return "" }
	})
	w.Passes(time.Second)
	x := w.Layout.List
	w.Sends(tea.MouseClickMsg{X: x, Y: 10, Button: tea.MouseLeft})
	w.Sends(tea.MouseMotionMsg{X: x + 12, Y: 12, Button: tea.MouseLeft})
	if w.Layout.List != x+12 {
		t.Fatalf("the list is %d wide", w.Layout.List)
	}
	w.Sends(tea.MouseMotionMsg{X: 500, Y: 12, Button: tea.MouseLeft})
	w.Whole(120, 36)
	w.Sends(tea.MouseMotionMsg{X: x + 4, Y: 12, Button: tea.MouseLeft})
	w.Sends(tea.MouseReleaseMsg{X: x + 4, Y: 12, Button: tea.MouseLeft})
	w.Sends(tea.MouseMotionMsg{X: 1, Y: 12})
	if w.Layout.List != x+4 || kept["list_width"] != x+4 {
		t.Fatalf("the list is %d wide, kept is %v", w.Layout.List, kept)
	}
	press(w, x+4, 10) // not moved
	if w.Layout.List != x+4 {
		t.Fatalf("the list is %d wide", w.Layout.List)
	}
}

// TestGivenBack: a key gives the mouse to the terminal, and takes it back.
func TestGivenBack(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	if w.View().MouseMode != tea.MouseModeCellMotion {
		t.Fatal("the mouse is not asked for")
	}
	w.Keys("M")
	w.Shows("The mouse is the terminal's now")
	x, y := at(w, "Customer 2")
	press(w, x, y)
	w.WantLit("0")
	if w.View().MouseMode != tea.MouseModeNone {
		t.Fatal("the mouse is still asked for")
	}
	w.Keys("M")
	click(w, "Customer 2")
	w.WantLit("2")
}
