package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
)

// pageChecked is the answer to asking how a Page stands.
type pageChecked struct {
	page model.Page
	err  error
}

// checkPage has the hub ask Facebook how the Page stands.
func (m *Model) checkPage(repair bool) tea.Cmd {
	p, _ := m.page()
	m.notify(m.say(i18n.SaidPageChecking, "Page", m.look.Line(p.Name)))
	hub := m.hub
	return call(func(ctx context.Context) tea.Msg {
		page, err := hub.CheckPage(ctx, p.ID, repair)
		return pageChecked{page, err}
	})
}

// pageChecked says how the Page stands. What changed comes with the news.
func (m *Model) pageChecked(c pageChecked) {
	if c.err != nil {
		m.notify(m.explain(c.err))
		return
	}
	name := m.look.Line(c.page.Name)
	code := model.PageTrouble(m.now(), c.page)
	if code == "" {
		m.notify(m.say(i18n.PageCheckedWell, "Name", name))
		return
	}
	m.notify(m.say(i18n.PageCheckedTrouble, "Name", name, "Why", m.say(i18n.Code(string(code)))))
}
