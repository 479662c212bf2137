package app

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/model"
	"parley/model/inbox"
	"parley/ui/conversation"
)

// TestWhatWasLeftUnsent by an earlier run is shown, marked in the list, told of, and sent
// again by the id it had, or taken back.
func TestWhatWasLeftUnsent(t *testing.T) {
	t.Parallel()
	left := model.Reply{Conversation: model.NewConversationID(page1, "5000"), ClientID: "old-1", Text: "I'll call you", At: noon.Add(-time.Minute)}
	begin := func() *world {
		return newWorld(t, some(3), func(o *Options) { o.Unsent = []model.Reply{left} })
	}
	w := begin()
	w.shows("Something you sent last time has not been handed in. d shows it.", "✎")
	w.keys("d")
	w.shows("not handed in", "I'll call you")
	w.keys("enter")
	w.shows("I'll call you", "Parley ended before the hub answered.", "R send again")
	w.keys("R")
	if n := len(w.hub.replies); n != 1 || w.hub.replies[0].ClientID != "old-1" || w.hub.replies[0].Text != left.Text {
		t.Fatalf("sent again as %v", w.hub.replies)
	}
	w.hides("Parley ended before")

	w = begin()
	w.keys("enter", "D")
	if !slices.Contains(w.hub.asked, "take back old-1") || w.typed() != "I'll call you" || len(w.hub.replies) > 0 {
		t.Errorf("asked %v, typed %q", w.hub.asked, w.typed())
	}
	w.hides("Parley ended before")

	// The hub is away: nobody knows whether it has it, so it stays.
	w = begin()
	w.keys("enter")
	w.hub.err = errors.New("no route")
	w.keys("D")
	w.shows("It failed: no route")
	w.passes(time.Minute)
	w.shows("Parley ended before")
	if w.typed() != "" {
		t.Errorf("typed %q", w.typed())
	}
}

// TestWhatTheHubHadAfterAll is shown once, and never becomes a draft.
func TestWhatTheHubHadAfterAll(t *testing.T) {
	t.Parallel()
	ms := incoming(1)
	id := ms[0].ConversationID
	taken := ms[0]
	taken.ID, taken.Seq, taken.Direction, taken.State, taken.ClientID = model.NewMessageID(page1, "t"), 9, model.Out, model.Sent, "old-1"
	taken.Author, taken.Text = model.Author{Kind: model.ByUser, ID: string(me)}, "I'll call you"
	unsent := func(o *Options) {
		o.Unsent = []model.Reply{{Conversation: id, ClientID: "old-1", Text: taken.Text, At: noon.Add(-time.Minute)}}
	}
	w := newWorld(t, some(3), unsent)
	w.hub.messages[id] = append(ms, taken)
	w.keys("enter")
	w.shows("I'll call you")
	w.hides("Parley ended before", "✎")
	if !slices.Contains(w.hub.asked, "taken old-1") {
		t.Errorf("asked %v", w.hub.asked)
	}

	// It is further back than what was read: the hub is asked before it becomes a draft.
	w = newWorld(t, some(3), unsent)
	w.hub.messages[id] = ms
	w.keys("enter")
	w.hub.messages[id] = append(ms, taken)
	w.keys("D")
	w.shows("The hub had it already")
	if w.typed() != "" {
		t.Errorf("typed %q", w.typed())
	}
}

// TestKeysActOnTheSelectedReply: what R sends again is what is selected. Where that needs
// no decision, the key selects what does, and the next one acts.
func TestKeysActOnTheSelectedReply(t *testing.T) {
	t.Parallel()
	ms := incoming(1)
	id := ms[0].ConversationID
	asks := ms[0]
	asks.ID, asks.Seq, asks.Direction, asks.Author = model.NewMessageID(page1, "x"), 9, model.Out, model.Author{Kind: model.ByUser, ID: string(me)}
	asks.Text, asks.State, asks.Attempt = "Your invoice", model.Ask, 1
	w := newWorld(t, some(3), func(o *Options) {
		o.Unsent = []model.Reply{{Conversation: id, ClientID: "old-1", Text: "later", At: noon}}
	})
	w.hub.messages[id] = append(ms, asks)
	w.keys("enter", "k", "R")
	w.shows("This one needs a decision: R sends it again, D drops it.")
	if got := w.marked(); !strings.Contains(got, "Your invoice") || slices.Contains(w.hub.asked, "resend "+string(asks.ID)) {
		t.Fatalf("%q is selected, asked %v", got, w.hub.asked)
	}
	w.keys("R")
	if !slices.Contains(w.hub.asked, "resend "+string(asks.ID)) || len(w.hub.replies) > 0 {
		t.Errorf("asked %v, sent %v", w.hub.asked, w.hub.replies)
	}
}

// TestOlderMessagesThatCantBeRead are asked for again when the user moves, not again and
// again by themselves.
func TestOlderMessagesThatCantBeRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	ms := incoming(3)
	w.hub.messages[ms[0].ConversationID] = ms
	w.hub.cursor = "before"
	w.hub.failOlder = errors.New("no route")
	w.keys("enter")
	tries := func() int {
		n := 0
		for _, a := range w.hub.asked {
			if a == "messages before" {
				n++
			}
		}
		return n
	}
	w.passes(time.Minute)
	if n := tries(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	w.keys("k")
	if n := tries(); n != 2 {
		t.Errorf("after a key asked %d times", n)
	}
}

// TestNothingIsMarkedReadOffline: the hub would not hear of it.
func TestNothingIsMarkedReadOffline(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	ms := incoming(2)
	w.hub.messages[ms[0].ConversationID] = ms
	w.sends([]inbox.Update{inbox.Connection{State: inbox.Offline, Cause: errors.New("no route")}})
	w.keys("enter")
	w.passes(time.Minute)
	if len(w.hub.read) > 0 {
		t.Errorf("read %v", w.hub.read)
	}
	w.sends([]inbox.Update{inbox.Connection{State: inbox.Live}})
	w.passes(2 * conversation.ReadAfter)
	if len(w.hub.read) != 1 {
		t.Errorf("read %v", w.hub.read)
	}
}

// TestWhatWasLeftWhereNobodySees can be removed, and its text is copied; until then it is
// kept.
func TestWhatWasLeftWhereNobodySees(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3), func(o *Options) {
		o.Unsent = []model.Reply{{Conversation: "1_nobody", ClientID: "old-1", Text: "to nobody", At: noon}}
	})
	w.shows("Something you sent last time has not been handed in. d shows it.")
	w.keys("d")
	w.shows("A conversation that you can't see", "to nobody")
	w.keys("enter")
	w.shows("The hub never said that it has this", "Keep it")
	w.keys("n")
	if len(w.Unheard()) != 1 || slices.Contains(w.hub.asked, "taken old-1") {
		t.Errorf("kept %v, asked %v", w.Unheard(), w.hub.asked)
	}
	w.keys("d", "enter", "y")
	w.shows("Removed. Its text is copied.")
	if len(w.Unheard()) > 0 || !slices.Contains(w.hub.asked, "taken old-1") {
		t.Errorf("kept %v, asked %v", w.Unheard(), w.hub.asked)
	}
	w.keys("d")
	w.shows("There are no drafts.")
}
