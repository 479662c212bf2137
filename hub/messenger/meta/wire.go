// Package meta is what both directions of Meta's wire share: the shapes of its values, which
// of them are taken as what they claim to be, and the app's secret.
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

// ErrShape: a value is not of the type that Meta documents.
var ErrShape = errors.New("unexpected shape")

// Ident is an id without which an event means nothing. Meta writes ids as strings
// and, in older forms, as numbers.
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

// LooseID is an id that an event can do without: what is none is empty.
type LooseID string

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (i *LooseID) UnmarshalJSON(b []byte) error {
	s, _ := idText(b)
	*i = LooseID(plainID(s))
	return nil
}

// Loose is text that an event can do without: what is none is empty.
type Loose string

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (l *Loose) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*l = Loose(s)
	}
	return nil
}

// Word is a word of Meta's own; what can't be one is empty.
type Word string

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (w *Word) UnmarshalJSON(b []byte) error {
	var l Loose
	_ = l.UnmarshalJSON(b)
	*w = Word(PlainWord(string(l)))
	return nil
}

// Flag is a truth that may come as true, "true" or 1.
type Flag bool

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (f *Flag) UnmarshalJSON(b []byte) error {
	s := string(b)
	*f = s == "true" || s == `"true"` || s == "1"
	return nil
}

// Moment is a time in milliseconds, or in seconds where it is too small for
// that, as a number or a string; what is none is the zero time.
type Moment struct{ time.Time }

// Bounds of a moment: what is below firstMillis counts seconds; nothing after the
// year 9999 is a time.
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

// Or returns the moment, or another time where there is none.
func (m Moment) Or(other time.Time) time.Time {
	if m.IsZero() {
		return other
	}
	return m.Time
}

// Known returns the moment, nil where there is none.
func (m Moment) Known() *time.Time {
	if m.IsZero() {
		return nil
	}
	return &m.Time
}

// Number is a number that may come as a string; ok is false for what is none.
type Number struct {
	Value float64
	OK    bool
}

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (n *Number) UnmarshalJSON(b []byte) error {
	n.Value, n.OK = numeric(b)
	return nil
}

// Integer returns the number where it is a whole one of 32 bits, else 0.
func (n Number) Integer() int {
	if !n.OK || n.Value != math.Trunc(n.Value) || math.Abs(n.Value) > math.MaxInt32 {
		return 0
	}
	return int(n.Value)
}

// Several is a list that, where it holds one thing, may come as that thing alone.
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

// Listed returns what a list holds; what is no list is one of one. null, "", false and 0
// are how some write that there is nothing.
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

// Edge is a list as the Graph API gives it, under "data"; what hangs on something may
// come without that, and one thing without a list. What is not of the shape that Meta
// documents is left out, and never takes its neighbours with it.
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

// Maybe is an object that can be done without: what is none is empty.
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

// Members are what a JSON object holds, in the order in which it came.
type Members []member

type member struct {
	Key   string
	Value json.RawMessage
}

// Object takes a JSON object apart; keys are told apart by case.
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

// Get returns what stands under a key, nil where nothing or null does.
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

// Has tells whether anything, be it null, stands under a key.
func (all Members) Has(key string) bool {
	return slices.ContainsFunc(all, func(m member) bool { return m.Key == key })
}

// Read decodes what stands under a key; where that is nothing, or of another
// shape, into stays as it is.
func (all Members) Read(key string, into json.Unmarshaler) {
	if raw := all.Get(key); raw != nil {
		_ = into.UnmarshalJSON(raw)
	}
}
