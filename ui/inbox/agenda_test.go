package inbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/app"
	"parley/ui/uitest"
)

// dueIn is a customer who waits and whose reply window closes in so many minutes; below 0, it
// has closed.
func dueIn(n, minutes int, change ...func(*model.Conversation)) model.Conversation {
	until := uitest.Noon.Add(time.Duration(minutes) * time.Minute)
	return uitest.Talk(n, 24*60-minutes, append(change, func(c *model.Conversation) { c.WindowUntil = &until })...)
}

// TestTheFirstScreenSaysWhatToDo: how many there are, and with whom the key starts that goes
// to who needs the user most; as time passes, too.
func TestTheFirstScreenSaysWhatToDo(t *testing.T) {
	t.Parallel()
	pin := func(c *model.Conversation) { c.Pinned = true }
	all := []model.Conversation{dueIn(0, 700), dueIn(1, 29, pin), dueIn(2, 10), dueIn(3, 20), dueIn(4, -5), dueIn(5, -60, pin), dueIn(6, 90)}
	for lang, want := range map[string]struct{ now, later, first string }{
		"en": {"3 close within 30 min · 5 wait · 2 closed", "1 closes within 30 min · 3 wait · 4 closed", "N starts with %s, "},
		"ja": {"30分以内に期限切れ3件 · 返信待ち5件 · 返信不可2件", "30分以内に期限切れ1件 · 返信待ち3件 · 返信不可4件", "Nで%sさんから始めます（残り"},
	} {
		w := uitest.NewWorld(t, all, func(o *app.Options) { o.Words = i18n.New(lang) })
		w.Shows(want.now)
		w.Passes(25 * time.Minute)
		w.Shows(want.later)
		said := w.Text()
		w.Keys("N")
		w.Hides(want.later)
		if r, _ := w.Current(); !strings.Contains(said, fmt.Sprintf(want.first, string(r.Customer.Name))) {
			t.Errorf("%s: N opened %s:\n%s", lang, r.ID, said)
		}
	}
}

// TestNobodyLeft is a small joy: everybody is answered. What was done today is counted, whoever
// did it, with what the user did here of older ones; below is where there is something more.
func TestNobodyLeft(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, []model.Conversation{
		uitest.Talk(0, 1), uitest.Talk(1, 2, func(c *model.Conversation) { c.Status = model.Done }),
		uitest.Talk(2, 13*60), uitest.Talk(3, 14*60, func(c *model.Conversation) { c.Status = model.Done }),
	})
	w.Shows("2 wait")
	w.Taps("e")
	w.Shows("1 waits")
	w.Keys("e")
	w.Shows("All answered. 3 done today.", "6 shows Done (4)", "No open conversations.")
	w.Keys("z")
	w.Shows("1 waits")
	w.Keys("e")
	w.Sends(tea.WindowSizeMsg{Width: 60, Height: 20})
	w.Shows("All answered. 3 done today.", "6 shows Done (4)")
	w.Hides("No open conversations.")
	w.Passes(13 * time.Hour)
	w.Shows("No open conversations.")
}

// TestADisconnectedPageIsNotAnswered: nobody can be answered now, and that is not the same as
// everybody being answered.
func TestADisconnectedPageIsNotAnswered(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	gone := uitest.Noon
	w.PageNow(2, func(p *model.Page) { p.UninstalledAt, p.ConnectedAt = &gone, nil })
	w.Hides("All answered.")
	w.Shows("3 wait")
}
