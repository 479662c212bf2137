package app

import (
	"errors"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"parley/i18n"
	"parley/model"
	"parley/ui/conversation"
)

func TestANoteIsStoredAsOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	w.keys("enter", "I")
	w.shows("note · customers never see it", "Note about Customer 0 for colleagues…", "enter store · alt+enter line · esc leave")
	w.hides("enter send")
	w.types("call the warehouse")
	w.keys("enter")
	if len(w.hub.replies) != 1 || !w.hub.replies[0].Note || w.hub.replies[0].Text != "call the warehouse" {
		t.Fatalf("left: %v", w.hub.replies)
	}
	w.shows("call the warehouse", "You · note", "customers never see it") // the next is a note, too
	w.keys("esc")
	w.shows("Reply to Customer 0…")
	w.hides("customers never see it")
}

// TestANoteNeedsNoReplyWindow: it may be written whatever the customer may be told.
func TestANoteNeedsNoReplyWindow(t *testing.T) {
	t.Parallel()
	list := some(2)
	closed := noon.Add(-26 * time.Hour)
	list[0].WindowUntil = &closed
	w := newWorld(t, list)
	w.keys("enter", "I")
	w.hides("Reply window closed yesterday")
	w.types("gave up")
	w.keys("enter", "esc")
	if len(w.hub.replies) != 1 || !w.hub.replies[0].Note {
		t.Fatalf("left: %v", w.hub.replies)
	}
	w.shows("gave up", "Reply window closed yesterday")
}

// TestNotesAndRepliesHaveDraftsOfTheirOwn and go on where they were left.
func TestNotesAndRepliesHaveDraftsOfTheirOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	w.keys("enter", "r")
	id := w.Shown
	w.types("to the customer")
	w.keys("ctrl+k")
	w.types("note that")
	w.keys("enter")
	w.shows("customers never see it")
	w.hides("to the customer")
	w.types("among us")
	w.passes(conversation.DraftPause)
	if w.drafts[model.DraftOf{Conversation: id, Note: false}] != "to the customer" || w.drafts[model.DraftOf{Conversation: id, Note: true}] != "among us" {
		t.Errorf("kept: %v", w.drafts)
	}
	w.keys("esc")
	w.shows("✎ to the customer")
	w.hides("among us")
	w.keys("d")
	w.shows("Customer 0 · note", "among us")
	w.types("note")
	w.keys("enter")
	if !w.typedOf().Note || w.typed() != "among us" {
		t.Errorf("%q goes on, a note: %v", w.typed(), w.typedOf().Note)
	}
	if of, text := w.Unsaved(); of != (model.DraftOf{Conversation: id, Note: true}) || text != "among us" {
		t.Errorf("left behind: %v %q", of, text)
	}
	w.keys("esc", "r", "enter")
	if len(w.hub.replies) != 1 || w.hub.replies[0].Note || w.hub.replies[0].Text != "to the customer" {
		t.Errorf("left: %v", w.hub.replies)
	}
}

// TestANoteThatTheHubDidNotTake stays a note: sent again, or given back.
func TestANoteThatTheHubDidNotTake(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	w.hub.err = errors.New("the hub is gone")
	w.keys("enter", "I")
	id := w.Shown
	w.types("among us")
	w.keys("enter", "esc")
	w.shows("among us", "the hub is gone", "R", "D")
	w.keys("R")
	if n := len(w.hub.replies); n != 2 || !w.hub.replies[1].Note || w.hub.replies[0].ClientID != w.hub.replies[1].ClientID {
		t.Errorf("left as %v", w.hub.replies)
	}
	w.hub.err = nil
	w.updates(conversation.Replied{Reply: w.hub.replies[1], Err: errors.New("gone")})
	w.keys("D")
	if w.typed() != "" || w.drafts[model.DraftOf{Conversation: id, Note: true}] != "among us" {
		t.Errorf("%q is typed, kept: %v", w.typed(), w.drafts)
	}
	w.hub.err = errors.Join(errors.New("no"), &model.Refusal{Code: model.TextTooLong})
	w.keys("I", "enter")
	if !w.typedOf().Note || w.typed() != "among us" {
		t.Errorf("%q is typed, a note: %v", w.typed(), w.typedOf().Note)
	}
}

// TestNoNoteBecomesAReply: whatever is pressed, in whatever order, what was typed as a
// note leaves as a note, and what was typed as a reply as a reply.
func TestNoNoteBecomesAReply(t *testing.T) {
	t.Parallel()
	steps := []string{"r", "I", "enter", "esc", "j", "k", "h", "R", "D", "d", "tab", "type", "type", "alt+enter", "ctrl+k", "reply", "note", "fails", "works", "pause"}
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, some(3))
		w.keys("enter")
		for _, s := range rapid.SliceOfN(rapid.SampledFrom(steps), 1, 40).Draw(rt, "steps") {
			w.step(s)
		}
		for _, r := range w.hub.replies {
			other := "R"
			if !r.Note {
				other = "N"
			}
			if slices.Contains([]rune(r.Text), rune(other[0])) {
				rt.Fatalf("%q left as a note: %v", r.Text, r.Note)
			}
		}
	})
}

// step presses a key, or types what tells a note from a reply.
func (w *world) step(s string) {
	w.Helper()
	switch s {
	case "type":
		switch {
		case !w.Composing() || w.Overlaid() != nil:
		case w.typedOf().Note:
			w.types("N")
		default:
			w.types("R")
		}
	case "reply", "note":
		w.keys("esc")
		w.palette(map[string]string{"reply": "reply", "note": "write a note"}[s])
	case "fails":
		w.hub.err = errors.New("gone")
	case "works":
		w.hub.err = nil
	case "pause":
		w.passes(time.Second)
	default:
		if w.Composing() && len(s) == 1 {
			return // it would be text
		}
		w.keys(s)
	}
}

// TestNotesAtEverySize, in both languages.
func TestNotesAtEverySize(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		for _, s := range append(slices.Clone(sizes), [2]int{20, 6}, [2]int{10, 4}) {
			w := newWorld(t, some(3), func(o *Options) { o.Words = i18n.New(lang) })
			w.sends(tea.WindowSizeMsg{Width: s[0], Height: s[1]})
			w.keys("enter", "I")
			w.whole(s[0], s[1])
			w.types("見積もりの件は田中さんに聞いてください。")
			w.keys("alt+enter", "b")
			w.whole(s[0], s[1])
			w.keys("enter")
			w.whole(s[0], s[1])
		}
	}
}
