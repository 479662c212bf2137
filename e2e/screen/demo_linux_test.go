package screen

import (
	"os"
	"testing"

	"parley/cmd/cli"
	"parley/e2e/driver"
	"parley/i18n"
)

// TestScreenDemoTellsItsStory: without any flag customers write what makes sense, a reply of the
// user is never answered by Facebook, and the guide line goes on when it is followed. Somebody else
// joins from another terminal, and is gone when the demo is; without a demo they are told so.
func TestScreenDemoTellsItsStory(t *testing.T) {
	t.Parallel()
	w := driver.NewQuietWorld(t)
	env := w.Env("demo")
	say := func(id i18n.ID, pairs ...any) string { return driver.English.Say(id, pairs...) }
	driver.RunProgram(t, env, "", "demo", "--user", "Kim").Exits(cli.ExitFailed).Says(say(i18n.ErrDemoNone))

	s := driver.StartScreen(t, env, "demo")
	s.Sees("● live", "shared", say(i18n.GuideStep, "N", 1, "All", 7), "Grace Okafor")
	s.InList("Olivia Nguyen", driver.Holding("!"))
	kim := driver.StartScreen(t, env, "demo", "--user", "Kim")
	kim.Sees("● live", "Kim", "Grace Okafor")
	kim.Misses(say(i18n.GuideStep, "N", 1, "All", 7))
	kim.Leaves()

	s.Presses("N", "R send again")
	s.Sees(say(i18n.GuideStep, "N", 2, "All", 7))
	s.Types("R")
	s.Sees(say(i18n.GuideStep, "N", 3, "All", 7), "You are a star. I bring cash.")
	s.Presses("r", "enter send")
	s.Types(";" + say(i18n.StoryAccountName) + driver.Between + driver.KeyTab)
	s.Sees("Aoyama Bank")
	s.Presses(driver.KeyEscape, "H hides this")
	s.Presses("H", say(i18n.GuideHidden))
	s.Misses(say(i18n.GuideStep, "N", 3, "All", 7))
	s.Leaves()
	driver.RunProgram(t, env, "", "demo", "--user", "Kim").Exits(cli.ExitFailed).Says(say(i18n.ErrDemoNone))
	if left, err := os.ReadDir(w.Dir + "/demo/tmp"); err != nil || len(left) > 0 {
		t.Errorf("the demo leaves %v, %v", left, err)
	}
}
