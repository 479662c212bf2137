package inbox

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/overlay"
)

// What is chosen besides colleagues, who are chosen by their ids.
const (
	assignMe     = "me"
	assignNobody = "nobody"
	assignTo     = "to:"
)

// mostKeys is how many colleagues are chosen by a key of their own; more are found by
// their names.
const mostKeys = 9

// Assign asks who is to look after the current conversation.
func (m *Model) Assign() tea.Cmd {
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
		m.team.OnChange(func() {
			if m.Overlaid() == p {
				p.SetItems(assignItems(m.assignees(r)))
			}
		})
		return m.team.Read(nil)
	}
	c := overlay.NewChoice(title, options)
	m.Lay(c, done)
	m.team.OnChange(func() {
		if options := m.assignees(r); m.Overlaid() == c && len(options) <= mostKeys+2 {
			c.SetOptions(options)
		}
	})
	return m.team.Read(nil)
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
	for i, u := range m.team.Colleagues() {
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
		for _, u := range m.team.Colleagues() {
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
