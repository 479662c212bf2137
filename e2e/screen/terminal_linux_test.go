package screen

import (
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/cmd/cli"
	"parley/e2e/driver"
	"parley/e2e/livehub"
	"parley/i18n"
)

// fillScreen has customers write to a hub some time ago, so that nothing on the screen
// changes by time while a test looks.
func fillScreen(h *livehub.Hub, texts ...string) {
	h.Helper()
	for i, text := range texts {
		id := string(rune('a' + i))
		m := livehub.Message(livePSID(i), "m_"+id, text)
		m.At = time.Now().Add(-90*time.Minute - time.Duration(i)*time.Minute)
		h.Writes(livehub.Page, m)
	}
}

// TestScreenResized: whatever size the terminal gets, even none, the program lives, and
// is right again in a size that fits.
func TestScreenResized(t *testing.T) {
	t.Parallel()
	h := livehub.New(t)
	fillScreen(h, "見積もりをお願いできますか？", "Is the large one in stock?", "👩‍👩‍👧 and é")
	s := driver.StartScreen(t, screenEnv(h, t, h.Ann))
	s.Sees("● live", "Open 3")
	s.Types("g" + driver.KeyEnter)
	s.Sees("Reply to Customer 11…")
	s.InList("Customer 11", driver.Lacking("●1"))
	s.Presses("r", "enter send")
	s.Types("A draft")
	s.InList("Customer 11", driver.Holding("✎"))
	before := s.Lines()
	x, y := s.Cursor()

	for _, size := range []struct {
		w, h int
		see  string
	}{{1, 1, ""}, {0, 0, ""}, {20, 5, "A draft"}, {0, 10, ""}, {10, 0, ""}, {2, 1, ""}, {400, 100, driver.English.Say(i18n.PanelContact)}, {79, 24, "A draft"}, {500, 2, "A draft"}, {40, 12, "A draft"}, {3, 200, ""}} {
		s.Resize(size.w, size.h)
		if size.see != "" {
			s.Sees(size.see)
		}
	}
	s.Resize(driver.ScreenWidth, driver.ScreenHeight)
	s.Waits("the screen as it was", func(lines []string) bool { return slices.Equal(lines, before) })
	s.Waits("the cursor where it was", func([]string) bool {
		p := s.Emulator.CursorPosition()
		return p.X == x && p.Y == y
	})
	// Keys typed while nothing is to be seen are typed all the same.
	s.Resize(1, 1)
	s.Types(" goes on")
	s.Resize(driver.ScreenWidth, driver.ScreenHeight)
	s.Sees("A draft goes on")
	s.Leaves()
}

// TestScreenHangUp: a terminal that is gone ends the program, as a signal does, and what
// was typed is there at the next start.
func TestScreenHangUp(t *testing.T) {
	t.Parallel()
	h := livehub.New(t)
	fillScreen(h, "The first asks", "The second asks")
	env := screenEnv(h, t, h.Ann)
	draft := ""
	for _, end := range []struct {
		name string
		do   func(*driver.Screen)
	}{
		{"hang-up", func(s *driver.Screen) { s.HangUp() }},
		{"SIGTERM", func(s *driver.Screen) { s.Signal(syscall.SIGTERM) }},
		{"SIGHUP", func(s *driver.Screen) { s.Signal(syscall.SIGHUP) }},
		{"SIGQUIT", func(s *driver.Screen) { s.Signal(syscall.SIGQUIT) }},
	} {
		s := driver.StartScreen(t, env)
		s.Sees("● live", "The first asks")
		if draft != "" {
			s.InList("Customer 11", driver.Holding("✎"))
			s.InList("Customer 12", driver.Lacking("✎"))
		}
		s.Types("g" + driver.KeyEnter)
		s.Sees("Reply until")
		s.Presses("r", "enter send")
		draft += "[" + end.name + "]"
		s.Types("[" + end.name + "]")
		s.Sees(draft)
		end.do(s)
		if code := s.Exit(driver.Patience); code != cli.ExitDone {
			t.Errorf("%s: exit code %d\n%s", end.name, code, s.Picture())
		}
		s.Pumps.Wait()
		if !s.HungUp && s.Emulator.IsAltScreen() {
			t.Errorf("%s: the terminal is left as the program had it", end.name)
		}
	}
}

// TestScreenDrafts: each conversation has its own draft, through leaving it and through
// a restart, until it is sent.
func TestScreenDrafts(t *testing.T) {
	t.Parallel()
	h := livehub.New(t)
	fillScreen(h, "The first asks", "The second asks")
	env := screenEnv(h, t, h.Ann)
	s := driver.StartScreen(t, env)
	s.Sees("● live", "The second asks")
	s.Types("g")
	s.Presses("r", "Reply to Customer 11…")
	s.Types("to the first")
	s.InList("Customer 11", driver.Holding("✎"))
	s.Presses(driver.KeyEscape, "✎ to the first")
	s.Types(driver.KeyEscape)
	s.Sees("enter open")
	s.Types("j")
	s.Presses("r", "Reply to Customer 12…")
	s.Types("二人目への下書き")
	s.InList("Customer 12", driver.Holding("✎"))
	s.Leaves()

	s = driver.StartScreen(t, env)
	s.Sees("● live")
	s.InList("Customer 11", driver.Holding("✎"))
	s.InList("Customer 12", driver.Holding("✎"))
	s.Types("g" + driver.KeyEnter)
	s.InThread("✎ to the first")
	s.Presses("d", "Drafts")
	s.Types("12" + driver.KeyEnter)
	s.InThread("二人目への下書き", "enter send")
	s.Types(driver.KeyEnter)
	s.InList("Customer 12", driver.Holding("You: 二人目への下書き"))
	s.InList("Customer 12", driver.Lacking("✎"))
	s.InList("Customer 11", driver.Holding("✎"))
	s.Leaves()
	if n := h.Graph.Sent.Load(); n != 1 {
		t.Errorf("%d replies left, want one", n)
	}
	s = driver.StartScreen(t, env)
	s.Sees("● live")
	s.InList("Customer 11", driver.Holding("✎"))
	s.InList("Customer 12", driver.Lacking("✎"))
	s.Leaves()
}

// TestScreenJapanese: in Japanese the screen speaks Japanese.
func TestScreenJapanese(t *testing.T) {
	t.Parallel()
	h := livehub.New(t)
	fillScreen(h, "見積もりをお願いできますか？")
	s := driver.StartScreen(t, screenEnv(h, t, h.Ann), "--lang", "ja")
	s.Sees(driver.Japanese.Say(i18n.FilterName("open"))+" 1", driver.Japanese.Say(i18n.AgendaWaitingOne), "返信")
	s.Types(driver.KeyEnter)
	s.Sees("Customer 11さんに返信…", driver.Japanese.Say(i18n.PanelContact))
	s.Presses("?", driver.Japanese.Say(i18n.HelpDay))
	s.Types(driver.KeyEscape)
	s.Misses(driver.Japanese.Say(i18n.HelpDay))
	s.Types("e")
	s.Sees(driver.Japanese.Say(i18n.SaidDone, "Name", "Customer 11"), driver.Japanese.Say(i18n.CommandLabel("undo")))
	if all := strings.Join(s.Lines(), "\n"); strings.Contains(all, "Reply") || strings.Contains(all, "Open") {
		t.Errorf("English on a Japanese screen\n%s", s.Picture())
	}
	s.Leaves()
}

// TestScreenDemo: the demo opens full screen on a world of its own, and leaves nothing
// behind.
func TestScreenDemo(t *testing.T) {
	t.Parallel()
	w := driver.NewQuietWorld(t)
	s := driver.StartScreen(t, w.Env("demo"), "demo", "--rate", "0")
	// While it fills, there may be blocked conversations only, and no row to open.
	s.Sees("● live", "private", "Blocked 1", "▌")
	s.Types("g" + driver.KeyEnter)
	s.Sees(driver.English.Say(i18n.PanelContact), "Reply to ", " New ")
	s.Presses("r", "enter send")
	s.Types("お待たせしました。" + driver.KeyEnter)
	s.InThread("お待たせしました。", "✓")
	s.Leaves()
	if left, err := filepath.Glob(filepath.Join(w.Dir, "demo", "tmp", "*")); err != nil || len(left) > 0 {
		t.Errorf("the demo leaves %q, %v", left, err)
	}
}

// screenEnv is the environment of the screen of somebody in a hub inside the test's
// process, with a home of its own.
func screenEnv(h *livehub.Hub, t *testing.T, who livehub.User) []string {
	t.Helper()
	return driver.NewQuietWorld(t).Env(string(who.ID), "PARLEY_HUB=http://"+h.Address, "PARLEY_TOKEN="+who.Token)
}
