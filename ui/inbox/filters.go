package inbox

import (
	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model/inbox"
	"parley/ui/screen"
)

// Filters are the lists of the inbox in the order of their keys.
var Filters = []inbox.Filter{
	inbox.FilterOpen, inbox.FilterMine, inbox.FilterUnassigned, inbox.FilterSnoozed, inbox.FilterBlocked, inbox.FilterDone,
	inbox.FilterMentioned,
}

var sorts = []inbox.Sort{inbox.SortNewest, inbox.SortWaiting, inbox.SortClosing}

// ask shows another view of the inbox.
func (m *Model) ask(q inbox.Query) {
	if q.Where != m.Query.Where {
		m.named = ""
	}
	m.Query = q
	m.Search = search{generation: m.Search.generation + 1}
	m.List.SetRows(m.Inbox.View(q))
	if m.Focus != screen.PaneList && m.Layout.List == 0 {
		m.Focus = screen.PaneList
	}
}

// LeaveHidden shows all Pages if the user may no longer see the one shown.
func (m *Model) LeaveHidden() {
	if m.Query.Page == "" {
		return
	}
	if p, ok := m.Inbox.Page(m.Query.Page); !ok || !p.Sees {
		q := m.Query
		q.Page = ""
		m.ask(q)
	}
}

// Filter shows the conversations of a filter.
func (m *Model) Filter(f inbox.Filter) tea.Cmd {
	q := m.Query
	if q.Where != "" && m.sortBefore != "" {
		q.Sort, m.sortBefore = m.sortBefore, "" // a view's order goes with it
	}
	q.Filter, q.Where = f, ""
	m.ask(q)
	if m.Shown == "" || m.Focus != screen.PaneList {
		return nil
	}
	return m.PreviewLater()
}

// TurnFilter moves by that many filters, wrapping around.
func (m *Model) TurnFilter(by int) tea.Cmd {
	at := 0
	if m.Query.Where != "" && by > 0 {
		at = -1 // the view stands before all filters
	}
	for i, f := range Filters {
		if f == m.Query.Filter {
			at = i
		}
	}
	return m.Filter(Filters[(at+by+len(Filters))%len(Filters)])
}

// TurnSort switches to the next order, and names it.
func (m *Model) TurnSort() tea.Cmd {
	at := 0
	for i, s := range sorts {
		if s == m.Query.Sort {
			at = i
		}
	}
	q := m.Query
	q.Sort = sorts[(at+1)%len(sorts)]
	m.ask(q)
	m.Notify(m.Say(i18n.SaidSorted, "Order", m.Say(i18n.SortName(string(q.Sort)))))
	return nil
}

// NeedsPages says why there is no choice of Pages; empty: there is.
func (m *Model) NeedsPages() string {
	if len(m.SeenPages()) < 2 {
		return m.Say(i18n.WhyOnePage)
	}
	return ""
}

// TurnPage shows only the next Page, or all after the last.
func (m *Model) TurnPage() tea.Cmd {
	pages := m.SeenPages()
	q := m.Query
	q.Page = pages[0].ID
	for i, p := range pages {
		if p.ID != m.Query.Page {
			continue
		}
		q.Page = ""
		if i+1 < len(pages) {
			q.Page = pages[i+1].ID
		}
	}
	m.ask(q)
	return nil
}

// FilterLine is the line with the filters and their counts.
func (m *Model) FilterLine(w int) string { return filterLine{m}.line(w) }
