package conversation_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/model"
	"parley/ui/app"
	"parley/ui/uitest"
)

// texts are what the hub was handed in, in order.
func texts(h *uitest.FakeHub) []string {
	var out []string
	for _, r := range h.Replies {
		out = append(out, string(r.Text))
	}
	return out
}

func say3(w *uitest.World) {
	w.Helper()
	w.Keys("enter", "r")
	for _, text := range []string{"one", "two", "three"} {
		w.Types(text)
		w.Keys("enter")
	}
}

// TestRepliesAreHandedInOneByOne: the next one of a conversation when the hub has the one
// before; those of other conversations beside it. All are kept on disk at once.
func TestRepliesAreHandedInOneByOne(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Slows()
	say3(w)
	if len(w.Waiting) != 1 {
		t.Fatalf("%d are on their way at once", len(w.Waiting))
	}
	if !slices.Contains(w.Hub.Asked, "keep client-2") || !slices.Contains(w.Hub.Asked, "keep client-3") {
		t.Errorf("asked %v", w.Hub.Asked)
	}
	w.Shows("Waits for the reply before it.")
	w.Keys("esc", "esc", "j", "enter", "r")
	w.Types("to another")
	w.Keys("enter")
	if len(w.Waiting) != 2 {
		t.Fatalf("%d are on their way", len(w.Waiting))
	}
	w.Answers(1)
	w.AnswersAll()
	if got, want := texts(w.Hub), []string{"to another", "one", "two", "three"}; !slices.Equal(got, want) {
		t.Errorf("handed in as %q, want %q", got, want)
	}
	numbers := map[int64]bool{}
	for i, r := range w.Hub.Replies {
		if numbers[r.Number] || i > 1 && r.Number <= w.Hub.Replies[i-1].Number || r.At.IsZero() {
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
		w := uitest.NewWorld(t, uitest.Some(3))
		w.Slows()
		say3(w)
		w.Hub.Err = errors.New("no route")
		w.Answers(0)
		w.Hub.Err = nil
		if len(w.Waiting) > 0 {
			t.Fatalf("%s: %d overtake", name, len(w.Waiting))
		}
		w.Shows("no route", "R send again", "Waits for the reply before it.")
		w.Types("four")
		w.Keys("enter")
		w.Shows("It waits: an earlier one comes first.")
		w.Keys("esc", name) // the last is selected
		w.Shows("This one needs a decision")
		w.Keys(name)
		w.AnswersAll()
		if got := texts(w.Hub); !slices.Equal(got, want) {
			t.Errorf("%s: handed in as %q, want %q", name, got, want)
		}
		if len(w.Unheard()) > 0 {
			t.Errorf("%s: %v still wait", name, w.Unheard())
		}
		if name == "D" && w.Typed() != "one" {
			t.Errorf("%q came back", w.Typed())
		}
	}
}

// TestRefusedOnesComeBackInOrder, before what was typed since.
func TestRefusedOnesComeBackInOrder(t *testing.T) {
	t.Parallel()
	for name, elsewhere := range map[string]bool{"here": false, "another is open": true} {
		w := uitest.NewWorld(t, uitest.Some(3))
		w.Slows()
		say3(w)
		w.Types("since")
		id := w.Shown
		if elsewhere {
			w.Keys("esc", "esc", "j", "enter")
		}
		w.Hub.Err = errors.Join(errors.New("a colleague answered"), &model.Refusal{Code: model.NewerReply})
		w.AnswersAll()
		if elsewhere {
			w.Keys("esc", "k", "enter")
		}
		if got := w.Typed(); got != "one\ntwo\nthree\nsince" || w.Shown != id {
			t.Errorf("%s: %q came back", name, got)
		}
	}
}

// TestOneRefusedHoldsNobodyUp: each that comes behind is judged by itself.
func TestOneRefusedHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Slows()
	say3(w)
	w.Hub.Err = &model.Refusal{Code: model.NoReplyTarget}
	w.Answers(0)
	w.Hub.Err = nil
	w.AnswersAll()
	if got, want := texts(w.Hub), []string{"one", "two", "three"}; !slices.Equal(got, want) || w.Typed() != "one" {
		t.Errorf("handed in as %q, %q came back", got, w.Typed())
	}
}

// TestANoteKeepsItsPlaceAmongReplies.
func TestANoteKeepsItsPlaceAmongReplies(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Slows()
	w.Keys("enter", "r")
	w.Types("one")
	w.Keys("enter", "esc", "I")
	w.Types("a note")
	w.Keys("enter", "esc", "r")
	w.Types("two")
	w.Keys("enter")
	w.AnswersAll()
	if got, want := texts(w.Hub), []string{"one", "a note", "two"}; !slices.Equal(got, want) || !w.Hub.Replies[1].Note {
		t.Errorf("handed in as %q, want %q", got, want)
	}
}

// TestWhatWasLeftUnsentComesFirst: what an earlier run left is decided in the order in which
// it was sent off, and what is sent off now comes behind it.
func TestWhatWasLeftUnsentComesFirst(t *testing.T) {
	t.Parallel()
	id := model.NewConversationID(uitest.Page, "5000")
	w := uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) {
		for i, text := range []model.Untrusted{"one", "two"} {
			o.Unsent = append(o.Unsent, model.Reply{
				Conversation: id, ClientID: model.ClientID("old-" + text), Text: text, Number: uitest.Noon.Add(time.Hour).UnixMicro() + int64(i), At: uitest.Noon.Add(-time.Hour),
			})
		}
	})
	w.Slows()
	w.Keys("enter", "r")
	w.Types("three")
	w.Keys("enter", "esc")
	w.Shows("It waits: an earlier one comes first.")
	if len(w.Waiting) > 0 {
		t.Fatalf("%d overtake", len(w.Waiting))
	}
	w.Keys("k", "R") // the second: not before the first
	w.Shows("It waits: an earlier one comes first.")
	if got := w.Marked(); !strings.Contains(got, "one") || len(w.Waiting) > 0 {
		t.Fatalf("%q is selected, %d are on their way", got, len(w.Waiting))
	}
	w.Keys("R")
	w.AnswersAll()
	if got := texts(w.Hub); !slices.Equal(got, []string{"one"}) {
		t.Fatalf("handed in as %q", got)
	}
	w.Keys("R", "R")
	w.AnswersAll()
	if got, want := texts(w.Hub), []string{"one", "two", "three"}; !slices.Equal(got, want) {
		t.Errorf("handed in as %q, want %q", got, want)
	}
	for i, r := range w.Hub.Replies {
		if i > 0 && r.Number <= w.Hub.Replies[i-1].Number {
			t.Errorf("%q has number %d, after %d", r.Text, r.Number, w.Hub.Replies[i-1].Number)
		}
	}
}
