package app

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/model"
)

// texts are what the hub was handed in, in order.
func (h *fakeHub) texts() []string {
	var out []string
	for _, r := range h.replies {
		out = append(out, string(r.Text))
	}
	return out
}

func (w *world) say3() {
	w.Helper()
	w.keys("enter", "r")
	for _, text := range []string{"one", "two", "three"} {
		w.types(text)
		w.keys("enter")
	}
}

// TestRepliesAreHandedInOneByOne: the next one of a conversation when the hub has the one
// before; those of other conversations beside it. All are kept on disk at once.
func TestRepliesAreHandedInOneByOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	w.slows()
	w.say3()
	if len(w.waiting) != 1 {
		t.Fatalf("%d are on their way at once", len(w.waiting))
	}
	if !slices.Contains(w.hub.asked, "keep client-2") || !slices.Contains(w.hub.asked, "keep client-3") {
		t.Errorf("asked %v", w.hub.asked)
	}
	w.shows("Waits for the reply before it.")
	w.keys("esc", "esc", "j", "enter", "r")
	w.types("to another")
	w.keys("enter")
	if len(w.waiting) != 2 {
		t.Fatalf("%d are on their way", len(w.waiting))
	}
	w.answers(1)
	w.answersAll()
	if got, want := w.hub.texts(), []string{"to another", "one", "two", "three"}; !slices.Equal(got, want) {
		t.Errorf("handed in as %q, want %q", got, want)
	}
	numbers := map[int64]bool{}
	for i, r := range w.hub.replies {
		if numbers[r.Number] || i > 1 && r.Number <= w.hub.replies[i-1].Number || r.At.IsZero() {
			t.Errorf("%q has number %d", r.Text, r.Number)
		}
		numbers[r.Number] = true
	}
	if len(w.Unheard()) > 0 {
		t.Errorf("%v still wait", w.Unheard())
	}
}

// TestThoseBehindOneThatAsks wait until that is decided, and then go by themselves.
func TestThoseBehindOneThatAsks(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{"R": {"one", "one", "two", "three", "four"}, "D": {"one", "two", "three", "four"}} {
		w := newWorld(t, some(3))
		w.slows()
		w.say3()
		w.hub.err = errors.New("no route")
		w.answers(0)
		w.hub.err = nil
		if len(w.waiting) > 0 {
			t.Fatalf("%s: %d overtake", name, len(w.waiting))
		}
		w.shows("no route", "R send again", "Waits for the reply before it.")
		w.types("four")
		w.keys("enter")
		w.shows("It waits: an earlier one comes first.")
		w.keys("esc", name) // the last is selected
		w.shows("This one needs a decision")
		w.keys(name)
		w.answersAll()
		if got := w.hub.texts(); !slices.Equal(got, want) {
			t.Errorf("%s: handed in as %q, want %q", name, got, want)
		}
		if len(w.Unheard()) > 0 {
			t.Errorf("%s: %v still wait", name, w.Unheard())
		}
		if name == "D" && w.typed() != "one" {
			t.Errorf("%q came back", w.typed())
		}
	}
}

// TestRefusedOnesComeBackInOrder, before what was typed since.
func TestRefusedOnesComeBackInOrder(t *testing.T) {
	t.Parallel()
	for name, elsewhere := range map[string]bool{"here": false, "another is open": true} {
		w := newWorld(t, some(3))
		w.slows()
		w.say3()
		w.types("since")
		id := w.Shown
		if elsewhere {
			w.keys("esc", "esc", "j", "enter")
		}
		w.hub.err = errors.Join(errors.New("a colleague answered"), &model.Refusal{Code: model.NewerReply})
		w.answersAll()
		if elsewhere {
			w.keys("esc", "k", "enter")
		}
		if got := w.typed(); got != "one\ntwo\nthree\nsince" || w.Shown != id {
			t.Errorf("%s: %q came back", name, got)
		}
	}
}

// TestOneRefusedHoldsNobodyUp: each that comes behind is judged by itself.
func TestOneRefusedHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	w.slows()
	w.say3()
	w.hub.err = &model.Refusal{Code: model.NoReplyTarget}
	w.answers(0)
	w.hub.err = nil
	w.answersAll()
	if got, want := w.hub.texts(), []string{"one", "two", "three"}; !slices.Equal(got, want) || w.typed() != "one" {
		t.Errorf("handed in as %q, %q came back", got, w.typed())
	}
}

// TestANoteKeepsItsPlaceAmongReplies.
func TestANoteKeepsItsPlaceAmongReplies(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	w.slows()
	w.keys("enter", "r")
	w.types("one")
	w.keys("enter", "esc", "I")
	w.types("a note")
	w.keys("enter", "esc", "r")
	w.types("two")
	w.keys("enter")
	w.answersAll()
	if got, want := w.hub.texts(), []string{"one", "a note", "two"}; !slices.Equal(got, want) || !w.hub.replies[1].Note {
		t.Errorf("handed in as %q, want %q", got, want)
	}
}

// TestWhatWasLeftUnsentComesFirst: what an earlier run left is decided in the order in which
// it was sent off, and what is sent off now comes behind it.
func TestWhatWasLeftUnsentComesFirst(t *testing.T) {
	t.Parallel()
	id := model.NewConversationID(page1, "5000")
	w := newWorld(t, some(3), func(o *Options) {
		for i, text := range []model.Untrusted{"one", "two"} {
			o.Unsent = append(o.Unsent, model.Reply{
				Conversation: id, ClientID: model.ClientID("old-" + text), Text: text, Number: noon.Add(time.Hour).UnixMicro() + int64(i), At: noon.Add(-time.Hour),
			})
		}
	})
	w.slows()
	w.keys("enter", "r")
	w.types("three")
	w.keys("enter", "esc")
	w.shows("It waits: an earlier one comes first.")
	if len(w.waiting) > 0 {
		t.Fatalf("%d overtake", len(w.waiting))
	}
	w.keys("k", "R") // the second: not before the first
	w.shows("It waits: an earlier one comes first.")
	if got := w.marked(); !strings.Contains(got, "one") || len(w.waiting) > 0 {
		t.Fatalf("%q is selected, %d are on their way", got, len(w.waiting))
	}
	w.keys("R")
	w.answersAll()
	if got := w.hub.texts(); !slices.Equal(got, []string{"one"}) {
		t.Fatalf("handed in as %q", got)
	}
	w.keys("R", "R")
	w.answersAll()
	if got, want := w.hub.texts(), []string{"one", "two", "three"}; !slices.Equal(got, want) {
		t.Errorf("handed in as %q, want %q", got, want)
	}
	for i, r := range w.hub.replies {
		if i > 0 && r.Number <= w.hub.replies[i-1].Number {
			t.Errorf("%q has number %d, after %d", r.Text, r.Number, w.hub.replies[i-1].Number)
		}
	}
}
