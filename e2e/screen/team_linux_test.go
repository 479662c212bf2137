package screen

import (
	"testing"

	"parley/e2e/driver"
	"parley/e2e/livehub"
)

// TestScreenTeam: two colleagues at two screens of one Page. Each sees what the other
// does; a conversation is assigned and noted upon; and when the Page becomes private
// under a user, they are told by whom, until it is shared again.
func TestScreenTeam(t *testing.T) {
	t.Parallel()
	h := livehub.New(t)
	fillScreen(h, "見積もりをお願いします", "Is the large one in stock?")
	owner, other := h.Ann, h.Ben
	a, b := driver.StartScreen(t, screenEnv(h, t, owner)), driver.StartScreen(t, screenEnv(h, t, other))
	for _, s := range []*driver.Screen{a, b} {
		s.Sees("● live", "Open 2", "Customer 11")
	}

	b.Types(driver.KeyEnter)
	a.Types(driver.KeyEnter)
	a.Sees(other.Name + " is looking at this")
	b.Sees(owner.Name + " is looking at this")
	b.Presses("r", "enter send")
	b.Types("hello")
	a.Sees(other.Name + " is writing an answer")
	b.Types(driver.KeyEscape)
	a.Misses("is writing an answer")

	a.Presses("I", "customers never see it")
	a.Types("ask the warehouse" + driver.KeyEnter)
	b.InThread("ask the warehouse", owner.Name+" · note")
	a.Types(driver.KeyEscape)
	a.Misses("customers never see it")
	if n := h.Graph.Sent.Load(); n != 0 {
		t.Errorf("%d messages left for a note", n)
	}

	a.Presses("a", "Who looks after Customer 11")
	a.Sees("Nobody", other.Name)
	a.Types("1")
	a.Sees("Customer 11 is assigned to " + other.Name)
	b.Sees("Mine 1")

	a.Presses(driver.KeyCtrlK, "Commands")
	a.Types("make this page private")
	a.Types(driver.KeyEnter)
	a.Sees("Only you will see the conversations of")
	a.Types("y")
	a.Sees("is private: only you see its conversations.")
	b.Sees(owner.Name + " has made ")
	b.Misses("Customer 11")
	b.Sees(owner.Name + " can share it again")
	a.Presses(driver.KeyCtrlK, "Commands")
	a.Types("share this page")
	a.Types(driver.KeyEnter)
	a.Sees("Everybody on this hub (3 people) will see all conversations of")
	a.Types("y")
	b.Sees("Open 2", "Customer 11")
	b.Misses("can share it again")
	for _, s := range []*driver.Screen{a, b} {
		s.Leaves()
	}
}
