package conversation_test

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/app"
	"parley/ui/uitest"
)

// TestWhoIsSecondIsToldBeforeTheySend: at the composer, in whatever room, that a colleague
// answers the same customer; once they stop, it is gone.
func TestWhoIsSecondIsToldBeforeTheySend(t *testing.T) {
	t.Parallel()
	for _, size := range []struct{ w, h int }{{160, 45}, {100, 30}, {80, 24}, {60, 20}, {40, 12}} {
		for lang, want := range map[string]struct{ to, others string }{
			"en": {"to Customer 0 · 23h left", "Ken is writing an answer"},
			"ja": {"Customer 0さんへ · 残り23時間", "Kenさんが返信を入力中です"},
		} {
			w := uitest.NewWorld(t, uitest.Some(1), func(o *app.Options) { o.Words = i18n.New(lang) })
			w.PageNow(2, func(p *model.Page) { p.Visibility = model.Shared })
			w.Sends(tea.WindowSizeMsg{Width: size.w, Height: size.h})
			w.Keys("enter", "r")
			w.Types("on my way")
			w.Shows(want.to)
			w.Hides(want.others)
			w.Sends([]inbox.Update{inbox.Ephemeral{Frame: model.Ephemeral{
				Type: model.FrameTyping, Page: uitest.Page, Conversation: model.NewConversationID(uitest.Page, "5000"), User: uitest.Ken, Active: true,
			}}})
			w.Whole(size.w, size.h)
			line, typed := -1, -1
			for y, s := range w.Lines() {
				if strings.Contains(s, want.others) {
					line = y
				}
				if strings.Contains(s, "on my way") {
					typed = y
				}
			}
			if line < 0 || line+1 != typed {
				t.Errorf("%s, %d×%d: said on line %d, typed on %d:\n%s", lang, size.w, size.h, line, typed, w.Text())
			}
			w.Passes(time.Minute)
			w.Hides(want.others)
			w.Shows("on my way")
		}
	}
}

// TestANoteLooksLikeANote: on a ground of its own, with the word.
func TestANoteLooksLikeANote(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(1))
	w.Keys("enter", "I")
	w.Types("from the fair")
	w.Shows("note · customers never see it")
	th := w.Look.Theme
	if got := w.View().Content; !strings.Contains(got, th.Note.Warn.Paint(th.Bar)) || strings.Contains(got, th.Accent.Paint(th.Bar)) {
		t.Errorf("it looks like a reply:\n%s", got)
	}
}
