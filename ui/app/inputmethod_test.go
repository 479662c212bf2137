package app_test

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"parley/ui/uitest"
)

// TestFullWidthKeysWork: in the list, in the conversation and in what lies over them; typed text
// stays as it is.
func TestFullWidthKeysWork(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(4))
	w.Keys("ｊ", "ｊ")
	w.WantLit("2")
	w.Sends(tea.PasteMsg{Content: "ｋｋ"})
	w.WantLit("0")
	w.Keys("？")
	w.Shows("Help")
	w.Keys("ｑ")
	w.Hides("Help")
	w.Keys("」")
	w.Shows("Nothing is assigned to you.")
	w.Keys("「", "enter", "ｒ")
	w.Types("ｊｒ？")
	if got := w.Typed(); got != "ｊｒ？" {
		t.Errorf("typed is %q", got)
	}
}

// TestAnInputMethodLeftOnIsSaid: what it sends does nothing, and the user is told why.
func TestAnInputMethodLeftOnIsSaid(t *testing.T) {
	t.Parallel()
	for _, sent := range []tea.Msg{tea.KeyPressMsg{Code: 'え', Text: "え"}, tea.PasteMsg{Content: "ほんと"}, tea.KeyPressMsg{Code: tea.KeyExtended, Text: "次"}} {
		w := uitest.NewWorld(t, uitest.Some(4))
		w.Sends(sent)
		w.Shows("Your input method is on.")
		w.WantLit("0")
	}
	w := uitest.NewWorld(t, uitest.Some(4))
	w.Sends(tea.KeyPressMsg{Code: 'é', Text: "é"})
	w.Hides("Your input method is on.")
}
