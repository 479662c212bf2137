package inbox_test

import (
	"strings"
	"testing"
	"time"

	"parley/i18n"
	"parley/model"
	"parley/ui/app"
	"parley/ui/uitest"
)

// TestARowSaysOneThingAtATime: one mark before the name says why it needs the user, the age
// stands alone at the right of the first line, and the time left is said in words when it is
// soon over.
func TestARowSaysOneThingAtATime(t *testing.T) {
	t.Parallel()
	until := func(left time.Duration) *time.Time { at := uitest.Noon.Add(left); return &at }
	answered := model.Summary{
		ID: "100_out", Direction: model.Out, Author: model.Author{Kind: model.ByUser, ID: string(uitest.Me)}, Text: "yes", SentAt: uitest.Noon, State: model.Sent,
	}
	list := []model.Conversation{
		uitest.Talk(0, 1),
		uitest.Talk(1, 2, func(c *model.Conversation) { c.WindowUntil, c.Unread = until(13*time.Minute), 2 }),
		uitest.Talk(2, 3, func(c *model.Conversation) { c.LastMessage, c.Unread, c.WindowUntil = &answered, 0, until(time.Hour) }),
		uitest.Talk(3, 4, func(c *model.Conversation) {
			c.LastMessage.Direction, c.LastMessage.State, c.LastMessage.Author = model.Out, model.Ask, model.Author{Kind: model.ByUser, ID: "ken", Name: "Ken"}
		}),
		uitest.Talk(4, 5, func(c *model.Conversation) { c.WindowUntil = until(-time.Hour) }),
	}
	for lang, want := range map[string][]string{
		"en": {
			"▌○ Customer 0                      1m", "▌  question 0                      ●1",
			" ○ Customer 1                      2m", "   question 1             13m left ●2",
			"   Customer 2                      3m", "   You: yes                   1h left",
			" ! Customer 3                      4m", "   Ken: question 3                 ●1",
			"   Customer 4                      5m", "   question 4        window closed ●1",
		},
		"ja": {
			"▌○ Customer 0                     1分", "▌  question 0                      ●1",
			" ○ Customer 1                     2分", "   question 1             残り13分 ●2",
			"   Customer 2                     3分", "   あなた：yes              残り1時間",
			" ! Customer 3                     4分", "   Ken：question 3                 ●1",
			"   Customer 4                     5分", "   question 4         返信期限切れ ●1",
		},
	} {
		w := uitest.NewWorld(t, list, func(o *app.Options) { o.Words = i18n.New(lang) })
		w.Keys("0")
		for i, line := range want {
			if got := w.Lines()[2+i]; !strings.HasPrefix(got, line+" ") {
				t.Errorf("%s: line %d is %q, want %q", lang, i, got, line)
			}
		}
		w.Keys("G")
		if got := w.Lines()[11]; !strings.HasPrefix(got, "▌  "+w.Look.Cut(w.Say(i18n.Code(string(model.WindowClosed))), 31)) {
			t.Errorf("%s: the selected row of a closed window says %q", lang, got)
		}
	}
}

// TestWhoWaitsIsTheBrightest: who was answered is muted as a whole, with bold for what nobody
// here has read.
func TestWhoWaitsIsTheBrightest(t *testing.T) {
	t.Parallel()
	answer := func(c *model.Conversation) {
		c.LastMessage.Direction, c.LastMessage.Author = model.Out, model.Author{Kind: model.ByPage}
	}
	w := uitest.NewWorld(t, []model.Conversation{uitest.Talk(0, 1), uitest.Talk(1, 2), uitest.Talk(2, 3, answer)})
	lines := strings.Split(w.View().Content, "\n")
	th := w.Look.Theme
	for name, style := range map[string]string{"Customer 1": th.Strong.Paint("Customer 1"), "Customer 2": th.StrongMuted.Paint("Customer 2")} {
		if !strings.Contains(strings.Join(lines, "\n"), style) {
			t.Errorf("%s is drawn otherwise", name)
		}
	}
	if strings.Contains(lines[7], th.Accent.Paint(th.Unread+"1")) || !strings.Contains(lines[5], th.Accent.Paint(th.Unread+"1")) {
		t.Errorf("the answered row is as bright as the other: %q, %q", lines[5], lines[7])
	}
}
