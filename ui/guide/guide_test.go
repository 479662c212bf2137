package guide_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/app"
	"parley/ui/guide"
	"parley/ui/uitest"
)

// lists returns what the open palette shows, from the top, without its frame.
func lists(w *uitest.World) []string {
	var rows []string
	for _, l := range w.Lines() {
		if l = strings.TrimSpace(strings.Trim(strings.TrimSpace(l), "│▌ ")); l != "" {
			rows = append(rows, l)
		}
	}
	return rows
}

// TestFoundByOtherWords: what people call a thing leads to it, whatever it is called here, in
// either language; a command that can't be taken back is not the first for such a word.
func TestFoundByOtherWords(t *testing.T) {
	t.Parallel()
	words := map[string]string{
		"video": "call", "phone": "call", "ビデオ": "call", "通話": "call",
		"uninstall": "uninstall", "アンインストール": "uninstall",
		"public": "make_shared", "visibility": "make_private", "公開設定": "make_private",
		"QR": "share", "doctor": "doctor", "診断": "doctor", "policy": "notices", "ポリシー": "notices",
		"挨拶": "greeting", "連絡先": "link", "contact": "link", "faq": "questions", "料金": "questions",
		"下書き": "drafts", "写真": "attach", "担当": "assign",
	}
	for _, lang := range []string{"en", "ja"} {
		wd := i18n.New(lang)
		w := uitest.NewWorld(t, uitest.Some(1), func(o *app.Options) { o.Words = wd })
		w.Sends(tea.WindowSizeMsg{Width: 140, Height: 120})
		for word, id := range words {
			w.Keys("ctrl+k")
			w.Types(word)
			w.Shows(wd.Say(i18n.Command(id)))
			w.Keys("esc")
		}
	}
}

// TestDangerIsNotFirst: for a word that others go by, too, the first command that is offered
// can be taken back.
func TestDangerIsNotFirst(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		wd := i18n.New(lang)
		w := uitest.NewWorld(t, uitest.Some(1), func(o *app.Options) { o.Words = wd })
		w.Sends(tea.WindowSizeMsg{Width: 140, Height: 60})
		for _, word := range []string{"page", "public", "everyone", "app", "公開", "ページ"} {
			w.Keys("ctrl+k")
			w.Types(word)
			rows := lists(w)
			at := -1
			for i, r := range rows {
				if strings.Contains(r, word) {
					at = i
					break
				}
			}
			if at < 0 || at+1 >= len(rows) {
				t.Fatalf("%s: %q is not on screen:\n%s", lang, word, w.Text())
			}
			for _, id := range []string{"uninstall", "delete", "make_shared"} {
				title := wd.Say(i18n.Command(id))
				if strings.HasPrefix(rows[at+1], title) && !strings.Contains(title, word) {
					t.Errorf("%s: %q offers %q first", lang, word, title)
				}
			}
			w.Keys("esc")
		}
	}
}

// TestEveryQuestionIsAnswered: on a list of their own that is searched by other words, too, and
// in the help.
func TestEveryQuestionIsAnswered(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		wd := i18n.New(lang)
		w := uitest.NewWorld(t, uitest.Some(1), func(o *app.Options) { o.Words = wd })
		w.Sends(tea.WindowSizeMsg{Width: 120, Height: 200})
		w.Keys("?")
		for _, q := range guide.Questions {
			w.Shows(wd.Say(i18n.Question(q)))
			if !wd.Has(i18n.Answer(q)) {
				t.Errorf("%s: no answer to %s", lang, q)
			}
		}
		w.Keys("esc")
		w.Palette(wd.Say(i18n.Command("questions")))
		for _, q := range guide.Questions {
			w.Shows(wd.Say(i18n.Question(q)))
		}
	}
}

// TestAnswersLeadOn: an answer offers the commands that do what it speaks of, with the reason
// where one can't be used, and the way back to the others.
func TestAnswersLeadOn(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(1))
	w.Sends(tea.WindowSizeMsg{Width: 120, Height: 40})
	w.Palette("Questions")
	w.Types("free")
	w.Shows("Which plan do I need?")
	w.Keys("enter")
	w.Shows("Parley is free of charge", "All questions")
	w.Keys("enter")
	w.Shows("Questions", "Can I make calls or video calls?")
	w.Types("welcome")
	w.Keys("enter")
	w.Shows("160 characters", "Greeting of this Page")
	w.Keys("enter")
	w.Hides("All questions")
	w.Shows("Greeting of Aoyama Coffee")
}

// TestWaysOfAnswersExist: each leads to commands there are, and none twice.
func TestWaysOfAnswersExist(t *testing.T) {
	t.Parallel()
	wd := i18n.New("en")
	there := func(id string) bool { return wd.Has(i18n.Command(id)) }
	for q, ways := range guide.Ways() {
		for _, id := range ways {
			if !there(id) {
				t.Errorf("the answer to %s leads to %q, which is no command", q, id)
			}
		}
	}
	for id := range guide.Synonyms {
		if !there(id) {
			t.Errorf("there are other words for %q, which is no command", id)
		}
	}
}

// TestDoctorOnScreen: what is wrong comes first, with what to do.
func TestDoctorOnScreen(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(1))
	w.Sends(tea.WindowSizeMsg{Width: 120, Height: 40})
	w.Hub.Checks = []model.Check{{ID: "crm", State: model.CheckOK}, {ID: "crm_webhook", State: model.CheckWrong, Detail: "404"}}
	w.Palette("doctor")
	w.Shows("Aoyama Coffee, from Facebook to here", "1 to put right", "(404)", "Pipedrive is set up.")
	if text := w.Text(); strings.Index(text, "(404)") > strings.Index(text, "Pipedrive is set up.") {
		t.Errorf("what is wrong is not first:\n%s", text)
	}
}

// TestUninstallOnScreen: only once the Page's name was typed.
func TestUninstallOnScreen(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(1))
	w.Sends([]inbox.Update{inbox.Welcomed{Now: w.Inbox.Now(), User: model.User{ID: uitest.Me, Name: "Aoi", Admin: true}}})
	w.Sends(tea.WindowSizeMsg{Width: 120, Height: 40})
	asked := func() bool { return strings.Contains(strings.Join(w.Hub.Asked, "\n"), "uninstall 100") }
	w.Palette("uninstall this page")
	w.Shows("Uninstall Aoyama Coffee", "for everybody on this hub")
	w.Keys("enter")
	w.Types("aoyama")
	w.Keys("enter")
	w.Shows("That is not its name.")
	if asked() {
		t.Fatal("it is uninstalled without its name")
	}
	w.Keys("ctrl+u")
	w.Types("Aoyama Coffee")
	w.Keys("enter")
	if !asked() {
		t.Errorf("asked %v", w.Hub.Asked)
	}
}
