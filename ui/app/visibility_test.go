package app

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
)

var ken = model.UserRef{ID: "ken", Name: "Ken"}

// pageNow has the hub tell how the Page stands now.
func (w *world) pageNow(seq int64, change func(*model.Page)) {
	w.Helper()
	p, _ := w.Inbox.Page(page1)
	p.Seq = seq
	change(&p)
	w.sends([]inbox.Update{inbox.PagesListed{Pages: []model.Page{p}}})
}

// hidden has the hub take the Page from sight: first that it is, then how it stands.
func (w *world) hidden() {
	w.Helper()
	w.sends([]inbox.Update{inbox.Dropped{Page: page1}})
	w.pageNow(0, func(p *model.Page) { p.Sees, p.Visibility = false, model.Private })
}

// visibilityKeys are keys for the two commands, which have none of their own.
var visibilityKeys = map[string][]string{"make_shared": {"alt+s"}, "make_private": {"alt+p"}}

func withVisibilityKeys(o *Options) { o.Keys = visibilityKeys }

func TestMakeShared(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3), withVisibilityKeys)
	w.hub.users = []model.Colleague{{ID: me, Name: "Aoi"}, {ID: ken.ID, Name: ken.Name}, {ID: "mia", Name: "Mia"}}
	for _, answer := range []string{"esc", "n", "enter"} {
		w.keys("ctrl+k")
		w.types("share this page")
		w.keys("enter")
		w.shows("Share Aoyama Coffee", "Everybody on this hub (3 people) will see all conversations of Aoyama", "Leave it private")
		w.keys(answer)
		w.hides("Leave it private")
		if slices.Contains(w.hub.asked, "visibility 100 shared") {
			t.Fatalf("%s shares it", answer)
		}
	}
	w.keys("alt+s", "y")
	w.shows("Aoyama Coffee is shared: every user of this hub sees its conversations.")
	if !slices.Contains(w.hub.asked, "visibility 100 shared") {
		t.Errorf("asked: %v", w.hub.asked)
	}
	w.pageNow(2, func(p *model.Page) { p.Visibility = model.Shared })
	w.keys("alt+s")
	w.shows("Aoyama Coffee is shared already.")
	w.keys("alt+p")
	w.shows("Only you will see the conversations of Aoyama Coffee. Colleagues lose")
	w.keys("y")
	if !slices.Contains(w.hub.asked, "visibility 100 private") {
		t.Errorf("asked: %v", w.hub.asked)
	}
}

// TestOnlyTheInstallerChangesVisibility: for all others both commands stand there with
// the reason.
func TestOnlyTheInstallerChangesVisibility(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3), withVisibilityKeys)
	w.pageNow(2, func(p *model.Page) { p.Installer, p.Visibility = ken, model.Shared })
	const why = "Only who connected the Page can do this."
	for _, hide := range []bool{false, true} {
		if hide {
			w.hidden()
		}
		for _, id := range []string{"make_shared", "make_private"} {
			w.keys(visibilityKeys[id]...)
			if last := w.lines()[35]; !strings.Contains(last, why) {
				t.Errorf("%s: %q", id, last)
			}
		}
	}
	w.keys("ctrl+k")
	w.types("make this page private")
	w.shows(why)
}

// TestAPageBecomesPrivateUnderAUser: it empties, says why and what to do, and fills
// again.
func TestAPageBecomesPrivateUnderAUser(t *testing.T) {
	t.Parallel()
	list := some(3)
	w := newWorld(t, list)
	w.pageNow(2, func(p *model.Page) { p.Installer, p.Visibility = ken, model.Shared })
	w.keys("e", "j", "enter", "r")
	w.types("half")
	w.keys("ctrl+k")
	w.hidden()
	w.shows("Ken has made Aoyama Coffee private.", "Ken can share it again")
	if header := w.lines()[0]; !strings.Contains(header, "Aoyama Coffee") || !strings.Contains(header, "private: only Ken") {
		t.Errorf("header: %q", header)
	}
	w.hides("Customer", "question", "half", "undo", "Commands")
	w.keys("z")
	w.shows("There is nothing to take back.")
	w.keys("ctrl+k")
	w.types("aoyama")
	w.shows("Aoyama Coffee is private: only Ken")
	w.keys("esc", "?")
	w.shows("Who sees what", "Aoyama Coffee is private: only Ken")
	w.keys("esc")
	w.sends(filled(list))
	w.shows("Open 3", "Customer 2")
	w.hides("private: only Ken", "can share it again")
}

// TestHiddenPagesHaveTheirWords in both languages at every size.
func TestHiddenPagesHaveTheirWords(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		for _, s := range sizes {
			w := newWorld(t, some(3), withVisibilityKeys, func(o *Options) { o.Words = i18n.New(lang) })
			w.sends(tea.WindowSizeMsg{Width: s[0], Height: s[1]})
			for _, key := range []string{"alt+s", "alt+p"} {
				w.keys("esc", key)
				w.whole(s[0], s[1])
			}
			w.pageNow(2, func(p *model.Page) {
				p.Installer, p.Visibility = model.UserRef{ID: "k", Name: "\x1b[31m長い名前"}, model.Shared
			})
			w.keys("esc", "a")
			w.whole(s[0], s[1])
			w.hidden()
			w.whole(s[0], s[1])
			w.keys("?")
			w.whole(s[0], s[1])
		}
	}
}
