package colours_test

import (
	"errors"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"parley/ui/app"
	"parley/ui/theme"
	"parley/ui/uitest"
)

// TestChosenOnTheScreen: the selected theme is shown at once, left again with esc, and kept with
// enter; one with faults can't be chosen.
func TestChosenOnTheScreen(t *testing.T) {
	t.Parallel()
	kept := map[string]any{}
	w := uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) {
		o.Remember = func(name string, value any) string { kept[name] = value; return "" }
		o.Colours.Themes = func() []string { return append(theme.BuiltIn(), "mine", "broken") }
		o.Colours.Load = func(name string) (theme.Scheme, error) {
			switch name {
			case "mine":
				s, _ := theme.Read(name, map[string]string{"background": "#101010"})
				return s, nil
			case "broken":
				return theme.Scheme{}, errors.New("line 3 is wrong")
			}
			s, _ := theme.Named(name)
			return s, nil
		}
	})
	w.Sends(tea.ColorProfileMsg{Profile: colorprofile.TrueColor})
	before := w.Look
	choose := func() { w.Palette("theme") }
	choose()
	w.Shows("High contrast", "broken · line 3 is wrong")
	w.Keys("j", "j") // light
	if w.Look.Version == before.Version || !w.LightGround {
		t.Fatal("what is selected is not shown")
	}
	w.Keys("esc")
	if w.Look.Version != before.Version || w.LightGround || len(kept) > 0 {
		t.Fatalf("not as before; kept %v", kept)
	}
	choose()
	w.Keys("G", "k", "k", "k", "j", "j", "j", "j", "j", "j", "j", "enter") // the last can't be
	w.Keys("k", "enter")
	if kept["theme"] != "mine" || w.View().BackgroundColor == nil {
		t.Fatalf("kept %v", kept)
	}
	choose()
	w.Keys("k", "enter")
	if kept["theme"] != "none" || !w.Look.Theme.Colourless || w.View().BackgroundColor != nil {
		t.Fatalf("kept %v", kept)
	}
}
