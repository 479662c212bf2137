package inbox

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model/inbox"
	"parley/ui/look"
	"parley/ui/mouse"
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
func (m *Model) FilterLine(w int) string {
	th := m.Look.Theme
	m.Tabs = m.Tabs[:0]
	if m.Search.Active() {
		return m.searchLine(w)
	}
	counts := m.Inbox.Counts(m.Query.Page)
	var tabs []look.Piece
	var filters []inbox.Filter
	at := 0
	if m.Query.Where != "" {
		tabs = append(tabs, m.lit(m.askedTab()))
		filters = append(filters, "")
	}
	for _, f := range append([]inbox.Filter{inbox.FilterAll}, Filters...) {
		active := f == m.Query.Filter && m.Query.Where == ""
		if !active && (f == inbox.FilterAll || f == inbox.FilterMentioned && counts.Mentioned == 0) {
			continue // others are shown with whatever they hold
		}
		tab := look.Piece{Text: m.tabText(f, counts), Style: th.Muted}
		if active {
			at, tab = len(tabs), m.lit(tab)
		}
		tabs = append(tabs, tab)
		filters = append(filters, f)
	}
	return m.tabLine(tabs, filters, at, w)
}

// lit returns a tab as that of what the list shows.
func (m *Model) lit(tab look.Piece) look.Piece {
	tab.Style = m.Look.Theme.Accent
	if m.Look.Theme.Colourless {
		tab.Text = "[" + tab.Text + "]"
	}
	return tab
}

// tabLine lays out as many whole filters as fit, always including the active one.
func (m *Model) tabLine(tabs []look.Piece, filters []inbox.Filter, at, w int) string {
	const gap = 3
	more := m.Look.Theme.More
	left := func(from int) int { // cells from there to the end
		n := 1
		for _, t := range tabs[from:] {
			n += m.Look.Cells.Width(t.Text) + gap
		}
		return n - gap + 1
	}
	// If not all fit, leave out those before the active one, as far as that helps.
	from := 0
	for from < at && left(from) > w {
		from++
	}
	var b strings.Builder
	b.WriteString(" ")
	used := 1
	for i, t := range tabs[from:] {
		n := m.Look.Cells.Width(t.Text)
		last := from+i == len(tabs)-1
		if i > 0 && used+n+1 > w || i > 0 && !last && used+n+gap+m.Look.Cells.Width(more) > w {
			b.WriteString(m.Look.Theme.Faint.Paint(m.Look.Cut(more, w-used)))
			used += min(m.Look.Cells.Width(more), w-used)
			break
		}
		text := m.Look.Cut(t.Text, w-used)
		b.WriteString(t.Style.Paint(text))
		m.Tabs = append(m.Tabs, mouse.Spot{X: used, W: m.Look.Cells.Width(text), ID: string(filters[from+i])})
		used += m.Look.Cells.Width(text)
		space := min(gap, max(0, w-used))
		b.WriteString(look.Blank(space))
		used += space
	}
	return b.String() + look.Blank(w-used)
}

// tabText names a filter with its count, if it is not 0.
func (m *Model) tabText(f inbox.Filter, c inbox.Counts) string {
	name := m.Say(i18n.FilterName(string(f)))
	if n := c.Of(f); n > 0 {
		return name + " " + look.Thousands(n)
	}
	return name
}

// searchLine says what was searched and how many were found.
func (m *Model) searchLine(w int) string {
	th := m.Look.Theme
	n := look.Thousands(len(m.Search.All))
	if m.Search.cursor != "" {
		n += "+"
	}
	state := m.Say(i18n.SearchFound, "N", n)
	if m.Search.Loading && len(m.Search.All) == 0 {
		state = m.Say(i18n.SearchGoesOn)
	}
	left := " " + m.Say(i18n.SearchFor, "Words", m.Look.Ours(m.Search.words))
	right := state + "   " + m.KeyOf("back") + " " + m.Say(i18n.CommandLabel("back")) + " "
	left = m.Look.Cut(left, w-m.Look.Cells.Width(right)-1)
	gap := w - m.Look.Cells.Width(left) - m.Look.Cells.Width(right)
	if gap < 0 {
		return th.Accent.Paint(m.Look.Fit(left, w))
	}
	return th.Accent.Paint(left) + look.Blank(gap) + th.Muted.Paint(right)
}
