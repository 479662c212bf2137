package page

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/screen"
)

// pageChecked is the result of checking a Page.
type pageChecked struct {
	page model.Page
	err  error
}

// CheckPage makes the hub ask Facebook about the Page's state.
func (m *Model) CheckPage(repair bool) tea.Cmd {
	p, _ := m.Page()
	m.Notify(m.Say(i18n.SaidPageChecking, "Page", m.Look.Line(p.Name)))
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		page, err := hub.CheckPage(ctx, p.ID, repair)
		return pageChecked{page, err}
	})
}

// pageChecked says the Page's state. The stream brings the changes.
func (m *Model) pageChecked(c pageChecked) {
	if c.err != nil {
		m.Notify(m.Explain(c.err))
		return
	}
	name := m.Look.Line(c.page.Name)
	code := model.PageTrouble(m.Now(), c.page)
	if code == "" {
		m.Notify(m.Say(i18n.PageCheckedWell, "Name", name))
		return
	}
	m.Notify(m.Say(i18n.PageCheckedTrouble, "Name", name, "Why", m.Say(i18n.Code(string(code)))))
}
