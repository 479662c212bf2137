package model

import (
	"fmt"
	"log/slog"
	"strings"
	"unicode"
)

// Untrusted is text that somebody outside wrote: a message, a name, a file name, a URL, a
// reason in an error of the Graph API. It is kept exactly as received and must not reach a
// terminal, except through [parley/model/safe].
//
// It has no String method; fmt and slog show a placeholder for it, so that a forgotten
// conversion does no harm.
type Untrusted string

const placeholder = "[text withheld]"

// Format implements [fmt.Formatter]: every verb prints a placeholder.
func (Untrusted) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(placeholder)) }

// LogValue implements [slog.LogValuer]: logs hold no customer's text.
func (Untrusted) LogValue() slog.Value { return slog.StringValue(placeholder) }

// Valid returns the text as JSON encodes it: invalid UTF-8 becomes U+FFFD.
func (u Untrusted) Valid() Untrusted { return Untrusted([]rune(u)) }

// Blank reports whether nothing of the text is visible: it is empty, or only spaces and
// characters without a glyph.
func (u Untrusted) Blank() bool {
	const braille = '\u2800' // a pattern without dots
	for _, r := range u {
		if unicode.IsGraphic(r) && !unicode.IsSpace(r) && r != braille && !unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) {
			return false
		}
	}
	return true
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }
