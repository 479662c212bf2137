package guideline_test

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/ui/app"
	"parley/ui/guideline"
	"parley/ui/uitest"
)

// steps are two things to try: next, and help.
func steps() []guideline.Step {
	return []guideline.Step{
		{Say: i18n.GuideNext, Keys: map[string]string{"Next": "next_waiting"}, Done: []string{"next_waiting"}},
		{Say: i18n.GuideMore, Keys: map[string]string{"Help": "help"}, Done: []string{"help"}},
	}
}

// TestGuideLine: it says the next thing to try, goes on when that was done, and is gone at the end;
// it can be put away and fetched back, which is kept; what was done before its turn is not proposed.
func TestGuideLine(t *testing.T) {
	t.Parallel()
	kept := map[string]any{}
	guided := func(o *app.Options) {
		o.Guide = guideline.Options{Steps: steps()}
		o.Remember = func(name string, value any) string {
			kept[name] = value
			return ""
		}
	}
	const first, second = "N opens who needs you first", "in another terminal is a colleague; ? has all keys"
	list := uitest.Some(1)
	w := uitest.NewWorld(t, list, guided)
	w.Shows("Try 1/2", first, "H hides this")
	w.Keys("N")
	w.Shows("Try 2/2", second)
	w.Keys("H")
	w.Hides("Try ")
	w.Shows("The guide line is put away.")
	if kept[guideline.Setting] != false {
		t.Errorf("kept %v", kept)
	}
	w.Keys("H")
	w.Shows("Try 2/2")
	w.Keys("?", "esc")
	w.Hides("Try ")
	w.Keys("H")
	w.Shows("Try 1/2")

	w = uitest.NewWorld(t, list, guided)
	w.Keys("?", "esc", "N")
	w.Hides("Try ")
	w = uitest.NewWorld(t, list, guided, func(o *app.Options) { o.Guide.Hidden = true })
	w.Hides("Try ")
	w = uitest.NewWorld(t, list, guided)
	w.Sends(tea.WindowSizeMsg{Width: 40, Height: 12})
	w.Shows("N opens who needs you first")
	w.Sends(tea.WindowSizeMsg{Width: 40, Height: 10})
	w.Hides(first[:9])
}

// TestOnlyTheDemoHasAGuideLine: without anything to try there is neither line nor key.
func TestOnlyTheDemoHasAGuideLine(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(1))
	w.Hides("Try ")
	if key := w.Model.KeyOf("guide_line"); key != "" {
		t.Errorf("the key is %q", key)
	}
}
