package conversation_test

import (
	"strings"
	"testing"
	"time"

	"parley/i18n"
	"parley/model"
	"parley/ui/app"
	"parley/ui/uitest"
)

// byAd is a conversation whose customer came by an ad, so many hours ago.
func byAd(hours int) model.Conversation {
	return uitest.Talk(0, 60*hours, func(c *model.Conversation) {
		until := c.UpdatedAt.Add(model.AdWindow)
		c.UncertainUntil, c.Entry = &until, &model.Entry{Source: model.SourceAds, Title: "Sale"}
	})
}

// TestFacebookMayRefuseOnScreen: the heading and the composer say it, each with until when, and a reply can be written and leaves; when the week is over it is closed.
func TestFacebookMayRefuseOnScreen(t *testing.T) {
	t.Parallel()
	for lang, says := range map[string]struct{ heading, composer, closed string }{
		"en": {"May be refused; until Tue", "Facebook may refuse this", "Reply window closed"},
		"ja": {"（拒否の可能性あり）", "Facebookに拒否されることがあります", "返信期限は"},
	} {
		w := uitest.NewWorld(t, []model.Conversation{byAd(30)}, func(o *app.Options) { o.Words = i18n.New(lang) })
		w.Keys("enter")
		for _, s := range []string{says.heading, says.composer} {
			if !strings.Contains(w.Text(), s) {
				t.Errorf("%s: %q is not on\n%s", lang, s, w.Text())
			}
		}
		if strings.Contains(w.Text(), says.closed) {
			t.Errorf("%s: closed:\n%s", lang, w.Text())
		}
		w.Keys("r")
		w.Types("hi")
		w.Keys("enter")
		if len(w.Hub.Replies) != 1 {
			t.Errorf("%s: %d replies handed in", lang, len(w.Hub.Replies))
		}
		w.Passes(model.AdWindow - 30*time.Hour)
		if got := w.Text(); !strings.Contains(got, says.closed) || strings.Contains(got, says.composer) {
			t.Errorf("%s: after the week\n%s", lang, got)
		}
		w.Keys("r")
		w.Types("ho")
		w.Keys("enter")
		if len(w.Hub.Replies) != 1 {
			t.Errorf("%s: a reply left after the week", lang)
		}
	}
}

// TestTheDayEndsForAnAd: at the end of the first day nothing closes, it is only said.
func TestTheDayEndsForAnAd(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, []model.Conversation{byAd(23)})
	w.Keys("enter")
	if strings.Contains(w.Text(), "may refuse") || !strings.Contains(w.Text(), "Reply until") {
		t.Errorf("in the first day:\n%s", w.Text())
	}
	w.Passes(time.Hour)
	if !strings.Contains(w.Text(), "may refuse") {
		t.Errorf("after it:\n%s", w.Text())
	}
	w.Passes(5*24*time.Hour + 20*time.Hour)
	if !strings.Contains(w.Text(), "4h left?") {
		t.Errorf("in the last hours:\n%s", w.Text())
	}
}
