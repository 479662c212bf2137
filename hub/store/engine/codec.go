package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ErrNotUTF8 refuses text that JSON would alter.
var ErrNotUTF8 = errors.New("text is not valid UTF-8")

// Encode encodes a record as JSON.
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

// replaced reports whether the encoder replaced invalid UTF-8 by U+FFFD: it writes that as an
// escape, and a U+FFFD of the text as it is.
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

// Decode decodes what Encode encoded.
func Decode(doc []byte, v any) error {
	if err := json.Unmarshal(doc, v); err != nil {
		return fmt.Errorf("decode record: %w", err)
	}
	return nil
}

// Micros returns a time as stored in a column; 0 for the zero time.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// FromMicros reverses Micros.
func FromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// Exact rounds a time to what a column stores, so that the record and the column agree.
func Exact(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// ExactOrNil is Exact for a time that may be missing.
func ExactOrNil(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	e := Exact(*t)
	return &e
}
