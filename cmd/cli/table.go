package cli

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Table is rows of cells in columns as wide as their widest cell, whatever script
// the cells are in.
type Table struct{ rows []tableRow }

type tableRow struct {
	cells []string
	below string
}

// Row adds a row.
func (t *Table) Row(cells ...string) { t.rows = append(t.rows, tableRow{cells: cells}) }

// Below puts a line under the last row, which is no cell of a column.
func (t *Table) Below(line string) { t.rows[len(t.rows)-1].below = line }

// columnGap parts two columns.
const columnGap = "  "

// Table writes a table, its columns under each other.
func (p *Program) Table(t Table) {
	var widths []int
	for _, row := range t.rows {
		for i, cell := range row.cells {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], lipgloss.Width(cell))
		}
	}
	for _, row := range t.rows {
		var b strings.Builder
		for i, cell := range row.cells {
			b.WriteString(cell)
			if i < len(row.cells)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-lipgloss.Width(cell)) + columnGap)
			}
		}
		p.Line(strings.TrimRight(b.String(), " "))
		if below := strings.TrimRight(row.below, " "); below != "" {
			p.Line(below)
		}
	}
}
