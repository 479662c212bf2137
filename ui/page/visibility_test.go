package page_test

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/app"
	"parley/ui/uitest"
)

// visibilityKeys are keys for the two commands, which have none of their own.
var visibilityKeys = map[string][]string{"make_shared": {"alt+s"}, "make_private": {"alt+p"}}

func withVisibilityKeys(o *app.Options) { o.Keys = visibilityKeys }

func TestMakeShared(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3), withVisibilityKeys)
	w.Hub.Colleagues = []model.Colleague{{ID: uitest.Me, Name: "Aoi"}, {ID: uitest.Ken.ID, Name: uitest.Ken.Name}, {ID: "mia", Name: "Mia"}}
	for _, answer := range []string{"esc", "n", "enter"} {
		w.Keys("ctrl+k")
		w.Types("share this page")
		w.Keys("enter")
		w.Shows("Share Aoyama Coffee", "Everybody on this hub (3 people) will see all conversations of Aoyama", "Leave it private")
		w.Keys(answer)
		w.Hides("Leave it private")
		if slices.Contains(w.Hub.Asked, "visibility 100 shared") {
			t.Fatalf("%s shares it", answer)
		}
	}
	w.Keys("alt+s", "y")
	w.Shows("Aoyama Coffee is shared: every user of this hub sees its conversations.")
	if !slices.Contains(w.Hub.Asked, "visibility 100 shared") {
		t.Errorf("asked: %v", w.Hub.Asked)
	}
	w.PageNow(2, func(p *model.Page) { p.Visibility = model.Shared })
	w.Keys("alt+s")
	w.Shows("Aoyama Coffee is shared already.")
	w.Keys("alt+p")
	w.Shows("Only you will see the conversations of Aoyama Coffee. Colleagues lose")
	w.Keys("y")
	if !slices.Contains(w.Hub.Asked, "visibility 100 private") {
		t.Errorf("asked: %v", w.Hub.Asked)
	}
}

// TestOnlyTheInstallerChangesVisibility: for all others both commands stand there with
// the reason.
func TestOnlyTheInstallerChangesVisibility(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3), withVisibilityKeys)
	w.PageNow(2, func(p *model.Page) { p.Installer, p.Visibility = uitest.Ken, model.Shared })
	const why = "Only who connected the Page can do this."
	for _, hide := range []bool{false, true} {
		if hide {
			w.Hidden()
		}
		for _, id := range []string{"make_shared", "make_private"} {
			w.Keys(visibilityKeys[id]...)
			if last := w.Lines()[35]; !strings.Contains(last, why) {
				t.Errorf("%s: %q", id, last)
			}
		}
	}
	w.Keys("ctrl+k")
	w.Types("make this page private")
	w.Shows(why)
}

// TestAPageBecomesPrivateUnderAUser: it empties, says why and what to do, and fills
// again.
func TestAPageBecomesPrivateUnderAUser(t *testing.T) {
	t.Parallel()
	list := uitest.Some(3)
	w := uitest.NewWorld(t, list)
	w.PageNow(2, func(p *model.Page) { p.Installer, p.Visibility = uitest.Ken, model.Shared })
	w.Keys("e", "j", "enter", "r")
	w.Types("half")
	w.Keys("ctrl+k")
	w.Hidden()
	w.Shows("Ken has made Aoyama Coffee private.", "Ken can share it again")
	if header := w.Lines()[0]; !strings.Contains(header, "Aoyama Coffee") || !strings.Contains(header, "private: only Ken") {
		t.Errorf("header: %q", header)
	}
	w.Hides("Customer", "question", "half", "undo", "Commands")
	w.Keys("z")
	w.Shows("There is nothing to take back.")
	w.Keys("ctrl+k")
	w.Types("aoyama")
	w.Shows("Aoyama Coffee is private: only Ken")
	w.Keys("esc", "?")
	for pages := 0; pages < 10 && !strings.Contains(w.Text(), "Aoyama Coffee is private: only Ken"); pages++ {
		w.Keys("ctrl+d")
	}
	w.Shows("Who sees what", "Aoyama Coffee is private: only Ken")
	w.Keys("esc")
	w.Sends(uitest.Filled(list))
	w.Shows("Open 3", "Customer 2")
	w.Hides("private: only Ken", "can share it again")
}

// TestHiddenPagesHaveTheirWords in both languages at every size.
func TestHiddenPagesHaveTheirWords(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		for _, s := range uitest.Sizes {
			w := uitest.NewWorld(t, uitest.Some(3), withVisibilityKeys, func(o *app.Options) { o.Words = i18n.New(lang) })
			w.Sends(tea.WindowSizeMsg{Width: s[0], Height: s[1]})
			for _, key := range []string{"alt+s", "alt+p"} {
				w.Keys("esc", key)
				w.Whole(s[0], s[1])
			}
			w.PageNow(2, func(p *model.Page) {
				p.Installer, p.Visibility = model.UserRef{ID: "k", Name: "\x1b[31m長い名前"}, model.Shared
			})
			w.Keys("esc", "a")
			w.Whole(s[0], s[1])
			w.Hidden()
			w.Whole(s[0], s[1])
			w.Keys("?")
			w.Whole(s[0], s[1])
		}
	}
}
