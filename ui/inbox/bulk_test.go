package inbox_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/model"
	list "parley/ui/inbox"
	"parley/ui/uitest"
)

// statuses are those of the first n customers, a letter each.
func statuses(w *uitest.World, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteByte(string(w.Status(i))[0])
	}
	return b.String()
}

// TestSeveralAtOnce: what is selected is done, and undone, in one step, with its number.
func TestSeveralAtOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keys   []string
		says   string
		status string // of the customers
		lit    string
	}{
		"two":              {[]string{"x", "j", "j", "x", "e"}, "Done: 2.", "dodooo", "3"},
		"a range":          {[]string{"j", "x", "j", "j", "X", "e"}, "Done: 3.", "odddoo", "4"},
		"a range upwards":  {[]string{"G", "x", "k", "k", "X", "e"}, "Done: 3.", "oooddd", "2"},
		"taken out":        {[]string{"x", "j", "x", "x", "e"}, "Done: 1.", "dooooo", "1"},
		"all":              {[]string{"*", "e"}, "Done: 6.", "dddddd", ""},
		"all and none":     {[]string{"*", "*", "e"}, "Customer 0 is done.", "dooooo", "1"},
		"none any more":    {[]string{"*", "esc", "e"}, "Customer 0 is done.", "dooooo", "1"},
		"snoozed":          {[]string{"x", "j", "x", "s", "h"}, ": 2.", "ssoooo", "2"},
		"then the current": {[]string{"x", "e", "e"}, "Customer 1 is done.", "ddoooo", "2"},
	} {
		w := uitest.NewWorld(t, uitest.Some(6))
		w.Keys(c.keys...)
		w.Shows(c.says)
		if got := statuses(w, 6); got != c.status {
			t.Errorf("%s: %s, want %s", name, got, c.status)
		}
		w.WantLit(c.lit)
		w.Keys("z", "z")
		if got := statuses(w, 6); got != "oooooo" {
			t.Errorf("%s: undone it is %s", name, got)
		}
	}
}

// TestSeveralOtherwise: assigned, pinned, read; what stays in sight stays selected.
func TestSeveralOtherwise(t *testing.T) {
	t.Parallel()
	w := uitest.NewSharedWorld(t, uitest.Some(4))
	w.Keys("x", "j", "x")
	w.Shows("2 selected", "e done", "a assign")
	w.Keys("a")
	w.Shows("Assign 2")
	w.Keys("m")
	w.Shows("Assigned to you: 2.", "Mine 2")
	w.Keys("p")
	w.Shows("Pinned: 2.")
	w.Keys("p")
	w.Shows("No longer pinned: 2.")
	w.Keys("u")
	w.Shows("Read: 2.")
	w.Keys("u")
	w.Shows("Unread: 2.")
	w.Passes(time.Minute)
	w.Shows("2 selected")
	w.Keys("z", "z", "z", "z")
	w.Shows("Mine 2")
	w.Keys("z")
	w.Shows("Taken back: 2 are as before.")
	w.Hides("Mine 2")
}

// TestNeverAReply: a reply and a note go to one.
func TestNeverAReply(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Keys("*")
	for _, key := range []string{"r", "I"} {
		w.Keys(key)
		w.Shows("This goes to one customer at a time.")
		if w.Composing() {
			t.Fatalf("%s opened the composer", key)
		}
	}
	w.Keys("esc", "r")
	if !w.Composing() {
		t.Error("it stays so")
	}
}

// TestSelectedAreThoseInSight: by conversation, wherever it moves; what leaves the list is dropped.
func TestSelectedAreThoseInSight(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(4))
	w.Keys("x", "j", "j", "x")
	w.Arrives(uitest.News(3))
	w.Arrives(uitest.Talk(0, 1, func(c *model.Conversation) { c.Seq, c.Status = 300, model.Done }))
	w.Passes(time.Minute)
	w.Shows("1 selected")
	w.Keys("e")
	if got := statuses(w, 4); got != "dodo" {
		t.Errorf("it is %s", got)
	}
	w.Keys("*", "2", "1")
	w.Passes(time.Minute)
	w.Hides("selected")
}

// TestPartlyDone: how many were, how many not, and why; only what was done is undone.
func TestPartlyDone(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(6))
	w.Slows()
	w.Keys("*", "e")
	if len(w.Waiting) != 4 {
		t.Fatalf("%d at once", len(w.Waiting))
	}
	w.Hub.Err = uitest.Refused(errors.New("no"))
	w.Answers(0)
	w.Answers(0)
	w.Hub.Err = nil
	w.AnswersAll()
	w.Shows("Done: 4. 2 not: It failed: no")
	if got := statuses(w, 6); got != "oodddd" {
		t.Errorf("it is %s", got)
	}
	w.Keys("z")
	w.AnswersAll()
	w.Shows("Taken back: 4 are as before.")
	// Undone while most have not begun: those are left.
	w.Keys("*", "e", "z")
	w.AnswersAll()
	if got := statuses(w, 6); got != "oooooo" {
		t.Errorf("then it is %s", got)
	}
}

// TestMostAtOnce: no more can be selected, and that is said.
func TestMostAtOnce(t *testing.T) {
	t.Parallel()
	l := list.NewList()
	w := uitest.NewWorld(t, uitest.Some(1100))
	l.SetRows(w.Inbox.View(w.Query))
	if l.ChooseAll() || l.Chosen() != 1000 {
		t.Errorf("%d are selected", l.Chosen())
	}
}

// TestTheLastActionsAreListed: each with what it did; any of them can be undone, but those that
// somebody changed since.
func TestTheLastActionsAreListed(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(4))
	w.Keys("U")
	w.Shows("There is nothing to take back.")
	w.Taps("e", "e", "x", "p")
	w.Arrives(uitest.Talk(1, 2, func(c *model.Conversation) { c.Seq, c.Status = 3000, model.Snoozed }))
	w.Keys("U")
	w.Shows("Take back", "Customer 0 is done.", "Pinned: 1.", "It was changed since.")
	w.Types("Customer 0")
	w.Keys("enter")
	if got := statuses(w, 2); got != "os" {
		t.Errorf("it is %s", got)
	}
	w.Keys("U")
	w.Hides("Customer 0 is done.")
}

// TestTheUndoKeyCountsDown by the clock, waking once a second.
func TestTheUndoKeyCountsDown(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Keys("e")
	for left := 10; left > 0; left-- {
		w.Shows(fmt.Sprintf("z undo %ds", left))
		w.Passes(time.Second)
	}
	w.Hides("z undo")
	if w.Status(0) != model.Done {
		t.Error("not done")
	}
}

// TestEachKeyForSeveralHasItsWord: the footer names what a selection is for.
func TestEachKeyForSeveralHasItsWord(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Keys("x")
	w.Shows("e done", "s snooze", "a assign", "t label")
	w.Hides("[")
}

// TestSeveralLabelled: what is turned changes for all; what only some have stays as it is.
func TestSeveralLabelled(t *testing.T) {
	t.Parallel()
	all := uitest.Some(3)
	all[0].Labels, all[1].Labels = []string{"old", "vip"}, []string{"old"}
	w := uitest.NewWorld(t, all)
	labels := func(n int) string {
		r, _ := w.Inbox.Conversation(uitest.Talk(n, 0).ID)
		return strings.Join(r.Labels, " ")
	}
	w.Keys("x", "j", "x", "t")
	w.Shows("Labels of 2 conversations")
	w.Types("new")
	w.Keys("tab", "enter")
	w.Shows("Labels changed: 2.")
	if labels(0) != "old vip new" || labels(1) != "old new" || labels(2) != "" {
		t.Errorf("%q, %q, %q", labels(0), labels(1), labels(2))
	}
	w.Keys("z")
	if labels(0) != "old vip" || labels(1) != "old" {
		t.Errorf("undone: %q, %q", labels(0), labels(1))
	}
}

// TestOpeningEndsTheSelection: a key there acts on the open conversation alone, and no mark says
// otherwise.
func TestOpeningEndsTheSelection(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"enter", "N"} {
		w := uitest.NewWorld(t, uitest.Some(4))
		w.Keys("x", "j", "x")
		w.Shows("2 selected")
		w.Keys(key, "esc")
		w.Hides("selected")
	}
}
