package safe

import "golang.org/x/text/width"

// runeCells returns the cells of a character that begins a cluster.
func runeCells(r rune) int {
	switch {
	case r < 0x1100:
		return 1
	case isRegional(r), isLateWide(r):
		return 2
	case r == 0x2E3A, r == 0x2E3B: // the dashes of two and three ems
		return 4
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	default:
	}
	if r >= 0x1F000 && isPictograph(r) {
		return 2
	}
	return 1
}

// widen returns the cells of the cluster once r is in it.
func (g *growth) widen(cells int, r rune) int {
	switch {
	case r == emojiStyle, r == keycap:
		return max(cells, 2)
	case isMark(r) && !isSpacingMark(r), r == zwj, r == zwnj:
		return cells
	case isPictograph(g.base) && (isSkinTone(r) || isPictograph(r)), isRegional(r):
		return max(cells, 2)
	case isTrailingJamo(r) && isLeadingJamo(g.base):
		return cells
	}
	return cells + runeCells(r)
}

// isLateWide reports whether r became wide in Unicode 16: figures for divination
// and counting rods. Terminals differ.
func isLateWide(r rune) bool {
	switch {
	case 0x2630 <= r && r <= 0x2637, 0x268A <= r && r <= 0x268F, 0x4DC0 <= r && r <= 0x4DFF:
		return true
	case 0x1D300 <= r && r <= 0x1D376:
		return true
	}
	return false
}
