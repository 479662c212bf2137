package app

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
)

// TestShareShowsACode: where the QR code fits, with the link below; where not, the link is
// copied all the same. Any key closes it.
func TestShareShowsACode(t *testing.T) {
	t.Parallel()
	for _, s := range sizes {
		w := newWorld(t, some(3))
		w.sends(tea.WindowSizeMsg{Width: s[0], Height: s[1]})
		w.keys("m")
		w.whole(s[0], s[1])
		fits := s[1] >= 20
		if got := strings.Contains(w.text(), "▀"); got != fits {
			t.Errorf("%d×%d: a code is shown: %v\n%s", s[0], s[1], got, w.text())
		}
		if fits {
			w.shows("Link of Aoyama Coffee", "https://m.me/100")
			w.keys("x")
			w.hides("Link of Aoyama Coffee")
		}
	}
}

func TestShareWithARef(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	w.palette("with a ref")
	w.types("shop tokyo")
	w.keys("enter")
	w.shows(w.Say(i18n.Code("entry_ref")))
	w.keys("ctrl+u")
	w.types("shop-tokyo")
	w.keys("enter")
	w.shows("https://m.me/100?ref=shop-tokyo")
}
