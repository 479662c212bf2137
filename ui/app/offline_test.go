package app_test

import (
	"errors"
	"testing"
	"time"

	"parley/model"
	"parley/model/inbox"
	"parley/ui/app"
	"parley/ui/uitest"
)

// away is the hub that can't be reached, and is tried again some time after noon.
func away(after time.Duration) []inbox.Update {
	return []inbox.Update{inbox.Connection{State: inbox.Offline, Cause: errors.New("no route"), RetryAt: uitest.Noon.Add(after)}}
}

// TestWhatAnEarlierRunKeptIsMarked with its time, can be read, and not changed before the hub
// has answered.
func TestWhatAnEarlierRunKeptIsMarked(t *testing.T) {
	t.Parallel()
	w := uitest.NewKept(t, uitest.Some(3))
	w.Shows("as of 11:00 · connecting", "Customer 0", "Customer 2")
	w.Keys("e")
	w.Shows("As of 11:00: nothing can be changed until the hub answers. ctrl+r tries now.")
	w.Keys("esc")
	w.Sends(away(20 * time.Second))
	w.Shows("as of 11:00 · offline", "Customer 0")
	w.Keys("s")
	w.Hides("Snooze until")
	for _, asked := range w.Hub.Asked {
		t.Errorf("the hub was asked: %s", asked)
	}
	w.Sends(append([]inbox.Update{inbox.Connection{State: inbox.Live}}, uitest.Filled(uitest.Some(3))...))
	w.Shows("● live")
	w.Hides("○ as of 11:00")
	w.Keys("e")
	if w.Status(0) != model.Done {
		t.Error("nothing can be changed")
	}
}

// TestAPageThatWasLostGoesBeforeTheHubIsLive: not one frame shows it once the hub answered.
func TestAPageThatWasLostGoesBeforeTheHubIsLive(t *testing.T) {
	t.Parallel()
	w := uitest.NewKept(t, uitest.Some(3))
	w.Sends([]inbox.Update{
		inbox.Dropped{Page: uitest.Page}, inbox.Connection{State: inbox.Live}, inbox.Welcomed{Now: uitest.Noon, User: model.User{ID: uitest.Me, Name: "Aoi"}},
	})
	w.Hides("Customer 0", "question")
}

// TestTheNextTryCountsDown, and a key makes it come at once.
func TestTheNextTryCountsDown(t *testing.T) {
	t.Parallel()
	tries := 0
	w := uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) { o.Connect = func() { tries++ } })
	w.Keys("ctrl+r")
	if tries > 0 {
		t.Error("tried while there is a connection")
	}
	w.Sends(away(20 * time.Second))
	w.Shows("Next try in 20 s, ctrl+r tries now")
	w.Passes(time.Second)
	w.Shows("Next try in 19 s")
	w.Passes(18500 * time.Millisecond)
	w.Shows("Next try in 1 s")
	w.Keys("ctrl+r")
	if tries != 1 {
		t.Errorf("tried %d times", tries)
	}
	w.Hides("Next try in")
	w.Sends([]inbox.Update{inbox.Connection{State: inbox.Connecting}})
	w.Hides("No connection")
}

// TestRepliesWaitForTheHub: written while it is away, they are on disk, leave in order once it
// is back, and the user need do nothing.
func TestRepliesWaitForTheHub(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(*testing.T) *uitest.World{
		"the connection broke off": func(t *testing.T) *uitest.World {
			t.Helper()
			w := uitest.NewWorld(t, uitest.Some(3))
			w.Sends(away(20 * time.Second))
			return w
		},
		"since the start": func(t *testing.T) *uitest.World {
			t.Helper()
			w := uitest.NewKept(t, uitest.Some(3))
			w.Sends(away(20 * time.Second))
			return w
		},
		"before the first try has failed": func(t *testing.T) *uitest.World {
			t.Helper()
			return uitest.NewKept(t, uitest.Some(3))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := begin(t)
			w.Hub.Disk = map[model.ClientID]model.Reply{}
			w.Keys("enter", "r")
			for _, text := range []string{"first", "second"} {
				w.Types(text)
				w.Keys("enter")
			}
			w.Shows("first", "Sends when connected.", "second", "Waits for the reply before it.")
			if len(w.Hub.Replies) > 0 || len(w.Hub.Disk) != 2 {
				t.Errorf("%d left, %d on disk", len(w.Hub.Replies), len(w.Hub.Disk))
			}
			w.Passes(time.Hour)
			w.Sends(append([]inbox.Update{inbox.Connection{State: inbox.Live}}, uitest.Filled(uitest.Some(3))...))
			if n := len(w.Hub.Replies); n != 2 || w.Hub.Replies[0].Text != "first" || w.Hub.Replies[1].Text != "second" {
				t.Errorf("left: %+v", w.Hub.Replies)
			}
			w.Hides("Sends when connected.")
		})
	}
}

// unanswered is an error after which nobody knows whether the hub has it.
type unanswered struct{ error }

func (unanswered) Unanswered() bool { return true }

// TestAReplyWithoutAnswerGoesOnWhenTheHubIsBack, under the same id; with a connection that stands
// the user is asked.
func TestAReplyWithoutAnswerGoesOnWhenTheHubIsBack(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Keys("enter", "r")
	w.Slows()
	w.Types("hello")
	w.Keys("enter")
	w.Sends(away(20 * time.Second))
	w.Hub.Err = unanswered{errors.New("no route")}
	w.Answers(0)
	w.Shows("hello", "Sends when connected.")
	w.Hides("R send again")
	w.Hub.Err = nil
	w.Sends([]inbox.Update{inbox.Connection{State: inbox.Live}})
	w.AnswersAll()
	if n := len(w.Hub.Replies); n != 2 || w.Hub.Replies[0].ClientID != w.Hub.Replies[1].ClientID {
		t.Errorf("handed in: %+v", w.Hub.Replies)
	}

	w.Types("again")
	w.Keys("enter")
	w.Hub.Err = unanswered{errors.New("no route")}
	w.AnswersAll()
	w.Hides("Sends when connected.")
	w.Shows("R send again")
}

// TestAReplyThatTheHubRefusesLaterComesBack: it is judged when the hub is reached.
func TestAReplyThatTheHubRefusesLaterComesBack(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Sends(away(20 * time.Second))
	w.Keys("enter", "r")
	w.Types("too late")
	w.Keys("enter")
	w.Shows("Sends when connected.")
	w.Hub.Err = &model.Refusal{Code: model.WindowClosed}
	w.Sends([]inbox.Update{inbox.Connection{State: inbox.Live}})
	if got := w.Typed(); got != "too late" {
		t.Errorf("in the composer: %q", got)
	}
}
