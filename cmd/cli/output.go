package cli

import (
	"encoding/json"
	"fmt"

	"parley/i18n"
	"parley/model/safe"
)

// Print prints a value as one line of JSON with --json, else calls human. The JSON is exact,
// but escaped where a terminal would hide or act on something.
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

// Say prints a sentence as a line.
func (p *Program) Say(id i18n.ID, pairs ...any) {
	p.Line(p.Words.Say(id, pairs...))
}

// Line prints a line.
func (p *Program) Line(s string) { _, _ = fmt.Fprintln(p.Out, s) }

// Hint prints a sentence on standard error.
func (p *Program) Hint(id i18n.ID, pairs ...any) {
	_, _ = fmt.Fprintln(p.Err, p.Words.Say(id, pairs...))
}

// Indent is the indentation of a message below its author.
const Indent = "  "
