package app

import (
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
)

// does has a colleague do something in the first conversation.
func (w *world) does(who model.UserRef, what model.FrameType, active bool) {
	w.Helper()
	w.sends([]inbox.Update{inbox.Ephemeral{Frame: model.Ephemeral{Type: what, Page: page1, Conversation: model.NewConversationID(page1, "5000"), User: who, Active: active}}})
}

func TestWhoIsHere(t *testing.T) {
	t.Parallel()
	w := sharedWorld(t, some(3))
	w.keys("enter")
	w.does(ken, model.FramePresence, true)
	w.shows("Ken is looking at this")
	w.does(ken, model.FrameTyping, true)
	w.shows("Ken is writing an answer")
	w.passes(10 * time.Second)
	w.shows("Ken is looking at this")
	w.passes(60*time.Second - 10*time.Second)
	w.hides("Ken")
	mia := model.UserRef{ID: "mia", Name: "Mia"}
	w.does(ken, model.FramePresence, true)
	w.does(mia, model.FramePresence, true)
	w.shows("2 colleagues are looking at this")
	w.does(mia, model.FrameTyping, true)
	w.shows("Mia is writing an answer")
	w.does(mia, model.FrameTyping, false)
	w.does(mia, model.FramePresence, false)
	w.shows("Ken is looking at this")
	w.keys("esc", "j", "enter")
	w.hides("Ken is")
	w.sends(tea.WindowSizeMsg{Width: 40, Height: 12})
	w.keys("esc", "k", "enter")
	w.shows("Ken is looking at this")
	w.whole(40, 12)
}

// TestNobodyIsHereWhoMayNotBe: the user on another screen, and what is hidden.
func TestNobodyIsHereWhoMayNotBe(t *testing.T) {
	t.Parallel()
	list := some(3)
	w := sharedWorld(t, list)
	w.keys("enter")
	w.does(model.UserRef{ID: me, Name: "Aoi"}, model.FramePresence, true)
	w.hides("is looking")
	w.does(ken, model.FramePresence, true)
	w.does(model.UserRef{ID: "x", Name: "\x1b[2J\n"}, model.FrameTyping, true)
	w.whole(120, 36)
	w.hidden()
	if n := w.holds("presence", "others"); n > 0 {
		t.Errorf("still known: %v", n)
	}
	w.does(ken, model.FramePresence, true)
	if n := w.holds("presence", "others"); n > 0 {
		t.Errorf("told of what is hidden: %v", n)
	}
}

// told returns what colleagues were told, and forgets it.
func (w *world) told() []string {
	var out []string
	for _, f := range w.hub.told {
		s := string(f.Type) + " " + string(f.Conversation.Customer())
		if !f.Active {
			s += " no more"
		}
		out = append(out, s)
	}
	w.hub.told = nil
	return out
}

func (w *world) tells(want ...string) {
	w.Helper()
	if got := w.told(); !slices.Equal(got, want) {
		w.Errorf("told %q, want %q", got, want)
	}
}

// TestColleaguesAreTold what the user looks at and that they write, but not too often,
// and not while nobody looks.
func TestColleaguesAreTold(t *testing.T) {
	t.Parallel()
	w := sharedWorld(t, some(3))
	w.keys("j")
	w.tells()
	w.keys("enter")
	w.tells("presence 5001")
	w.passes(45*time.Second - time.Second)
	w.tells()
	w.passes(time.Second)
	w.tells("presence 5001")
	w.keys("r")
	w.types("hello")
	w.tells("typing 5001")
	w.passes(5 * time.Second)
	w.tells()
	w.types("!")
	w.tells("typing 5001")
	w.keys("enter")
	w.tells("typing 5001 no more")
	w.keys("esc", "I")
	w.types("among us")
	w.keys("esc", "r")
	w.tells()
	w.types("x")
	w.keys("esc")
	w.tells("typing 5001", "typing 5001 no more")
	w.keys("esc", "j", "enter")
	w.tells("presence 5001 no more", "presence 5002")
	w.sends(tea.BlurMsg{})
	w.tells("presence 5002 no more")
	w.passes(time.Hour)
	w.tells()
	w.sends(tea.FocusMsg{})
	w.tells("presence 5002")
	w.hidden()
	w.passes(time.Hour)
	w.tells() // who is hidden from, tells nobody
}

// TestNobodyIsToldOfAPrivatePage but the hub that a reply is typed, which shows it to the
// customer and, as nobody else sees the Page, to nobody else. Of a note it is not told.
func TestNobodyIsToldOfAPrivatePage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3), func(o *Options) { o.Words = i18n.New("ja") })
	w.keys("enter", "I")
	w.types("a note")
	w.keys("esc")
	w.passes(time.Hour)
	w.tells()
	w.keys("r")
	w.types("hello")
	w.tells("typing 5000")
	w.passes(time.Hour)
	w.tells()
}

// TestNobodyIsToldWhereNoReplyIsAllowed, whatever is typed there.
func TestNobodyIsToldWhereNoReplyIsAllowed(t *testing.T) {
	t.Parallel()
	list := some(1)
	closed := noon.Add(-time.Hour)
	list[0].WindowUntil = &closed
	w := newWorld(t, list)
	w.keys("enter", "r")
	w.types("hello")
	w.tells()
}
