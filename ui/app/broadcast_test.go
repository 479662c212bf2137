package app_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/app"
	"parley/ui/uitest"
)

// unwrapped is what is on screen, without the line breaks and the frame that a narrow place
// puts into a sentence.
func unwrapped(w *uitest.World) string {
	w.Helper()
	return strings.Join(strings.Fields(strings.NewReplacer("│", " ", "\n", " ").Replace(w.Text())), "")
}

// TestBroadcastIsSaidAlike: that Parley sends nothing to many, though Facebook allows it for
// money, is said in the same words in the palette and in help, with where to tell us that
// it is missed.
func TestBroadcastIsSaidAlike(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		for address, want := range map[model.Untrusted]string{
			"": "", "https://example.com/missed": "https://example.com/missed", "https://example.com/\x1b]0;x\a": "https://example.com/",
		} {
			wd := i18n.New(lang)
			w := uitest.NewWorld(t, uitest.Some(1), func(o *app.Options) { o.Words = wd })
			w.Sends([]inbox.Update{inbox.Welcomed{Now: w.Inbox.Now(), User: w.Inbox.User(), FeedbackURL: address}})
			w.Sends(tea.WindowSizeMsg{Width: 100, Height: 240})
			said := wd.Say(i18n.Answer("broadcast"))
			if want != "" {
				before, _, _ := strings.Cut(wd.Say(i18n.Answer("broadcast_feedback"), "URL", "|"), "|")
				if !strings.HasPrefix(before, said) {
					t.Errorf("%s: with an address it says %q, without %q", lang, before, said)
				}
				said = before + want
			}
			said = strings.Join(strings.Fields(said), "")
			for _, open := range [][]string{{"?"}, {"ctrl+k"}} {
				w.Keys(open...)
				if open[0] == "ctrl+k" {
					w.Types(wd.Say(i18n.Command("broadcast")))
				}
				if got := unwrapped(w); !strings.Contains(got, said) {
					t.Errorf("%s, %q: it does not say %q:\n%s", lang, open, said, w.Text())
				}
				if got := w.Text(); strings.ContainsAny(got, "\x1b\a") {
					t.Errorf("%s, %q: it draws %q", lang, open, got)
				}
				w.Keys("esc", "esc")
			}
		}
	}
}
