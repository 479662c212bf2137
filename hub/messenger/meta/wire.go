// Package meta has what both directions of Meta's wire share: the shapes of its values, the
// checks of which values are accepted, and the app's secret.
package meta

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrShape means that a value is not of the type that Meta documents.
var ErrShape = errors.New("unexpected shape")

// Ident is an id without which an event means nothing. Meta writes ids as strings and, in older
// forms, as numbers.
type Ident string

// UnmarshalJSON implements [json.Unmarshaler].
func (i *Ident) UnmarshalJSON(b []byte) error {
	s, ok := idText(b)
	if !ok || plainID(s) != s {
		return ErrShape
	}
	*i = Ident(s)
	return nil
}

// LooseID is an id that an event can do without: an invalid one becomes empty.
type LooseID string

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (i *LooseID) UnmarshalJSON(b []byte) error {
	s, _ := idText(b)
	*i = LooseID(plainID(s))
	return nil
}

// Loose is text that an event can do without: an invalid value becomes empty.
type Loose string

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (l *Loose) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*l = Loose(s)
	}
	return nil
}

// Word is a word of Meta's own; anything else becomes empty.
type Word string

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (w *Word) UnmarshalJSON(b []byte) error {
	var l Loose
	_ = l.UnmarshalJSON(b)
	*w = Word(PlainWord(string(l)))
	return nil
}

// Flag is a boolean that may come as true, "true" or 1.
type Flag bool

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (f *Flag) UnmarshalJSON(b []byte) error {
	s := string(b)
	*f = s == "true" || s == `"true"` || s == "1"
	return nil
}

// Moment is a time in milliseconds, or in seconds if it is too small for that, as a number or a
// string; an invalid value becomes the zero time.
type Moment struct{ time.Time }

// Bounds of a moment: below firstMillis it counts seconds, and nothing after the year 9999 is a
// time.
const (
	firstMillis = 1e12
	lastMillis  = 253402300799999
	maxDigits   = 32
)

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (m *Moment) UnmarshalJSON(b []byte) error {
	f, ok := numeric(b)
	if !ok || f <= 0 {
		return nil
	}
	if f < firstMillis {
		f *= 1000
	}
	if f <= lastMillis {
		m.Time = time.UnixMilli(int64(f)).UTC()
	}
	return nil
}

// Or returns the moment, or other if it is zero.
func (m Moment) Or(other time.Time) time.Time {
	if m.IsZero() {
		return other
	}
	return m.Time
}

// Known returns the moment, nil if it is zero.
func (m Moment) Known() *time.Time {
	if m.IsZero() {
		return nil
	}
	return &m.Time
}

// Number is a number that may come as a string; ok is false for an invalid value.
type Number struct {
	Value float64
	OK    bool
}

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (n *Number) UnmarshalJSON(b []byte) error {
	n.Value, n.OK = numeric(b)
	return nil
}

// Integer returns the number if it is an integer of 32 bits, else 0.
func (n Number) Integer() int {
	if !n.OK || n.Value != math.Trunc(n.Value) || math.Abs(n.Value) > math.MaxInt32 {
		return 0
	}
	return int(n.Value)
}

// Several is a list that, if it has one element, may come as that element alone.
type Several[T any] []T

// UnmarshalJSON implements [json.Unmarshaler]; it fails as T does.
func (l *Several[T]) UnmarshalJSON(b []byte) error {
	raws, err := Listed(b)
	if err != nil {
		return err
	}
	all := make([]T, len(raws))
	for i, raw := range raws {
		if err := json.Unmarshal(raw, &all[i]); err != nil {
			return err
		}
	}
	*l = all
	return nil
}

// Listed returns the elements of a list; a single value counts as a list of one. null, "",
// false and 0 mean an empty list.
func Listed(b []byte) ([]json.RawMessage, error) {
	switch string(b) {
	case "null", `""`, "false", "0":
		return nil, nil
	}
	if len(b) == 0 || b[0] != '[' {
		return []json.RawMessage{bytes.Clone(b)}, nil
	}
	var raws []json.RawMessage
	err := json.Unmarshal(b, &raws)
	return raws, err
}

// Edge is a list as the Graph API returns it, under "data"; nested lists may come without that,
// and a single element without a list. Elements that are not of the documented shape are left
// out without affecting their neighbours.
type Edge[T any] struct{ Data []T }

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (e *Edge[T]) UnmarshalJSON(b []byte) error {
	if all, err := Object(b); err == nil && all.Has("data") {
		if b = all.Get("data"); b == nil {
			return nil
		}
	}
	raws, _ := Listed(b)
	for _, raw := range raws {
		var one T
		if raw[0] == '{' && json.Unmarshal(raw, &one) == nil {
			e.Data = append(e.Data, one)
		}
	}
	return nil
}

// Maybe is an optional object: an invalid value becomes empty.
type Maybe[T any] struct{ Is T }

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (m *Maybe[T]) UnmarshalJSON(b []byte) error {
	var is T
	if json.Unmarshal(b, &is) == nil {
		m.Is = is
	}
	return nil
}

func numeric(b []byte) (float64, bool) {
	s := strings.Trim(string(b), `"`)
	if s == "" || len(s) > maxDigits || strings.Trim(s, "0123456789.eE+-") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) {
		return 0, false
	}
	return f, true
}

// idText reads an id; null is an empty one.
func idText(b []byte) (string, bool) {
	switch {
	case string(b) == "null":
		return "", true
	case len(b) > 0 && b[0] == '"':
		var s string
		err := json.Unmarshal(b, &s)
		return s, err == nil
	case len(b) > 0 && len(b) <= maxDigits && len(bytes.Trim(b, "0123456789")) == 0:
		return string(b), true
	}
	return "", false
}

// Members are the members of a JSON object, in their order.
type Members []member

type member struct {
	Key   string
	Value json.RawMessage
}

// Object splits a JSON object into its members; keys are case-sensitive.
func Object(raw []byte) (Members, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, ErrShape
	}
	var all Members
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, ErrShape
		}
		key, _ := t.(string)
		m := member{Key: key}
		if err := dec.Decode(&m.Value); err != nil {
			return nil, ErrShape
		}
		all = append(all, m)
	}
	return all, nil
}

// Get returns the value of a key, nil if it is missing or null.
func (all Members) Get(key string) json.RawMessage {
	var found json.RawMessage
	for _, m := range all {
		if m.Key == key {
			found = m.Value
		}
	}
	if string(found) == "null" {
		return nil
	}
	return found
}

// Has reports whether a key is present, even with null.
func (all Members) Has(key string) bool {
	return slices.ContainsFunc(all, func(m member) bool { return m.Key == key })
}

// Read decodes the value of a key into into, which stays unchanged if the value is missing or
// of another shape.
func (all Members) Read(key string, into json.Unmarshaler) {
	if raw := all.Get(key); raw != nil {
		_ = into.UnmarshalJSON(raw)
	}
}
