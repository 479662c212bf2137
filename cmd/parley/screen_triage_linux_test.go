package main

import (
	"strconv"
	"strings"
	"testing"

	"parley/model"
)

// livePSID is one of the customers of a full screen: 11, 12, …
func livePSID(i int) model.PSID { return model.PSID(strconv.Itoa(11 + i)) }

// topRow waits for the first row of the list to be somebody's.
func (s *screen) topRow(name string) {
	s.t.Helper()
	s.waits("the first row is that of "+name, func([]string) bool { return strings.Contains(s.columns(0, listColumns)[2], name) })
}

// triageScreen is a screen of three customers of which the first is selected.
func triageScreen(t *testing.T) *screen {
	t.Helper()
	h := newLiveHub(t)
	fillScreen(h, "見積もりをお願いします", "Is the large one in stock?", "納期はいつですか？")
	s := startScreen(t, h.screenEnv(t, h.ann))
	s.sees("● live", "Open 3", "Customer 13")
	s.topRow("Customer 11")
	s.types("g") // what is selected may be acted on from now on
	return s
}

// TestScreenTriage: done, snoozed, pinned, unread, and taken back.
func TestScreenTriage(t *testing.T) {
	t.Parallel()
	s := triageScreen(t)
	s.types("e")
	s.sees("Customer 11 is done.", "z undo", "Open 2")
	s.topRow("Customer 12")
	s.types("z")
	s.sees("Taken back: Customer 11 is as before.", "Open 3")
	s.topRow("Customer 11")

	s.types("g")
	s.inList("Customer 11", holding("▌"))
	s.presses("s", "Snooze Customer 11")
	s.types("1")
	s.sees("Customer 11 is snoozed until", "Open 2", "Snoozed 1")
	s.topRow("Customer 12")
	s.types("4")
	s.inList("Customer 11", holding("◔"))
	s.types("1")
	s.types("z")
	s.sees("Open 3")
	s.misses("Snoozed 1")

	s.types("G")
	s.inList("Customer 13", holding("▌"))
	s.types("p")
	s.sees("Customer 13 is pinned.")
	s.topRow("Customer 13")
	s.inList("Customer 13", holding("▌", "▲"))
	s.types("u")
	s.sees("Customer 13 is read.")
	s.inList("Customer 13", lacking("●1"))
	s.types("u")
	s.sees("Customer 13 is unread.")
	s.inList("Customer 13", holding("●1"))
	s.types("q")
	s.gone()
}

// TestScreenFinds: a search of two Japanese characters, and the palette.
func TestScreenFinds(t *testing.T) {
	t.Parallel()
	s := triageScreen(t)
	s.presses("/", "Search names and messages")
	s.types("見積" + keyEnter)
	s.sees("Search: 見積", "1 found", "見積もりをお願いします")
	s.topRow("Customer 11")
	s.misses("Customer 12")
	s.types(keyEscape)
	s.sees("Open 3", "Customer 12")

	s.presses(keyCtrlK, "Commands")
	s.types("snz")
	s.waits("what is found", func(lines []string) bool { return !anyHolds(lines, "Pin, or take the pin off") })
	s.types(keyEnter)
	s.sees("Snooze Customer 11", "Tomorrow morning")
	s.types(keyEscape)
	s.misses("Tomorrow morning")

	s.presses(keyCtrlK, "Commands")
	s.types("call")
	s.sees("Parley carries messages, not calls.")
	s.types(keyEnter)
	s.sees("Commands", "Parley carries messages, not calls.")
	s.types(keyEscape)
	s.misses("Commands")
	s.types("q")
	s.gone()
}
