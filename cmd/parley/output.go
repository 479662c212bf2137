package main

import (
	"encoding/json"
	"fmt"

	"parley/i18n"
	"parley/model/safe"
)

// print writes a value as one line of JSON where --json is given, else has human
// write it. JSON is exact, and yet nothing of it acts on a terminal or hides there.
func (p *program) print(value any, human func()) error {
	if !p.json {
		human()
		return nil
	}
	b, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode output: %w", err)
	}
	_, err = fmt.Fprintf(p.out, "%s\n", safe.JSON(b))
	return err
}

// say writes a sentence as a line.
func (p *program) say(id i18n.ID, pairs ...any) {
	p.line(p.words.Say(id, pairs...))
}

func (p *program) line(s string) { _, _ = fmt.Fprintln(p.out, s) }

// hint says something beside what a command prints.
func (p *program) hint(id i18n.ID, pairs ...any) {
	_, _ = fmt.Fprintln(p.err, p.words.Say(id, pairs...))
}

// indent sets what a message says off from who says it.
const indent = "  "
