package model

import (
	"fmt"
	"log/slog"
	"strings"
	"unicode"
)

// Untrusted is text that somebody outside wrote: a message, a name, a file
// name, a URL, a reason in an error of the Graph API. It is kept exactly as it
// came, and it is never for a terminal: [parley/model/safe] is the one way out.
//
// It has no String method, and formatting it with fmt or logging it with slog
// shows a placeholder, so that forgetting the way out shows no harm.
type Untrusted string

const placeholder = "[text withheld]"

// Format implements [fmt.Formatter]: every verb prints a placeholder.
func (Untrusted) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(placeholder)) }

// LogValue implements [slog.LogValuer]: logs hold no customer's text.
func (Untrusted) LogValue() slog.Value { return slog.StringValue(placeholder) }

// Valid returns the text as JSON keeps it: with U+FFFD for each byte that is no UTF-8.
func (u Untrusted) Valid() Untrusted { return Untrusted([]rune(u)) }

// Blank tells whether nothing of the text can be seen: it is empty, or spaces and what
// has no form of its own.
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
