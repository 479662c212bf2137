package main

import "testing"

// TestScreenTeam: two colleagues at two screens of one Page. Each sees what the other
// does; a conversation is assigned and noted upon; and when the Page becomes private
// under a user, they are told by whom, until it is shared again.
func TestScreenTeam(t *testing.T) {
	t.Parallel()
	h := newLiveHub(t)
	fillScreen(h, "見積もりをお願いします", "Is the large one in stock?")
	owner, other := h.ann, h.ben
	a, b := startScreen(t, h.screenEnv(t, owner)), startScreen(t, h.screenEnv(t, other))
	for _, s := range []*screen{a, b} {
		s.sees("● live", "Open 2", "Customer 11")
	}

	b.types(keyEnter)
	a.types(keyEnter)
	a.sees(other.Name + " is looking at this")
	b.sees(owner.Name + " is looking at this")
	b.presses("r", "enter send")
	b.types("hello")
	a.sees(other.Name + " is writing an answer")
	b.types(keyEscape)
	a.misses("is writing an answer")

	a.presses("I", "customers never see it")
	a.types("ask the warehouse" + keyEnter)
	b.inThread("ask the warehouse", owner.Name+" · note")
	a.types(keyEscape)
	a.misses("customers never see it")
	if n := h.graph.sent.Load(); n != 0 {
		t.Errorf("%d messages left for a note", n)
	}

	a.presses("a", "Who looks after Customer 11")
	a.sees("Nobody", other.Name)
	a.types("1")
	a.sees("Customer 11 is assigned to " + other.Name)
	b.sees("Mine 1")

	a.presses(keyCtrlK, "Commands")
	a.types("make this page private")
	a.types(keyEnter)
	a.sees("Only you will see the conversations of")
	a.types("y")
	a.sees("is private: only you see its conversations.")
	b.sees(owner.Name + " has made ")
	b.misses("Customer 11")
	b.sees(owner.Name + " can share it again")
	a.presses(keyCtrlK, "Commands")
	a.types("share this page")
	a.types(keyEnter)
	a.sees("Everybody on this hub (3 people) will see all conversations of")
	a.types("y")
	b.sees("Open 2", "Customer 11")
	b.misses("can share it again")
	for _, s := range []*screen{a, b} {
		s.types("q")
		s.gone()
	}
}
