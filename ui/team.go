package ui

import (
	"context"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// team is who works with the hub, as far as it was told.
type team struct {
	users []model.Colleague
	// then is what waits for the answer that is on its way.
	then func()
	// list brings an open list of them up to date.
	list func()
}

// teamRead is the answer with the users of the hub.
type teamRead struct {
	users []model.Colleague
	err   error
}

// readTeam asks who works with the hub, and then does something.
func (m *Model) readTeam(then func()) tea.Cmd {
	m.team.then = then
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		users, err := hub.Users(ctx)
		return teamRead{users: users, err: err}
	})
}

// teamRead takes the users over. A failure is not told: names are also known from the
// conversations.
func (m *Model) teamRead(r teamRead) {
	if r.err != nil {
		return
	}
	m.team.users = r.users
	if then := m.team.then; then != nil {
		m.team.then = nil
		then()
	}
	m.listTeam()
}

// teamChanged takes over that users are known otherwise now.
func (m *Model) teamChanged(users []model.Colleague) {
	if len(users) == 0 {
		return
	}
	if len(m.team.users) > 0 { // else the answer with all of them brings it
		m.team.users = slices.Clone(m.team.users)
		for _, u := range users {
			m.team.put(u)
		}
	}
	m.listTeam()
}

// put takes over how a user is known now.
func (t *team) put(u model.Colleague) {
	i := slices.IndexFunc(t.users, func(known model.Colleague) bool { return known.ID == u.ID })
	if i < 0 {
		t.users = append(t.users, u)
		return
	}
	t.users[i].Name, t.users[i].Away = u.Name, u.Away
}

// listTeam brings an open list of the team up to date.
func (m *Model) listTeam() {
	if m.team.list != nil {
		m.team.list()
	}
}

// namedBefore bounds how many conversations are looked through for names.
const namedBefore = 500

// colleagues are the others who work with the hub, by name; where the hub does not tell
// them, those that conversations name.
func (m *Model) colleagues() []model.Colleague {
	known := slices.Clone(m.team.users)
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

// What is chosen besides colleagues, who are chosen by their ids.
const (
	assignMe     = "me"
	assignNobody = "nobody"
	assignTo     = "to:"
)

// mostKeys is how many colleagues are chosen by a key of their own; more are found by
// their names.
const mostKeys = 9

// assign asks who is to look after the current conversation.
func (m *Model) assign() tea.Cmd {
	r, ok := m.Current()
	if !ok {
		return nil
	}
	title := m.Say(i18n.AssignTitle, "Name", m.Look.Name(r.Customer))
	done := func(a overlay.Action) tea.Cmd {
		if chosen, ok := a.(overlay.Chosen); ok {
			return m.assignAs(r.ID, chosen.ID)
		}
		return nil
	}
	options := m.assignees(r)
	if len(options) > mostKeys+2 {
		p := overlay.NewPalette(title, assignItems(options))
		m.Lay(p, done)
		m.team.list = func() {
			if m.Overlaid() == p {
				p.SetItems(assignItems(m.assignees(r)))
			}
		}
		return m.readTeam(nil)
	}
	c := overlay.NewChoice(title, options)
	m.Lay(c, done)
	m.team.list = func() {
		if options := m.assignees(r); m.Overlaid() == c && len(options) <= mostKeys+2 {
			c.SetOptions(options)
		}
	}
	return m.readTeam(nil)
}

// assignItems are the options as a list that is searched shows them.
func assignItems(options []overlay.Option) []overlay.Item {
	items := make([]overlay.Item, len(options))
	for i, o := range options {
		items[i] = overlay.Item{ID: o.ID, Title: o.Title, Keys: o.Detail, Reason: o.Reason}
	}
	return items
}

// assignees are those to whom a conversation may be assigned, marked by whether they are
// available. Those who can't be given it are named with the reason: who is not
// available, and on a private Page everybody but its installer.
func (m *Model) assignees(r inbox.Row) []overlay.Option {
	me := m.Inbox.User()
	nobody := overlay.Option{ID: assignNobody, Key: "n", Title: m.Say(i18n.AssignNobody)}
	if r.Assignee == nil {
		nobody.Detail = m.Say(i18n.AssignNow)
	}
	mine := m.assignee(r, me.Colleague())
	mine.ID, mine.Key, mine.Title = assignMe, "m", m.availability(me.Away)+" "+m.Say(i18n.AssignMe)
	out := []overlay.Option{mine, nobody}
	hidden := ""
	if p, ok := m.Inbox.Page(r.PageID); ok && p.Visibility == model.Private {
		hidden = m.Say(i18n.WhyPrivatePage, "Page", m.Look.Line(p.Name))
	}
	for i, u := range m.colleagues() {
		o := m.assignee(r, u)
		if hidden != "" {
			o.Reason = hidden
		}
		if i < mostKeys {
			o.Key = strconv.Itoa(i + 1)
		}
		out = append(out, o)
	}
	return out
}

// assignee is somebody to whom a conversation may be assigned, or why it can't be.
func (m *Model) assignee(r inbox.Row, u model.Colleague) overlay.Option {
	o := overlay.Option{ID: assignTo + string(u.ID), Title: m.availability(u.Away) + " " + m.Look.Ours(u.Name)}
	switch {
	case r.Assignee != nil && r.Assignee.ID == u.ID:
		o.Detail = m.Say(i18n.AssignNow)
	case !bool(u.Away):
		o.Detail = m.Say(i18n.AssignAvailable)
	}
	if u.Away {
		o.Reason = m.Say(i18n.AssignAway)
	}
	return o
}

// availability is the mark of who is available, and of who is not.
func (m *Model) availability(a model.Away) string {
	if a {
		return m.Look.Theme.Waiting
	}
	return m.Look.Theme.Unread
}

// assignAs assigns a conversation as it was chosen.
func (m *Model) assignAs(id model.ConversationID, chosen string) tea.Cmd {
	switch to, colleague := strings.CutPrefix(chosen, assignTo); {
	case colleague:
		name := to
		for _, u := range m.colleagues() {
			if string(u.ID) == to {
				name = u.Name
			}
		}
		return m.triageOf(id, model.Assign(model.UserID(to)), i18n.SaidAssigned, "Who", m.Look.Ours(name))
	case chosen == assignMe:
		return m.triageOf(id, model.Assign(m.Inbox.User().ID), i18n.SaidAssignedMe)
	}
	return m.triageOf(id, model.Unassign(), i18n.SaidUnassigned)
}
