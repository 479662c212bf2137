// Package team is who works with the hub, as far as the screen was told, and whether they
// take conversations.
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

// Hub is what the team needs of a client of the hub.
type Hub interface {
	// Users returns everybody who works with the hub.
	Users(ctx context.Context) ([]model.Colleague, error)
	// SetAvailable makes the user take conversations, or none for now.
	SetAvailable(ctx context.Context, available bool) (model.User, error)
}

// Model is who works with the hub, as far as it was told.
type Model struct {
	*screen.Screen
	hub   Hub
	users []model.Colleague
	// then is what waits for the answer that is on its way.
	then func()
	// list brings an open list of them up to date.
	list func()
}

// New returns a team of which nothing is known.
func New(s *screen.Screen, h Hub) *Model { return &Model{Screen: s, hub: h} }

// Msg is an answer about the team.
type Msg interface{ team() }

// Update takes an answer over.
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

// Read asks who works with the hub, and then does something.
func (m *Model) Read(then func()) tea.Cmd {
	m.then = then
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		users, err := hub.Users(ctx)
		return read{users: users, err: err}
	})
}

// ReadAgain asks again, for whoever waits for the answer.
func (m *Model) ReadAgain() tea.Cmd { return m.Read(m.then) }

// read takes the users over. A failure is not told: names are also known from the
// conversations.
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

// Changed takes over that users are known otherwise now.
func (m *Model) Changed(users []model.Colleague) {
	if len(users) == 0 {
		return
	}
	if len(m.users) > 0 { // else the answer with all of them brings it
		m.users = slices.Clone(m.users)
		for _, u := range users {
			m.put(u)
		}
	}
	m.listed()
}

// put takes over how a user is known now.
func (m *Model) put(u model.Colleague) {
	i := slices.IndexFunc(m.users, func(known model.Colleague) bool { return known.ID == u.ID })
	if i < 0 {
		m.users = append(m.users, u)
		return
	}
	m.users[i].Name, m.users[i].Away = u.Name, u.Away
}

// OnChange has an open list of the team brought up to date from now on.
func (m *Model) OnChange(list func()) { m.list = list }

// listed brings an open list of the team up to date.
func (m *Model) listed() {
	if m.list != nil {
		m.list()
	}
}

// Size returns how many work with the hub; 0: it was not told yet.
func (m *Model) Size() int { return len(m.users) }

// namedBefore bounds how many conversations are looked through for names.
const namedBefore = 500

// Colleagues are the others who work with the hub, by name; where the hub does not tell
// them, those that conversations name.
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

// NeedsAway tells why the user can't be made available, or not, now: they are so already.
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

// availabilitySet is the answer to taking conversations, or none.
type availabilitySet struct {
	available bool
	err       error
}

func (availabilitySet) team() {}

// SetAvailable makes the user take conversations, or none for now.
func (m *Model) SetAvailable(available bool) tea.Cmd {
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		_, err := hub.SetAvailable(ctx, available)
		return availabilitySet{available: available, err: err}
	})
}

// availabilitySet says what was done. How the user is known comes with the news.
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
