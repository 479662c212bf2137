package sqldb

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ErrNotUTF8 refuses text that JSON would alter.
var ErrNotUTF8 = errors.New("text is not valid UTF-8")

// Encode writes a record as JSON.
func Encode(v any) (string, error) {
	doc, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode record: %w", err)
	}
	if replaced(doc) {
		return "", fmt.Errorf("encode record: %w", ErrNotUTF8)
	}
	return string(doc), nil
}

// replaced tells whether the encoder put U+FFFD for bytes that are no UTF-8: it
// writes that as an escape, and a U+FFFD that stood in the text as it is.
func replaced(doc []byte) bool {
	mark := []byte(`\ufffd`)
	for from := 0; ; {
		i := bytes.Index(doc[from:], mark)
		if i < 0 {
			return false
		}
		at := from + i
		slashes := 0
		for at-slashes > 0 && doc[at-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return true
		}
		from = at + len(mark)
	}
}

// Decode reads a record that encode wrote.
func Decode(doc []byte, v any) error {
	return Wrap(json.Unmarshal(doc, v), "decode record")
}

// Micros is a time as a column holds it; 0 for the zero time.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// FromMicros reads what micros wrote.
func FromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// Exact is a time that a column holds without loss, so that what is judged by
// the record and by the column agrees.
func Exact(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// ExactOrNil is Exact of what may be missing.
func ExactOrNil(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	e := Exact(*t)
	return &e
}

// Flag is a truth as a column holds it.
func Flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
