package page_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/ui/uitest"
)

// TestShareShowsACode: where the QR code fits, with the link below; where not, the link is
// copied all the same. Any key closes it.
func TestShareShowsACode(t *testing.T) {
	t.Parallel()
	for _, s := range uitest.Sizes {
		w := uitest.NewWorld(t, uitest.Some(3))
		w.Sends(tea.WindowSizeMsg{Width: s[0], Height: s[1]})
		w.Keys("m")
		w.Whole(s[0], s[1])
		fits := s[1] >= 20
		if got := strings.Contains(w.Text(), "▀"); got != fits {
			t.Errorf("%d×%d: a code is shown: %v\n%s", s[0], s[1], got, w.Text())
		}
		if fits {
			w.Shows("Link of Aoyama Coffee", "https://m.me/100")
			w.Keys("x")
			w.Hides("Link of Aoyama Coffee")
		}
	}
}

func TestShareWithARef(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Palette("with a ref")
	w.Types("shop tokyo")
	w.Keys("enter")
	w.Shows(w.Say(i18n.Code("entry_ref")))
	w.Keys("ctrl+u")
	w.Types("shop-tokyo")
	w.Keys("enter")
	w.Shows("https://m.me/100?ref=shop-tokyo")
}
