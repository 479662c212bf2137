package page

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/look"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// NeedsOwnPage says why this user can't make the Page private or shared now.
func (m *Model) NeedsOwnPage(v model.Visibility) func() string {
	return func() string {
		p, ok := m.Page()
		switch {
		case !ok && len(m.SeenPages()) == 0 && len(m.Inbox.Pages()) > 0, ok && p.Installer.ID != m.Inbox.User().ID:
			return m.Say(i18n.Code(string(model.NotInstaller)))
		case !ok:
			return m.Say(i18n.WhyNoPage)
		case p.UninstalledAt != nil:
			return m.Say(i18n.Code(string(model.PageDisconnected)))
		case p.Visibility == v && v == model.Shared:
			return m.Say(i18n.WhySharedAlready, "Page", m.Look.Line(p.Name))
		case p.Visibility == v:
			return m.Say(i18n.WhyPrivateAlready, "Page", m.Look.Line(p.Name))
		}
		return ""
	}
}

// ChangeVisibility asks before it makes the Page private or shared: it says who will see what;
// the default changes nothing.
func (m *Model) ChangeVisibility(v model.Visibility) tea.Cmd {
	p, _ := m.Page()
	name := m.Look.Line(p.Name)
	title, yes, no := i18n.VisibilityShare, i18n.VisibilityShareYes, i18n.VisibilityShareNo
	if v == model.Private {
		title, yes, no = i18n.VisibilityHide, i18n.VisibilityHideYes, i18n.VisibilityHideNo
	}
	c := overlay.NewChoice(m.Say(title, "Page", name), []overlay.Option{
		{ID: screen.AnswerNo, Key: "n", Title: m.Say(no)},
		{ID: screen.AnswerYes, Key: "y", Title: m.Say(yes)},
	})
	c.Say(m.whoWillSee(p, v))
	m.Lay(c, func(a overlay.Action) tea.Cmd {
		if chosen, ok := a.(overlay.Chosen); !ok || chosen.ID != screen.AnswerYes {
			return nil
		}
		return m.setVisibility(p.ID, v)
	})
	return m.team.Read(func() {
		if m.Overlaid() == c {
			c.Say(m.whoWillSee(p, v))
		}
	})
}

// whoWillSee says who will see a Page's conversations.
func (m *Model) whoWillSee(p model.Page, v model.Visibility) string {
	name := m.Look.Line(p.Name)
	switch n := m.team.Size(); {
	case v == model.Private:
		return m.Say(i18n.VisibilityHideWho, "Page", name)
	case n > 1:
		return m.Say(i18n.VisibilityShareCounted, "N", look.Thousands(n), "Page", name)
	}
	return m.Say(i18n.VisibilityShareWho, "Page", name)
}

// visibilitySet is the result of making a Page private or shared.
type visibilitySet struct {
	page       model.PageID
	visibility model.Visibility
	err        error
}

func (m *Model) setVisibility(id model.PageID, v model.Visibility) tea.Cmd {
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		_, err := hub.SetVisibility(ctx, id, v)
		return visibilitySet{page: id, visibility: v, err: err}
	})
}

// visibilitySet says what was done. The stream brings the Page.
func (m *Model) visibilitySet(s visibilitySet) {
	if s.err != nil {
		m.Notify(m.Explain(s.err))
		return
	}
	p, _ := m.Inbox.Page(s.page)
	said := i18n.PageShared
	if s.visibility == model.Private {
		said = i18n.PagePrivate
	}
	m.Notify(m.Say(said, "Name", m.Look.Line(p.Name)))
}

// PrivateOf says whose a hidden Page is.
func (m *Model) PrivateOf(p model.Page) string {
	return m.Say(i18n.PageIsPrivate, "Page", m.Look.Line(p.Name), "Name", m.Look.Ours(p.Installer.Name))
}

// LostPage says of a Page that was hidden from the user who did it, and what to do; nil if
// there is none.
func (m *Model) LostPage() []string {
	for _, p := range m.HiddenPages() {
		if m.sights.lost[p.ID] {
			owner := m.Look.Ours(p.Installer.Name)
			return []string{
				m.Say(i18n.PageMadePrivate, "Page", m.Look.Line(p.Name), "Name", owner), m.Say(i18n.EmptyPrivateDo, "Name", owner),
			}
		}
	}
	return nil
}

// NothingSeen says why the user sees no Page, and what to do.
func (m *Model) NothingSeen() []string {
	hidden := m.HiddenPages()
	switch len(hidden) {
	case 0:
		return []string{m.Say(i18n.EmptyPages), m.Say(i18n.EmptyPagesKeys)}
	case 1:
		if lost := m.LostPage(); lost != nil {
			return lost
		}
		return []string{m.PrivateOf(hidden[0]), m.Say(i18n.EmptyPrivateDo, "Name", m.Look.Ours(hidden[0].Installer.Name))}
	}
	out := []string{m.Say(i18n.EmptyPrivate)}
	for _, p := range hidden {
		out = append(out, m.PrivateOf(p))
	}
	return out
}
