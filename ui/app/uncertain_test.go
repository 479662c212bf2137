package app

import (
	"strings"
	"testing"
	"time"

	"parley/i18n"
	"parley/model"
)

// byAd is a conversation whose customer came by an ad, so many hours ago.
func byAd(hours int) model.Conversation {
	return talk(0, 60*hours, func(c *model.Conversation) {
		until := c.UpdatedAt.Add(model.AdWindow)
		c.UncertainUntil, c.Entry = &until, &model.Entry{Source: model.SourceAds, Title: "Sale"}
	})
}

// TestFacebookMayRefuseOnScreen: the row, the heading and the composer say it, each with
// until when, and a reply can be written and leaves; when the week is over it is closed.
func TestFacebookMayRefuseOnScreen(t *testing.T) {
	t.Parallel()
	for lang, says := range map[string]struct{ row, heading, composer, closed string }{
		"en": {"5d?", "May be refused; until Tue", "Facebook may refuse this", "Reply window closed"},
		"ja": {"5日?", "（拒否の可能性あり）", "Facebookに拒否されることがあります", "返信期限は"},
	} {
		w := newWorld(t, []model.Conversation{byAd(30)}, func(o *Options) { o.Words = i18n.New(lang) })
		w.keys("enter")
		for _, s := range []string{says.row, says.heading, says.composer} {
			if !strings.Contains(w.text(), s) {
				t.Errorf("%s: %q is not on\n%s", lang, s, w.text())
			}
		}
		if strings.Contains(w.text(), says.closed) {
			t.Errorf("%s: closed:\n%s", lang, w.text())
		}
		w.keys("r")
		w.types("hi")
		w.keys("enter")
		if len(w.hub.replies) != 1 {
			t.Errorf("%s: %d replies handed in", lang, len(w.hub.replies))
		}
		w.passes(model.AdWindow - 30*time.Hour)
		if got := w.text(); !strings.Contains(got, says.closed) || strings.Contains(got, says.composer) {
			t.Errorf("%s: after the week\n%s", lang, got)
		}
		w.keys("r")
		w.types("ho")
		w.keys("enter")
		if len(w.hub.replies) != 1 {
			t.Errorf("%s: a reply left after the week", lang)
		}
	}
}

// TestTheDayEndsForAnAd: at the end of the first day nothing closes, it is only said.
func TestTheDayEndsForAnAd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []model.Conversation{byAd(23)})
	w.keys("enter")
	if strings.Contains(w.text(), "may refuse") || !strings.Contains(w.text(), "Reply until") {
		t.Errorf("in the first day:\n%s", w.text())
	}
	w.passes(time.Hour)
	if !strings.Contains(w.text(), "may refuse") || !strings.Contains(w.text(), "6d?") {
		t.Errorf("after it:\n%s", w.text())
	}
	w.passes(5*24*time.Hour + time.Hour)
	if !strings.Contains(w.text(), "<1d?") {
		t.Errorf("on the last day:\n%s", w.text())
	}
}
