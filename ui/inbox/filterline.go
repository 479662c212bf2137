package inbox

import (
	"strings"

	"parley/i18n"
	"parley/model/inbox"
	"parley/ui/look"
	"parley/ui/mouse"
)

// filterLine draws the line that says what the list shows: the filters with their counts, the
// view that is shown, or the search.
type filterLine struct{ *Model }

// line is the line, exactly w cells wide.
func (m filterLine) line(w int) string {
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
func (m filterLine) lit(tab look.Piece) look.Piece {
	tab.Style = m.Look.Theme.Accent
	if m.Look.Theme.Colourless {
		tab.Text = "[" + tab.Text + "]"
	}
	return tab
}

// tabLine lays out as many whole filters as fit, always including the active one.
func (m filterLine) tabLine(tabs []look.Piece, filters []inbox.Filter, at, w int) string {
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
func (m filterLine) tabText(f inbox.Filter, c inbox.Counts) string {
	name := m.Say(i18n.FilterName(string(f)))
	if n := c.Of(f); n > 0 {
		return name + " " + look.Thousands(n)
	}
	return name
}

// searchLine says what was searched and how many were found.
func (m filterLine) searchLine(w int) string {
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

// askedTab returns the tab of a view that no filter is of.
func (m filterLine) askedTab() look.Piece {
	text := m.Look.Ours(m.named)
	if text == "" {
		text = m.Hints.Readable(m.Query.Where)
	}
	if n := m.List.Len(); n > 0 {
		text += " " + look.Thousands(n)
	}
	return look.Piece{Text: text}
}
