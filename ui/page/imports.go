package page

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/look"
	"parley/ui/screen"
)

// importCells is the width of an import's progress bar.
const importCells = 8

// ImportText returns the progress of the import of past conversations: a bar, count, rate, time
// left. It is empty if no import is running.
func (m *Model) ImportText() string {
	for _, p := range m.SeenPages() {
		if p.Import == nil || !p.Import.State.Active() || m.Query.Page != "" && p.ID != m.Query.Page {
			continue
		}
		return m.importOf(*p.Import)
	}
	return ""
}

func (m *Model) importOf(i model.Import) string {
	parts := []string{m.Say(i18n.ImportState(string(i.State)))}
	count := look.Thousands(int(i.Threads))
	if i.Total > 0 {
		done := int(min(i.Threads, i.Total) * importCells / i.Total)
		parts = append(parts, "["+strings.Repeat("#", done)+strings.Repeat("-", importCells-done)+"]")
		count += "/" + look.Thousands(int(i.Total))
	}
	if i.Threads > 0 || i.Total > 0 {
		parts = append(parts, count)
	}
	if rate := i.Rate(); rate > 0 {
		parts = append(parts, m.Say(i18n.ImportRate, "Rate", fmt.Sprintf("%.0f", rate)))
	}
	if left, ok := i.Left(); ok {
		parts = append(parts, m.Say(i18n.ImportLeft, "Left", left.String()))
	}
	return strings.Join(parts, " ")
}

// importPage returns the Page that an import command is about.
func (m *Model) importPage() (model.Page, bool) {
	p, ok := m.Page()
	if !ok {
		if pages := m.SeenPages(); len(pages) == 1 {
			return pages[0], true
		}
	}
	return p, ok
}

// mayImport says why this user can't start or stop an import.
func (m *Model) mayImport() (model.Page, string) {
	p, ok := m.importPage()
	switch me := m.Inbox.User(); {
	case !ok:
		return p, m.Say(i18n.WhyNoPage)
	case !me.Admin && p.Installer.ID != me.ID:
		return p, m.Say(i18n.Code(string(model.NotAdmin)))
	}
	return p, ""
}

// NeedsImportable says why past conversations can't be imported now; empty: they can.
func (m *Model) NeedsImportable() string {
	p, why := m.mayImport()
	switch {
	case why != "":
		return why
	case !p.Connected():
		return m.Say(i18n.Code(string(model.PageDisconnected)))
	case p.Import != nil && p.Import.State.Active():
		return m.Say(i18n.WhyImportRuns)
	}
	return ""
}

// NeedsImport says why no import can be stopped; empty: one can.
func (m *Model) NeedsImport() string {
	p, why := m.mayImport()
	if why == "" && (p.Import == nil || !p.Import.State.Active()) {
		return m.Say(i18n.WhyNoImport)
	}
	return why
}

// importSaid is the result of starting or stopping an import. Its progress comes with the
// Page.
type importSaid struct {
	done i18n.ID
	err  error
}

// BeginImport starts importing the Page's past conversations.
func (m *Model) BeginImport() tea.Cmd {
	p, _ := m.importPage()
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		_, err := hub.BeginImport(ctx, p.ID)
		return importSaid{i18n.ImportBegun, err}
	})
}

// CancelImport stops the import.
func (m *Model) CancelImport() tea.Cmd {
	p, _ := m.importPage()
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		_, err := hub.CancelImport(ctx, p.ID)
		return importSaid{i18n.ImportStopped, err}
	})
}

func (m *Model) importSaid(s importSaid) {
	if s.err != nil {
		m.Notify(m.Explain(s.err))
		return
	}
	m.Notify(m.Say(s.done))
}
