package ui

// Widths at which the screen is arranged otherwise, and of its columns, in cells.
const (
	threePanes = 120
	twoPanes   = 80
	wideScreen = 160

	listNarrow, listMiddle, listWide = 34, 38, 44
	panelMiddle, panelWide           = 28, 34
	// separator is the faint column between two panes and the blank after it.
	separator = 2
)

// pane is one of the places that keys go to.
type pane uint8

const (
	paneList pane = iota
	paneThread
	panePanel
)

// arrangement is how the screen is used.
type arrangement struct {
	// focus decides which pane is shown where only one fits.
	focus pane
	// panel: the right-hand panel is wanted.
	panel bool
	// banner: there is a line under the first.
	banner bool
}

// layout says where everything stands. A width of 0 is a pane that isn't shown.
type layout struct {
	w, h int
	// header, filters, footer: whether these lines are shown.
	header, filters, banner, footer bool
	// body is how many lines the panes have.
	body int
	// The panes' widths. Those shown stand side by side, parted by a separator.
	list, thread, panel int
}

// arrange lays the screen out.
func arrange(w, h int, a arrangement) layout {
	l := layout{w: max(0, w), h: max(0, h)}
	left := l.h
	take := func(wanted bool, least int) bool {
		if !wanted || left <= least {
			return false
		}
		left--
		return true
	}
	// A screen of few lines keeps to what matters: first the panes, then where I am,
	// the keys, what is wrong, and the filters.
	l.header = take(true, 2)
	l.footer = take(true, 4)
	l.banner = take(a.banner, 5)
	l.columns(a)
	l.filters = take(l.list > 0, 7)
	l.body = left
	return l
}

func (l *layout) columns(a arrangement) {
	switch {
	case l.w >= threePanes:
		list, panel := listMiddle, panelMiddle
		if l.w >= wideScreen {
			list, panel = listWide, panelWide
		}
		l.list = list
		l.thread = l.w - list - separator
		if a.panel {
			l.panel = panel
			l.thread -= panel + separator
		}
	case l.w >= twoPanes:
		l.list = listNarrow
		l.thread = l.w - listNarrow - separator
		if a.panel { // it lies over the conversation
			l.panel, l.thread = l.thread, 0
		}
	case a.focus == panePanel && a.panel:
		l.panel = l.w
	case a.focus == paneThread:
		l.thread = l.w
	default:
		l.list = l.w
	}
}
