package ui

import (
	"fmt"
	"testing"

	"parley/model"
)

// sharedWorld is a screen on a shared Page with three users.
func sharedWorld(t *testing.T, list []model.Conversation) *world {
	t.Helper()
	w := newWorld(t, list)
	w.hub.users = []model.UserRef{{ID: "mia", Name: "Mia"}, {ID: me, Name: "Aoi"}, ken}
	w.pageNow(2, func(p *model.Page) { p.Visibility = model.Shared })
	return w
}

func TestAssign(t *testing.T) {
	t.Parallel()
	w := sharedWorld(t, some(4))
	w.keys("a")
	w.shows("Who looks after Customer 0", "m  Me", "n  Nobody", "1  Ken", "2  Mia")
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
	w.shows("1  Ken")
	w.hides("Mia")
}

// TestAssignAmongMany: they are found by their names.
func TestAssignAmongMany(t *testing.T) {
	t.Parallel()
	w := sharedWorld(t, some(1))
	for i := range 20 {
		w.hub.users = append(w.hub.users, model.UserRef{ID: model.UserID(fmt.Sprint("u", i)), Name: fmt.Sprint("Somebody ", i)})
	}
	w.keys("a", "esc", "a")
	w.types("body 17")
	w.keys("enter")
	w.shows("Customer 0 is assigned to Somebody 17.")
}
