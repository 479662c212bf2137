package conversation_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/ui/app"
	"parley/ui/uitest"
)

// holding returns a screen that holds replies back for five seconds, on a disk.
func holding(t *testing.T, change ...func(*app.Options)) *uitest.World {
	t.Helper()
	hold := func(o *app.Options) { o.Hold = 5 * time.Second }
	w := uitest.NewWorld(t, uitest.Some(3), append([]func(*app.Options){hold}, change...)...)
	w.Hub.Disk = map[model.ClientID]model.Reply{}
	w.Sends(tea.WindowSizeMsg{Width: 160, Height: 30})
	return w
}

func sentOff(w *uitest.World, text string) {
	w.Helper()
	w.Types(text)
	w.Keys("enter")
}

// TestAReplyIsHeld: it counts down where it stands, is on disk as never posted, and leaves by
// itself, wherever its user is by then.
func TestAReplyIsHeld(t *testing.T) {
	t.Parallel()
	w := holding(t)
	w.Keys("enter", "r")
	sentOff(w, "hello")
	w.Shows("hello", "Sends in 5 s · z takes it back · enter sends it now")
	if kept := w.Hub.Disk["client-1"]; !kept.Held || kept.Text != "hello" || len(w.Hub.Replies) > 0 {
		t.Fatalf("kept as %v, sent %v", kept, w.Hub.Replies)
	}
	w.Passes(time.Second)
	w.Shows("Sends in 4 s")
	w.Keys("esc", "esc", "j")
	w.Passes(4*time.Second - time.Millisecond)
	if len(w.Hub.Replies) > 0 {
		t.Fatal("it left before its time")
	}
	w.Passes(time.Millisecond)
	if got := w.Hub.Replies; len(got) != 1 || got[0].Held || got[0].SeenSeq != 4 {
		t.Fatalf("left as %v", got)
	}
	if w.NeedsUndo() == "" {
		t.Error("it can be taken back although it has left")
	}
}

// TestAHeldReplyIsTakenBack to the composer as it was, and is gone from the disk.
func TestAHeldReplyIsTakenBack(t *testing.T) {
	t.Parallel()
	w := holding(t)
	ms := uitest.Incoming(1)
	ms[0].MID = "m_1"
	w.Hub.Threads[ms[0].ConversationID] = ms
	w.Keys("enter", "Q")
	sentOff(w, "hello")
	w.Keys("z")
	if w.Typed() != "hello" || !w.Composing() || len(w.Hub.Disk) > 0 || len(w.Unheard()) > 0 {
		t.Fatalf("%q is typed, on disk %v, waiting %v", w.Typed(), w.Hub.Disk, w.Unheard())
	}
	w.Shows("esc without the quote")
	w.Passes(time.Minute)
	if len(w.Hub.Replies) > 0 {
		t.Fatalf("it left: %v", w.Hub.Replies)
	}
	w.Types("z") // text, since nothing is held
	if w.Typed() != "helloz" {
		t.Errorf("%q is typed", w.Typed())
	}
}

// TestAHeldReplyIsTakenBackFromTheList: it is the draft of its conversation again. The undo key
// takes the newest action first.
func TestAHeldReplyIsTakenBackFromTheList(t *testing.T) {
	t.Parallel()
	w := holding(t)
	w.Keys("enter", "r")
	sentOff(w, "hello")
	w.Keys("esc", "p")
	w.Shows("Sends in 5 s · enter sends it now")
	w.Keys("e", "esc", "z", "z")
	if w.Status(0) != model.Open || len(w.Unheard()) != 1 {
		t.Fatalf("undone first: %s, %v", w.Status(0), w.Unheard())
	}
	w.Keys("z")
	if of := (model.DraftOf{Conversation: uitest.Talk(0, 0).ID}); w.Drafts[of] != "hello" || len(w.Hub.Disk) > 0 {
		t.Fatalf("drafts %v, on disk %v", w.Drafts, w.Hub.Disk)
	}
}

// TestHeldRepliesLeaveInOrder: enter in the empty composer sends them at once; what is written
// meanwhile, a note too, does not overtake them.
func TestHeldRepliesLeaveInOrder(t *testing.T) {
	t.Parallel()
	w := holding(t)
	w.Keys("enter", "r")
	sentOff(w, "one")
	sentOff(w, "two")
	w.Keys("esc", "I")
	sentOff(w, "note")
	w.Keys("esc", "esc", "j", "enter", "r")
	sentOff(w, "elsewhere")
	if got := w.Hub.Replies; len(got) > 0 {
		t.Fatalf("left: %v", texts(w.Hub))
	}
	w.Keys("enter") // the composer is empty
	if got := texts(w.Hub); !slices.Equal(got, []string{"elsewhere"}) {
		t.Fatalf("left: %v", got)
	}
	w.Keys("esc", "esc", "k", "enter", "enter") // on the conversation itself
	if got := texts(w.Hub); !slices.Equal(got, []string{"elsewhere", "one", "two", "note"}) {
		t.Errorf("left: %v", got)
	}
}

// TestTheWindowEndsBeforeTheHold: a reply does not miss it by being held.
func TestTheWindowEndsBeforeTheHold(t *testing.T) {
	t.Parallel()
	w := holding(t)
	c := uitest.Talk(0, 0)
	until := w.Time.Add(3 * time.Second)
	c.WindowUntil, c.Seq = &until, 500
	w.Arrives(c)
	w.Keys("enter", "r")
	sentOff(w, "in time")
	w.Passes(time.Second)
	if len(w.Hub.Replies) != 1 {
		t.Errorf("it was held beyond the window: %s", w.Text())
	}
}

// TestAHeldReplyAfterACrash: it is not sent by itself, and says so.
func TestAHeldReplyAfterACrash(t *testing.T) {
	t.Parallel()
	left := model.Reply{Conversation: uitest.Talk(0, 0).ID, ClientID: "old-1", Text: "hello", Held: true, At: uitest.Noon.Add(-time.Second)}
	begin := func() *uitest.World {
		w := holding(t, func(o *app.Options) { o.Unsent = []model.Reply{left} })
		w.Hub.Disk["old-1"] = left
		w.Keys("enter")
		w.Shows("hello", "Parley ended while this was held back. It was not sent.")
		w.Passes(time.Hour)
		return w
	}
	w := begin()
	w.Keys("R")
	if got := w.Hub.Replies; len(got) != 1 || got[0].ClientID != "old-1" || got[0].Held {
		t.Errorf("sent as %v", got)
	}
	w = begin()
	w.Keys("D") // the hub is asked all the same: another session may have sent it
	if w.Typed() != "hello" || len(w.Hub.Disk) > 0 || !slices.Contains(w.Hub.Asked, "take back old-1") {
		t.Errorf("%q is typed, on disk %v, asked %v", w.Typed(), w.Hub.Disk, w.Hub.Asked)
	}
}

// TestTheComputerSleptMeanwhile: long after its time a held reply does not leave by itself.
func TestTheComputerSleptMeanwhile(t *testing.T) {
	t.Parallel()
	w := holding(t)
	w.Keys("enter", "r")
	sentOff(w, "hello")
	w.Time = w.Time.Add(time.Hour)
	w.Sends(tea.FocusMsg{})
	w.Passes(time.Minute)
	if len(w.Hub.Replies) > 0 {
		t.Fatalf("it left: %v", w.Hub.Replies)
	}
	w.Shows("This computer slept while it was held back. It was not sent.")
	w.Keys("esc", "R")
	if len(w.Hub.Replies) != 1 {
		t.Error("it does not leave by R")
	}
}

// TestLeavingWithHeldReplies asks, and ends only once they are handed in.
func TestLeavingWithHeldReplies(t *testing.T) {
	t.Parallel()
	begin := func(answer string) *uitest.World {
		w := holding(t)
		w.Keys("enter", "r")
		sentOff(w, "hello")
		w.Keys("ctrl+c")
		w.Shows("Held back: 1")
		if w.Quit {
			t.Fatal("it left without a word")
		}
		w.Keys(answer)
		return w
	}
	if w := begin("y"); !w.Quit || len(w.Hub.Replies) != 1 {
		t.Errorf("ended %v, sent %v", w.Quit, w.Hub.Replies)
	}
	if w := begin("d"); !w.Quit || len(w.Hub.Replies) > 0 || len(w.Hub.Disk) > 0 || w.Drafts[model.DraftOf{Conversation: uitest.Talk(0, 0).ID}] != "hello" {
		t.Errorf("ended %v, sent %v, on disk %v, drafts %v", w.Quit, w.Hub.Replies, w.Hub.Disk, w.Drafts)
	}
	if w := begin("n"); w.Quit || len(w.Unheard()) != 1 {
		t.Errorf("ended %v, waiting %v", w.Quit, w.Unheard())
	}
	w := holding(t)
	w.Hub.Err = errors.New("no route")
	w.Keys("enter", "r")
	sentOff(w, "hello")
	w.Keys("ctrl+c", "y")
	if w.Quit {
		t.Error("it ended although nobody has the reply")
	}
	w.Shows("It failed: no route")
	w.Keys("ctrl+c")
	if !w.Quit {
		t.Error("it does not end")
	}
}
