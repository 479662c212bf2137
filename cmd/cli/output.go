package cli

import (
	"encoding/json"
	"fmt"

	"parley/i18n"
	"parley/model/safe"
)

// Print writes a value as one line of JSON where --json is given, else has human
// write it. JSON is exact, and yet nothing of it acts on a terminal or hides there.
func (p *Program) Print(value any, human func()) error {
	if !p.JSON {
		human()
		return nil
	}
	b, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode output: %w", err)
	}
	_, err = fmt.Fprintf(p.Out, "%s\n", safe.JSON(b))
	return err
}

// Say writes a sentence as a line.
func (p *Program) Say(id i18n.ID, pairs ...any) {
	p.Line(p.Words.Say(id, pairs...))
}

// Line writes a line.
func (p *Program) Line(s string) { _, _ = fmt.Fprintln(p.Out, s) }

// Hint says something beside what a command prints.
func (p *Program) Hint(id i18n.ID, pairs ...any) {
	_, _ = fmt.Fprintln(p.Err, p.Words.Say(id, pairs...))
}

// Indent sets what a message says off from who says it.
const Indent = "  "
