package conversation_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/model"
	"parley/model/inbox"
	"parley/ui/app"
	"parley/ui/conversation"
	"parley/ui/uitest"
)

// TestWhatWasLeftUnsent by an earlier run, before the customer wrote again, is shown, marked in
// the list, told of, and sent again by the id it had, or taken back.
func TestWhatWasLeftUnsent(t *testing.T) {
	t.Parallel()
	left := model.Reply{Conversation: model.NewConversationID(uitest.Page, "5000"), ClientID: "old-1", Text: "I'll call you", At: uitest.Noon.Add(-2 * time.Minute)}
	begin := func() *uitest.World {
		return uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) { o.Unsent = []model.Reply{left} })
	}
	w := begin()
	w.Shows("Something you sent last time has not been handed in. d shows it.", "✎")
	w.Keys("d")
	w.Shows("not handed in", "I'll call you")
	w.Keys("enter")
	w.Shows("I'll call you", "The customer wrote before the hub had it.", "R send again")
	w.Keys("R")
	if n := len(w.Hub.Replies); n != 1 || w.Hub.Replies[0].ClientID != "old-1" || w.Hub.Replies[0].Text != left.Text {
		t.Fatalf("sent again as %v", w.Hub.Replies)
	}
	w.Hides("The customer wrote before")

	w = begin()
	w.Keys("enter", "D")
	if !slices.Contains(w.Hub.Asked, "take back old-1") || w.Typed() != "I'll call you" || len(w.Hub.Replies) > 0 {
		t.Errorf("asked %v, typed %q", w.Hub.Asked, w.Typed())
	}
	w.Hides("The customer wrote before")

	// The hub is away: nobody knows whether it has it, so it stays.
	w = begin()
	w.Keys("enter")
	w.Hub.Err = errors.New("no route")
	w.Keys("D")
	w.Shows("It failed: no route")
	w.Passes(time.Minute)
	w.Shows("The customer wrote before")
	if w.Typed() != "" {
		t.Errorf("typed %q", w.Typed())
	}
}

// TestWhatWasLeftLeavesByItself as soon as the hub is back, by the id it had and in the order of
// the key presses, unless the customer wrote meanwhile, or so long ago that nobody expects it.
func TestWhatWasLeftLeavesByItself(t *testing.T) {
	t.Parallel()
	id := uitest.Talk(0, 0).ID
	at := uitest.Noon.Add(-30 * time.Second)
	one := model.Reply{Conversation: id, ClientID: "old-1", Text: "one", Number: 1, At: at}
	two := model.Reply{Conversation: id, ClientID: "old-2", Text: "two", Number: 2, At: at}
	begin := func(left ...model.Reply) *uitest.World {
		return uitest.NewKept(t, uitest.Some(3), func(o *app.Options) { o.Unsent = left })
	}
	back := func(w *uitest.World, list []model.Conversation) {
		w.Sends(append([]inbox.Update{inbox.Connection{State: inbox.Live}}, uitest.Filled(list)...))
		w.Passes(time.Minute)
	}
	w := begin(one, two)
	w.Passes(time.Minute)
	if len(w.Hub.Replies) > 0 {
		t.Fatalf("handed in before anything is known: %v", w.Hub.Replies)
	}
	back(w, uitest.Some(3))
	if got := w.Hub.Replies; len(got) != 2 || got[0].ClientID != "old-1" || got[1].ClientID != "old-2" {
		t.Errorf("handed in %v", got)
	}
	if len(w.Unheard()) > 0 {
		t.Errorf("left: %v", w.Unheard())
	}

	note := model.Reply{Conversation: id, ClientID: "old-3", Text: "among us", Note: true, At: at.Add(-time.Hour)}
	w = begin(note)
	back(w, uitest.Some(3))
	if len(w.Hub.Replies) != 1 {
		t.Error("a note waits for somebody, though the customer never gets it")
	}

	for name, left := range map[string]model.Reply{
		"the customer wrote": {Conversation: id, ClientID: "old-4", Text: "four", At: uitest.Noon.Add(-time.Hour)},
		"of yesterday":       {Conversation: id, ClientID: "old-5", Text: "five", At: uitest.Noon.Add(-25 * time.Hour)},
		"of no known time":   {Conversation: id, ClientID: "old-6", Text: "six"},
		"held back":          {Conversation: id, ClientID: "old-7", Text: "seven", At: at, Held: true},
	} {
		w := begin(left)
		back(w, uitest.Some(3))
		if len(w.Hub.Replies) > 0 || len(w.Unheard()) != 1 {
			t.Errorf("%s: handed in %v", name, w.Hub.Replies)
		}
		w.Shows("✎")
	}
}

// TestWhatTheHubHadAfterAll is shown once, and never becomes a draft.
func TestWhatTheHubHadAfterAll(t *testing.T) {
	t.Parallel()
	ms := uitest.Incoming(1)
	id := ms[0].ConversationID
	taken := ms[0]
	taken.ID, taken.Seq, taken.Direction, taken.State, taken.ClientID = model.NewMessageID(uitest.Page, "t"), 9, model.Out, model.Sent, "old-1"
	taken.Author, taken.Text = model.Author{Kind: model.ByUser, ID: string(uitest.Me)}, "I'll call you"
	unsent := func(o *app.Options) {
		o.Unsent = []model.Reply{{Conversation: id, ClientID: "old-1", Text: taken.Text, At: uitest.Noon.Add(-2 * time.Minute)}}
	}
	w := uitest.NewWorld(t, uitest.Some(3), unsent)
	w.Hub.Threads[id] = append(ms, taken)
	w.Keys("enter")
	w.Shows("I'll call you")
	w.Hides("The customer wrote before", "✎")
	if !slices.Contains(w.Hub.Asked, "taken old-1") {
		t.Errorf("asked %v", w.Hub.Asked)
	}

	// It is further back than what was read: the hub is asked before it becomes a draft.
	w = uitest.NewWorld(t, uitest.Some(3), unsent)
	w.Hub.Threads[id] = ms
	w.Keys("enter")
	w.Hub.Threads[id] = append(ms, taken)
	w.Keys("D")
	w.Shows("The hub had it already")
	if w.Typed() != "" {
		t.Errorf("typed %q", w.Typed())
	}
}

// TestKeysActOnTheSelectedReply: what R sends again is what is selected. Where that needs
// no decision, the key selects what does, and the next one acts.
func TestKeysActOnTheSelectedReply(t *testing.T) {
	t.Parallel()
	ms := uitest.Incoming(1)
	id := ms[0].ConversationID
	asks := ms[0]
	asks.ID, asks.Seq, asks.Direction, asks.Author = model.NewMessageID(uitest.Page, "x"), 9, model.Out, model.Author{Kind: model.ByUser, ID: string(uitest.Me)}
	asks.Text, asks.State, asks.Attempt = "Your invoice", model.Ask, 1
	w := uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) {
		o.Unsent = []model.Reply{{Conversation: id, ClientID: "old-1", Text: "later", At: uitest.Noon.Add(-time.Hour)}}
	})
	w.Hub.Threads[id] = append(ms, asks)
	w.Keys("enter", "k", "R")
	w.Shows("This one needs a decision: R sends it again, D drops it.")
	if got := w.Marked(); !strings.Contains(got, "Your invoice") || slices.Contains(w.Hub.Asked, "resend "+string(asks.ID)) {
		t.Fatalf("%q is selected, asked %v", got, w.Hub.Asked)
	}
	w.Keys("R")
	if !slices.Contains(w.Hub.Asked, "resend "+string(asks.ID)) || len(w.Hub.Replies) > 0 {
		t.Errorf("asked %v, sent %v", w.Hub.Asked, w.Hub.Replies)
	}
}

// TestOlderMessagesThatCantBeRead are asked for again when the user moves, not again and
// again by themselves.
func TestOlderMessagesThatCantBeRead(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	ms := uitest.Incoming(3)
	w.Hub.Threads[ms[0].ConversationID] = ms
	w.Hub.Cursor = "before"
	w.Hub.FailOlder = errors.New("no route")
	w.Keys("enter")
	tries := func() int {
		n := 0
		for _, a := range w.Hub.Asked {
			if a == "messages before" {
				n++
			}
		}
		return n
	}
	w.Passes(time.Minute)
	if n := tries(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	w.Keys("k")
	if n := tries(); n != 2 {
		t.Errorf("after a key asked %d times", n)
	}
}

// TestNothingIsMarkedReadOffline: the hub would not hear of it.
func TestNothingIsMarkedReadOffline(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	ms := uitest.Incoming(2)
	w.Hub.Threads[ms[0].ConversationID] = ms
	w.Sends([]inbox.Update{inbox.Connection{State: inbox.Offline, Cause: errors.New("no route")}})
	w.Keys("enter")
	w.Passes(time.Minute)
	if len(w.Hub.Read) > 0 {
		t.Errorf("read %v", w.Hub.Read)
	}
	w.Sends([]inbox.Update{inbox.Connection{State: inbox.Live}})
	w.Passes(2 * conversation.ReadAfter)
	if len(w.Hub.Read) != 1 {
		t.Errorf("read %v", w.Hub.Read)
	}
}

// TestWhatWasLeftWhereNobodySees can be removed, and its text is copied; until then it is
// kept.
func TestWhatWasLeftWhereNobodySees(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) {
		o.Unsent = []model.Reply{{Conversation: "1_nobody", ClientID: "old-1", Text: "to nobody", At: uitest.Noon}}
	})
	w.Shows("Something you sent last time has not been handed in. d shows it.")
	w.Keys("d")
	w.Shows("A conversation that you can't see", "to nobody")
	w.Keys("enter")
	w.Shows("The hub never said that it has this", "Keep it")
	w.Keys("n")
	if len(w.Unheard()) != 1 || slices.Contains(w.Hub.Asked, "taken old-1") {
		t.Errorf("kept %v, asked %v", w.Unheard(), w.Hub.Asked)
	}
	w.Keys("d", "enter", "y")
	w.Shows("Removed. Its text is copied.")
	if len(w.Unheard()) > 0 || !slices.Contains(w.Hub.Asked, "taken old-1") {
		t.Errorf("kept %v, asked %v", w.Unheard(), w.Hub.Asked)
	}
	w.Keys("d")
	w.Shows("There are no drafts.")
}
