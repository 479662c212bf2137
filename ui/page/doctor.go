package page

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// examined is the answer with the checks of a Page.
type examined struct {
	page model.Page
	all  []model.Check
	err  error
}

func (examined) aboutPage() {}

// Doctor makes the hub look at everything between Facebook and the Page's inbox.
func (m *Model) Doctor() tea.Cmd {
	p, _ := m.Page()
	m.Notify(m.Say(i18n.SaidPageChecking, "Page", m.Look.Line(p.Name)))
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		all, err := hub.Doctor(ctx, p.ID)
		return examined{p, all, err}
	})
}

// examined shows the checks: what is wrong first, with what to do.
func (m *Model) examined(e examined) {
	if e.err != nil {
		m.Notify(m.Explain(e.err))
		return
	}
	m.Notify("")
	order := []model.CheckState{model.CheckWrong, model.CheckUnknown, model.CheckOK, model.CheckOff}
	slices.SortStableFunc(e.all, func(a, b model.Check) int {
		return slices.Index(order, a.State) - slices.Index(order, b.State)
	})
	s := overlay.Section{Ordered: true}
	wrong := 0
	for _, c := range e.all {
		if c.State == model.CheckWrong {
			wrong++
		}
		s.Rows = append(s.Rows, overlay.Row{
			Key:  strings.TrimSpace(m.Say(i18n.CheckState(string(c.State)))),
			Text: m.Say(i18n.Check(c.ID, string(c.State)), "Detail", m.checkDetail(c)),
		})
	}
	said := m.Say(i18n.DoctorAllWell)
	if wrong > 0 {
		said = m.Say(i18n.DoctorSomeWrong, "N", wrong)
	}
	sections := []overlay.Section{{Paragraphs: []overlay.Paragraph{{Answer: said}}}, s}
	m.Lay(overlay.NewHelp(m.Say(i18n.DoctorTitle, "Page", m.Look.Line(e.page.Name)), sections), nil)
}

// checkDetail returns a check's detail as people read it: a time on their clock.
func (m *Model) checkDetail(c model.Check) string {
	detail := m.Look.Line(c.Detail)
	if at, err := time.Parse(time.RFC3339, detail); err == nil {
		return m.Look.Clock(at.In(m.Look.Zone))
	}
	return detail
}
