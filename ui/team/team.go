// Package team is the users of the hub, as far as the screen knows them, and whether they are
// available.
package team

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/screen"
)

// Hub is what this package needs of a client.
type Hub interface {
	// Users returns all users of the hub.
	Users(ctx context.Context) ([]model.Colleague, error)
	// SetAvailable sets whether the user can be assigned conversations.
	SetAvailable(ctx context.Context, available bool) (model.User, error)
}

// Model is the users of the hub, as far as we know them.
type Model struct {
	*screen.Screen
	hub   Hub
	users []model.Colleague
	// then is called with the pending answer.
	then func()
	// list updates an open list of users.
	list func()
}

// New returns a Model that knows nobody yet.
func New(s *screen.Screen, h Hub) *Model { return &Model{Screen: s, hub: h} }

// Msg is a message for Model.
type Msg interface{ team() }

// Update handles a message.
func (m *Model) Update(msg Msg) {
	switch msg := msg.(type) {
	case read:
		m.read(msg)
	case availabilitySet:
		m.availabilitySet(msg)
	}
}

// read is the answer with the users of the hub.
type read struct {
	users []model.Colleague
	err   error
}

func (read) team() {}

// Read reads the users, and then calls then.
func (m *Model) Read(then func()) tea.Cmd {
	m.then = then
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		users, err := hub.Users(ctx)
		return read{users: users, err: err}
	})
}

// ReadAgain reads again, for the same then.
func (m *Model) ReadAgain() tea.Cmd { return m.Read(m.then) }

// read stores the users. A failure is not shown: names are also known from the conversations.
func (m *Model) read(r read) {
	if r.err != nil {
		return
	}
	m.users = r.users
	if then := m.then; then != nil {
		m.then = nil
		then()
	}
	m.listed()
}

// Changed applies changed users.
func (m *Model) Changed(users []model.Colleague) {
	if len(users) == 0 {
		return
	}
	if len(m.users) > 0 { // else the answer with all users will bring it
		m.users = slices.Clone(m.users)
		for _, u := range users {
			m.put(u)
		}
	}
	m.listed()
}

// put stores a user.
func (m *Model) put(u model.Colleague) {
	i := slices.IndexFunc(m.users, func(known model.Colleague) bool { return known.ID == u.ID })
	if i < 0 {
		m.users = append(m.users, u)
		return
	}
	m.users[i].Name, m.users[i].Away = u.Name, u.Away
}

// OnChange sets what updates an open list of the team.
func (m *Model) OnChange(list func()) { m.list = list }

// listed updates the open list of the team.
func (m *Model) listed() {
	if m.list != nil {
		m.list()
	}
}

// Size returns how many users the hub has; 0: not known yet.
func (m *Model) Size() int { return len(m.users) }

// namedBefore bounds how many conversations are searched for names.
const namedBefore = 500

// Colleagues returns the other users, by name; if the hub has not sent them, those named in
// conversations.
func (m *Model) Colleagues() []model.Colleague {
	known := slices.Clone(m.users)
	if len(known) == 0 {
		v := m.Inbox.View(inbox.Query{Filter: inbox.FilterAll, Sort: inbox.SortNewest})
		for i := range min(v.Len(), namedBefore) {
			if r, ok := v.At(i); ok && r.Assignee != nil {
				known = append(known, model.Colleague{ID: r.Assignee.ID, Name: r.Assignee.Name})
			}
		}
	}
	known = slices.DeleteFunc(known, func(u model.Colleague) bool { return u.ID == m.Inbox.User().ID || u.ID == "" })
	slices.SortFunc(known, func(a, b model.Colleague) int {
		if c := strings.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	return slices.CompactFunc(known, func(a, b model.Colleague) bool { return a.ID == b.ID })
}

// NeedsAway says why the user can't be made available, or away, now; empty: they can.
func (m *Model) NeedsAway(a model.Away) func() string {
	return func() string {
		switch me := m.Inbox.User(); {
		case me.ID == "":
			return m.Say(i18n.StateConnecting)
		case me.Away == a:
			return ""
		case bool(me.Away):
			return m.Say(i18n.WhyAwayAlready)
		}
		return m.Say(i18n.WhyAvailableAlready)
	}
}

// availabilitySet is the result of changing the availability.
type availabilitySet struct {
	available bool
	err       error
}

func (availabilitySet) team() {}

// SetAvailable sets whether the user can be assigned conversations.
func (m *Model) SetAvailable(available bool) tea.Cmd {
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		_, err := hub.SetAvailable(ctx, available)
		return availabilitySet{available: available, err: err}
	})
}

// availabilitySet says what was done. The stream brings the user.
func (m *Model) availabilitySet(s availabilitySet) {
	switch {
	case s.err != nil:
		m.Notify(m.Explain(s.err))
	case s.available:
		m.Notify(m.Say(i18n.SaidAvailable))
	default:
		m.Notify(m.Say(i18n.SaidAway))
	}
}
