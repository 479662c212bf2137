package conversation_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"parley/i18n"
	"parley/model"
	"parley/ui/app"
	"parley/ui/conversation"
	"parley/ui/uitest"
)

func TestANoteIsStoredAsOne(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Keys("enter", "I")
	w.Shows("note · customers never see it", "Note about Customer 0 for colleagues…", "esc leave · enter store · alt+s and done")
	w.Hides("enter send")
	w.Types("call the warehouse")
	w.Keys("enter")
	if len(w.Hub.Replies) != 1 || !w.Hub.Replies[0].Note || w.Hub.Replies[0].Text != "call the warehouse" {
		t.Fatalf("left: %v", w.Hub.Replies)
	}
	w.Shows("call the warehouse", "You · note", "customers never see it") // the next is a note, too
	w.Keys("esc")
	w.Shows("Reply to Customer 0…")
	w.Hides("customers never see it")
}

// TestANoteNeedsNoReplyWindow: it may be written whatever the customer may be told.
func TestANoteNeedsNoReplyWindow(t *testing.T) {
	t.Parallel()
	list := uitest.Some(2)
	closed := uitest.Noon.Add(-26 * time.Hour)
	list[0].WindowUntil = &closed
	w := uitest.NewWorld(t, list)
	w.Keys("5", "enter", "I")
	w.Hides("Reply window closed yesterday")
	w.Types("gave up")
	w.Keys("enter", "esc")
	if len(w.Hub.Replies) != 1 || !w.Hub.Replies[0].Note {
		t.Fatalf("left: %v", w.Hub.Replies)
	}
	w.Shows("gave up", "Reply window closed yesterday")
}

// TestNotesAndRepliesHaveDraftsOfTheirOwn and go on where they were left.
func TestNotesAndRepliesHaveDraftsOfTheirOwn(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Keys("enter", "r")
	id := w.Shown
	w.Types("to the customer")
	w.Keys("ctrl+k")
	w.Types("note that")
	w.Keys("enter")
	w.Shows("customers never see it")
	w.Hides("to the customer")
	w.Types("among us")
	w.Passes(conversation.DraftPause)
	if w.Drafts[model.DraftOf{Conversation: id, Note: false}] != "to the customer" || w.Drafts[model.DraftOf{Conversation: id, Note: true}] != "among us" {
		t.Errorf("kept: %v", w.Drafts)
	}
	w.Keys("esc")
	w.Shows("✎ to the customer")
	w.Hides("among us")
	w.Keys("d")
	w.Shows("note   Customer 0", "among us")
	w.Types("note")
	w.Keys("enter")
	if !w.TypedOf().Note || w.Typed() != "among us" {
		t.Errorf("%q goes on, a note: %v", w.Typed(), w.TypedOf().Note)
	}
	if of, d := w.Unsaved(); of != (model.DraftOf{Conversation: id, Note: true}) || d.Text != "among us" {
		t.Errorf("left behind: %v %q", of, d.Text)
	}
	w.Keys("esc", "r", "enter")
	if len(w.Hub.Replies) != 1 || w.Hub.Replies[0].Note || w.Hub.Replies[0].Text != "to the customer" {
		t.Errorf("left: %v", w.Hub.Replies)
	}
}

// TestANoteThatTheHubDidNotTake stays a note: sent again, or given back.
func TestANoteThatTheHubDidNotTake(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Hub.Err = errors.New("the hub is gone")
	w.Keys("enter", "I")
	id := w.Shown
	w.Types("among us")
	w.Keys("enter", "esc")
	w.Shows("among us", "the hub is gone", "R", "D")
	w.Keys("R")
	if n := len(w.Hub.Replies); n != 2 || !w.Hub.Replies[1].Note || w.Hub.Replies[0].ClientID != w.Hub.Replies[1].ClientID {
		t.Errorf("left as %v", w.Hub.Replies)
	}
	w.Hub.Err = nil
	w.Updates(conversation.Replied{Reply: w.Hub.Replies[1], Err: errors.New("gone")})
	w.Keys("D")
	if w.Typed() != "" || w.Drafts[model.DraftOf{Conversation: id, Note: true}] != "among us" {
		t.Errorf("%q is typed, kept: %v", w.Typed(), w.Drafts)
	}
	w.Hub.Err = errors.Join(errors.New("no"), &model.Refusal{Code: model.TextTooLong})
	w.Keys("I", "enter")
	if !w.TypedOf().Note || w.Typed() != "among us" {
		t.Errorf("%q is typed, a note: %v", w.Typed(), w.TypedOf().Note)
	}
}

// TestNoNoteBecomesAReply: whatever is pressed, in whatever order, what was typed as a
// note leaves as a note, and what was typed as a reply as a reply.
func TestNoNoteBecomesAReply(t *testing.T) {
	t.Parallel()
	steps := []string{"r", "I", "enter", "esc", "j", "k", "h", "R", "D", "d", "tab", "type", "type", "alt+enter", "ctrl+k", "reply", "note", "fails", "works", "pause"}
	rapid.Check(t, func(rt *rapid.T) {
		w := uitest.NewWorld(t, uitest.Some(3))
		w.Keys("enter")
		for _, s := range rapid.SliceOfN(rapid.SampledFrom(steps), 1, 40).Draw(rt, "steps") {
			step(w, s)
		}
		for _, r := range w.Hub.Replies {
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
func step(w *uitest.World, s string) {
	w.Helper()
	switch s {
	case "type":
		switch {
		case !w.Composing() || w.Overlaid() != nil:
		case w.TypedOf().Note:
			w.Types("N")
		default:
			w.Types("R")
		}
	case "reply", "note":
		w.Keys("esc")
		w.Palette(map[string]string{"reply": "reply", "note": "write a note"}[s])
	case "fails":
		w.Hub.Err = errors.New("gone")
	case "works":
		w.Hub.Err = nil
	case "pause":
		w.Passes(time.Second)
	default:
		if w.Composing() && len(s) == 1 {
			return // it would be text
		}
		w.Keys(s)
	}
}

// TestNotesAtEverySize, in both languages.
func TestNotesAtEverySize(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		for _, s := range append(slices.Clone(uitest.Sizes), [2]int{20, 6}, [2]int{10, 4}) {
			w := uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) { o.Words = i18n.New(lang) })
			w.Sends(tea.WindowSizeMsg{Width: s[0], Height: s[1]})
			w.Keys("enter", "I")
			w.Whole(s[0], s[1])
			w.Types("見積もりの件は田中さんに聞いてください。")
			w.Keys("alt+enter", "b")
			w.Whole(s[0], s[1])
			w.Keys("enter")
			w.Whole(s[0], s[1])
		}
	}
}
