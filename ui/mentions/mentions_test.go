package mentions_test

import (
	"testing"
	"time"

	"parley/model"
	"parley/ui/uitest"
)

// TestTabCompletesNamesInNotes: with the names that fit below the note, one after the other; in
// a reply it completes nothing, and on a private Page the writer is told that nobody else sees
// it.
func TestTabCompletesNamesInNotes(t *testing.T) {
	t.Parallel()
	w := uitest.NewSharedWorld(t, uitest.Some(2))
	w.Hub.Colleagues = []model.Colleague{{ID: "sato", Name: "Ken Sato"}, {ID: "mia", Name: "Mia"}, {ID: uitest.Me, Name: "Aoi"}, {ID: uitest.Ken.ID, Name: "Ken"}}
	w.Keys("enter", "a", "esc", "I") // assigning reads who there is
	w.Types("look @ke")
	w.Shows("tab: Ken · Ken Sato")
	w.Keys("tab")
	if got := w.Typed(); got != "look @Ken" {
		t.Errorf("typed %q", got)
	}
	w.Keys("tab")
	if got := w.Typed(); got != "look @Ken Sato" {
		t.Errorf("typed %q", got)
	}
	w.Hides("can't see")
	w.PageNow(3, func(p *model.Page) { p.Visibility = model.Private })
	w.Types(", is it so?")
	w.Shows("Ken Sato can't see this private Page")
	w.Whole(120, 36)
	w.Keys("esc", "r")
	w.Types("@ke")
	w.Hides("tab: Ken")
}

// TestMentionsAreListedUntilOpened: with their count beside the filters, and marked read once
// seen, though the team has read everything.
func TestMentionsAreListedUntilOpened(t *testing.T) {
	t.Parallel()
	list := uitest.Some(3)
	for i := range list {
		list[i].Unread = 0
	}
	w := uitest.NewWorld(t, list)
	w.Hides("Mentions")
	c := list[1]
	c.Seq, c.Mentioned = 100, []model.UserID{uitest.Me}
	w.Arrives(c)
	w.Shows("Mentions 1")
	w.Keys("@")
	w.Shows("question 1")
	w.Hides("question 0", "question 2")
	w.Hub.Threads[c.ID] = []model.Message{{
		ID: model.NewMessageID(uitest.Page, "n"), Seq: 1, ConversationID: c.ID, Direction: model.Note, SentAt: w.Time,
		Author: model.Author{Kind: model.ByUser, ID: "ken", Name: "Ken"}, Text: "@Aoi can you look? @Zoe too", Mentions: []model.UserRef{{ID: uitest.Me, Name: "Aoi"}},
		Unseen: []model.UserRef{{ID: "zoe", Name: "Zoe"}},
	}}
	w.Keys("enter")
	w.Shows("@Aoi can you look? @Zoe too", "Zoe can't see this Page and was not told.")
	w.Passes(2 * time.Second)
	if len(w.Hub.Read) != 1 {
		t.Errorf("marked read: %v", w.Hub.Read)
	}
}
