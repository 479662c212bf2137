package app

import (
	"slices"
	"testing"

	"parley/model"
)

// TestAReactionIsChosenByAKey and shown at once as on its way, then as set.
func TestAReactionIsChosenByAKey(t *testing.T) {
	t.Parallel()
	w, ms := quotable(t, 2)
	w.keys("+")
	w.shows("React", "Customer 0: question B", "👍", "like", "another emoji")
	w.hides("take it back")
	w.keys("6")
	if !slices.Contains(w.hub.asked, "react 👍") {
		t.Fatalf("asked %v", w.hub.asked)
	}
	w.shows("👍 from you (on its way)")
	set := ms[1]
	set.Seq, set.Reactions = 5000, []model.Reaction{{By: model.ByPage, Emoji: "👍", User: &model.UserRef{ID: "ken", Name: "Ken"}}}
	w.sends(w.changed(model.ChangeMessage, set))
	w.shows("👍 from Ken")
	w.hides("on its way")
	w.keys("+", "x")
	if !slices.Contains(w.hub.asked, "react ") {
		t.Fatalf("asked %v", w.hub.asked)
	}
}

// TestAnyEmojiIsTyped, and nothing else.
func TestAnyEmojiIsTyped(t *testing.T) {
	t.Parallel()
	w, _ := quotable(t, 1)
	w.keys("+", "+")
	w.types("ok")
	w.keys("enter")
	w.shows("That is not one emoji.")
	w.keys("backspace", "backspace")
	w.types("🎉")
	w.keys("enter")
	if !slices.Contains(w.hub.asked, "react 🎉") {
		t.Fatalf("asked %v", w.hub.asked)
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
	w.sends(w.changed(model.ChangeMessage, m))
	w.shows("👍 from the Page", "❤ was not set. This person can't be")
}

// TestNoReactionWhereNoReplyIsAllowed, and the reason.
func TestNoReactionWhereNoReplyIsAllowed(t *testing.T) {
	t.Parallel()
	list := some(1)
	closed := noon.Add(-1)
	list[0].WindowUntil = &closed
	w := newWorld(t, list)
	ms := incoming(1)
	ms[0].MID = "m_a"
	w.hub.messages[ms[0].ConversationID] = ms
	w.keys("enter", "+")
	w.shows("Reply window closed. It opens again when the customer writes.")
	w.hides("React")
}
