package screen

// Widths at which the screen is arranged otherwise, and of its columns, in cells.
const (
	ThreePanes = 120
	TwoPanes   = 80
	wideScreen = 160

	listNarrow, listMiddle, listWide = 34, 38, 44
	panelMiddle, panelWide           = 28, 34
	// Separator is the faint column between two panes and the blank after it.
	Separator = 2
)

// Pane is one of the places that keys go to.
type Pane uint8

// The panes, from left to right.
const (
	PaneList Pane = iota
	PaneThread
	PanePanel
)

// Arrangement is how the screen is used.
type Arrangement struct {
	// Focus decides which pane is shown where only one fits.
	Focus Pane
	// Panel: the right-hand panel is wanted.
	Panel bool
	// Banner: there is a line under the first.
	Banner bool
}

// Layout says where everything stands. A width of 0 is a pane that isn't shown.
type Layout struct {
	W, H int
	// Header, filters, footer: whether these lines are shown.
	Header, Filters, Banner, Footer bool
	// Body is how many lines the panes have.
	Body int
	// The panes' widths. Those shown stand side by side, parted by a separator.
	List, Thread, Panel int
}

// Arrange lays the screen out.
func Arrange(w, h int, a Arrangement) Layout {
	l := Layout{W: max(0, w), H: max(0, h)}
	left := l.H
	take := func(wanted bool, least int) bool {
		if !wanted || left <= least {
			return false
		}
		left--
		return true
	}
	// A screen of few lines keeps to what matters: first the panes, then where I am,
	// the keys, what is wrong, and the filters.
	l.Header = take(true, 2)
	l.Footer = take(true, 4)
	l.Banner = take(a.Banner, 5)
	l.columns(a)
	l.Filters = take(l.List > 0, 7)
	l.Body = left
	return l
}

func (l *Layout) columns(a Arrangement) {
	switch {
	case l.W >= ThreePanes:
		list, panel := listMiddle, panelMiddle
		if l.W >= wideScreen {
			list, panel = listWide, panelWide
		}
		l.List = list
		l.Thread = l.W - list - Separator
		if a.Panel {
			l.Panel = panel
			l.Thread -= panel + Separator
		}
	case l.W >= TwoPanes:
		l.List = listNarrow
		l.Thread = l.W - listNarrow - Separator
		if a.Panel { // it lies over the conversation
			l.Panel, l.Thread = l.Thread, 0
		}
	case a.Focus == PanePanel && a.Panel:
		l.Panel = l.W
	case a.Focus == PaneThread:
		l.Thread = l.W
	default:
		l.List = l.W
	}
}
