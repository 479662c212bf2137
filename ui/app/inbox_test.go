package app

import (
	"strings"
	"testing"
	"time"

	"parley/model"
	"parley/model/inbox"
	list "parley/ui/inbox"
)

func TestMovingDoesNotOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(5))
	w.shows("Aoyama Coffee", "live", "private: only you", "Open 5", "Customer 0", "question 4", "? help", "Conversations open here.")
	w.keys("j", "j")
	w.shows("Conversations open here.")
	w.keys("enter")
	w.shows("Reply to Customer 2…", "esc back")
	w.keys("esc", "k", "enter")
	w.shows("Reply to Customer 1…")
}

// TestPreview: the conversation follows the selection after a moment, and the keys stay
// with the list.
func TestPreview(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(5), func(o *Options) { o.Preview = true })
	w.keys("j", "j")
	w.shows("Conversations open here.")
	w.passes(list.PreviewAfter)
	w.shows("Reply to Customer 2…")
	w.keys("j")
	w.passes(list.PreviewAfter)
	w.shows("Reply to Customer 3…")
}

// TestTheSelectionStays: what is selected stays selected while messages arrive.
func TestTheSelectionStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(40))
	w.keys("j", "j", "j")
	r, _ := w.Selected()
	for i := 20; i < 25; i++ {
		w.arrives(talk(i, 0, func(c *model.Conversation) { c.Seq = int64(1000 + i); c.Unread = 2 }))
	}
	if now, _ := w.Selected(); now.ID != r.ID {
		t.Errorf("%s is selected, it was %s", now.ID, r.ID)
	}
	w.keys("enter")
	w.shows("Reply to Customer 3…")
}

// arrives has a conversation change.
func (w *world) arrives(c model.Conversation) {
	w.Helper()
	w.sends(w.changed(model.ChangeConversation, c))
}

func TestTriage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(5))
	w.keys("e")
	w.shows("Customer 0 is done.", "z undo", "Open 4")
	if r, _ := w.Selected(); r.Customer.Name != "Customer 1" {
		t.Errorf("%s is selected", r.ID)
	}
	w.keys("z")
	w.shows("Taken back", "Open 5")
	w.keys("z")
	w.shows("There is nothing to take back.")
	w.keys("g", "j", "p")
	w.shows("Customer 1 is pinned.")
	if line := w.row(0); !strings.Contains(line, "Customer 1 ▲") {
		t.Errorf("first is %q", line)
	}
	w.keys("g", "s")
	w.shows("Snooze Customer 1", "One hour")
	w.keys("1")
	w.shows("is snoozed until 13:00", "Open 4", "Snoozed 1")
	w.passes(59 * time.Minute)
	w.shows("Snoozed 1")
	w.passes(2 * time.Minute)
	w.shows("Open 5")
	w.hides("Snoozed 1", "◔")
	w.keys("u")
	w.shows("is read.")
}

// row is the first line of the ith row of the list.
func (w *world) row(i int) string { return w.lines()[2+2*i] }

func TestTwentyActionsAreTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(30))
	for range 25 {
		w.keys("e")
	}
	w.shows("Open 5")
	for range 20 {
		w.keys("z")
	}
	w.shows("Open 25")
	w.keys("z")
	w.shows("There is nothing to take back.")
}

func TestFiltersAndSorts(t *testing.T) {
	t.Parallel()
	list := some(4)
	closed := noon.Add(-time.Hour)
	list[3].WindowUntil = &closed
	list[2].Status = model.Done
	list[1].Assignee = &model.UserRef{ID: me, Name: "Aoi"}
	w := newWorld(t, list)
	w.shows("Open 3", "Mine 1", "Unassigned 2", "Blocked 1", "window closed · question 3")
	w.keys("5")
	w.shows("Customer 3", "Reply window closed.")
	w.hides("Customer 0")
	w.keys("2")
	w.shows("Customer 1")
	w.hides("Customer 0")
	w.keys("6")
	w.shows("Customer 2")
	w.keys("4")
	w.shows("Nothing is snoozed.")
	w.keys("[")
	w.shows("Customer 0", "Customer 3")
	w.keys("1", "w")
	w.shows("Sorted: waiting longest first.")
	if line := w.row(0); !strings.Contains(line, "Customer 3") {
		t.Errorf("first is %q", line)
	}
}

func TestNextThatWaits(t *testing.T) {
	t.Parallel()
	list := some(4)
	list[3].LastMessage.Direction = model.Out
	w := newWorld(t, list)
	w.keys("N")
	w.shows("Reply to Customer 2…")
	w.keys("N")
	w.shows("Reply to Customer 1…")
	w.keys("N")
	w.shows("Reply to Customer 0…")
	w.keys("N")
	w.shows("Reply to Customer 2…")
}

func TestSearch(t *testing.T) {
	t.Parallel()
	list := some(3)
	w := newWorld(t, list)
	w.hub.found = []model.Found{{Conversation: list[1], Hits: []model.Hit{{Text: "ask for 見積 now", Spans: []model.Span{{From: 8, To: 10}}}}}}
	w.keys("/")
	w.shows("Search names and messages")
	w.types("見積")
	w.keys("enter")
	w.shows("Search: 見積", "1 found", "ask for 見積 now")
	w.hides("Customer 0")
	w.keys("enter", "esc", "esc")
	w.shows("Open 3", "Customer 0")
}

// TestWhatIsHiddenGoes: from the list, from what was found, from the conversation.
func TestWhatIsHiddenGoes(t *testing.T) {
	t.Parallel()
	list := some(3)
	w := newWorld(t, list)
	w.hub.found = []model.Found{{Conversation: list[1], Hits: []model.Hit{{Text: "a secret"}}}}
	w.keys("enter", "esc", "/")
	w.types("secret")
	w.keys("enter")
	w.shows("a secret", "Customer 0")
	w.sends([]inbox.Update{inbox.Dropped{Page: page1}})
	w.hides("secret now", "a secret", "Customer 0", "Customer 1")
	if w.holds("inbox", "Search", "All") > 0 {
		t.Error("what was found is held")
	}
}

// TestWhileAPageIsReadAnew: what is held goes, what is typed stays, and no key becomes a
// command.
func TestWhileAPageIsReadAnew(t *testing.T) {
	t.Parallel()
	list := some(3)
	w := newWorld(t, list)
	ms := incoming(2)
	w.hub.messages[ms[0].ConversationID] = ms
	w.keys("enter", "r")
	w.types("half")
	w.sends([]inbox.Update{inbox.Dropped{Page: page1, Anew: true}})
	w.hides("Customer 0", "hello")
	w.types(" a thought")
	w.shows("half a thought")
	w.sends(filled(list))
	w.shows("Customer 0", "hello", "half a thought")
	w.keys("enter")
	if len(w.hub.replies) != 1 || w.hub.replies[0].Text != "half a thought" {
		t.Errorf("left: %v", w.hub.replies)
	}
}

// TestTheDayEnds: at midnight today's messages are yesterday's, though nothing comes.
func TestTheDayEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	ms := incoming(2)
	w.hub.messages[ms[0].ConversationID] = ms
	w.keys("enter")
	w.shows("Today")
	w.passes(13 * time.Hour)
	w.shows("Yesterday")
	w.hides("Today")
}
