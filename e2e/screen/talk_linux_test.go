package screen

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/e2e/driver"
	"parley/e2e/livehub"
)

// TestScreenTalk: a message is opened, read and answered, while others come.
func TestScreenTalk(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	w.CustomerSays("2001", driver.Wording{Text: "見積もりをお願いできますか？", Name: "山田 花子", Locale: "ja_JP"})
	hanako := w.ConversationWith("2001")
	driver.WaitFor(t, "the first message is there", driver.Patience, func() bool { return aki.Holds(hanako, "見積もりをお願いできますか？") })
	w.CustomerSays("2002", driver.Wording{Text: "Is the large one in stock?", Name: "Ken Sato", Locale: "en_US"})
	s := driver.StartScreen(t, aki.ScreenEnv())
	s.Sees("● live", "Open 2", "山田 花子", "Ken Sato", "見積もりをお願いできますか？", "Is the large one in stock?")
	s.InList("Ken Sato", driver.Holding("▌", "●1"))
	s.InList("山田 花子", driver.Holding("●1"))

	s.Types("j")
	s.InList("山田 花子", driver.Holding("▌"))
	s.Types(driver.KeyEnter)
	s.Sees("Reply until tomorrow", "Reply to 山田 花子…")
	s.InList("山田 花子", driver.Lacking("●1"))
	driver.WaitFor(t, "the hub knows that it was read", driver.Patience, func() bool {
		return slices.ContainsFunc(aki.Conversations(), func(c driver.Conversation) bool { return c.ID == hanako && c.Unread == 0 })
	})

	const reply = "はい、本日中にお送りします。 Thank you!"
	s.Presses("r", "enter send")
	s.Types(reply)
	s.Sees(reply)
	s.Waits("the cursor behind what was typed", func([]string) bool {
		p := s.Emulator.CursorPosition()
		return strings.HasSuffix(s.Part(p.Y, 0, p.X), reply)
	})
	s.Types(driver.KeyEnter)
	s.Sees("Reply to 山田 花子…", "✓✓ read")
	s.InThread(reply)
	s.InList("山田 花子", driver.Holding("You: はい、本日中に"))
	if got := w.Facebook.GotBy("2001"); !slices.Equal(got, []string{reply}) {
		t.Errorf("the customer got %q", got)
	}

	// What comes meanwhile shows up here and in the list, and takes nothing away.
	s.Types("and a draft")
	s.InList("山田 花子", driver.Holding("✎"))
	w.CustomerSays("2002", driver.Wording{Text: "Hello? Anybody there?"})
	s.InList("Ken Sato", driver.Holding("Hello? Anybody there?", "●2"))
	w.CustomerSays("2001", driver.Wording{Text: "ありがとうございます。"})
	s.InThread("ありがとうございます。", reply, "and a draft")
	s.InList("山田 花子", driver.Holding("▌", "ありがとうございます。"))
	s.InList("Ken Sato", driver.Lacking("▌"))
	s.Leaves()
}

// TestScreenRepliesAtOnce: a reply that is sent while the messages before it are still
// being read is on the screen with them.
func TestScreenRepliesAtOnce(t *testing.T) {
	t.Parallel()
	h := livehub.New(t)
	for i := range 40 {
		n := strconv.Itoa(i + 1)
		h.Writes(livehub.Page, livehub.Message("11", "m_"+n, "question "+n))
	}
	s := driver.StartScreen(t, screenEnv(h, t, h.Ann))
	s.Sees("● live", "question 40")
	s.Types(driver.KeyEnter + driver.Between + "r" + driver.Between + "The answer" + driver.Between + driver.KeyEnter + driver.Between)
	s.InThread("The answer", "✓ sent")
	s.Leaves()
}

// TestScreenWindowCloses: when the reply window ends under the user's hands, what they
// typed stays, and nothing leaves.
func TestScreenWindowCloses(t *testing.T) {
	t.Parallel()
	h := livehub.New(t)
	s := driver.StartScreen(t, screenEnv(h, t, h.Ann))
	s.Sees("● live")
	m := livehub.Message("31", "m_31", "Are you still there?")
	m.At = time.Now().Add(12*time.Second - 24*time.Hour)
	ends := m.At.Add(24 * time.Hour)
	h.Writes(livehub.Page, m)
	s.Sees("Are you still there?")
	s.Types(driver.KeyEnter)
	s.Sees("Reply to Customer 31…")
	s.Types("r")
	s.Sees("enter send")
	s.Types("Yes, we are")
	s.Sees("Yes, we are")

	s.Sees("Reply window closed", "draft kept, nothing is sent", "Yes, we are")
	if late := time.Since(ends); late < 0 || late > driver.Soon {
		t.Errorf("the composer is closed %s after the window is", late)
	}
	t.Logf("closed %s after the end", time.Since(ends))
	s.Types(driver.KeyEnter + driver.Between + ", though late" + driver.Between)
	s.Sees("Yes, we are, though late", "draft kept, nothing is sent")
	s.Types(driver.KeyEnter + driver.KeyEscape)
	s.Sees("✎ Yes, we are, though late")
	s.Types("5") // it is no longer among the open ones
	s.InList("Customer 31", driver.Holding("✎", "Reply window closed"))
	if n := h.Graph.Sent.Load(); n != 0 {
		t.Errorf("%d replies left", n)
	}
	// Writing again, they open it; the draft is still there to be sent.
	h.Writes(livehub.Page, livehub.Message("31", "m_31b", "I am still here"))
	s.Sees("I am still here", "Reply until tomorrow")
	s.Presses("r", "enter send")
	s.Types(driver.KeyEnter)
	s.InThread("Yes, we are, though late", "✓ sent")
	if n := h.Graph.Sent.Load(); n != 1 {
		t.Errorf("%d replies left, want one", n)
	}
	s.Leaves()
}

// TestScreenHubAway: while the hub is away the screen says so and takes replies; once it
// is back they leave, once each, and all that came meanwhile shows.
func TestScreenHubAway(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	w.CustomerSays("2001", driver.Wording{Text: "Hello from Ken", Name: "Ken Sato"})
	s := driver.StartScreen(t, aki.ScreenEnv())
	s.Sees("● live", "Hello from Ken")
	s.Types(driver.KeyEnter)
	s.Sees("Reply to Ken Sato…")
	w.Hub.Kill()
	s.Sees("○ offline", "Next try in")

	s.Presses("r", "enter send")
	s.Types("Typed while it was away")
	s.Types(driver.KeyEnter)
	s.Sees("Reply to Ken Sato…")
	s.InThread("Typed while it was away", "○ waiting")
	w.CustomerWrites("2001", "The first of meanwhile")
	w.CustomerWrites("2001", "The second of meanwhile")
	w.CustomerSays("2002", driver.Wording{Text: "And somebody new", Name: "Marta Ruiz"})
	w.StartHub()

	s.Sees("● live", "Open 2", "And somebody new", "Marta Ruiz")
	s.Misses("Next try in")
	driver.WaitFor(t, "the reply leaves", driver.Patience, func() bool { return len(w.Facebook.GotBy("2001")) > 0 })
	s.Leaves()

	// Started while the hub is away, it waits for it.
	w.Hub.Kill()
	s = driver.StartScreen(t, aki.ScreenEnv())
	s.Sees("· offline", "Next try in")
	w.StartHub()
	s.Sees("● live", "Open 2", "Marta Ruiz", "Ken Sato")
	s.Presses("/", "Search names and messages")
	s.Types("Ken Sato" + driver.KeyEnter)
	s.Sees("1 found")
	s.Types("g" + driver.KeyEnter)
	s.InThread("Hello from Ken", "Typed while it was away", "✓✓ read", "The first of meanwhile", "The second of meanwhile")
	if got := w.Facebook.GotBy("2001"); !slices.Equal(got, []string{"Typed while it was away"}) {
		t.Errorf("the customer got %q", got)
	}
	s.Leaves()
}

// TestScreenLeftWithAReplyWaiting: what was sent while the hub was away, and never handed
// in before the program ended, leaves by itself at the next start, once.
func TestScreenLeftWithAReplyWaiting(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	w.CustomerSays("2001", driver.Wording{Text: "Hello from Ken", Name: "Ken Sato"})
	s := driver.StartScreen(t, aki.ScreenEnv())
	s.Sees("● live", "Hello from Ken")
	s.Types(driver.KeyEnter)
	s.Sees("Reply to Ken Sato…")
	w.Hub.Kill()
	s.Sees("○ offline")
	s.Presses("r", "enter send")
	s.Types("Typed while it was away" + driver.KeyEnter)
	s.InThread("Typed while it was away", "○ waiting")
	s.Leaves()

	w.StartHub()
	s = driver.StartScreen(t, aki.ScreenEnv())
	s.Sees("● live", "Sending what was left from last time: 1.")
	s.Types(driver.KeyEnter)
	driver.WaitFor(t, "the reply leaves", driver.Patience, func() bool { return len(w.Facebook.GotBy("2001")) > 0 })
	s.InThread("Typed while it was away", "✓✓ read")
	s.InList("Ken Sato", driver.Lacking("✎"))
	s.Leaves()
	s = driver.StartScreen(t, aki.ScreenEnv())
	s.Sees("● live", "You: Typed while it was away")
	s.Misses("has not been handed in")
	s.Leaves()
	if got := w.Facebook.GotBy("2001"); !slices.Equal(got, []string{"Typed while it was away"}) {
		t.Errorf("the customer got %q", got)
	}
}

// TestScreenStaysOpen: the conversation in which somebody writes stays open while the hub
// goes and comes back, so that no key becomes a command.
func TestScreenStaysOpen(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	w.CustomerSays("2001", driver.Wording{Text: "Hello from Ken", Name: "Ken Sato"})
	s := driver.StartScreen(t, aki.ScreenEnv())
	s.Sees("● live", "Hello from Ken")
	s.Types(driver.KeyEnter)
	s.Sees("Reply to Ken Sato…")
	s.Presses("r", "enter send")
	s.Types("Typed")
	for range 5 {
		w.CustomerWrites("2001", "Another one")
		w.Hub.Kill()
		s.Sees("○ offline")
		w.CustomerWrites("2001", "One of meanwhile")
		w.StartHub()
		s.Sees("● live")
		s.Types("+")
	}
	s.InThread("Hello from Ken", "One of meanwhile", "Typed+++++")
	s.Leaves()
}

// TestScreenFocus: what nobody looks at does not count as read.
func TestScreenFocus(t *testing.T) {
	t.Parallel()
	h := livehub.New(t)
	fillScreen(h, "Is anybody looking?")
	s := driver.StartScreen(t, screenEnv(h, t, h.Ann))
	s.Sees("● live", "Is anybody looking?")
	s.Types(driver.KeyBlur + driver.KeyEnter)
	s.InThread("Is anybody looking?")
	// The time it takes to count as read passes while something else is shown and goes.
	s.Types("w")
	s.Sees("Sorted: waiting longest first.")
	s.Misses("Sorted: waiting longest first.")
	s.InList("Customer 11", driver.Holding("●1"))
	s.Types(driver.KeyFocus)
	s.InList("Customer 11", driver.Lacking("●"))
	s.Leaves()
}

// TestScreenBlockWhileTyping: Facebook restricts the Page while a reply is typed: the
// composer is closed and a banner says why; unblocked, the same text leaves.
func TestScreenBlockWhileTyping(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	w.CustomerSays("2001", driver.Wording{Text: "Is it in stock?", Name: "Ken Sato", Locale: "en_US"})
	s := driver.StartScreen(t, aki.ScreenEnv())
	s.Sees("● live", "Is it in stock?")
	s.Types(driver.KeyEnter)
	s.Sees("Reply to Ken Sato…")
	s.Presses("r", "enter send")
	s.Types("half a thought")
	s.Sees("half a thought")

	began := time.Now()
	w.Facebook.Control("POST", "/page", map[string]any{"policy": "block", "reason": "Spam"}, nil)
	s.Sees("draft kept, nothing is sent", "Reason: Spam", "half a thought")
	late := time.Since(began)
	t.Logf("closed %s after Facebook said so", late)
	if late > driver.Soon {
		t.Errorf("the composer is closed %s after Facebook said so", late)
	}
	s.Types(driver.KeyEnter + driver.Between)
	w.Facebook.Control("POST", "/page", map[string]any{"policy": "unblock"}, nil)
	s.Sees("enter send", "half a thought")
	if got := w.Facebook.GotBy("2001"); len(got) > 0 {
		t.Fatalf("the customer got %q", got)
	}
	s.Types(driver.KeyEnter)
	s.InThread("half a thought", "✓ sent")
	if got := w.Facebook.GotBy("2001"); !slices.Equal(got, []string{"half a thought"}) {
		t.Errorf("the customer got %q", got)
	}
	s.Leaves()
}
