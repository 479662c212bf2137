package later_test

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/ui/uitest"
)

// composing returns a screen on which a reply is written to a customer whose window closes in
// four hours.
func composing(t *testing.T) *uitest.World {
	t.Helper()
	w := uitest.NewWorld(t, uitest.Some(2))
	w.Sends(tea.WindowSizeMsg{Width: 160, Height: 30})
	c := uitest.Talk(0, 0)
	until := w.Time.Add(4 * time.Hour)
	c.WindowUntil, c.Seq = &until, 500
	w.Arrives(c)
	w.Keys("enter", "r")
	w.Types("hello")
	return w
}

// TestSendLater: the times that lie within the reply window are offered, the others with the
// reason; a typed one is checked as well.
func TestSendLater(t *testing.T) {
	t.Parallel()
	w := composing(t)
	w.Keys("alt+l")
	w.Shows("Send later to Customer 0", "Until 15:59", "after the reply window")
	w.Keys("t") // tomorrow
	w.Shows("Send later to Customer 0")
	w.Types("19:00")
	w.Keys("enter")
	w.Shows("By then the reply window is closed. Choose a time until 15:59.")
	if len(w.Hub.Replies) > 0 {
		t.Fatalf("sent off: %v", w.Hub.Replies)
	}
	w.Keys("esc", "alt+l", "h")
	got := w.Hub.Replies
	if len(got) != 1 || got[0].SendAt == nil || !got[0].SendAt.Equal(uitest.Noon.Add(time.Hour)) || got[0].Text != "hello" {
		t.Fatalf("sent off: %+v", got)
	}
	w.Shows("Sends 13:00, unless the customer writes before.")
	if w.Typed() != "" {
		t.Errorf("%q is still typed", w.Typed())
	}
}

// TestAScheduledReply stands with its time; D takes it back to the composer, R sends it now.
func TestAScheduledReply(t *testing.T) {
	t.Parallel()
	begin := func() *uitest.World {
		w := uitest.NewWorld(t, uitest.Some(2))
		w.Sends(tea.WindowSizeMsg{Width: 160, Height: 30})
		at := uitest.Noon.Add(time.Hour)
		ms := uitest.Incoming(1)
		ms = append(ms, model.Message{
			ID: model.NewMessageID(uitest.Page, "later"), Seq: 90, ConversationID: ms[0].ConversationID, Direction: model.Out, Text: "hello",
			Author: model.Author{Kind: model.ByUser, ID: string(uitest.Me)}, SentAt: uitest.Noon, SendAt: &at, State: model.Scheduled,
		})
		w.Hub.Threads[ms[0].ConversationID] = ms
		w.Keys("enter")
		w.Shows("Sends 13:00", "R send now · D take it back")
		return w
	}
	w := begin()
	w.Keys("D")
	if w.Typed() != "hello" {
		t.Errorf("%q is typed", w.Typed())
	}
	w = begin()
	w.Keys("R")
	if w.Typed() != "" || w.Hub.Asked[len(w.Hub.Asked)-1] != "resend "+string(model.NewMessageID(uitest.Page, "later")) {
		t.Errorf("asked %v", w.Hub.Asked)
	}
}
