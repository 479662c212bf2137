package app_test

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/model/inbox"
	"parley/ui/uitest"
)

func TestAssign(t *testing.T) {
	t.Parallel()
	w := uitest.NewSharedWorld(t, uitest.Some(4))
	w.Keys("a")
	w.Shows("Who looks after Customer 0", "m  ● Me", "n  Nobody", "1  ● Ken", "2  ● Mia")
	w.Keys("1")
	w.Shows("Customer 0 is assigned to Ken.", "z undo", "Unassigned 3")
	w.Keys("z")
	w.Shows("Unassigned 4")
	w.Keys("j", "a", "m")
	w.Shows("Customer 1 is assigned to you.", "Mine 1", "Unassigned 3")
	w.Keys("enter")
	w.Shows("Assigned to Aoi")
	w.Keys("a", "2")
	w.Shows("Customer 1 is assigned to Mia.", "Assigned to Mia")
	w.Hides("Mine 1")
	w.Keys("i") // without the panel the heading says it
	w.Shows("Assigned to Mia")
	w.Keys("a", "n")
	w.Shows("Customer 1 is assigned to nobody.", "Unassigned 4")
}

// TestAssignIsAboutTheOneThatWasAsked though another is the first meanwhile.
func TestAssignIsAboutTheOneThatWasAsked(t *testing.T) {
	t.Parallel()
	w := uitest.NewSharedWorld(t, uitest.Some(4))
	w.Keys("a")
	w.Arrives(uitest.Talk(3, -1, func(c *model.Conversation) { c.Seq = 100 }))
	w.Keys("1")
	w.Shows("Customer 0 is assigned to Ken.")
}

// TestOnAPrivatePageNobodyElseCanBeAssigned: they are named with the reason.
func TestOnAPrivatePageNobodyElseCanBeAssigned(t *testing.T) {
	t.Parallel()
	w := uitest.NewSharedWorld(t, uitest.Some(2))
	w.PageNow(3, func(p *model.Page) { p.Visibility = model.Private })
	w.Keys("a", "1")
	w.Shows("Who looks after", "Aoyama Coffee is private: only you see it.")
	w.Keys("m")
	w.Shows("Customer 0 is assigned to you.")
}

// TestAssignWithoutTheHubsUsers: those that conversations name.
func TestAssignWithoutTheHubsUsers(t *testing.T) {
	t.Parallel()
	list := uitest.Some(3)
	list[2].Assignee = &uitest.Ken
	w := uitest.NewSharedWorld(t, list)
	w.Hub.Colleagues = nil
	w.Keys("a")
	w.Shows("1  ● Ken")
	w.Hides("Mia")
}

// TestAssignAmongMany: they are found by their names.
func TestAssignAmongMany(t *testing.T) {
	t.Parallel()
	w := uitest.NewSharedWorld(t, uitest.Some(1))
	for i := range 20 {
		w.Hub.Colleagues = append(w.Hub.Colleagues, model.Colleague{ID: model.UserID(fmt.Sprint("u", i)), Name: fmt.Sprint("Somebody ", i)})
	}
	w.Keys("a", "esc", "a")
	w.Types("body 17")
	w.Keys("enter")
	w.Shows("Customer 0 is assigned to Somebody 17.")
}

// Who is not available is marked so, in words too, and can't be chosen; a change shows in
// the list while it is open.
func TestAssignOnlyToWhoIsAvailable(t *testing.T) {
	t.Parallel()
	w := uitest.NewSharedWorld(t, uitest.Some(2))
	w.Hub.Colleagues[2].Away = true // Ken
	w.Keys("a")
	w.Shows("m  ● Me", "1  ○ Ken · not available", "2  ● Mia", "available")
	w.Keys("1")
	w.Shows("Who looks after Customer 0")
	w.Sends(userNews(w, model.Colleague{ID: uitest.Ken.ID, Name: uitest.Ken.Name}, model.Colleague{ID: "mia", Name: "Mia", Away: true}))
	w.Shows("1  ● Ken", "2  ○ Mia · not available")
	w.Keys("1")
	w.Shows("Customer 0 is assigned to Ken.")
}

// userNews is that users are known otherwise, as it comes from the hub.
func userNews(w *uitest.World, users ...model.Colleague) []inbox.Update {
	var out []inbox.Update
	for _, u := range users {
		out = append(out, inbox.UserChanged{User: u})
	}
	return out
}

// Among many the list is searched, and follows changes, too.
func TestAssignAmongManyFollowsChanges(t *testing.T) {
	t.Parallel()
	w := uitest.NewSharedWorld(t, uitest.Some(1))
	for i := range 20 {
		w.Hub.Colleagues = append(w.Hub.Colleagues, model.Colleague{ID: model.UserID(fmt.Sprint("u", i)), Name: fmt.Sprint("Somebody ", i)})
	}
	w.Keys("a", "esc", "a")
	w.Types("body 17")
	w.Sends(userNews(w, model.Colleague{ID: "u17", Name: "Somebody 17", Away: true}))
	w.Shows("○ Somebody 17", "not available")
	w.Keys("enter")
	w.Hides("is assigned to")
}

// The user's own availability: switched in the palette, shown in the first line while it
// is off, and nothing can be assigned to them then.
func TestOwnAvailability(t *testing.T) {
	t.Parallel()
	w := uitest.NewSharedWorld(t, uitest.Some(1))
	w.Hides("not available")
	w.Keys("ctrl+k")
	w.Types("available for assignment: off")
	w.Keys("enter")
	w.Shows("You are not available: nobody can assign to you.")
	if asked := w.Hub.Asked; asked[len(asked)-1] != "available false" {
		t.Fatalf("asked %q", asked)
	}
	w.Sends(userNews(w, model.Colleague{ID: uitest.Me, Name: "Aoi", Away: true}))
	if first := w.Lines()[0]; !strings.Contains(first, "○ not available") {
		t.Errorf("the first line is %q", first)
	}
	w.Sends(tea.WindowSizeMsg{Width: 40, Height: 12})
	if first := w.Lines()[0]; !strings.HasSuffix(strings.TrimRight(first, " "), "○") {
		t.Errorf("the narrow first line is %q", first)
	}
	w.Sends(tea.WindowSizeMsg{Width: 120, Height: 36})
	w.Keys("a")
	w.Shows("m  ○ Me · not available")
	w.Keys("m")
	w.Hides("is assigned to you")
	w.Keys("esc", "ctrl+k")
	w.Types("available for assignment")
	w.Shows("You are not available already.")
	w.Types(": on")
	w.Keys("enter")
	if asked := w.Hub.Asked; asked[len(asked)-1] != "available true" {
		t.Fatalf("asked %q", asked)
	}
}
