package conversation_test

import (
	"errors"
	"strings"
	"testing"

	"parley/model"
	"parley/ui/uitest"
)

// quotable is a world whose first conversation holds messages that Facebook knows, open.
func quotable(t *testing.T, n int) (*uitest.World, []model.Message) {
	t.Helper()
	w := uitest.NewWorld(t, uitest.Some(3))
	ms := uitest.Incoming(n)
	for i := range ms {
		ms[i].MID = model.MID("m_" + string(rune('a'+i)))
		ms[i].Text = model.Untrusted("question " + string(rune('A'+i)))
	}
	w.Hub.Threads[ms[0].ConversationID] = ms
	w.Keys("enter")
	return w, ms
}

// TestAReplyQuotes the message that was chosen, shows so, and only once.
func TestAReplyQuotes(t *testing.T) {
	t.Parallel()
	w, ms := quotable(t, 3)
	w.Keys("k", "Q")
	w.Shows("│ Customer 0: question B", "esc without the quote")
	w.Types("This one")
	w.Keys("enter")
	if n := len(w.Hub.Replies); n != 1 || w.Hub.Replies[0].ReplyTo != ms[1].ID {
		t.Fatalf("left as %+v", w.Hub.Replies)
	}
	w.Hides("esc without the quote")
	w.Types("And more")
	w.Keys("enter")
	if n := len(w.Hub.Replies); n != 2 || w.Hub.Replies[1].ReplyTo != "" {
		t.Fatalf("the next left as %+v", w.Hub.Replies[1:])
	}
}

// TestAQuoteIsTakenAway by esc; a second one leaves.
func TestAQuoteIsTakenAway(t *testing.T) {
	t.Parallel()
	w, _ := quotable(t, 2)
	w.Keys("Q")
	w.Types("hello")
	w.Keys("esc")
	if !w.Composing() {
		t.Fatal("esc left the composer")
	}
	w.Hides("Customer 0: question")
	w.Keys("enter")
	if w.Hub.Replies[0].ReplyTo != "" {
		t.Error("it quotes all the same")
	}
	w.Keys("esc")
	if w.Composing() {
		t.Error("esc did not leave")
	}
}

// TestAQuoteComesBack with the text that was refused; not where the quote was the reason.
func TestAQuoteComesBack(t *testing.T) {
	t.Parallel()
	for code, back := range map[model.Code]bool{model.NewerReply: true, model.NoReplyTarget: false} {
		w, _ := quotable(t, 2)
		w.Hub.Err = errors.Join(errors.New("refused"), &model.Refusal{Code: code})
		w.Keys("Q")
		w.Types("hello")
		w.Keys("enter")
		if got := strings.Contains(w.Text(), "│ Customer 0: question"); got != back || w.Typed() != "hello" {
			t.Errorf("%s: the quote is back: %t, typed %q", code, got, w.Typed())
		}
	}
}

// TestANoteQuotesNothing, and the reply's quote waits for the reply.
func TestANoteQuotesNothing(t *testing.T) {
	t.Parallel()
	w, _ := quotable(t, 2)
	w.Keys("Q", "ctrl+k")
	w.Types("write a note")
	w.Keys("enter")
	w.Hides("Customer 0: question")
	w.Types("he is nice")
	w.Keys("enter")
	if r := w.Hub.Replies[0]; !r.Note || r.ReplyTo != "" {
		t.Errorf("left as %+v", r)
	}
	w.Keys("esc", "r")
	w.Shows("│ Customer 0: question")
}

// TestWhatCantBeQuoted says why.
func TestWhatCantBeQuoted(t *testing.T) {
	t.Parallel()
	w, ms := quotable(t, 1)
	own := ms[0]
	own.ID, own.Seq, own.MID, own.Direction, own.State = model.NewMessageID(uitest.Page, "own"), 9, "", model.Out, model.Queued
	own.Author = model.Author{Kind: model.ByUser, ID: string(uitest.Me)}
	w.Sends(w.Changed(model.ChangeMessage, own))
	w.Keys("G", "Q")
	w.Shows("Facebook does not know this message yet.")
	note := own
	note.ID, note.Seq, note.Direction, note.State = model.NewMessageID(uitest.Page, "note"), 10, model.Note, ""
	note.SentAt = uitest.Noon
	w.Sends(w.Changed(model.ChangeMessage, note))
	w.Keys("G", "Q")
	w.Shows("This can't be quoted.")
	if w.Composing() {
		t.Error("the composer is open")
	}
}
