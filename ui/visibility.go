package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/overlay"
)

// needsOwnPage tells why the Page can't be made private or shared by this user now.
func (m *Model) needsOwnPage(v model.Visibility) func() string {
	return func() string {
		p, ok := m.page()
		switch {
		case !ok && len(m.seenPages()) == 0 && len(m.inbox.Pages()) > 0, ok && p.Installer.ID != m.inbox.User().ID:
			return m.say(i18n.Code(string(model.NotInstaller)))
		case !ok:
			return m.say(i18n.WhyNoPage)
		case p.UninstalledAt != nil:
			return m.say(i18n.Code(string(model.PageDisconnected)))
		case p.Visibility == v && v == model.Shared:
			return m.say(i18n.WhySharedAlready, "Page", m.look.Line(p.Name))
		case p.Visibility == v:
			return m.say(i18n.WhyPrivateAlready, "Page", m.look.Line(p.Name))
		}
		return ""
	}
}

// changeVisibility asks before it makes the Page private or shared: it says who will see
// what, and what is chosen first changes nothing.
func (m *Model) changeVisibility(v model.Visibility) tea.Cmd {
	p, _ := m.page()
	name := m.look.Line(p.Name)
	title, yes, no := i18n.VisibilityShare, i18n.VisibilityShareYes, i18n.VisibilityShareNo
	if v == model.Private {
		title, yes, no = i18n.VisibilityHide, i18n.VisibilityHideYes, i18n.VisibilityHideNo
	}
	c := overlay.NewChoice(m.say(title, "Page", name), []overlay.Option{
		{ID: answerNo, Key: "n", Title: m.say(no)},
		{ID: answerYes, Key: "y", Title: m.say(yes)},
	})
	c.Say(m.whoWillSee(p, v))
	m.lay(c, func(a overlay.Action) tea.Cmd {
		if chosen, ok := a.(overlay.Chosen); !ok || chosen.ID != answerYes {
			return nil
		}
		return m.setVisibility(p.ID, v)
	})
	return m.readTeam(func() {
		if m.overlaid() == c {
			c.Say(m.whoWillSee(p, v))
		}
	})
}

// whoWillSee says who will see a Page's conversations.
func (m *Model) whoWillSee(p model.Page, v model.Visibility) string {
	name := m.look.Line(p.Name)
	switch n := len(m.team.users); {
	case v == model.Private:
		return m.say(i18n.VisibilityHideWho, "Page", name)
	case n > 1:
		return m.say(i18n.VisibilityShareCounted, "N", group(n), "Page", name)
	}
	return m.say(i18n.VisibilityShareWho, "Page", name)
}

// visibilitySet is the answer to making a Page private or shared.
type visibilitySet struct {
	page       model.PageID
	visibility model.Visibility
	err        error
}

func (m *Model) setVisibility(id model.PageID, v model.Visibility) tea.Cmd {
	hub := m.hub
	return call(func(ctx context.Context) tea.Msg {
		return visibilitySet{page: id, visibility: v, err: hub.SetVisibility(ctx, id, v)}
	})
}

// visibilitySet says what was done. The Page itself comes with the news.
func (m *Model) visibilitySet(s visibilitySet) {
	if s.err != nil {
		m.notify(m.explain(s.err))
		return
	}
	p, _ := m.inbox.Page(s.page)
	said := i18n.PageShared
	if s.visibility == model.Private {
		said = i18n.PagePrivate
	}
	m.notify(m.say(said, "Name", m.look.Line(p.Name)))
}

// privateOf says whose a hidden Page is.
func (m *Model) privateOf(p model.Page) string {
	return m.say(i18n.PageIsPrivate, "Page", m.look.Line(p.Name), "Name", m.look.Ours(p.Installer.Name))
}

// lostPage says of a Page that was taken from sight by whom, and what to do; nil where
// none was.
func (m *Model) lostPage() []string {
	for _, p := range m.hiddenPages() {
		if m.sights.lost[p.ID] {
			owner := m.look.Ours(p.Installer.Name)
			return []string{
				m.say(i18n.PageMadePrivate, "Page", m.look.Line(p.Name), "Name", owner), m.say(i18n.EmptyPrivateDo, "Name", owner),
			}
		}
	}
	return nil
}

// nothingSeen says why no Page can be seen, and what to do.
func (m *Model) nothingSeen() []string {
	hidden := m.hiddenPages()
	switch len(hidden) {
	case 0:
		return []string{m.say(i18n.EmptyPages), m.say(i18n.EmptyPagesKeys)}
	case 1:
		if lost := m.lostPage(); lost != nil {
			return lost
		}
		return []string{m.privateOf(hidden[0]), m.say(i18n.EmptyPrivateDo, "Name", m.look.Ours(hidden[0].Installer.Name))}
	}
	out := []string{m.say(i18n.EmptyPrivate)}
	for _, p := range hidden {
		out = append(out, m.privateOf(p))
	}
	return out
}
