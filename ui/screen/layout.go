package screen

// Widths at which the layout changes, and of its columns, in cells.
const (
	ThreePanes = 120
	TwoPanes   = 80
	// Previews is the width from which the conversation follows the selection.
	Previews   = 100
	wideScreen = 160
	// The least that each pane is left with.
	leastList, leastThread, leastPanel = 28, 30, 24

	listNarrow, listMiddle, listWide = 34, 38, 44
	panelMiddle, panelWide           = 28, 34
	// Separator is the faint column between two panes and the blank after it.
	Separator = 2
)

// Pane is a part of the screen that can have the keyboard.
type Pane uint8

// The panes, from left to right.
const (
	PaneList Pane = iota
	PaneThread
	PanePanel
)

// Arrangement is what the layout depends on besides the size.
type Arrangement struct {
	// Focus is the pane to show if only one fits.
	Focus Pane
	// Panel: the right-hand panel is wanted.
	Panel bool
	// Banner: there is a line below the header.
	Banner bool
	// Guide: there is a line above the keys that says what to try.
	Guide bool
	// Widths are those that the user wants.
	Widths Widths
}

// Widths are the widths of panes that the user wants, as far as there is room; 0: what suits the
// screen.
type Widths struct{ List, Panel int }

// Layout says where everything is. A pane of width 0 is not shown.
type Layout struct {
	W, H int
	// Header, Filters, Banner, Guide, Footer: whether these lines are shown.
	Header, Filters, Banner, Guide, Footer bool
	// Body is the height of the panes.
	Body int
	// List, Thread, Panel are the widths of the panes. Those shown are side by side with
	// separators between them.
	List, Thread, Panel int
}

// Arrange computes the layout.
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
	// With few lines, priority goes to the panes, then the header, the keys, the banner, the
	// filters, and the guide.
	l.Header = take(true, 2)
	l.Footer = take(true, 4)
	l.Banner = take(a.Banner, 5)
	l.columns(a)
	l.Filters = take(l.List > 0, 7)
	l.Guide = take(a.Guide, 8)
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
		room := l.W - leastThread - Separator
		if a.Panel {
			panel = wanted(a.Widths.Panel, panel, leastPanel, room-Separator-leastList)
			room -= Separator + panel
		}
		list = wanted(a.Widths.List, list, leastList, room)
		l.List = list
		l.Thread = l.W - list - Separator
		if a.Panel {
			l.Panel = panel
			l.Thread -= panel + Separator
		}
	case l.W >= TwoPanes:
		l.List = wanted(a.Widths.List, listNarrow, leastList, l.W-leastThread-Separator)
		l.Thread = l.W - l.List - Separator
		if a.Panel { // it covers the conversation
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

// wanted returns the width that a pane gets: as wanted, or else what suits, within limits.
func wanted(w, suits, least, most int) int {
	if w == 0 {
		w = suits
	}
	return max(least, min(w, most))
}
