package inbox_test

import (
	"errors"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/ui/app"
	"parley/ui/screen"
	"parley/ui/uitest"
)

// advancing returns a screen on that many customers who wait, the last for longest.
func advancing(t *testing.T, n int, change ...func([]model.Conversation)) *uitest.World {
	t.Helper()
	list := uitest.Some(n)
	for _, f := range change {
		f(list)
	}
	return uitest.NewWorld(t, list, func(o *app.Options) { o.Advance = true })
}

// finishes has the hub tell that it marked a customer's conversation done with a reply.
func finishes(w *uitest.World, n int) {
	w.Helper()
	w.Arrives(uitest.Talk(n, 0, func(c *model.Conversation) {
		c.Seq, c.Status, c.Unread = int64(500+n), model.Done, 0
		c.LastMessage.Direction, c.LastMessage.Author = model.Out, model.Author{Kind: model.ByUser, ID: string(uitest.Me)}
	}))
}

// TestTwoKeysAConversation: r and alt+s, and all that wait are answered and done.
func TestTwoKeysAConversation(t *testing.T) {
	t.Parallel()
	w := advancing(t, 5)
	w.Keys("N")
	for i, n := range []int{4, 3, 2, 1, 0} {
		key := "alt+s"
		if i%2 == 1 {
			key = "ctrl+enter"
		}
		w.Passes(time.Second)
		if w.Shown != uitest.Talk(n, 0).ID {
			t.Fatalf("%s is open, want customer %d", w.Shown, n)
		}
		w.Keys("r")
		w.Passes(time.Second)
		w.Types("hello")
		w.Keys(key)
		if w.Composing() || len(w.Hub.Replies) != i+1 {
			t.Fatalf("composing %t, %d left", w.Composing(), len(w.Hub.Replies))
		}
		if r := w.Hub.Replies[i]; r.Conversation != uitest.Talk(n, 0).ID || !r.Done || r.Text != "hello" {
			t.Fatalf("left: %+v", r)
		}
		finishes(w, n)
	}
	if w.Shown != "" {
		t.Errorf("%s is open at the end", w.Shown)
	}
	w.Shows("Sent to Customer 0, and done.")
}

// TestQuickHands: r that comes apart from what was typed before is meant, and so is what follows it
// at once.
func TestQuickHands(t *testing.T) {
	t.Parallel()
	w := advancing(t, 3)
	w.Keys("N")
	w.Passes(time.Second)
	w.Keys("r")
	w.Types("hello")
	w.Keys("alt+s")
	w.Passes(200 * time.Millisecond)
	w.Keys("r")
	w.Passes(50 * time.Millisecond)
	w.Types("hi")
	if got := w.Typed(); got != "hi" {
		t.Errorf("typed %q", got)
	}
}

// TestKeysThatOnlyMoveAreMeant at once after a conversation has opened by a key; the same key once
// more, or a text, is not.
func TestKeysThatOnlyMoveAreMeant(t *testing.T) {
	t.Parallel()
	begin := func() *uitest.World {
		w := advancing(t, 4)
		w.Keys("N")
		w.Passes(time.Second)
		w.Keys("e")
		if w.Shown != uitest.Talk(2, 0).ID {
			t.Fatalf("%s is open", w.Shown)
		}
		return w
	}
	w := begin()
	w.Keys("q")
	if !w.Quit {
		t.Error("q does not leave")
	}
	w = begin()
	w.Keys("N")
	if w.Shown != uitest.Talk(1, 0).ID {
		t.Errorf("N opened %s", w.Shown)
	}
	w = begin()
	w.Keys("h")
	if w.Focus != screen.PaneList {
		t.Error("h does not go back to the list")
	}
	w = begin()
	w.Keys("e")
	if w.Status(2) != model.Open {
		t.Error("e, pressed twice, put two away")
	}
	w = begin()
	w.Types("thanks, quick")
	if w.Quit || w.Status(2) != model.Open || w.Overlaid() != nil {
		t.Error("a text that was typed ahead did something")
	}
}

// TestEnterAloneIsNotDone.
func TestEnterAloneIsNotDone(t *testing.T) {
	t.Parallel()
	w := advancing(t, 3)
	w.Keys("enter", "r")
	w.Types("hello")
	w.Keys("enter")
	if r := w.Hub.Replies; len(r) != 1 || r[0].Done || w.Shown != uitest.Talk(0, 0).ID {
		t.Errorf("left: %+v, open: %s", r, w.Shown)
	}
}

// TestWhatIsTypedAheadGoesToNobody: not as text, not as keys, however it comes, until the hands
// pause. r may be pressed at once; what follows without a pause is left out.
func TestWhatIsTypedAheadGoesToNobody(t *testing.T) {
	t.Parallel()
	for name, ahead := range map[string]func(*uitest.World){
		"keys":               func(w *uitest.World) { w.Types("everybody please") },
		"with r":             func(w *uitest.World) { w.Types("regards"); w.Keys("enter") },
		"r and a burst":      func(w *uitest.World) { w.Keys("r"); w.Sends(tea.PasteMsg{Content: "hello again"}); w.Keys("enter") },
		"a burst":            func(w *uitest.World) { w.Sends(tea.PasteMsg{Content: "hello again\r"}) },
		"the same key again": func(w *uitest.World) { w.Keys("alt+s", "ctrl+enter") },
		"r and the same key": func(w *uitest.World) { w.Keys("r", "alt+s", "enter") },
	} {
		w := advancing(t, 4)
		next := uitest.Talk(2, 0).ID
		w.Keys("N", "r")
		w.Types("hello")
		w.Drafts[model.DraftOf{Conversation: next}] = ""
		w.Keys("alt+s")
		ahead(w)
		if w.Shown != next || len(w.Hub.Replies) != 1 || w.Typed() != "" {
			t.Errorf("%s: %s is open, %d left, %q is typed", name, w.Shown, len(w.Hub.Replies), w.Typed())
		}
		for n := range 4 {
			if w.Status(n) != model.Open {
				t.Errorf("%s: customer %d is %s", name, n, w.Status(n))
			}
		}
		w.Passes(time.Second)
		if !w.Composing() {
			w.Keys("r")
		}
		w.Types("meant")
		if w.Typed() != "meant" {
			t.Errorf("%s: then %q is typed", name, w.Typed())
		}
	}
	// A draft that waits there does not leave either.
	w := advancing(t, 2)
	w.Keys("enter", "r")
	w.Types("not yet")
	w.Keys("esc", "N", "r")
	w.Types("hello")
	w.Keys("alt+s", "r", "alt+s", "enter")
	if len(w.Hub.Replies) != 1 || w.Typed() != "not yet" {
		t.Errorf("%v left, %q is typed", w.Hub.Replies, w.Typed())
	}
}

// TestWhatIsRefusedIsNotDone: at once by the rules, with the text where it is; by the hub, with
// the text kept, and the conversation next.
func TestWhatIsRefusedIsNotDone(t *testing.T) {
	t.Parallel()
	closes := uitest.Noon.Add(time.Minute)
	w := advancing(t, 3, func(list []model.Conversation) { list[0].WindowUntil = &closes })
	w.Keys("enter", "r", "alt+s") // nothing is typed
	w.Types("late")
	w.Passes(2 * time.Minute)
	w.Keys("alt+s")
	if len(w.Hub.Replies) > 0 || w.Typed() != "late" || w.Shown != uitest.Talk(0, 0).ID {
		t.Errorf("%v left, %q is typed, %s is open", w.Hub.Replies, w.Typed(), w.Shown)
	}
	for name, c := range map[string]struct {
		err   error
		says  string
		typed string
	}{
		"a colleague answered": {model.Refuse(model.NewerReply), "a colleague answered meanwhile", "hello"},
		"another refusal":      {model.Refuse(model.WindowClosed), "Not sent to Customer 3, and not done:", "hello"},
		"no hub":               {errors.New("no route"), "Not sent to Customer 3, and not done: It failed: no route", ""},
	} {
		w := advancing(t, 4)
		w.Keys("N", "r")
		w.Types("hello")
		w.Hub.Err = c.err
		w.Keys("alt+s")
		w.Hub.Err = nil
		w.Shows(c.says)
		if w.Status(3) != model.Open || w.Shown != uitest.Talk(2, 0).ID {
			t.Errorf("%s: customer 3 is %s, %s is open", name, w.Status(3), w.Shown)
		}
		w.Passes(time.Second)
		w.Keys("N")
		if w.Shown != uitest.Talk(3, 0).ID || w.Typed() != c.typed {
			t.Errorf("%s: next is %s with %q", name, w.Shown, w.Typed())
		}
		if c.typed == "" { // it waits to be sent again, which marks nothing done
			w.Keys("R")
			if n := len(w.Hub.Replies); w.Hub.Replies[n-1].Done {
				t.Errorf("%s: it is done with it", name)
			}
		}
		w.Passes(time.Second)
		w.Keys("z")
		w.Shows("There is nothing to take back.")
	}
}

// TestSentAndTakenBack: the reply goes, the conversation is open; also if the hub has not
// answered.
func TestSentAndTakenBack(t *testing.T) {
	t.Parallel()
	for name, slow := range map[string]bool{"answered": false, "not answered": true} {
		w := advancing(t, 3)
		w.Keys("N", "r")
		w.Types("hello")
		if slow {
			w.Slows()
		}
		w.Keys("alt+s")
		if !slow {
			finishes(w, 2)
		}
		w.Keys("z")
		if slow {
			w.Answers(0)
			finishes(w, 2)
			w.AnswersAll()
		}
		if len(w.Hub.Replies) != 1 || w.Status(2) != model.Open {
			t.Errorf("%s: %d left, it is %s", name, len(w.Hub.Replies), w.Status(2))
		}
	}
}

// TestHeldBackWithDone: while the reply is held, the undo key takes both back.
func TestHeldBackWithDone(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) { o.Advance, o.Hold = true, 5*time.Second })
	w.Hub.Disk = map[model.ClientID]model.Reply{}
	w.Keys("N", "r")
	w.Types("hello")
	w.Keys("alt+s")
	w.Passes(time.Second)
	w.Keys("z")
	w.Passes(time.Minute)
	if len(w.Hub.Replies) > 0 || w.Status(2) != model.Open {
		t.Errorf("%v left, it is %s", w.Hub.Replies, w.Status(2))
	}
	w.Keys("N")
	if w.Shown != uitest.Talk(2, 0).ID || w.Typed() != "hello" {
		t.Errorf("next is %s with %q", w.Shown, w.Typed())
	}
	w.Keys("r", "alt+s")
	w.Passes(time.Minute)
	if len(w.Hub.Replies) != 1 || !w.Hub.Replies[0].Done {
		t.Errorf("%v left", w.Hub.Replies)
	}
}

// TestTheCustomerWroteMeanwhile: the hub keeps it open, and that is said.
func TestTheCustomerWroteMeanwhile(t *testing.T) {
	t.Parallel()
	w := advancing(t, 3)
	w.Keys("N", "r")
	w.Types("hello")
	w.Keys("alt+s")
	w.Arrives(uitest.Talk(2, 0, func(c *model.Conversation) { c.Seq = 5000 }))
	w.Shows("Sent, but Customer 2 wrote meanwhile")
	w.Passes(time.Second)
	w.Keys("z")
	w.Shows("There is nothing to take back.")
}

// TestAutoAdvance: after done, snooze and assigning to a colleague in an open conversation the
// next that waits opens; not after what the user keeps, nor after an undo, nor where they don't
// want it.
func TestAutoAdvance(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keys []string
		off  bool
		want int // the customer whose conversation is open; -1: none
	}{
		"done":             {keys: []string{"e"}, want: 2},
		"snoozed":          {keys: []string{"s", "h"}, want: 2},
		"assigned":         {keys: []string{"a", "1"}, want: 2},
		"assigned to me":   {keys: []string{"a", "m"}, want: 3},
		"pinned":           {keys: []string{"p"}, want: 3},
		"unread":           {keys: []string{"u"}, want: 3},
		"done, off":        {keys: []string{"e"}, off: true, want: -1},
		"assigned, off":    {keys: []string{"a", "1"}, off: true, want: 3},
		"from the panel":   {keys: []string{"tab", "e"}, want: 2},
		"done, taken back": {keys: []string{"e", "z"}, want: 2},
	} {
		w := uitest.NewWorld(t, uitest.Some(4), func(o *app.Options) { o.Advance = !c.off })
		w.Hub.Colleagues = []model.Colleague{{ID: uitest.Ken.ID, Name: "Ken"}, {ID: uitest.Me, Name: "Aoi"}}
		w.PageNow(2, func(p *model.Page) { p.Visibility = model.Shared })
		w.Keys("N")
		w.Keys(c.keys...)
		want := model.ConversationID("")
		if c.want >= 0 {
			want = uitest.Talk(c.want, 0).ID
		}
		if w.Shown != want {
			t.Errorf("%s: %q is open, want %q", name, w.Shown, want)
		}
	}
	// Nobody else waits: back to the list. In the list the next row is lit.
	w := advancing(t, 1)
	w.Keys("enter", "e")
	if w.Shown != "" || w.Status(0) != model.Done {
		t.Errorf("%q is open, it is %s", w.Shown, w.Status(0))
	}
	w = advancing(t, 4)
	w.Taps("e", "e")
	w.WantLit("2")
	if w.Status(0) != model.Done || w.Status(1) != model.Done || w.Shown != "" {
		t.Errorf("%s, %s, %q is open", w.Status(0), w.Status(1), w.Shown)
	}
}

// TestAHeldKeyIsDoneWithOneRow: its repeats would put away customers whom nobody has read.
func TestAHeldKeyIsDoneWithOneRow(t *testing.T) {
	t.Parallel()
	w := advancing(t, 5)
	for range 20 {
		w.Keys("e")
		w.Passes(33 * time.Millisecond)
	}
	for n, want := range []model.Status{model.Done, model.Open, model.Open} {
		if got := w.Status(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
	w.Passes(time.Second)
	w.Keys("e")
	if w.Status(1) != model.Done {
		t.Error("pressed once more, it does nothing")
	}
}

// TestBehindAReplyThatAsks: what waits for the user's decision has not left, and its conversation
// is not done.
func TestBehindAReplyThatAsks(t *testing.T) {
	t.Parallel()
	w := advancing(t, 2)
	w.Arrives(uitest.Talk(0, 1, func(c *model.Conversation) { c.Seq, c.Waits = 5000, model.WaitsReply }))
	w.Keys("0", "g", "enter", "r")
	w.Passes(time.Second)
	w.Types("hello")
	w.Keys("alt+s")
	if len(w.Hub.Replies) != 1 || w.Hub.Replies[0].Done || w.Shown != uitest.Talk(0, 0).ID {
		t.Errorf("left: %+v; %q is open", w.Hub.Replies, w.Shown)
	}
	w.Shows("It waits: an earlier one comes first.")
}
