package app_test

import (
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/app"
	"parley/ui/uitest"
)

// does has a colleague do something in the first conversation.
func does(w *uitest.World, who model.UserRef, what model.FrameType, active bool) {
	w.Helper()
	w.Sends([]inbox.Update{inbox.Ephemeral{Frame: model.Ephemeral{Type: what, Page: uitest.Page, Conversation: model.NewConversationID(uitest.Page, "5000"), User: who, Active: active}}})
}

func TestWhoIsHere(t *testing.T) {
	t.Parallel()
	w := uitest.NewSharedWorld(t, uitest.Some(3))
	w.Keys("enter")
	does(w, uitest.Ken, model.FramePresence, true)
	w.Shows("Ken is looking at this")
	does(w, uitest.Ken, model.FrameTyping, true)
	w.Shows("Ken is writing an answer")
	w.Passes(10 * time.Second)
	w.Shows("Ken is looking at this")
	w.Passes(60*time.Second - 10*time.Second)
	w.Hides("Ken")
	mia := model.UserRef{ID: "mia", Name: "Mia"}
	does(w, uitest.Ken, model.FramePresence, true)
	does(w, mia, model.FramePresence, true)
	w.Shows("2 colleagues are looking at this")
	does(w, mia, model.FrameTyping, true)
	w.Shows("Mia is writing an answer")
	does(w, mia, model.FrameTyping, false)
	does(w, mia, model.FramePresence, false)
	w.Shows("Ken is looking at this")
	w.Keys("esc", "j", "enter")
	w.Hides("Ken is")
	w.Sends(tea.WindowSizeMsg{Width: 40, Height: 12})
	w.Keys("esc", "k", "enter")
	w.Shows("Ken is looking at this")
	w.Whole(40, 12)
}

// TestNobodyIsHereWhoMayNotBe: the user on another screen, and what is hidden.
func TestNobodyIsHereWhoMayNotBe(t *testing.T) {
	t.Parallel()
	list := uitest.Some(3)
	w := uitest.NewSharedWorld(t, list)
	w.Keys("enter")
	does(w, model.UserRef{ID: uitest.Me, Name: "Aoi"}, model.FramePresence, true)
	w.Hides("is looking")
	does(w, uitest.Ken, model.FramePresence, true)
	does(w, model.UserRef{ID: "x", Name: "\x1b[2J\n"}, model.FrameTyping, true)
	w.Whole(120, 36)
	w.Hidden()
	if n := w.Holds("presence", "others"); n > 0 {
		t.Errorf("still known: %v", n)
	}
	does(w, uitest.Ken, model.FramePresence, true)
	if n := w.Holds("presence", "others"); n > 0 {
		t.Errorf("told of what is hidden: %v", n)
	}
}

// told returns what colleagues were told, and forgets it.
func told(w *uitest.World) []string {
	var out []string
	for _, f := range w.Hub.Told {
		s := string(f.Type) + " " + string(f.Conversation.Customer())
		if !f.Active {
			s += " no more"
		}
		out = append(out, s)
	}
	w.Hub.Told = nil
	return out
}

func tells(w *uitest.World, want ...string) {
	w.Helper()
	if got := told(w); !slices.Equal(got, want) {
		w.Errorf("told %q, want %q", got, want)
	}
}

// TestColleaguesAreTold what the user looks at and that they write, but not too often,
// and not while nobody looks.
func TestColleaguesAreTold(t *testing.T) {
	t.Parallel()
	w := uitest.NewSharedWorld(t, uitest.Some(3))
	w.Keys("j")
	tells(w)
	w.Keys("enter")
	tells(w, "presence 5001")
	w.Passes(45*time.Second - time.Second)
	tells(w)
	w.Passes(time.Second)
	tells(w, "presence 5001")
	w.Keys("r")
	w.Types("hello")
	tells(w, "typing 5001")
	w.Passes(5 * time.Second)
	tells(w)
	w.Types("!")
	tells(w, "typing 5001")
	w.Keys("enter")
	tells(w, "typing 5001 no more")
	w.Keys("esc", "I")
	w.Types("among us")
	w.Keys("esc", "r")
	tells(w)
	w.Types("x")
	w.Keys("esc")
	tells(w, "typing 5001", "typing 5001 no more")
	w.Keys("esc", "j", "enter")
	tells(w, "presence 5001 no more", "presence 5002")
	w.Sends(tea.BlurMsg{})
	tells(w, "presence 5002 no more")
	w.Passes(time.Hour)
	tells(w)
	w.Sends(tea.FocusMsg{})
	tells(w, "presence 5002")
	w.Hidden()
	w.Passes(time.Hour)
	tells(w) // who is hidden from, tells nobody
}

// TestNobodyIsToldOfAPrivatePage but the hub that a reply is typed, which shows it to the
// customer and, as nobody else sees the Page, to nobody else. Of a note it is not told.
func TestNobodyIsToldOfAPrivatePage(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) { o.Words = i18n.New("ja") })
	w.Keys("enter", "I")
	w.Types("a note")
	w.Keys("esc")
	w.Passes(time.Hour)
	tells(w)
	w.Keys("r")
	w.Types("hello")
	tells(w, "typing 5000")
	w.Passes(time.Hour)
	tells(w)
}

// TestNobodyIsToldWhereNoReplyIsAllowed, whatever is typed there.
func TestNobodyIsToldWhereNoReplyIsAllowed(t *testing.T) {
	t.Parallel()
	list := uitest.Some(1)
	closed := uitest.Noon.Add(-time.Hour)
	list[0].WindowUntil = &closed
	w := uitest.NewWorld(t, list)
	w.Keys("enter", "r")
	w.Types("hello")
	tells(w)
}
