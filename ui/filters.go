package ui

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model/inbox"
)

// filters are the lists of the inbox in the order of their keys.
var filters = []inbox.Filter{
	inbox.FilterOpen, inbox.FilterMine, inbox.FilterUnassigned, inbox.FilterSnoozed, inbox.FilterBlocked, inbox.FilterDone,
}

var sorts = []inbox.Sort{inbox.SortNewest, inbox.SortWaiting, inbox.SortClosing}

// ask shows another view of the inbox.
func (m *Model) ask(q inbox.Query) {
	m.query = q
	m.search = search{generation: m.search.generation + 1}
	m.list.SetRows(m.inbox.View(q))
	if m.focus != paneList && m.layout.list == 0 {
		m.focus = paneList
	}
}

func (m *Model) filter(f inbox.Filter) tea.Cmd {
	q := m.query
	q.Filter = f
	m.ask(q)
	return nil
}

func (m *Model) turnFilter(by int) tea.Cmd {
	at := 0
	for i, f := range filters {
		if f == m.query.Filter {
			at = i
		}
	}
	return m.filter(filters[(at+by+len(filters))%len(filters)])
}

func (m *Model) turnSort() tea.Cmd {
	at := 0
	for i, s := range sorts {
		if s == m.query.Sort {
			at = i
		}
	}
	q := m.query
	q.Sort = sorts[(at+1)%len(sorts)]
	m.ask(q)
	m.notify(m.say(i18n.SaidSorted, "Order", m.say(i18n.SortName(string(q.Sort)))))
	return nil
}

func (m *Model) needsPages() string {
	if len(m.seenPages()) < 2 {
		return m.say(i18n.WhyOnePage)
	}
	return ""
}

// turnPage shows the next Page alone, and after the last all of them.
func (m *Model) turnPage() tea.Cmd {
	pages := m.seenPages()
	q := m.query
	q.Page = pages[0].ID
	for i, p := range pages {
		if p.ID != m.query.Page {
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

// filterLine is the line with the filters and their counts.
func (m *Model) filterLine(w int) string {
	th := m.look.Theme
	if m.search.active() {
		return m.searchLine(w)
	}
	counts := m.inbox.Counts(m.query.Page)
	var tabs []piece
	at := 0
	for _, f := range append([]inbox.Filter{inbox.FilterAll}, filters...) {
		active := f == m.query.Filter
		if f == inbox.FilterAll && !active {
			continue
		}
		tab := piece{m.tabText(f, counts), th.Muted}
		if active {
			at = len(tabs)
			tab.style = th.Accent
			if th.Colourless {
				tab.text = "[" + tab.text + "]"
			}
		}
		tabs = append(tabs, tab)
	}
	return m.tabLine(tabs, at, w)
}

// tabLine puts as many filters side by side as fit, each whole; the active one always.
func (m *Model) tabLine(tabs []piece, at, w int) string {
	const gap = 3
	more := m.look.Theme.More
	left := func(from int) int { // cells from there to the end
		n := 1
		for _, t := range tabs[from:] {
			n += m.look.Cells.Width(t.text) + gap
		}
		return n - gap + 1
	}
	// Where not all fit, those before the active one give way, as far as that helps.
	from := 0
	for from < at && left(from) > w {
		from++
	}
	var b strings.Builder
	b.WriteString(" ")
	used := 1
	for i, t := range tabs[from:] {
		n := m.look.Cells.Width(t.text)
		last := from+i == len(tabs)-1
		if i > 0 && used+n+1 > w || i > 0 && !last && used+n+gap+m.look.Cells.Width(more) > w {
			b.WriteString(m.look.Theme.Faint.Paint(m.look.Cut(more, w-used)))
			used += min(m.look.Cells.Width(more), w-used)
			break
		}
		text := m.look.Cut(t.text, w-used)
		b.WriteString(t.style.Paint(text))
		used += m.look.Cells.Width(text)
		space := min(gap, max(0, w-used))
		b.WriteString(blank(space))
		used += space
	}
	return b.String() + blank(w-used)
}

// tabText names a filter with how many it holds; none is not worth a number.
func (m *Model) tabText(f inbox.Filter, c inbox.Counts) string {
	name := m.say(i18n.FilterName(string(f)))
	if n := c.Of(f); n > 0 && f != inbox.FilterDone {
		return name + " " + group(n)
	}
	return name
}

// searchLine says what was looked for and how much was found.
func (m *Model) searchLine(w int) string {
	th := m.look.Theme
	n := group(len(m.search.all))
	if m.search.cursor != "" {
		n += "+"
	}
	state := m.say(i18n.SearchFound, "N", n)
	if m.search.loading && len(m.search.all) == 0 {
		state = m.say(i18n.SearchGoesOn)
	}
	left := " " + m.say(i18n.SearchFor, "Words", m.look.Ours(m.search.words))
	right := state + "   esc " + m.say(i18n.CommandLabel("back")) + " "
	left = m.look.Cut(left, w-m.look.Cells.Width(right)-1)
	gap := w - m.look.Cells.Width(left) - m.look.Cells.Width(right)
	if gap < 0 {
		return th.Accent.Paint(m.look.Fit(left, w))
	}
	return th.Accent.Paint(left) + blank(gap) + th.Muted.Paint(right)
}

// group writes a number with its thousands parted.
func group(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func blank(n int) string { return strings.Repeat(" ", max(0, n)) }
