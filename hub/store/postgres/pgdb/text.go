package pgdb

import (
	"strings"

	"parley/hub/store/engine"
)

// PostgreSQL's text has no U+0000, which ids and keys from outside may have. It is written as an
// escape, which begins with a character that no text of people has.
const (
	escape     = "\U0010FFFF"
	escapedNul = escape + "0"
	escaped    = escape + "1"
	nul        = "\x00"
)

// Beyond follows, in the order of bytes, whatever text can follow another.
const Beyond = escape

var (
	toText   = strings.NewReplacer(nul, escapedNul, escape, escaped)
	fromText = strings.NewReplacer(escapedNul, nul, escaped, escape)
)

// text returns a string as a column of text has it.
func text(s string) string {
	if strings.IndexByte(s, 0) < 0 && !strings.Contains(s, escape) {
		return s
	}
	return toText.Replace(s)
}

// Text reverses how text is written in a column.
func Text[T ~string](column string) T {
	if !strings.Contains(column, escape) {
		return T(column)
	}
	return T(fromText.Replace(column))
}

// Encode encodes a record for a column.
func Encode(v any) ([]byte, error) {
	doc, err := engine.Encode(v)
	return []byte(doc), err
}
