package app

import (
	"errors"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/ui/conversation"
	"parley/ui/screen"
)

func TestAReplyLeavesOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	w.keys("enter", "r")
	w.types("はい、本日中に")
	w.shows("はい、本日中に", "enter send · alt+enter line · esc leave")
	w.keys("alt+enter")
	w.types("お送りします。")
	w.keys("enter")
	if len(w.hub.replies) != 1 || w.hub.replies[0].Text != "はい、本日中に\nお送りします。" {
		t.Fatalf("left: %v", w.hub.replies)
	}
	if r := w.hub.replies[0]; r.SeenSeq != 4 || r.ClientID == "" {
		t.Errorf("it left as %d %q", r.SeenSeq, r.ClientID)
	}
	w.shows("お送りします。", "You")
	w.keys("enter")
	if len(w.hub.replies) != 1 {
		t.Error("nothing left as a second reply")
	}
	w.shows("The text is empty.")
}

// TestAReplyThatTheHubDidNotTake stands with its two keys, and goes again as the same.
func TestAReplyThatTheHubDidNotTake(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	w.hub.err = errors.New("the hub is gone")
	w.keys("enter", "r")
	w.types("hello")
	w.keys("enter", "esc")
	w.shows("hello", "the hub is gone", "R", "D")
	w.hub.err = nil
	w.keys("R")
	if n := len(w.hub.replies); n != 2 || w.hub.replies[0].ClientID != w.hub.replies[1].ClientID {
		t.Errorf("left as %v", w.hub.replies)
	}
	if len(w.Unheard()) > 0 {
		t.Error("it still waits")
	}
}

// TestARefusedReplyComesBack to be changed.
func TestARefusedReplyComesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	w.hub.err = errors.Join(errors.New("a colleague answered"), &model.Refusal{Code: model.NewerReply})
	w.keys("enter", "r")
	w.types("hello")
	w.keys("enter")
	w.shows("a colleague answered")
	if w.typed() != "hello" || len(w.Unheard()) > 0 {
		t.Errorf("%q is typed, %v waits", w.typed(), w.Unheard())
	}
}

// TestAColleagueAnsweredMeanwhile: the text comes back, the answer is shown with who wrote
// it, and enter sends after all.
func TestAColleagueAnsweredMeanwhile(t *testing.T) {
	t.Parallel()
	for name, late := range map[string]bool{"the answer is there": false, "the answer comes later": true} {
		w := newWorld(t, some(3))
		ms := incoming(40)
		id := ms[0].ConversationID
		w.hub.messages[id] = ms
		w.keys("enter", "r")
		w.types("hello")
		w.keys("esc", "g", "r")
		answer := ms[0]
		answer.ID, answer.Seq, answer.Direction, answer.State = model.NewMessageID(page1, "k"), 5, model.Out, model.Sent
		answer.Author, answer.Text, answer.SentAt = model.Author{Kind: model.ByUser, ID: "ken", Name: "Ken"}, "I take this one.", noon
		w.hub.err = errors.Join(errors.New("a colleague answered"), &model.Refusal{Code: model.NewerReply})
		if !late { // read with the messages, before the change that tells of it
			w.Inbox.PutMessage(answer)
		}
		w.keys("enter")
		if late {
			w.shows("a colleague answered")
			w.sends(w.changed(model.ChangeMessage, answer))
		}
		w.shows("Ken answered meanwhile.", "I take this one.", "hello")
		if w.typed() != "hello" || !w.Composing() {
			t.Errorf("%s: %q is typed", name, w.typed())
		}
		w.hub.err = nil
		w.keys("enter")
		if n := len(w.hub.replies); n != 2 || w.hub.replies[0].ClientID == w.hub.replies[1].ClientID || w.typed() != "" {
			t.Errorf("%s: left as %v", name, w.hub.replies)
		}
	}
}

func TestDraftsAreKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	w.keys("enter", "r")
	w.types("half a thou")
	w.passes(conversation.DraftPause)
	id := w.Shown
	if w.drafts[model.DraftOf{Conversation: id}] != "half a thou" {
		t.Errorf("kept: %v", w.drafts)
	}
	w.types("ght")
	w.keys("esc", "esc", "j", "enter")
	if w.drafts[model.DraftOf{Conversation: id}] != "half a thought" {
		t.Errorf("kept: %v", w.drafts)
	}
	w.shows("✎", "Reply to Customer 1…")
	w.keys("d")
	w.shows("Drafts", "half a thought")
	w.keys("enter")
	if w.typed() != "half a thought" || w.typedOf().Conversation != id {
		t.Errorf("%q in %s", w.typed(), w.typedOf().Conversation)
	}
	w.types("!")
	w.keys("ctrl+c")
	if !w.quit || w.drafts[model.DraftOf{Conversation: id}] != "half a thought!" {
		t.Errorf("left %v with %v", w.quit, w.drafts)
	}
}

// TestPasteGoesWhereTextIsTyped and nowhere else, and sends nothing.
func TestPasteGoesWhereTextIsTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	w.sends(tea.PasteMsg{Content: "e\ne\n"})
	w.shows("Open 3", "A text was pasted where none is typed: nothing was done with it.")
	w.keys("?")
	w.sends(tea.PasteMsg{Content: "e\ne\n"})
	w.keys("esc", "enter")
	w.sends(tea.PasteMsg{Content: "e"})
	w.keys("r")
	w.sends(tea.PasteMsg{Content: "one\r\ntwo\x1b[2J\n"})
	if got := w.typed(); got != "one\ntwo[2J\n" || len(w.hub.replies) > 0 {
		t.Errorf("pasted %q, left %v", got, w.hub.replies)
	}
	w.shows("Open 3")
}

func TestBlocked(t *testing.T) {
	t.Parallel()
	list := some(3)
	closed := noon.Add(-26 * time.Hour)
	list[0].WindowUntil = &closed
	w := newWorld(t, list)
	w.keys("enter")
	w.shows("Reply window closed yesterday 10:00.", "It opens again when the customer writes.")
	w.keys("r")
	w.types("kept")
	w.keys("enter")
	if len(w.hub.replies) > 0 || w.typed() != "kept" {
		t.Errorf("left: %v, typed: %q", w.hub.replies, w.typed())
	}
}

// TestTheWindowClosesWhileTyping: within a second, and what was typed stays.
func TestTheWindowClosesWhileTyping(t *testing.T) {
	t.Parallel()
	list := some(3)
	until := noon.Add(10 * time.Minute)
	list[0].WindowUntil = &until
	w := newWorld(t, list)
	w.keys("enter", "r")
	w.types("nearly")
	w.passes(10*time.Minute - time.Second)
	w.hides("Reply window closed")
	w.passes(2 * time.Second)
	w.shows("Reply window closed 12:10.", "nearly", "Blocked 1")
	w.keys("enter")
	if len(w.hub.replies) > 0 {
		t.Error("a reply left")
	}
	// The customer writes: it opens again, with the text.
	w.arrives(talk(0, -11, func(c *model.Conversation) { c.Seq = 100 }))
	w.hides("It opens again when")
	w.keys("enter")
	if len(w.hub.replies) != 1 || w.hub.replies[0].Text != "nearly" {
		t.Errorf("left: %v", w.hub.replies)
	}
}

// incoming are messages of the first conversation.
func incoming(n int) []model.Message {
	out := make([]model.Message, n)
	for i := range out {
		out[i] = model.Message{
			ID: model.NewMessageID(page1, "i"+string(rune('a'+i))), Seq: int64(i + 1), ConversationID: model.NewConversationID(page1, "5000"),
			Direction: model.In, Author: model.Author{Kind: model.ByCustomer, Name: "Customer 0"}, Text: "hello", SentAt: noon.Add(time.Duration(i-n) * time.Hour),
		}
	}
	return out
}

// TestReadOnlyWhenSeen: for a second, in a terminal that has the focus.
func TestReadOnlyWhenSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	ms := incoming(2)
	w.hub.messages[ms[0].ConversationID] = ms
	w.sends(tea.BlurMsg{})
	w.keys("enter")
	w.passes(time.Minute)
	if len(w.hub.read) > 0 {
		t.Error("read while nobody looked")
	}
	w.sends(tea.FocusMsg{})
	w.passes(conversation.ReadAfter / 2)
	w.sends(tea.BlurMsg{})
	w.passes(time.Minute)
	if len(w.hub.read) > 0 {
		t.Error("read at a glance")
	}
	w.sends(tea.FocusMsg{})
	w.passes(conversation.ReadAfter)
	if !slices.Equal(w.hub.read, []model.MessageID{ms[1].ID}) {
		t.Errorf("read up to %v", w.hub.read)
	}
	w.passes(time.Minute)
	if len(w.hub.read) != 1 {
		t.Errorf("read again: %v", w.hub.read)
	}
}

// TestWhatAsks is decided by its two keys.
func TestWhatAsks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	ms := incoming(1)
	asks := ms[0]
	asks.ID, asks.Seq, asks.Direction, asks.Author = model.NewMessageID(page1, "x"), 9, model.Out, model.Author{Kind: model.ByUser, ID: string(me), Name: "Aoi"}
	asks.Text, asks.State, asks.Attempt, asks.Error = "Your invoice", model.Ask, 1, &model.MessageError{Code: model.OutcomeUnknown}
	w.hub.messages[asks.ConversationID] = append(ms, asks)
	w.keys("enter")
	w.shows("Your invoice", "Facebook did not answer. It may have arrived.", "R send again")
	w.keys("R")
	if !slices.Contains(w.hub.asked, "resend "+string(asks.ID)) {
		t.Errorf("asked: %v", w.hub.asked)
	}
	w.hides("It may have arrived")
	w.keys("D")
	w.shows("No reply here needs a decision.")
}

// TestKeysFasterThanAHand: a key that came many times at once moves the selection as often,
// and nothing else acts.
func TestKeysFasterThanAHand(t *testing.T) {
	t.Parallel()
	typing := []bool{}
	w := newWorld(t, some(9), func(o *Options) { o.Typing = func(yes bool) { typing = append(typing, yes) } })
	first, _ := w.Current()
	w.sends(tea.PasteMsg{Content: "jjjj"})
	w.sends(tea.PasteMsg{Content: "kkk"})
	w.sends(tea.PasteMsg{Content: "eeee"})
	w.sends(tea.PasteMsg{Content: "\r\r"})
	w.sends(tea.PasteMsg{Content: "jjk"})
	w.shows("Open 9", "nothing was done with it")
	if now, _ := w.Current(); now.ID == first.ID || len(w.hub.replies) > 0 || w.Focus != screen.PaneList {
		t.Errorf("at %s after %s", now.ID, first.ID)
	}
	w.keys("enter", "r")
	w.sends(tea.PasteMsg{Content: "は\r"})
	w.shows("Open 9")
	if got := w.typed(); got != "は\n" || len(w.hub.replies) > 0 {
		t.Errorf("%q", got)
	}
	if len(typing) == 0 || typing[0] || !typing[len(typing)-1] {
		t.Errorf("typing: %v", typing)
	}
}
