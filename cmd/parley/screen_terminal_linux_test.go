package main

import (
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/cmd/cli"
	"parley/i18n"
)

// fillScreen has customers write to a hub some time ago, so that nothing on the screen
// changes by time while a test looks.
func fillScreen(h *liveHub, texts ...string) {
	h.Helper()
	for i, text := range texts {
		id := string(rune('a' + i))
		m := liveMessage(livePSID(i), "m_"+id, text)
		m.At = time.Now().Add(-90*time.Minute - time.Duration(i)*time.Minute)
		h.writes(livePage, m)
	}
}

// TestScreenResized: whatever size the terminal gets, even none, the program lives, and
// is right again in a size that fits.
func TestScreenResized(t *testing.T) {
	t.Parallel()
	h := newLiveHub(t)
	fillScreen(h, "見積もりをお願いできますか？", "Is the large one in stock?", "👩‍👩‍👧 and é")
	s := startScreen(t, h.screenEnv(t, h.ann))
	s.sees("● live", "Open 3")
	s.types("g" + keyEnter)
	s.sees("Reply to Customer 11…")
	s.inList("Customer 11", lacking("●1"))
	s.presses("r", "enter send")
	s.types("A draft")
	s.inList("Customer 11", holding("✎"))
	before := s.lines()
	x, y := s.cursor()

	for _, size := range []struct {
		w, h int
		see  string
	}{{1, 1, ""}, {0, 0, ""}, {20, 5, "A draft"}, {0, 10, ""}, {10, 0, ""}, {2, 1, ""}, {400, 100, english.Say(i18n.PanelContact)}, {79, 24, "A draft"}, {500, 2, "A draft"}, {40, 12, "A draft"}, {3, 200, ""}} {
		s.resize(size.w, size.h)
		if size.see != "" {
			s.sees(size.see)
		}
	}
	s.resize(screenWidth, screenHeight)
	s.waits("the screen as it was", func(lines []string) bool { return slices.Equal(lines, before) })
	s.waits("the cursor where it was", func([]string) bool {
		p := s.emulator.CursorPosition()
		return p.X == x && p.Y == y
	})
	// Keys typed while nothing is to be seen are typed all the same.
	s.resize(1, 1)
	s.types(" goes on")
	s.resize(screenWidth, screenHeight)
	s.sees("A draft goes on")
	s.leaves()
}

// TestScreenHangUp: a terminal that is gone ends the program, as a signal does, and what
// was typed is there at the next start.
func TestScreenHangUp(t *testing.T) {
	t.Parallel()
	h := newLiveHub(t)
	fillScreen(h, "The first asks", "The second asks")
	env := h.screenEnv(t, h.ann)
	draft := ""
	for _, end := range []struct {
		name string
		do   func(*screen)
	}{
		{"hang-up", func(s *screen) { s.hangUp() }},
		{"SIGTERM", func(s *screen) { s.signal(syscall.SIGTERM) }},
		{"SIGHUP", func(s *screen) { s.signal(syscall.SIGHUP) }},
		{"SIGQUIT", func(s *screen) { s.signal(syscall.SIGQUIT) }},
	} {
		s := startScreen(t, env)
		s.sees("● live", "The first asks")
		if draft != "" {
			s.inList("Customer 11", holding("✎"))
			s.inList("Customer 12", lacking("✎"))
		}
		s.types("g" + keyEnter)
		s.sees("Reply until")
		s.presses("r", "enter send")
		draft += "[" + end.name + "]"
		s.types("[" + end.name + "]")
		s.sees(draft)
		end.do(s)
		if code := s.exit(patience); code != cli.ExitDone {
			t.Errorf("%s: exit code %d\n%s", end.name, code, s.picture())
		}
		s.pumps.Wait()
		if !s.hungUp && s.emulator.IsAltScreen() {
			t.Errorf("%s: the terminal is left as the program had it", end.name)
		}
	}
}

// TestScreenDrafts: each conversation has its own draft, through leaving it and through
// a restart, until it is sent.
func TestScreenDrafts(t *testing.T) {
	t.Parallel()
	h := newLiveHub(t)
	fillScreen(h, "The first asks", "The second asks")
	env := h.screenEnv(t, h.ann)
	s := startScreen(t, env)
	s.sees("● live", "The second asks")
	s.types("g")
	s.presses("r", "Reply to Customer 11…")
	s.types("to the first")
	s.inList("Customer 11", holding("✎"))
	s.presses(keyEscape, "✎ to the first")
	s.types(keyEscape)
	s.sees("enter open")
	s.types("j")
	s.presses("r", "Reply to Customer 12…")
	s.types("二人目への下書き")
	s.inList("Customer 12", holding("✎"))
	s.leaves()

	s = startScreen(t, env)
	s.sees("● live")
	s.inList("Customer 11", holding("✎"))
	s.inList("Customer 12", holding("✎"))
	s.types("g" + keyEnter)
	s.inThread("✎ to the first")
	s.presses("d", "Drafts")
	s.types("12" + keyEnter)
	s.inThread("二人目への下書き", "enter send")
	s.types(keyEnter)
	s.inList("Customer 12", holding("You: 二人目への下書き", "✓"))
	s.inList("Customer 12", lacking("✎"))
	s.inList("Customer 11", holding("✎"))
	s.leaves()
	if n := h.graph.sent.Load(); n != 1 {
		t.Errorf("%d replies left, want one", n)
	}
	s = startScreen(t, env)
	s.sees("● live")
	s.inList("Customer 11", holding("✎"))
	s.inList("Customer 12", lacking("✎"))
	s.leaves()
}

// TestScreenJapanese: in Japanese the screen speaks Japanese.
func TestScreenJapanese(t *testing.T) {
	t.Parallel()
	h := newLiveHub(t)
	fillScreen(h, "見積もりをお願いできますか？")
	s := startScreen(t, h.screenEnv(t, h.ann), "--lang", "ja")
	s.sees(japanese.Say(i18n.FilterName("open"))+" 1", japanese.Say(i18n.EmptyThread), "返信", "22時間")
	s.types(keyEnter)
	s.sees("Customer 11さんに返信…", japanese.Say(i18n.PanelContact))
	s.presses("?", japanese.Say(i18n.HelpEverywhere))
	s.types(keyEscape)
	s.misses(japanese.Say(i18n.HelpEverywhere))
	s.types("e")
	s.sees(japanese.Say(i18n.SaidDone, "Name", "Customer 11"), japanese.Say(i18n.CommandLabel("undo")))
	if all := strings.Join(s.lines(), "\n"); strings.Contains(all, "Reply") || strings.Contains(all, "Open") {
		t.Errorf("English on a Japanese screen\n%s", s.picture())
	}
	s.leaves()
}

// TestScreenDemo: the demo opens full screen on a world of its own, and leaves nothing
// behind.
func TestScreenDemo(t *testing.T) {
	t.Parallel()
	w := newQuietWorld(t)
	s := startScreen(t, w.env("demo"), "demo", "--rate", "0")
	s.sees("● live", "private", "Open 40")
	s.types("g" + keyEnter)
	s.sees(english.Say(i18n.PanelContact), "Reply to ", " New ")
	s.presses("r", "enter send")
	s.types("お待たせしました。" + keyEnter)
	s.inThread("お待たせしました。", "✓")
	s.leaves()
	if left, err := filepath.Glob(filepath.Join(w.dir, "demo", "tmp", "*")); err != nil || len(left) > 0 {
		t.Errorf("the demo leaves %q, %v", left, err)
	}
}
