package conversation_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/ui/app"
	"parley/ui/conversation"
	"parley/ui/screen"
	"parley/ui/uitest"
)

func TestAReplyLeavesOnce(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Keys("enter", "r")
	w.Types("はい、本日中に")
	w.Shows("はい、本日中に", "esc leave · enter send · alt+s and done")
	w.Keys("alt+enter")
	w.Types("お送りします。")
	w.Keys("enter")
	if len(w.Hub.Replies) != 1 || w.Hub.Replies[0].Text != "はい、本日中に\nお送りします。" {
		t.Fatalf("left: %v", w.Hub.Replies)
	}
	if r := w.Hub.Replies[0]; r.SeenSeq != 4 || r.ClientID == "" {
		t.Errorf("it left as %d %q", r.SeenSeq, r.ClientID)
	}
	w.Shows("お送りします。", "You")
	w.Keys("enter")
	if len(w.Hub.Replies) != 1 {
		t.Error("nothing left as a second reply")
	}
	w.Shows("The text is empty.")
}

// TestAReplyThatTheHubDidNotTake stands with its two keys, and goes again as the same.
func TestAReplyThatTheHubDidNotTake(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Hub.Err = errors.New("the hub is gone")
	w.Keys("enter", "r")
	w.Types("hello")
	w.Keys("enter", "esc")
	w.Shows("hello", "the hub is gone", "R", "D")
	w.Hub.Err = nil
	w.Keys("R")
	if n := len(w.Hub.Replies); n != 2 || w.Hub.Replies[0].ClientID != w.Hub.Replies[1].ClientID {
		t.Errorf("left as %v", w.Hub.Replies)
	}
	if len(w.Unheard()) > 0 {
		t.Error("it still waits")
	}
}

// TestARefusedReplyComesBack to be changed.
func TestARefusedReplyComesBack(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Hub.Err = errors.Join(errors.New("a colleague answered"), &model.Refusal{Code: model.NewerReply})
	w.Keys("enter", "r")
	w.Types("hello")
	w.Keys("enter")
	w.Shows("a colleague answered")
	if w.Typed() != "hello" || len(w.Unheard()) > 0 {
		t.Errorf("%q is typed, %v waits", w.Typed(), w.Unheard())
	}
}

// TestAColleagueAnsweredMeanwhile: the text comes back, the answer is shown with who wrote
// it, and enter sends after all.
func TestAColleagueAnsweredMeanwhile(t *testing.T) {
	t.Parallel()
	for name, late := range map[string]bool{"the answer is there": false, "the answer comes later": true} {
		w := uitest.NewWorld(t, uitest.Some(3))
		ms := uitest.Incoming(40)
		id := ms[0].ConversationID
		w.Hub.Threads[id] = ms
		w.Keys("enter", "r")
		w.Types("hello")
		w.Keys("esc", "g", "r")
		answer := ms[0]
		answer.ID, answer.Seq, answer.Direction, answer.State = model.NewMessageID(uitest.Page, "k"), 5, model.Out, model.Sent
		answer.Author, answer.Text, answer.SentAt = model.Author{Kind: model.ByUser, ID: "ken", Name: "Ken"}, "I take this one.", uitest.Noon
		w.Hub.Err = errors.Join(errors.New("a colleague answered"), &model.Refusal{Code: model.NewerReply})
		if !late { // read with the messages, before the change that tells of it
			w.Inbox.PutMessage(answer)
		}
		w.Keys("enter")
		if late {
			w.Shows("a colleague answered")
			w.Sends(w.Changed(model.ChangeMessage, answer))
		}
		w.Shows("Ken answered meanwhile.", "I take this one.", "hello")
		if w.Typed() != "hello" || !w.Composing() {
			t.Errorf("%s: %q is typed", name, w.Typed())
		}
		w.Hub.Err = nil
		w.Keys("enter")
		if n := len(w.Hub.Replies); n != 2 || w.Hub.Replies[0].ClientID == w.Hub.Replies[1].ClientID || w.Typed() != "" {
			t.Errorf("%s: left as %v", name, w.Hub.Replies)
		}
	}
}

func TestDraftsAreKept(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Keys("enter", "r")
	w.Types("half a thou")
	w.Passes(conversation.DraftPause)
	id := w.Shown
	if w.Drafts[model.DraftOf{Conversation: id}] != "half a thou" {
		t.Errorf("kept: %v", w.Drafts)
	}
	w.Types("ght")
	w.Keys("esc", "esc", "j", "enter")
	if w.Drafts[model.DraftOf{Conversation: id}] != "half a thought" {
		t.Errorf("kept: %v", w.Drafts)
	}
	w.Shows("✎", "Reply to Customer 1…")
	w.Keys("d")
	w.Shows("Drafts", "half a thought")
	w.Keys("enter")
	if w.Typed() != "half a thought" || w.TypedOf().Conversation != id {
		t.Errorf("%q in %s", w.Typed(), w.TypedOf().Conversation)
	}
	w.Types("!")
	w.Keys("ctrl+c")
	if !w.Quit || w.Drafts[model.DraftOf{Conversation: id}] != "half a thought!" {
		t.Errorf("left %v with %v", w.Quit, w.Drafts)
	}
}

// TestPasteGoesWhereTextIsTyped and nowhere else, and sends nothing.
func TestPasteGoesWhereTextIsTyped(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Sends(tea.PasteMsg{Content: "e\ne\n"})
	w.Shows("Open 3", "A text was pasted where none is typed: nothing was done with it.")
	w.Keys("?")
	w.Sends(tea.PasteMsg{Content: "e\ne\n"})
	w.Keys("esc", "enter")
	w.Sends(tea.PasteMsg{Content: "e"})
	w.Keys("r")
	w.Sends(tea.PasteMsg{Content: "one\r\ntwo\x1b[2J\n"})
	if got := w.Typed(); got != "one\ntwo[2J\n" || len(w.Hub.Replies) > 0 {
		t.Errorf("pasted %q, left %v", got, w.Hub.Replies)
	}
	w.Shows("Open 3")
}

func TestBlocked(t *testing.T) {
	t.Parallel()
	list := uitest.Some(3)
	closed := uitest.Noon.Add(-26 * time.Hour)
	list[0].WindowUntil = &closed
	w := uitest.NewWorld(t, list)
	w.Keys("5", "enter")
	w.Shows("Reply window closed yesterday 10:00.", "It opens again when the customer writes.")
	w.Keys("r")
	w.Types("kept")
	w.Keys("enter")
	if len(w.Hub.Replies) > 0 || w.Typed() != "kept" {
		t.Errorf("left: %v, typed: %q", w.Hub.Replies, w.Typed())
	}
}

// TestTheWindowClosesWhileTyping: within a second, and what was typed stays.
func TestTheWindowClosesWhileTyping(t *testing.T) {
	t.Parallel()
	list := uitest.Some(3)
	until := uitest.Noon.Add(10 * time.Minute)
	list[0].WindowUntil = &until
	w := uitest.NewWorld(t, list)
	w.Keys("enter", "r")
	w.Types("nearly")
	w.Passes(10*time.Minute - time.Second)
	w.Hides("Reply window closed")
	w.Passes(2 * time.Second)
	w.Shows("Reply window closed 12:10.", "nearly", "Blocked 1")
	w.Keys("enter")
	if len(w.Hub.Replies) > 0 {
		t.Error("a reply left")
	}
	// The customer writes: it opens again, with the text.
	w.Arrives(uitest.Talk(0, -11, func(c *model.Conversation) { c.Seq = 100 }))
	w.Hides("It opens again when")
	w.Keys("enter")
	if len(w.Hub.Replies) != 1 || w.Hub.Replies[0].Text != "nearly" {
		t.Errorf("left: %v", w.Hub.Replies)
	}
}

// TestReadOnlyWhenSeen: for a second, in a terminal that has the focus.
func TestReadOnlyWhenSeen(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	ms := uitest.Incoming(2)
	w.Hub.Threads[ms[0].ConversationID] = ms
	w.Sends(tea.BlurMsg{})
	w.Keys("enter")
	w.Passes(time.Minute)
	if len(w.Hub.Read) > 0 {
		t.Error("read while nobody looked")
	}
	w.Sends(tea.FocusMsg{})
	w.Passes(conversation.ReadAfter / 2)
	w.Sends(tea.BlurMsg{})
	w.Passes(time.Minute)
	if len(w.Hub.Read) > 0 {
		t.Error("read at a glance")
	}
	w.Sends(tea.FocusMsg{})
	w.Passes(conversation.ReadAfter)
	if !slices.Equal(w.Hub.Read, []model.MessageID{ms[1].ID}) {
		t.Errorf("read up to %v", w.Hub.Read)
	}
	w.Passes(time.Minute)
	if len(w.Hub.Read) != 1 {
		t.Errorf("read again: %v", w.Hub.Read)
	}
}

// TestWhatAsks is decided by its two keys.
func TestWhatAsks(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	ms := uitest.Incoming(1)
	asks := ms[0]
	asks.ID, asks.Seq, asks.Direction, asks.Author = model.NewMessageID(uitest.Page, "x"), 9, model.Out, model.Author{Kind: model.ByUser, ID: string(uitest.Me), Name: "Aoi"}
	asks.Text, asks.State, asks.Attempt, asks.Error = "Your invoice", model.Ask, 1, &model.MessageError{Code: model.OutcomeUnknown}
	w.Hub.Threads[asks.ConversationID] = append(ms, asks)
	w.Keys("enter")
	w.Shows("Your invoice", "Facebook did not answer. It may have arrived.", "R send again")
	w.Keys("R")
	if !slices.Contains(w.Hub.Asked, "resend "+string(asks.ID)) {
		t.Errorf("asked: %v", w.Hub.Asked)
	}
	w.Hides("It may have arrived")
	w.Keys("D")
	w.Shows("No reply here needs a decision.")
}

// TestKeysFasterThanAHand: a key that came many times at once moves the selection as often,
// and nothing else acts.
func TestKeysFasterThanAHand(t *testing.T) {
	t.Parallel()
	typing := []bool{}
	w := uitest.NewWorld(t, uitest.Some(9), func(o *app.Options) { o.Typing = func(yes bool) { typing = append(typing, yes) } })
	first, _ := w.Current()
	w.Sends(tea.PasteMsg{Content: "jjjj"})
	w.Sends(tea.PasteMsg{Content: "kkk"})
	w.Sends(tea.PasteMsg{Content: "eeee"})
	w.Sends(tea.PasteMsg{Content: "\r\r"})
	w.Sends(tea.PasteMsg{Content: "jjk"})
	w.Shows("Open 9", "nothing was done with it")
	if now, _ := w.Current(); now.ID == first.ID || len(w.Hub.Replies) > 0 || w.Focus != screen.PaneList {
		t.Errorf("at %s after %s", now.ID, first.ID)
	}
	w.Keys("enter", "r")
	w.Sends(tea.PasteMsg{Content: "は\r"})
	w.Shows("Open 9")
	if got := w.Typed(); got != "は\n" || len(w.Hub.Replies) > 0 {
		t.Errorf("%q", got)
	}
	if len(typing) == 0 || typing[0] || !typing[len(typing)-1] {
		t.Errorf("typing: %v", typing)
	}
}
