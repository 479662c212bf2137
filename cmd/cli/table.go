package cli

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Table is rows of cells, in columns as wide as their widest cell, in any script.
type Table struct{ rows []tableRow }

type tableRow struct {
	cells []string
	below string
}

// Row adds a row.
func (t *Table) Row(cells ...string) { t.rows = append(t.rows, tableRow{cells: cells}) }

// Below adds a line below the last row, outside of the columns.
func (t *Table) Below(line string) { t.rows[len(t.rows)-1].below = line }

// columnGap separates two columns.
const columnGap = "  "

// Table prints a table with aligned columns.
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
