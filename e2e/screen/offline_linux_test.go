package screen

import (
	"path/filepath"
	"testing"

	"parley/e2e/driver"
)

// TestScreenAwayFromTheHub: a client that starts without its hub shows what it last knew, goes on
// from there when the hub is back, and has nothing left of a Page that was made private.
func TestScreenAwayFromTheHub(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	bo := w.AddUser("Bo Lind")
	w.CustomerSays("2001", driver.Wording{Text: "Hello from Ken", Name: "Ken Sato"})
	kept := func() int {
		t.Helper()
		files, err := filepath.Glob(filepath.Join(w.Dir, bo.HomeDir, "cache", "parley", "inbox", "*", "*", "*.base"))
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	s := driver.StartScreen(t, bo.ScreenEnv())
	s.Sees("● live", "Hello from Ken")
	s.Types(driver.KeyEnter)
	s.InThread("Hello from Ken")
	s.Leaves()
	if n := kept(); n != 1 {
		t.Fatalf("%d Pages are kept", n)
	}

	w.Hub.Kill()
	s = driver.StartScreen(t, bo.ScreenEnv())
	s.Sees("○ as of", "offline", "ctrl+r tries now", "Ken Sato")
	s.Types(driver.KeyEnter)
	s.InThread("Hello from Ken")
	w.StartHub()
	s.Sees("● live")
	s.Misses("as of")

	aki.Cli("page", "visibility", string(aki.Pages()[0].ID), "private").Ok()
	s.Waits("the Page is gone", func(lines []string) bool { return !driver.AnyHolds(lines, "Ken Sato") })
	if n := kept(); n != 0 {
		t.Errorf("%d Pages are kept", n)
	}
	s.Leaves()
	w.Hub.Kill()
	s = driver.StartScreen(t, bo.ScreenEnv())
	s.Sees("○ offline")
	s.Misses("Ken Sato")
	s.Leaves()
}
