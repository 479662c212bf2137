package screen

import (
	"strconv"
	"strings"
	"testing"

	"parley/e2e/driver"
	"parley/e2e/livehub"
	"parley/model"
)

// livePSID is one of the customers of a full screen: 11, 12, …
func livePSID(i int) model.PSID { return model.PSID(strconv.Itoa(11 + i)) }

// topRow waits for the first row of the list to be somebody's.
func topRow(s *driver.Screen, name string) {
	s.T.Helper()
	s.Waits("the first row is that of "+name, func([]string) bool { return strings.Contains(s.Columns(0, driver.ListColumns)[2], name) })
}

// triageScreen is a screen of three customers of which the first is selected.
func triageScreen(t *testing.T) *driver.Screen {
	t.Helper()
	h := livehub.New(t)
	fillScreen(h, "見積もりをお願いします", "Is the large one in stock?", "納期はいつですか？")
	s := driver.StartScreen(t, screenEnv(h, t, h.Ann))
	s.Sees("● live", "Open 3", "Customer 13")
	topRow(s, "Customer 11")
	s.Types("g") // what is selected may be acted on from now on
	return s
}

// TestScreenTriage: done, snoozed, pinned, unread, and taken back.
func TestScreenTriage(t *testing.T) {
	t.Parallel()
	s := triageScreen(t)
	s.Types("e")
	s.Sees("Customer 11 is done.", "z undo", "Open 2")
	topRow(s, "Customer 12")
	s.Types("z")
	s.Sees("Taken back: Customer 11 is as before.", "Open 3")
	topRow(s, "Customer 11")

	s.Types("g")
	s.InList("Customer 11", driver.Holding("▌"))
	s.Presses("s", "Snooze Customer 11")
	s.Types("h")
	s.Sees("Customer 11 is snoozed until", "Open 2", "Snoozed 1")
	topRow(s, "Customer 12")
	s.Types("4")
	s.InList("Customer 11", driver.Holding("◔"))
	s.Types("1")
	s.Types("z")
	s.Sees("Open 3")
	s.Misses("Snoozed 1")

	s.Types("G")
	s.InList("Customer 13", driver.Holding("▌"))
	s.Types("p")
	s.Sees("Customer 13 is pinned.")
	topRow(s, "Customer 13")
	s.InList("Customer 13", driver.Holding("▌", "▲"))
	s.Types("u")
	s.Sees("Customer 13 is read.")
	s.InList("Customer 13", driver.Lacking("●1"))
	s.Types("u")
	s.Sees("Customer 13 is unread.")
	s.InList("Customer 13", driver.Holding("●1"))
	s.Types("q")
	s.Gone()
}

// TestScreenFinds: a search of two Japanese characters, and the palette.
func TestScreenFinds(t *testing.T) {
	t.Parallel()
	s := triageScreen(t)
	s.Presses("/", "Search names and messages")
	s.Types("見積" + driver.KeyEnter)
	s.Sees("Search: 見積", "1 found", "見積もりをお願いします")
	topRow(s, "Customer 11")
	s.Misses("Customer 12")
	s.Types(driver.KeyEscape)
	s.Sees("Open 3", "Customer 12")

	s.Presses(driver.KeyCtrlK, "Commands")
	s.Types("snz")
	s.Waits("what is found", func(lines []string) bool { return !driver.AnyHolds(lines, "Pin, or take the pin off") })
	s.Types(driver.KeyEnter)
	s.Sees("Snooze Customer 11", "Tomorrow morning")
	s.Types(driver.KeyEscape)
	s.Misses("Tomorrow morning")

	s.Presses(driver.KeyCtrlK, "Commands")
	s.Types("call")
	s.Sees("Parley carries messages, not calls.")
	s.Types(driver.KeyEnter)
	s.Sees("Commands", "Parley carries messages, not calls.")
	s.Types(driver.KeyEscape)
	s.Misses("Commands")
	s.Types("q")
	s.Gone()
}
