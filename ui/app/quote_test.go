package app

import (
	"errors"
	"strings"
	"testing"

	"parley/model"
)

// quotable is a world whose first conversation holds messages that Facebook knows, open.
func quotable(t *testing.T, n int) (*world, []model.Message) {
	t.Helper()
	w := newWorld(t, some(3))
	ms := incoming(n)
	for i := range ms {
		ms[i].MID = model.MID("m_" + string(rune('a'+i)))
		ms[i].Text = model.Untrusted("question " + string(rune('A'+i)))
	}
	w.hub.messages[ms[0].ConversationID] = ms
	w.keys("enter")
	return w, ms
}

// TestAReplyQuotes the message that was chosen, shows so, and only once.
func TestAReplyQuotes(t *testing.T) {
	t.Parallel()
	w, ms := quotable(t, 3)
	w.keys("k", "Q")
	w.shows("│ Customer 0: question B", "esc without the quote")
	w.types("This one")
	w.keys("enter")
	if n := len(w.hub.replies); n != 1 || w.hub.replies[0].ReplyTo != ms[1].ID {
		t.Fatalf("left as %+v", w.hub.replies)
	}
	w.hides("esc without the quote")
	w.types("And more")
	w.keys("enter")
	if n := len(w.hub.replies); n != 2 || w.hub.replies[1].ReplyTo != "" {
		t.Fatalf("the next left as %+v", w.hub.replies[1:])
	}
}

// TestAQuoteIsTakenAway by esc; a second one leaves.
func TestAQuoteIsTakenAway(t *testing.T) {
	t.Parallel()
	w, _ := quotable(t, 2)
	w.keys("Q")
	w.types("hello")
	w.keys("esc")
	if !w.Composing() {
		t.Fatal("esc left the composer")
	}
	w.hides("Customer 0: question")
	w.keys("enter")
	if w.hub.replies[0].ReplyTo != "" {
		t.Error("it quotes all the same")
	}
	w.keys("esc")
	if w.Composing() {
		t.Error("esc did not leave")
	}
}

// TestAQuoteComesBack with the text that was refused; not where the quote was the reason.
func TestAQuoteComesBack(t *testing.T) {
	t.Parallel()
	for code, back := range map[model.Code]bool{model.NewerReply: true, model.NoReplyTarget: false} {
		w, _ := quotable(t, 2)
		w.hub.err = errors.Join(errors.New("refused"), &model.Refusal{Code: code})
		w.keys("Q")
		w.types("hello")
		w.keys("enter")
		if got := strings.Contains(w.text(), "│ Customer 0: question"); got != back || w.typed() != "hello" {
			t.Errorf("%s: the quote is back: %t, typed %q", code, got, w.typed())
		}
	}
}

// TestANoteQuotesNothing, and the reply's quote waits for the reply.
func TestANoteQuotesNothing(t *testing.T) {
	t.Parallel()
	w, _ := quotable(t, 2)
	w.keys("Q", "ctrl+k")
	w.types("write a note")
	w.keys("enter")
	w.hides("Customer 0: question")
	w.types("he is nice")
	w.keys("enter")
	if r := w.hub.replies[0]; !r.Note || r.ReplyTo != "" {
		t.Errorf("left as %+v", r)
	}
	w.keys("esc", "r")
	w.shows("│ Customer 0: question")
}

// TestWhatCantBeQuoted says why.
func TestWhatCantBeQuoted(t *testing.T) {
	t.Parallel()
	w, ms := quotable(t, 1)
	own := ms[0]
	own.ID, own.Seq, own.MID, own.Direction, own.State = model.NewMessageID(page1, "own"), 9, "", model.Out, model.Queued
	own.Author = model.Author{Kind: model.ByUser, ID: string(me)}
	w.sends(w.changed(model.ChangeMessage, own))
	w.keys("G", "Q")
	w.shows("Facebook does not know this message yet.")
	note := own
	note.ID, note.Seq, note.Direction, note.State = model.NewMessageID(page1, "note"), 10, model.Note, ""
	note.SentAt = noon
	w.sends(w.changed(model.ChangeMessage, note))
	w.keys("G", "Q")
	w.shows("This can't be quoted.")
	if w.Composing() {
		t.Error("the composer is open")
	}
}
