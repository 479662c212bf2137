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

// Choices other than a colleague, whose choice is assignTo with an id.
const (
	assignMe     = "me"
	assignNobody = "nobody"
	assignTo     = "to:"
)

// mostKeys is how many colleagues have a key of their own; with more, a search finds them.
const mostKeys = 9

// Assign asks whom to assign the current conversation to.
func (m *Model) Assign() tea.Cmd {
	r, ok := m.Current()
	if !ok && m.Bulk.Chosen() == nil {
		return nil
	}
	title, ids := m.Say(i18n.AssignTitle, "Name", m.Look.Name(r.Customer)), m.Bulk.Chosen()
	if ids != nil {
		title = m.Say(i18n.AssignTitleAll, "N", len(ids))
		if r, ok = m.Inbox.Conversation(ids[0]); !ok {
			return nil
		}
		r.Assignee = nil // what is so of one is not so of all
	}
	done := func(a overlay.Action) tea.Cmd {
		chosen, ok := a.(overlay.Chosen)
		switch {
		case ok && ids != nil:
			return m.Bulk.assignAll(ids, chosen.ID)
		case ok:
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

// assignItems returns the options as items of a list with a search.
func assignItems(options []overlay.Option) []overlay.Item {
	items := make([]overlay.Item, len(options))
	for i, o := range options {
		items[i] = overlay.Item{ID: o.ID, Title: o.Title, Keys: o.Detail, Reason: o.Reason}
	}
	return items
}

// assignees returns all to whom a conversation may be assigned, marked by availability. Those
// who can't be assigned it are listed with the reason: they are away, or the Page is private
// and they are not its installer.
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

// assignee returns the option for a colleague, with the reason if it can't be chosen.
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

// availability is the mark of a user who is available, or away.
func (m *Model) availability(a model.Away) string {
	if a {
		return m.Look.Theme.Waiting
	}
	return m.Look.Theme.Unread
}

// colleague returns the name of a user; their id if it is not known.
func (m *Model) colleague(id string) string {
	for _, u := range m.team.Colleagues() {
		if string(u.ID) == id {
			return u.Name
		}
	}
	return id
}

// assignAs assigns a conversation as chosen.
func (m *Model) assignAs(id model.ConversationID, chosen string) tea.Cmd {
	switch to, colleague := strings.CutPrefix(chosen, assignTo); {
	case colleague:
		return m.triageOf(id, model.Assign(model.UserID(to)), i18n.SaidAssigned, "Who", m.Look.Ours(m.colleague(to)))
	case chosen == assignMe:
		return m.triageOf(id, model.Assign(m.Inbox.User().ID), i18n.SaidAssignedMe)
	}
	return m.triageOf(id, model.Unassign(), i18n.SaidUnassigned)
}
