package screen

import (
	"slices"
	"strings"
	"testing"

	"parley/e2e/driver"
)

// TestScreenAccessible: a customer is answered and done with by lines that are typed, on a hub and a
// terminal; what happens meanwhile is not in the middle of a line, and nothing is drawn.
func TestScreenAccessible(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	w.CustomerSays("2001", driver.Wording{Text: "Is the large one in stock?", Name: "Ken Sato", Locale: "en_US"})
	ken := w.ConversationWith("2001")
	driver.WaitFor(t, "the message is there", driver.Patience, func() bool { return aki.Holds(ken, "Is the large one in stock?") })
	s := driver.NewScreen(t, append(aki.ScreenEnv(), "ACCESSIBLE=1", "LANG=en_US.UTF-8"))
	s.Starts()
	hears := func(texts ...string) {
		t.Helper()
		for _, text := range texts {
			driver.WaitFor(t, "it says "+text, driver.Patience, func() bool { return strings.Contains(s.Written(), text) })
		}
	}
	hears("1 customer waits for an answer.", "Command: ")
	s.Types("next" + driver.KeyEnter)
	hears("Ken Sato, waits ", ": Is the large one in stock?", "Ken Sato, command: ")
	s.Types("reply" + driver.KeyEnter)
	hears("Reply to Ken Sato, closes in 23 hours: ")
	s.Types("Yes, three of them." + driver.KeyEnter)
	hears("Sent to Ken Sato, closes in 23 hours")
	if got := w.Facebook.GotBy("2001"); !slices.Equal(got, []string{"Yes, three of them."}) {
		t.Errorf("the customer got %q", got)
	}

	s.Types("not")
	hears("Ken Sato, command: not")
	w.CustomerSays("2001", driver.Wording{Text: "I take two."})
	driver.WaitFor(t, "it is there", driver.Patience, func() bool { return aki.Holds(ken, "I take two.") })
	s.Types("e Wants two" + driver.KeyEnter)
	hears("Ken Sato, command: note Wants two\r\n", ": I take two.\r\n", "The note about Ken Sato is stored.")
	s.Types("done" + driver.KeyEnter)
	hears("Ken Sato is done.")
	s.Types("quit" + driver.KeyEnter)
	s.Gone()
	if out := s.Written(); strings.Contains(strings.NewReplacer("\x1b[?2004h", "", "\x1b[?2004l", "").Replace(out), "\x1b") {
		t.Errorf("more than lines: %q", out)
	}
}
