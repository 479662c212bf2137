package inbox_test

import (
	"strings"
	"testing"
	"time"

	"parley/model"
	"parley/model/inbox"
	"parley/ui/app"
	"parley/ui/conversation"
	list "parley/ui/inbox"
	"parley/ui/uitest"
)

func TestMovingDoesNotOpen(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(5))
	w.Shows("Aoyama Coffee", "live", "private: only you", "Open 5", "Customer 0", "question 4", "? help", "5 wait", "N starts with Customer 4")
	w.Keys("j", "j")
	w.Shows("5 wait", "N starts with Customer 4")
	w.Keys("enter")
	w.Shows("Reply to Customer 2…", "esc back")
	w.Keys("esc", "k", "enter")
	w.Shows("Reply to Customer 1…")
}

// TestPreview: the conversation follows the selection after a moment, and the keys stay
// with the list.
func TestPreview(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(5), func(o *app.Options) { o.Preview = true })
	w.Keys("j", "j")
	w.Shows("5 wait", "N starts with Customer 4")
	w.Passes(list.PreviewAfter)
	w.Shows("Reply to Customer 2…")
	w.Keys("j")
	w.Passes(list.PreviewAfter)
	w.Shows("Reply to Customer 3…")
	w.Passes(2 * conversation.ReadAfter)
	if n := w.Lines()[2+2*3+1]; !strings.Contains(n, "●1") {
		t.Errorf("what was only previewed is read: %q", n)
	}
}

// TestTheSelectionStays: what is selected stays selected while messages arrive.
func TestTheSelectionStays(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(40))
	w.Keys("j", "j", "j")
	r, _ := w.Selected()
	for i := 20; i < 25; i++ {
		w.Arrives(uitest.Talk(i, 0, func(c *model.Conversation) { c.Seq = int64(1000 + i); c.Unread = 2 }))
	}
	if now, _ := w.Selected(); now.ID != r.ID {
		t.Errorf("%s is selected, it was %s", now.ID, r.ID)
	}
	w.Keys("enter")
	w.Shows("Reply to Customer 3…")
}

func TestTriage(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(5))
	w.Keys("e")
	w.Shows("Customer 0 is done.", "z undo", "Open 4")
	if r, _ := w.Selected(); r.Customer.Name != "Customer 1" {
		t.Errorf("%s is selected", r.ID)
	}
	w.Keys("z")
	w.Shows("Taken back", "Open 5")
	w.Keys("z")
	w.Shows("There is nothing to take back.")
	w.Keys("g", "j", "p")
	w.Shows("Customer 1 is pinned.")
	if line := w.Row(0); !strings.Contains(line, "Customer 1 ▲") {
		t.Errorf("first is %q", line)
	}
	w.Keys("g", "s")
	w.Shows("Snooze Customer 1", "One hour")
	w.Keys("h")
	w.Shows("is snoozed until 13:00", "Open 4", "Snoozed 1")
	w.Passes(59 * time.Minute)
	w.Shows("Snoozed 1")
	w.Passes(2 * time.Minute)
	w.Shows("Open 5")
	w.Hides("Snoozed 1", "◔")
	w.Keys("u")
	w.Shows("is read.")
}

// TestATimeIsTypedAtOnce: a digit begins it, and is nobody's key.
func TestATimeIsTypedAtOnce(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Keys("s")
	w.Types("2h")
	w.Keys("enter")
	w.Shows("Customer 0 is snoozed until 14:00")
}

func TestTwentyActionsAreTakenBack(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(30))
	for range 25 {
		w.Taps("e")
	}
	w.Shows("Open 5")
	for range 20 {
		w.Keys("z")
	}
	w.Shows("Open 25")
	w.Keys("z")
	w.Shows("There is nothing to take back.")
}

func TestFiltersAndSorts(t *testing.T) {
	t.Parallel()
	list := uitest.Some(4)
	closed := uitest.Noon.Add(-time.Hour)
	list[3].WindowUntil = &closed
	list[2].Status = model.Done
	list[1].Assignee = &model.UserRef{ID: uitest.Me, Name: "Aoi"}
	w := uitest.NewWorld(t, list)
	w.Shows("Open 2", "Mine 1", "Unassigned 1", "Blocked 1", "Done 1")
	w.Hides("Customer 3")
	w.Keys("0")
	w.Shows("question 3        window closed ●1")
	w.Keys("5")
	w.Shows("Customer 3", "Reply window closed.")
	w.Hides("Customer 0")
	w.Keys("2")
	w.Shows("Customer 1")
	w.Hides("Customer 0")
	w.Keys("6")
	w.Shows("Customer 2")
	w.Keys("4")
	w.Shows("Nothing is snoozed.")
	w.Keys("[")
	w.Shows("Customer 0")
	w.Keys("1", "w")
	w.Shows("Sorted: waiting longest first.")
	if line := w.Row(0); !strings.Contains(line, "Customer 1") {
		t.Errorf("first is %q", line)
	}
}

func TestNextThatWaits(t *testing.T) {
	t.Parallel()
	list := uitest.Some(4)
	list[3].LastMessage.Direction = model.Out
	w := uitest.NewWorld(t, list)
	w.Keys("N")
	w.Shows("Reply to Customer 2…")
	w.Keys("N")
	w.Shows("Reply to Customer 1…")
	w.Keys("N")
	w.Shows("Reply to Customer 0…")
	w.Keys("N")
	w.Shows("Reply to Customer 2…")
}

func TestSearch(t *testing.T) {
	t.Parallel()
	list := uitest.Some(3)
	w := uitest.NewWorld(t, list)
	w.Hub.Found = []model.Found{{Conversation: list[1], Hits: []model.Hit{{Text: "ask for 見積 now", Spans: []model.Span{{From: 8, To: 10}}}}}}
	w.Keys("/")
	w.Shows("Search names and messages")
	w.Types("見積")
	w.Keys("enter")
	w.Shows("Search: 見積", "1 found", "ask for 見積 now")
	w.Hides("Customer 0")
	w.Keys("enter", "esc", "esc")
	w.Shows("Open 3", "Customer 0")
}

// TestWhatIsHiddenGoes: from the list, from what was found, from the conversation.
func TestWhatIsHiddenGoes(t *testing.T) {
	t.Parallel()
	list := uitest.Some(3)
	w := uitest.NewWorld(t, list)
	w.Hub.Found = []model.Found{{Conversation: list[1], Hits: []model.Hit{{Text: "a secret"}}}}
	w.Keys("enter", "esc", "/")
	w.Types("secret")
	w.Keys("enter")
	w.Shows("a secret", "Customer 0")
	w.Sends([]inbox.Update{inbox.Dropped{Page: uitest.Page}})
	w.Hides("secret now", "a secret", "Customer 0", "Customer 1")
	if w.Holds("inbox", "Search", "All") > 0 {
		t.Error("what was found is held")
	}
}

// TestWhileAPageIsReadAnew: what is held goes, what is typed stays, and no key becomes a
// command.
func TestWhileAPageIsReadAnew(t *testing.T) {
	t.Parallel()
	list := uitest.Some(3)
	w := uitest.NewWorld(t, list)
	ms := uitest.Incoming(2)
	w.Hub.Threads[ms[0].ConversationID] = ms
	w.Keys("enter", "r")
	w.Types("half")
	w.Sends([]inbox.Update{inbox.Dropped{Page: uitest.Page, Anew: true}})
	w.Hides("Customer 0", "hello")
	w.Types(" a thought")
	w.Shows("half a thought")
	w.Sends(uitest.Filled(list))
	w.Shows("Customer 0", "hello", "half a thought")
	w.Keys("enter")
	if len(w.Hub.Replies) != 1 || w.Hub.Replies[0].Text != "half a thought" {
		t.Errorf("left: %v", w.Hub.Replies)
	}
}

// TestTheDayEnds: at midnight today's messages are yesterday's, though nothing comes.
func TestTheDayEnds(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	ms := uitest.Incoming(2)
	w.Hub.Threads[ms[0].ConversationID] = ms
	w.Keys("enter")
	w.Shows("Today")
	w.Passes(13 * time.Hour)
	w.Shows("Yesterday")
	w.Hides("Today")
}
