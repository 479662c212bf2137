package page

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/text/unicode/norm"

	"parley/i18n"
	"parley/model"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// uninstalled is the answer to uninstalling a Page.
type uninstalled struct {
	page model.Page
	err  error
}

func (uninstalled) aboutPage() {}

// AskUninstall uninstalls the Page once its name, or its id if the name is hidden, was typed:
// nothing more arrives from it, for everybody.
func (m *Model) AskUninstall() tea.Cmd {
	p, _ := m.Page()
	name := m.Look.Line(p.Name)
	if name == "" {
		name = string(p.ID)
	}
	prompt := overlay.NewPrompt(m.Say(i18n.UninstallTitle, "Page", name), m.Say(i18n.UninstallHint, "Page", name), "")
	var done func(overlay.Action) tea.Cmd
	done = func(a overlay.Action) tea.Cmd {
		entered, ok := a.(overlay.Entered)
		if !ok {
			return nil
		}
		if norm.NFC.String(strings.TrimSpace(entered.Text)) != strings.TrimSpace(name) {
			prompt.SetError(m.Say(i18n.UninstallOther, "Page", name))
			m.Lay(prompt, done)
			return nil
		}
		hub := m.hub
		return screen.Call(func(ctx context.Context) tea.Msg {
			page, err := hub.Uninstall(ctx, p.ID)
			return uninstalled{page, err}
		})
	}
	m.Lay(prompt, done)
	return nil
}

// uninstalled says the outcome. The stream brings the change.
func (m *Model) uninstalled(u uninstalled) {
	if u.err != nil {
		m.Notify(m.Explain(u.err))
		return
	}
	m.Notify(m.Say(i18n.PageDisconnectedDone, "Name", m.Look.Line(u.page.Name)))
}
