package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"parley/words"
)

// print writes a value as one line of JSON where --json is given, else has human
// write it.
func (p *program) print(value any, human func()) error {
	if !p.json {
		human()
		return nil
	}
	b, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode output: %w", err)
	}
	_, err = fmt.Fprintf(p.out, "%s\n", harmless(b))
	return err
}

// harmless escapes, in JSON, what could act on a terminal: DEL, C1 controls, marks of
// direction and invisible characters. The text it stands for is the same.
func harmless(b []byte) []byte {
	var out bytes.Buffer
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if acts(r) {
			_, _ = fmt.Fprintf(&out, `\u%04x`, r)
		} else {
			out.Write(b[:n])
		}
		b = b[n:]
	}
	return out.Bytes()
}

// acts tells whether a character does something else than show.
func acts(r rune) bool {
	switch {
	case r >= 0x7F && r <= 0x9F, // DEL and C1
		r == 0x061C, r == 0x200E, r == 0x200F, // marks of direction
		r >= 0x202A && r <= 0x202E, // embeddings and overrides
		r >= 0x2060 && r <= 0x206F, // isolates and invisible operators
		r == 0x200B, r == 0xFEFF, r == 0x2028, r == 0x2029:
		return true
	}
	return false
}

// say writes a sentence as a line.
func (p *program) say(id words.ID, pairs ...any) {
	p.line(p.words.Say(id, pairs...))
}

func (p *program) line(s string) { _, _ = fmt.Fprintln(p.out, s) }
