package inbox_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"parley/model"
	"parley/ui/uitest"
)

// TestWhatIsLitStaysLit from the first moment on, whatever comes: enter, e and r are about
// what was read under the cursor.
func TestWhatIsLitStaysLit(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(5))
	w.WantLit("0")
	w.Arrives(uitest.News(3))
	w.WantLit("0")
	w.Keys("enter")
	w.Shows("Reply to Customer 0…")
	w.Arrives(uitest.News(4))
	w.WantLit("0")

	w = uitest.NewWorld(t, uitest.Some(5))
	w.Arrives(uitest.News(3))
	w.Keys("e")
	if w.Status(0) != model.Done || w.Status(3) != model.Open {
		t.Errorf("customer 0 is %s, 3 is %s", w.Status(0), w.Status(3))
	}
	w.WantLit("1")

	w = uitest.NewWorld(t, nil)
	w.Arrives(uitest.News(2))
	w.WantLit("2")
	w.Arrives(uitest.News(3))
	w.WantLit("2")
}

// TestWhatAColleaguePutsAwayIsNotReplaced: nothing is lit then, and keys about a row say so,
// until the user moves to one of those beside it, or it is back.
func TestWhatAColleaguePutsAwayIsNotReplaced(t *testing.T) {
	t.Parallel()
	away := func(c *model.Conversation) { c.Seq, c.Status = 200, model.Done }
	for key, want := range map[string]string{"j": "2", "k": "0", "down": "2", "g": "0", "G": "4"} {
		w := uitest.NewWorld(t, uitest.Some(5))
		w.Keys("j")
		w.WantLit("1")
		w.Arrives(uitest.Talk(1, 2, away))
		w.WantLit("")
		w.Keys("e", "enter", "r", "s", "p", "u")
		w.Shows("Open 4", "4 wait")
		for n := range 5 {
			if (w.Status(n) == model.Done) != (n == 1) {
				t.Errorf("customer %d is %s", n, w.Status(n))
			}
		}
		w.Keys(key)
		w.WantLit(want)
	}
	w := uitest.NewWorld(t, uitest.Some(5))
	w.Keys("j")
	w.Arrives(uitest.Talk(1, 2, away))
	w.Arrives(uitest.Talk(1, 2, func(c *model.Conversation) { c.Seq = 300 }))
	w.WantLit("1")
	w = uitest.NewWorld(t, uitest.Some(5)) // the last
	w.Keys("G")
	w.Arrives(uitest.Talk(4, 5, away))
	w.Keys("j")
	w.WantLit("3")
}

// TestWhoIsDoneIsLeft: after an action that takes an open conversation off the list, the next
// is lit, and what is pressed then is about that; the composer is not on the one that is done.
func TestWhoIsDoneIsLeft(t *testing.T) {
	t.Parallel()
	for _, focus := range [][]string{{}, {"enter"}, {"enter", "tab"}} {
		for name, away := range map[string][]string{"done": {"e"}, "snoozed": {"s", "h"}} {
			w := uitest.NewWorld(t, uitest.Some(5))
			w.Keys("j")
			w.Keys(focus...)
			w.Slows()
			w.Keys(away...)
			w.WantLit("2") // at once, though the hub has not answered
			w.Keys("r")
			w.Shows("Reply to Customer 2…")
			w.Types("hello")
			w.Keys("enter", "esc")
			w.AnswersAll()
			if n := len(w.Hub.Replies); n != 1 || w.Hub.Replies[0].Conversation != uitest.Talk(2, 0).ID {
				t.Fatalf("%s from %v: %v left", name, focus, w.Hub.Replies)
			}
			if w.Status(1) == model.Open || w.Status(2) != model.Open {
				t.Errorf("%s from %v: customer 1 is %s, 2 is %s", name, focus, w.Status(1), w.Status(2))
			}
			w.WantLit("2")
		}
	}
	// Where the list goes on to hold it, it stays lit and open.
	w := uitest.NewWorld(t, uitest.Some(5))
	w.Keys("0", "j", "enter", "e")
	w.Shows("Reply to Customer 1…")
	w.WantLit("1")
	w.Keys("e")
	if w.Status(1) != model.Open {
		t.Error("not opened again")
	}
}

// TestTheListLightsWhatIsOpen, however it was opened, and nothing where it is not in the list.
func TestTheListLightsWhatIsOpen(t *testing.T) {
	t.Parallel()
	list := uitest.Some(4)
	list[3].Assignee = &model.UserRef{ID: uitest.Me, Name: "Aoi"}
	w := uitest.NewWorld(t, list)
	w.Keys("2")
	w.WantLit("3")
	w.Keys("N")
	w.Keys("N", "N")
	w.Shows("Reply to Customer 1…")
	w.WantLit("")
	w.Keys("1")
	w.WantLit("1")
	w.Arrives(uitest.News(1))
	w.Arrives(uitest.News(2))
	w.WantLit("1")
}

// TestUndoIsTheLastAction, whatever has been answered.
func TestUndoIsTheLastAction(t *testing.T) {
	t.Parallel()
	for name, order := range map[string][]int{"in order": {0, 0}, "the second first": {1, 0}} {
		w := uitest.NewWorld(t, uitest.Some(4))
		w.Slows()
		w.Taps("e", "e", "z")
		for _, n := range order {
			w.Answers(n)
		}
		w.AnswersAll()
		if w.Status(0) != model.Done || w.Status(1) != model.Open {
			t.Errorf("%s: customer 0 is %s, 1 is %s", name, w.Status(0), w.Status(1))
		}
		w.Keys("z")
		w.AnswersAll()
		if w.Status(0) != model.Open {
			t.Errorf("%s: then customer 0 is %s", name, w.Status(0))
		}
		w.Keys("z")
		w.Shows("There is nothing to take back.")
	}
}

// TestActionsOnOneConversationKeepTheirOrder: each goes when the one before is answered, and
// means what the user will have seen by then.
func TestActionsOnOneConversationKeepTheirOrder(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Keys("0")
	w.Slows()
	w.Taps("e", "e", "p", "z", "e", "z", "z")
	if len(w.Waiting) != 1 {
		t.Fatalf("%d at once", len(w.Waiting))
	}
	w.AnswersAll()
	if r, _ := w.Inbox.Conversation(uitest.Talk(0, 0).ID); r.Status != model.Done || r.Pinned {
		t.Errorf("it is %s, pinned: %t", r.Status, r.Pinned)
	}
	w.Keys("z")
	w.AnswersAll()
	if w.Status(0) != model.Open {
		t.Errorf("it is %s", w.Status(0))
	}
}

// TestWhatWasNotDoneIsNotTakenBack; what may have been done is.
func TestWhatWasNotDoneIsNotTakenBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want model.Status // of the first, which was done, after the key
	}{
		"refused": {uitest.Refused(errors.New("no")), model.Open},
		"lost":    {errors.New("no answer"), model.Done},
	} {
		w := uitest.NewWorld(t, uitest.Some(3))
		w.Taps("e")
		w.Hub.Err = c.err
		w.Keys("e")
		w.Hub.Err = nil
		w.Keys("z")
		if got := w.Status(0); got != c.want {
			t.Errorf("%s: the first is %s", name, got)
		}
		if got := w.Status(1); got != model.Open {
			t.Errorf("%s: the second is %s", name, got)
		}
	}
	// Taken back before it was refused: nothing is asked of the hub.
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Slows()
	w.Keys("e", "z")
	w.Hub.Err = uitest.Refused(errors.New("no"))
	w.Answers(0)
	if len(w.Waiting) > 0 || w.Status(0) != model.Open {
		t.Errorf("%d are asked, it is %s", len(w.Waiting), w.Status(0))
	}
}

// TestTheMessageThatIsLitStays: a key in a conversation acts on the message that was read,
// and, where that has gone off the screen, shows it first.
func TestTheMessageThatIsLitStays(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	ms := uitest.Incoming(2)
	ms[0].MID, ms[1].MID = "m_0", "m_1"
	ms[1].Text = "what was read"
	w.Hub.Threads[ms[0].ConversationID] = ms
	w.Keys("enter")
	if got := w.Marked(); !strings.Contains(got, "what was read") {
		t.Fatalf("selected is %q", got)
	}
	come := func(n int) {
		for i := range n {
			m := ms[1]
			m.ID, m.Seq, m.SentAt = model.NewMessageID(uitest.Page, fmt.Sprint("z", n, i)), int64(100+i), uitest.Noon.Add(1)
			m.Text = model.Untrusted(strings.Repeat("later\n", 3))
			w.Sends(w.Changed(model.ChangeMessage, m))
		}
	}
	come(1)
	if got := w.Marked(); !strings.Contains(got, "what was read") {
		t.Fatalf("selected is %q", got)
	}
	come(30)
	w.Hides("what was read")
	w.Keys("Q")
	if w.Composing() || !strings.Contains(w.Marked(), "what was read") {
		t.Errorf("a key acted on what was not to be seen:\n%s", w.Text())
	}
	w.Keys("Q")
	w.Shows("│ Customer 0: what was read")
}

// TestAnEmptyListLightsTheFirstThatComes, also where the user emptied it.
func TestAnEmptyListLightsTheFirstThatComes(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(2))
	w.Taps("e", "e")
	w.WantLit("")
	w.Arrives(uitest.News(3))
	w.WantLit("3")
	w.Arrives(uitest.News(4))
	w.WantLit("3")
}
