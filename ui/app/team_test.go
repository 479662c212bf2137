package app

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/model/inbox"
)

// sharedWorld is a screen on a shared Page with three users.
func sharedWorld(t *testing.T, list []model.Conversation) *world {
	t.Helper()
	w := newWorld(t, list)
	w.hub.users = []model.Colleague{{ID: "mia", Name: "Mia"}, {ID: me, Name: "Aoi"}, {ID: ken.ID, Name: ken.Name}}
	w.pageNow(2, func(p *model.Page) { p.Visibility = model.Shared })
	return w
}

func TestAssign(t *testing.T) {
	t.Parallel()
	w := sharedWorld(t, some(4))
	w.keys("a")
	w.shows("Who looks after Customer 0", "m  ● Me", "n  Nobody", "1  ● Ken", "2  ● Mia")
	w.keys("1")
	w.shows("Customer 0 is assigned to Ken.", "z undo", "Unassigned 3")
	w.keys("z")
	w.shows("Unassigned 4")
	w.keys("j", "a", "m")
	w.shows("Customer 1 is assigned to you.", "Mine 1", "Unassigned 3")
	w.keys("enter")
	w.shows("Assigned to Aoi")
	w.keys("a", "2")
	w.shows("Customer 1 is assigned to Mia.", "Assigned to Mia")
	w.hides("Mine 1")
	w.keys("i") // without the panel the heading says it
	w.shows("Assigned to Mia")
	w.keys("a", "n")
	w.shows("Customer 1 is assigned to nobody.", "Unassigned 4")
}

// TestAssignIsAboutTheOneThatWasAsked though another is the first meanwhile.
func TestAssignIsAboutTheOneThatWasAsked(t *testing.T) {
	t.Parallel()
	w := sharedWorld(t, some(4))
	w.keys("a")
	w.arrives(talk(3, -1, func(c *model.Conversation) { c.Seq = 100 }))
	w.keys("1")
	w.shows("Customer 0 is assigned to Ken.")
}

// TestOnAPrivatePageNobodyElseCanBeAssigned: they are named with the reason.
func TestOnAPrivatePageNobodyElseCanBeAssigned(t *testing.T) {
	t.Parallel()
	w := sharedWorld(t, some(2))
	w.pageNow(3, func(p *model.Page) { p.Visibility = model.Private })
	w.keys("a", "1")
	w.shows("Who looks after", "Aoyama Coffee is private: only you see it.")
	w.keys("m")
	w.shows("Customer 0 is assigned to you.")
}

// TestAssignWithoutTheHubsUsers: those that conversations name.
func TestAssignWithoutTheHubsUsers(t *testing.T) {
	t.Parallel()
	list := some(3)
	list[2].Assignee = &ken
	w := sharedWorld(t, list)
	w.hub.users = nil
	w.keys("a")
	w.shows("1  ● Ken")
	w.hides("Mia")
}

// TestAssignAmongMany: they are found by their names.
func TestAssignAmongMany(t *testing.T) {
	t.Parallel()
	w := sharedWorld(t, some(1))
	for i := range 20 {
		w.hub.users = append(w.hub.users, model.Colleague{ID: model.UserID(fmt.Sprint("u", i)), Name: fmt.Sprint("Somebody ", i)})
	}
	w.keys("a", "esc", "a")
	w.types("body 17")
	w.keys("enter")
	w.shows("Customer 0 is assigned to Somebody 17.")
}

// Who is not available is marked so, in words too, and can't be chosen; a change shows in
// the list while it is open.
func TestAssignOnlyToWhoIsAvailable(t *testing.T) {
	t.Parallel()
	w := sharedWorld(t, some(2))
	w.hub.users[2].Away = true // Ken
	w.keys("a")
	w.shows("m  ● Me", "1  ○ Ken · not available", "2  ● Mia", "available")
	w.keys("1")
	w.shows("Who looks after Customer 0")
	w.sends(w.userNews(model.Colleague{ID: ken.ID, Name: ken.Name}, model.Colleague{ID: "mia", Name: "Mia", Away: true}))
	w.shows("1  ● Ken", "2  ○ Mia · not available")
	w.keys("1")
	w.shows("Customer 0 is assigned to Ken.")
}

// userNews is that users are known otherwise, as it comes from the hub.
func (w *world) userNews(users ...model.Colleague) []inbox.Update {
	var out []inbox.Update
	for _, u := range users {
		out = append(out, inbox.UserChanged{User: u})
	}
	return out
}

// Among many the list is searched, and follows changes, too.
func TestAssignAmongManyFollowsChanges(t *testing.T) {
	t.Parallel()
	w := sharedWorld(t, some(1))
	for i := range 20 {
		w.hub.users = append(w.hub.users, model.Colleague{ID: model.UserID(fmt.Sprint("u", i)), Name: fmt.Sprint("Somebody ", i)})
	}
	w.keys("a", "esc", "a")
	w.types("body 17")
	w.sends(w.userNews(model.Colleague{ID: "u17", Name: "Somebody 17", Away: true}))
	w.shows("○ Somebody 17", "not available")
	w.keys("enter")
	w.hides("is assigned to")
}

// The user's own availability: switched in the palette, shown in the first line while it
// is off, and nothing can be assigned to them then.
func TestOwnAvailability(t *testing.T) {
	t.Parallel()
	w := sharedWorld(t, some(1))
	w.hides("not available")
	w.keys("ctrl+k")
	w.types("available for assignment: off")
	w.keys("enter")
	w.shows("You are not available: nobody can assign to you.")
	if asked := w.hub.asked; asked[len(asked)-1] != "available false" {
		t.Fatalf("asked %q", asked)
	}
	w.sends(w.userNews(model.Colleague{ID: me, Name: "Aoi", Away: true}))
	if first := w.lines()[0]; !strings.Contains(first, "○ not available") {
		t.Errorf("the first line is %q", first)
	}
	w.sends(tea.WindowSizeMsg{Width: 40, Height: 12})
	if first := w.lines()[0]; !strings.HasSuffix(strings.TrimRight(first, " "), "○") {
		t.Errorf("the narrow first line is %q", first)
	}
	w.sends(tea.WindowSizeMsg{Width: 120, Height: 36})
	w.keys("a")
	w.shows("m  ○ Me · not available")
	w.keys("m")
	w.hides("is assigned to you")
	w.keys("esc", "ctrl+k")
	w.types("available for assignment")
	w.shows("You are not available already.")
	w.types(": on")
	w.keys("enter")
	if asked := w.hub.asked; asked[len(asked)-1] != "available true" {
		t.Fatalf("asked %q", asked)
	}
}
