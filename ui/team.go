package ui

import (
	"context"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/ui/overlay"
	"parley/words"
)

// team is who works with the hub, as far as it was told.
type team struct {
	users []model.UserRef
	// then is what waits for the answer that is on its way.
	then func()
}

// teamRead is the answer with the users of the hub.
type teamRead struct {
	users []model.UserRef
	err   error
}

// readTeam asks who works with the hub, and then does something.
func (m *Model) readTeam(then func()) tea.Cmd {
	m.team.then = then
	hub := m.hub
	return call(func(ctx context.Context) tea.Msg {
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
}

// namedBefore bounds how many conversations are looked through for names.
const namedBefore = 500

// colleagues are the others who work with the hub, by name; where the hub does not tell
// them, those that conversations name.
func (m *Model) colleagues() []model.UserRef {
	known := slices.Clone(m.team.users)
	if len(known) == 0 {
		v := m.inbox.View(model.Query{Filter: model.FilterAll, Sort: model.SortNewest})
		for i := range min(v.Len(), namedBefore) {
			if r, ok := v.At(i); ok && r.Assignee != nil {
				known = append(known, *r.Assignee)
			}
		}
	}
	known = slices.DeleteFunc(known, func(u model.UserRef) bool { return u.ID == m.inbox.User().ID || u.ID == "" })
	slices.SortFunc(known, func(a, b model.UserRef) int {
		if c := strings.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	return slices.CompactFunc(known, func(a, b model.UserRef) bool { return a.ID == b.ID })
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
	r, ok := m.current()
	if !ok {
		return nil
	}
	title := m.say(words.AssignTitle, "Name", m.look.Name(r.Customer))
	done := func(a overlay.Action) tea.Cmd {
		if chosen, ok := a.(overlay.Chosen); ok {
			return m.assignAs(r.ID, chosen.ID)
		}
		return nil
	}
	options := m.assignees(r)
	if len(options) > mostKeys+2 {
		items := make([]overlay.Item, len(options))
		for i, o := range options {
			items[i] = overlay.Item{ID: o.ID, Title: o.Title, Keys: o.Detail, Reason: o.Reason}
		}
		m.lay(overlay.NewPalette(title, items), done)
		return m.readTeam(nil)
	}
	c := overlay.NewChoice(title, options)
	m.lay(c, done)
	return m.readTeam(func() {
		if options := m.assignees(r); m.overlay.Overlay == c && len(options) <= mostKeys+2 {
			c.SetOptions(options)
		}
	})
}

// assignees are those to whom a conversation may be assigned. On a private Page that is
// its installer alone, and the others are named with the reason.
func (m *Model) assignees(r model.Row) []overlay.Option {
	now := func(id model.UserID) string {
		if r.Assignee != nil && r.Assignee.ID == id {
			return m.say(words.AssignNow)
		}
		return ""
	}
	me := m.inbox.User()
	nobody := overlay.Option{ID: assignNobody, Key: "n", Title: m.say(words.AssignNobody)}
	if r.Assignee == nil {
		nobody.Detail = m.say(words.AssignNow)
	}
	out := []overlay.Option{{ID: assignMe, Key: "m", Title: m.say(words.AssignMe), Detail: now(me.ID)}, nobody}
	reason := ""
	if p, ok := m.inbox.Page(r.PageID); ok && p.Visibility == model.Private {
		reason = m.say(words.WhyPrivatePage, "Page", m.look.Line(p.Name))
	}
	for i, u := range m.colleagues() {
		o := overlay.Option{ID: assignTo + string(u.ID), Title: m.look.Ours(u.Name), Detail: now(u.ID), Reason: reason}
		if i < mostKeys {
			o.Key = strconv.Itoa(i + 1)
		}
		out = append(out, o)
	}
	return out
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
		return m.triageOf(id, model.Assign(model.UserID(to)), words.SaidAssigned, "Who", m.look.Ours(name))
	case chosen == assignMe:
		return m.triageOf(id, model.Assign(m.inbox.User().ID), words.SaidAssignedMe)
	}
	return m.triageOf(id, model.Unassign(), words.SaidUnassigned)
}
