package composer

// Point puts the cursor of an open composer where a cell of its last drawing was clicked, or as
// near as the text allows. It returns false above and below the text.
func Point(b *Box, x, y int) bool {
	y -= b.parts.height() - b.parts.rows
	if b.parts.hint {
		y++
	}
	if !b.open || y < 0 || y >= b.parts.rows {
		return false
	}
	row, col, ok := b.text.at(min(b.top+y, len(b.text.lines)-1), max(0, x))
	if !ok {
		return false
	}
	b.goal = -1
	b.move(row, col)
	b.arrange()
	return true
}
