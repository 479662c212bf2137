package app

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/ui/crm"
)

// refusedError is an answer of the hub that it did not do something.
type refusedError struct{ error }

func (refusedError) Refused() bool { return true }

// lit is the row that is selected in the list, by its number; "" where none is.
func (w *world) lit() string {
	w.Helper()
	var out []string
	for _, line := range w.lines() {
		if rest, ok := strings.CutPrefix(line, "▌Customer "); ok {
			out = append(out, strings.Fields(rest)[0])
		}
	}
	if len(out) > 1 {
		w.Fatalf("%v are lit", out)
	}
	return strings.Join(out, "")
}

func (w *world) wantLit(want string) {
	w.Helper()
	if got := w.lit(); got != want {
		w.Fatalf("%q is lit, want %q:\n%s", got, want, w.text())
	}
}

// news brings a conversation up to now.
func news(n int) model.Conversation {
	return talk(n, 0, func(c *model.Conversation) { c.Seq = 100 + int64(n) })
}

func (w *world) status(n int) model.Status {
	w.Helper()
	r, ok := w.Inbox.Conversation(talk(n, 0).ID)
	if !ok {
		w.Fatalf("no customer %d", n)
	}
	return r.Status
}

// TestWhatIsLitStaysLit from the first moment on, whatever comes: enter, e and r are about
// what was read under the cursor.
func TestWhatIsLitStaysLit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(5))
	w.wantLit("0")
	w.arrives(news(3))
	w.wantLit("0")
	w.keys("enter")
	w.shows("Reply to Customer 0…")
	w.arrives(news(4))
	w.wantLit("0")

	w = newWorld(t, some(5))
	w.arrives(news(3))
	w.keys("e")
	if w.status(0) != model.Done || w.status(3) != model.Open {
		t.Errorf("customer 0 is %s, 3 is %s", w.status(0), w.status(3))
	}
	w.wantLit("1")

	w = newWorld(t, nil)
	w.arrives(news(2))
	w.wantLit("2")
	w.arrives(news(3))
	w.wantLit("2")
}

// TestWhatAColleaguePutsAwayIsNotReplaced: nothing is lit then, and keys about a row say so,
// until the user moves to one of those beside it, or it is back.
func TestWhatAColleaguePutsAwayIsNotReplaced(t *testing.T) {
	t.Parallel()
	away := func(c *model.Conversation) { c.Seq, c.Status = 200, model.Done }
	for key, want := range map[string]string{"j": "2", "k": "0", "down": "2", "g": "0", "G": "4"} {
		w := newWorld(t, some(5))
		w.keys("j")
		w.wantLit("1")
		w.arrives(talk(1, 2, away))
		w.wantLit("")
		w.keys("e", "enter", "r", "s", "p", "u")
		w.shows("Open 4", "Conversations open here.")
		for n := range 5 {
			if (w.status(n) == model.Done) != (n == 1) {
				t.Errorf("customer %d is %s", n, w.status(n))
			}
		}
		w.keys(key)
		w.wantLit(want)
	}
	w := newWorld(t, some(5))
	w.keys("j")
	w.arrives(talk(1, 2, away))
	w.arrives(talk(1, 2, func(c *model.Conversation) { c.Seq = 300 }))
	w.wantLit("1")
	w = newWorld(t, some(5)) // the last
	w.keys("G")
	w.arrives(talk(4, 5, away))
	w.keys("j")
	w.wantLit("3")
}

// TestWhoIsDoneIsLeft: after an action that takes an open conversation off the list, the next
// is lit, and what is pressed then is about that; the composer is not on the one that is done.
func TestWhoIsDoneIsLeft(t *testing.T) {
	t.Parallel()
	for _, focus := range [][]string{{}, {"enter"}, {"enter", "tab"}} {
		for name, away := range map[string][]string{"done": {"e"}, "snoozed": {"s", "1"}} {
			w := newWorld(t, some(5))
			w.keys("j")
			w.keys(focus...)
			w.slows()
			w.keys(away...)
			w.wantLit("2") // at once, though the hub has not answered
			w.keys("r")
			w.shows("Reply to Customer 2…")
			w.types("hello")
			w.keys("enter", "esc")
			w.answersAll()
			if n := len(w.hub.replies); n != 1 || w.hub.replies[0].Conversation != talk(2, 0).ID {
				t.Fatalf("%s from %v: %v left", name, focus, w.hub.replies)
			}
			if w.status(1) == model.Open || w.status(2) != model.Open {
				t.Errorf("%s from %v: customer 1 is %s, 2 is %s", name, focus, w.status(1), w.status(2))
			}
			w.wantLit("2")
		}
	}
	// Where the list goes on to hold it, it stays lit and open.
	w := newWorld(t, some(5))
	w.keys("0", "j", "enter", "e")
	w.shows("Reply to Customer 1…")
	w.wantLit("1")
	w.keys("e")
	if w.status(1) != model.Open {
		t.Error("not opened again")
	}
}

// TestTheListLightsWhatIsOpen, however it was opened, and nothing where it is not in the list.
func TestTheListLightsWhatIsOpen(t *testing.T) {
	t.Parallel()
	list := some(4)
	list[3].Assignee = &model.UserRef{ID: me, Name: "Aoi"}
	w := newWorld(t, list)
	w.keys("2")
	w.wantLit("3")
	w.keys("N")
	w.keys("N", "N")
	w.shows("Reply to Customer 1…")
	w.wantLit("")
	w.keys("1")
	w.wantLit("1")
	w.arrives(news(1))
	w.arrives(news(2))
	w.wantLit("1")
}

// TestUndoIsTheLastAction, whatever has been answered.
func TestUndoIsTheLastAction(t *testing.T) {
	t.Parallel()
	for name, order := range map[string][]int{"in order": {0, 0}, "the second first": {1, 0}} {
		w := newWorld(t, some(4))
		w.slows()
		w.keys("e", "e", "z")
		for _, n := range order {
			w.answers(n)
		}
		w.answersAll()
		if w.status(0) != model.Done || w.status(1) != model.Open {
			t.Errorf("%s: customer 0 is %s, 1 is %s", name, w.status(0), w.status(1))
		}
		w.keys("z")
		w.answersAll()
		if w.status(0) != model.Open {
			t.Errorf("%s: then customer 0 is %s", name, w.status(0))
		}
		w.keys("z")
		w.shows("There is nothing to take back.")
	}
}

// TestActionsOnOneConversationKeepTheirOrder: each goes when the one before is answered, and
// means what the user will have seen by then.
func TestActionsOnOneConversationKeepTheirOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	w.keys("0")
	w.slows()
	w.keys("e", "e", "p", "z", "e", "z", "z")
	if len(w.waiting) != 1 {
		t.Fatalf("%d at once", len(w.waiting))
	}
	w.answersAll()
	if r, _ := w.Inbox.Conversation(talk(0, 0).ID); r.Status != model.Done || r.Pinned {
		t.Errorf("it is %s, pinned: %t", r.Status, r.Pinned)
	}
	w.keys("z")
	w.answersAll()
	if w.status(0) != model.Open {
		t.Errorf("it is %s", w.status(0))
	}
}

// TestWhatWasNotDoneIsNotTakenBack; what may have been done is.
func TestWhatWasNotDoneIsNotTakenBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want model.Status // of the first, which was done, after the key
	}{
		"refused": {refusedError{errors.New("no")}, model.Open},
		"lost":    {errors.New("no answer"), model.Done},
	} {
		w := newWorld(t, some(3))
		w.keys("e")
		w.hub.err = c.err
		w.keys("e")
		w.hub.err = nil
		w.keys("z")
		if got := w.status(0); got != c.want {
			t.Errorf("%s: the first is %s", name, got)
		}
		if got := w.status(1); got != model.Open {
			t.Errorf("%s: the second is %s", name, got)
		}
	}
	// Taken back before it was refused: nothing is asked of the hub.
	w := newWorld(t, some(3))
	w.slows()
	w.keys("e", "z")
	w.hub.err = refusedError{errors.New("no")}
	w.answers(0)
	if len(w.waiting) > 0 || w.status(0) != model.Open {
		t.Errorf("%d are asked, it is %s", len(w.waiting), w.status(0))
	}
}

// TestUndoOfTheCRM is of the last action, too.
func TestUndoOfTheCRM(t *testing.T) {
	t.Parallel()
	w := crmWorld(t, some(3))
	w.suggests(byPhone(person("12", "山田 花子")))
	w.keys("e", "c")
	w.passes(slipGrace)
	var linked tea.Msg
	w.catch = func(msg tea.Msg) bool {
		_, ok := msg.(crm.Msg)
		if ok {
			linked = msg
		}
		return ok
	}
	w.keys("enter")
	w.catch = nil
	w.keys("z") // Pipedrive has not answered
	w.shows("Pipedrive has not answered yet.")
	if w.status(0) != model.Done {
		t.Error("the action before was taken back")
	}
	w.sends(linked)
	w.keys("z")
	if !slices.ContainsFunc(w.hub.asked, func(s string) bool { return strings.HasPrefix(s, "unlink ") }) || w.status(0) != model.Done {
		t.Errorf("asked %v, the first is %s", w.hub.asked, w.status(0))
	}
	w.keys("z")
	if w.status(0) != model.Open {
		t.Errorf("asked %v, the first is %s", w.hub.asked, w.status(0))
	}
}

// TestTheMessageThatIsLitStays: a key in a conversation acts on the message that was read,
// and, where that has gone off the screen, shows it first.
func TestTheMessageThatIsLitStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	ms := incoming(2)
	ms[0].MID, ms[1].MID = "m_0", "m_1"
	ms[1].Text = "what was read"
	w.hub.messages[ms[0].ConversationID] = ms
	w.keys("enter")
	if got := w.marked(); !strings.Contains(got, "what was read") {
		t.Fatalf("selected is %q", got)
	}
	come := func(n int) {
		for i := range n {
			m := ms[1]
			m.ID, m.Seq, m.SentAt = model.NewMessageID(page1, fmt.Sprint("z", n, i)), int64(100+i), noon.Add(1)
			m.Text = model.Untrusted(strings.Repeat("later\n", 3))
			w.sends(w.changed(model.ChangeMessage, m))
		}
	}
	come(1)
	if got := w.marked(); !strings.Contains(got, "what was read") {
		t.Fatalf("selected is %q", got)
	}
	come(30)
	w.hides("what was read")
	w.keys("Q")
	if w.Composing() || !strings.Contains(w.marked(), "what was read") {
		t.Errorf("a key acted on what was not to be seen:\n%s", w.text())
	}
	w.keys("Q")
	w.shows("│ Customer 0: what was read")
}

// TestAnEmptyListLightsTheFirstThatComes, also where the user emptied it.
func TestAnEmptyListLightsTheFirstThatComes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(2))
	w.keys("e", "e")
	w.wantLit("")
	w.arrives(news(3))
	w.wantLit("3")
	w.arrives(news(4))
	w.wantLit("3")
}
