package main

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestScreenTalk: a message is opened, read and answered, while others come.
func TestScreenTalk(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	w.customerSays("2001", wording{Text: "見積もりをお願いできますか？", Name: "山田 花子", Locale: "ja_JP"})
	hanako := w.conversationWith("2001")
	waitFor(t, "the first message is there", patience, func() bool { return aki.holds(hanako, "見積もりをお願いできますか？") })
	w.customerSays("2002", wording{Text: "Is the large one in stock?", Name: "Ken Sato", Locale: "en_US"})
	s := startScreen(t, aki.screenEnv())
	s.sees("● live", "Open 2", "山田 花子", "Ken Sato", "見積もりをお願いできますか？", "Is the large one in stock?")
	s.inList("Ken Sato", holding("▌", "●1"))
	s.inList("山田 花子", holding("●1"))

	s.types("j")
	s.inList("山田 花子", holding("▌"))
	s.types(keyEnter)
	s.sees("Reply until tomorrow", "Reply to 山田 花子…")
	s.inList("山田 花子", lacking("●1"))
	waitFor(t, "the hub knows that it was read", patience, func() bool {
		return slices.ContainsFunc(aki.conversations(), func(c conversation) bool { return c.ID == hanako && c.Unread == 0 })
	})

	const reply = "はい、本日中にお送りします。 Thank you!"
	s.presses("r", "enter send")
	s.types(reply)
	s.sees(reply)
	s.waits("the cursor behind what was typed", func([]string) bool {
		p := s.emulator.CursorPosition()
		return strings.HasSuffix(s.part(p.Y, 0, p.X), reply)
	})
	s.types(keyEnter)
	s.sees("Reply to 山田 花子…", "✓✓ read")
	s.inThread(reply)
	s.inList("山田 花子", holding("You: はい、本日中に", "✓✓"))
	if got := w.facebook.gotBy("2001"); !slices.Equal(got, []string{reply}) {
		t.Errorf("the customer got %q", got)
	}

	// What comes meanwhile shows up here and in the list, and takes nothing away.
	s.types("and a draft")
	s.inList("山田 花子", holding("✎"))
	w.customerSays("2002", wording{Text: "Hello? Anybody there?"})
	s.inList("Ken Sato", holding("Hello? Anybody there?", "●2"))
	w.customerSays("2001", wording{Text: "ありがとうございます。"})
	s.inThread("ありがとうございます。", reply, "and a draft")
	s.inList("山田 花子", holding("▌", "ありがとうございます。"))
	s.inList("Ken Sato", lacking("▌"))
	s.leaves()
}

// TestScreenRepliesAtOnce: a reply that is sent while the messages before it are still
// being read is on the screen with them.
func TestScreenRepliesAtOnce(t *testing.T) {
	t.Parallel()
	h := newLiveHub(t)
	for i := range 40 {
		n := strconv.Itoa(i + 1)
		h.writes(livePage, liveMessage("11", "m_"+n, "question "+n))
	}
	s := startScreen(t, h.screenEnv(t, h.ann))
	s.sees("● live", "question 40")
	s.types(keyEnter + between + "r" + between + "The answer" + between + keyEnter + between)
	s.inThread("The answer", "✓ sent")
	s.leaves()
}

// TestScreenWindowCloses: when the reply window ends under the user's hands, what they
// typed stays, and nothing leaves.
func TestScreenWindowCloses(t *testing.T) {
	t.Parallel()
	h := newLiveHub(t)
	s := startScreen(t, h.screenEnv(t, h.ann))
	s.sees("● live")
	m := liveMessage("31", "m_31", "Are you still there?")
	m.At = time.Now().Add(12*time.Second - 24*time.Hour)
	ends := m.At.Add(24 * time.Hour)
	h.writes(livePage, m)
	s.sees("Are you still there?")
	s.types(keyEnter)
	s.sees("Reply to Customer 31…")
	s.types("r")
	s.sees("enter send")
	s.types("Yes, we are")
	s.sees("Yes, we are")

	s.sees("Reply window closed", "draft kept, nothing is sent", "Yes, we are")
	if late := time.Since(ends); late < 0 || late > soon {
		t.Errorf("the composer is closed %s after the window is", late)
	}
	t.Logf("closed %s after the end", time.Since(ends))
	s.types(keyEnter + between + ", though late" + between)
	s.sees("Yes, we are, though late", "draft kept, nothing is sent")
	s.types(keyEnter + keyEscape)
	s.sees("✎ Yes, we are, though late")
	s.inList("Customer 31", holding("✎", "—"))
	if n := h.graph.sent.Load(); n != 0 {
		t.Errorf("%d replies left", n)
	}
	// Writing again, they open it; the draft is still there to be sent.
	h.writes(livePage, liveMessage("31", "m_31b", "I am still here"))
	s.sees("I am still here", "Reply until tomorrow")
	s.presses("r", "enter send")
	s.types(keyEnter)
	s.inThread("Yes, we are, though late", "✓ sent")
	if n := h.graph.sent.Load(); n != 1 {
		t.Errorf("%d replies left, want one", n)
	}
	s.leaves()
}

// TestScreenHubAway: while the hub is away the screen says so and takes replies; once it
// is back they leave, once each, and all that came meanwhile shows.
func TestScreenHubAway(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	w.customerSays("2001", wording{Text: "Hello from Ken", Name: "Ken Sato"})
	s := startScreen(t, aki.screenEnv())
	s.sees("● live", "Hello from Ken")
	s.types(keyEnter)
	s.sees("Reply to Ken Sato…")
	w.hub.kill()
	s.sees("○ offline", "tried again by itself")

	s.presses("r", "enter send")
	s.types("Typed while it was away")
	s.types(keyEnter)
	s.sees("Reply to Ken Sato…")
	s.inThread("Typed while it was away", "○ waiting")
	w.customerWrites("2001", "The first of meanwhile")
	w.customerWrites("2001", "The second of meanwhile")
	w.customerSays("2002", wording{Text: "And somebody new", Name: "Marta Ruiz"})
	w.startHub()

	s.sees("● live", "Open 2", "And somebody new", "Marta Ruiz")
	s.misses("tried again by itself")
	waitFor(t, "the reply leaves", patience, func() bool { return len(w.facebook.gotBy("2001")) > 0 })
	s.leaves()

	// Started while the hub is away, it waits for it.
	w.hub.kill()
	s = startScreen(t, aki.screenEnv())
	s.sees("○ offline", "tried again by itself")
	w.startHub()
	s.sees("● live", "Open 2", "Marta Ruiz", "Ken Sato")
	s.presses("/", "Search names and messages")
	s.types("Ken Sato" + keyEnter)
	s.sees("1 found")
	s.types("g" + keyEnter)
	s.inThread("Hello from Ken", "Typed while it was away", "✓✓ read", "The first of meanwhile", "The second of meanwhile")
	if got := w.facebook.gotBy("2001"); !slices.Equal(got, []string{"Typed while it was away"}) {
		t.Errorf("the customer got %q", got)
	}
	s.leaves()
}

// TestScreenLeftWithAReplyWaiting: what was sent while the hub was away, and never handed
// in before the program ended, is there at the next start, and leaves once.
func TestScreenLeftWithAReplyWaiting(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	w.customerSays("2001", wording{Text: "Hello from Ken", Name: "Ken Sato"})
	s := startScreen(t, aki.screenEnv())
	s.sees("● live", "Hello from Ken")
	s.types(keyEnter)
	s.sees("Reply to Ken Sato…")
	w.hub.kill()
	s.sees("○ offline")
	s.presses("r", "enter send")
	s.types("Typed while it was away" + keyEnter)
	s.inThread("Typed while it was away", "○ waiting")
	s.leaves()

	w.startHub()
	s = startScreen(t, aki.screenEnv())
	s.sees("● live", "has not been handed in")
	s.inList("Ken Sato", holding("✎"))
	s.types(keyEnter)
	s.inThread("Typed while it was away", "Parley ended before the hub answered.")
	s.types("R")
	waitFor(t, "the reply leaves", patience, func() bool { return len(w.facebook.gotBy("2001")) > 0 })
	s.inThread("✓✓ read")
	s.inList("Ken Sato", lacking("✎"))
	s.leaves()
	s = startScreen(t, aki.screenEnv())
	s.sees("● live", "You: Typed while it was away")
	s.misses("has not been handed in")
	s.leaves()
	if got := w.facebook.gotBy("2001"); !slices.Equal(got, []string{"Typed while it was away"}) {
		t.Errorf("the customer got %q", got)
	}
}

// TestScreenStaysOpen: the conversation in which somebody writes stays open while the hub
// goes and comes back, so that no key becomes a command.
func TestScreenStaysOpen(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	w.customerSays("2001", wording{Text: "Hello from Ken", Name: "Ken Sato"})
	s := startScreen(t, aki.screenEnv())
	s.sees("● live", "Hello from Ken")
	s.types(keyEnter)
	s.sees("Reply to Ken Sato…")
	s.presses("r", "enter send")
	s.types("Typed")
	for range 5 {
		w.customerWrites("2001", "Another one")
		w.hub.kill()
		s.sees("○ offline")
		w.customerWrites("2001", "One of meanwhile")
		w.startHub()
		s.sees("● live")
		s.types("+")
	}
	s.inThread("Hello from Ken", "One of meanwhile", "Typed+++++")
	s.leaves()
}

// TestScreenFocus: what nobody looks at does not count as read.
func TestScreenFocus(t *testing.T) {
	t.Parallel()
	h := newLiveHub(t)
	fillScreen(h, "Is anybody looking?")
	s := startScreen(t, h.screenEnv(t, h.ann))
	s.sees("● live", "Is anybody looking?")
	s.types(keyBlur + keyEnter)
	s.inThread("Is anybody looking?")
	// The time it takes to count as read passes while something else is shown and goes.
	s.types("w")
	s.sees("Sorted: waiting longest first.")
	s.misses("Sorted: waiting longest first.")
	s.inList("Customer 11", holding("●1"))
	s.types(keyFocus)
	s.inList("Customer 11", lacking("●"))
	s.leaves()
}

// TestScreenBlockWhileTyping: Facebook restricts the Page while a reply is typed: the
// composer is closed and a banner says why; unblocked, the same text leaves.
func TestScreenBlockWhileTyping(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	w.customerSays("2001", wording{Text: "Is it in stock?", Name: "Ken Sato", Locale: "en_US"})
	s := startScreen(t, aki.screenEnv())
	s.sees("● live", "Is it in stock?")
	s.types(keyEnter)
	s.sees("Reply to Ken Sato…")
	s.presses("r", "enter send")
	s.types("half a thought")
	s.sees("half a thought")

	began := time.Now()
	w.facebook.control("POST", "/page", map[string]any{"policy": "block", "reason": "Spam"}, nil)
	s.sees("draft kept, nothing is sent", "Reason: Spam", "half a thought")
	late := time.Since(began)
	t.Logf("closed %s after Facebook said so", late)
	if late > soon {
		t.Errorf("the composer is closed %s after Facebook said so", late)
	}
	s.types(keyEnter + between)
	w.facebook.control("POST", "/page", map[string]any{"policy": "unblock"}, nil)
	s.sees("enter send", "half a thought")
	if got := w.facebook.gotBy("2001"); len(got) > 0 {
		t.Fatalf("the customer got %q", got)
	}
	s.types(keyEnter)
	s.inThread("half a thought", "✓ sent")
	if got := w.facebook.gotBy("2001"); !slices.Equal(got, []string{"half a thought"}) {
		t.Errorf("the customer got %q", got)
	}
	s.leaves()
}
