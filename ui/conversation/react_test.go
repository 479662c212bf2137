package conversation_test

import (
	"slices"
	"testing"

	"parley/model"
	"parley/ui/uitest"
)

// TestAReactionIsChosenByAKey and shown at once as on its way, then as set.
func TestAReactionIsChosenByAKey(t *testing.T) {
	t.Parallel()
	w, ms := quotable(t, 2)
	w.Keys("+")
	w.Shows("React", "Customer 0: question B", "👍", "like", "another emoji")
	w.Hides("take it back")
	w.Keys("6")
	if !slices.Contains(w.Hub.Reacted, "👍") {
		t.Fatalf("asked %v", w.Hub.Asked)
	}
	w.Shows("👍 from you (on its way)")
	set := ms[1]
	set.Seq, set.Reactions = 5000, []model.Reaction{{By: model.ByPage, Emoji: "👍", User: &model.UserRef{ID: "ken", Name: "Ken"}}}
	w.Sends(w.Changed(model.ChangeMessage, set))
	w.Shows("👍 from Ken")
	w.Hides("on its way")
	w.Keys("+", "x")
	if !slices.Contains(w.Hub.Reacted, "") {
		t.Fatalf("asked %v", w.Hub.Asked)
	}
}

// TestAnyEmojiIsTyped, and nothing else.
func TestAnyEmojiIsTyped(t *testing.T) {
	t.Parallel()
	w, _ := quotable(t, 1)
	w.Keys("+", "+")
	w.Types("ok")
	w.Keys("enter")
	w.Shows("That is not one emoji.")
	w.Keys("backspace", "backspace")
	w.Types("🎉")
	w.Keys("enter")
	if !slices.Contains(w.Hub.Reacted, "🎉") {
		t.Fatalf("asked %v", w.Hub.Asked)
	}
}

// TestAReactionThatWasRefused says why on its message.
func TestAReactionThatWasRefused(t *testing.T) {
	t.Parallel()
	w, ms := quotable(t, 1)
	m := ms[0]
	m.Seq, m.Reactions = 50, []model.Reaction{
		{By: model.ByPage, Emoji: "👍"},
		{By: model.ByPage, Emoji: "❤", Error: &model.MessageError{Code: model.Unreachable, Detail: "(#551) x [trace]"}},
	}
	w.Sends(w.Changed(model.ChangeMessage, m))
	w.Shows("👍 from the Page", "❤ was not set. This person can't be")
}

// TestNoReactionWhereNoReplyIsAllowed, and the reason.
func TestNoReactionWhereNoReplyIsAllowed(t *testing.T) {
	t.Parallel()
	list := uitest.Some(1)
	closed := uitest.Noon.Add(-1)
	list[0].WindowUntil = &closed
	w := uitest.NewWorld(t, list)
	ms := uitest.Incoming(1)
	ms[0].MID = "m_a"
	w.Hub.Threads[ms[0].ConversationID] = ms
	w.Keys("5", "enter", "+")
	w.Shows("Reply window closed. It opens again when the customer writes.")
	w.Hides("React")
}
