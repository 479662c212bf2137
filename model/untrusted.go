package model

import (
	"fmt"
	"log/slog"
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
