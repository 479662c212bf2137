package messenger

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

// errShape: a value is not of the type that Meta documents.
var errShape = errors.New("unexpected shape")

// ident is an id without which an event means nothing. Meta writes ids as strings
// and, in older forms, as numbers.
type ident string

// UnmarshalJSON implements [json.Unmarshaler].
func (i *ident) UnmarshalJSON(b []byte) error {
	s, ok := idText(b)
	if !ok || plainID(s) != s {
		return errShape
	}
	*i = ident(s)
	return nil
}

// looseID is an id that an event can do without: what is none is empty.
type looseID string

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (i *looseID) UnmarshalJSON(b []byte) error {
	s, _ := idText(b)
	*i = looseID(plainID(s))
	return nil
}

// loose is text that an event can do without: what is none is empty.
type loose string

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (l *loose) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*l = loose(s)
	}
	return nil
}

// word is a word of Meta's own; what can't be one is empty.
type word string

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (w *word) UnmarshalJSON(b []byte) error {
	var l loose
	_ = l.UnmarshalJSON(b)
	*w = word(plainWord(string(l)))
	return nil
}

// flag is a truth that may come as true, "true" or 1.
type flag bool

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (f *flag) UnmarshalJSON(b []byte) error {
	s := string(b)
	*f = s == "true" || s == `"true"` || s == "1"
	return nil
}

// moment is a time in milliseconds, or in seconds where it is too small for
// that, as a number or a string; what is none is the zero time.
type moment struct{ time.Time }

// Bounds of a moment: what is below firstMillis counts seconds; nothing after the
// year 9999 is a time.
const (
	firstMillis = 1e12
	lastMillis  = 253402300799999
	maxDigits   = 32
)

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (m *moment) UnmarshalJSON(b []byte) error {
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

// or returns the moment, or another time where there is none.
func (m moment) or(other time.Time) time.Time {
	if m.IsZero() {
		return other
	}
	return m.Time
}

// known returns the moment, nil where there is none.
func (m moment) known() *time.Time {
	if m.IsZero() {
		return nil
	}
	return &m.Time
}

// number is a number that may come as a string; ok is false for what is none.
type number struct {
	value float64
	ok    bool
}

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (n *number) UnmarshalJSON(b []byte) error {
	n.value, n.ok = numeric(b)
	return nil
}

// integer returns the number where it is a whole one of 32 bits, else 0.
func (n number) integer() int {
	if !n.ok || n.value != math.Trunc(n.value) || math.Abs(n.value) > math.MaxInt32 {
		return 0
	}
	return int(n.value)
}

// several is a list that, where it holds one thing, may come as that thing alone.
type several[T any] []T

// UnmarshalJSON implements [json.Unmarshaler]; it fails as T does.
func (l *several[T]) UnmarshalJSON(b []byte) error {
	raws, err := listed(b)
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

// listed returns what a list holds; what is no list is one of one. null, "", false and 0
// are how some write that there is nothing.
func listed(b []byte) ([]json.RawMessage, error) {
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

// edge is a list as the Graph API gives it, under "data"; what hangs on something may
// come without that, and one thing without a list. What is not of the shape that Meta
// documents is left out, and never takes its neighbours with it.
type edge[T any] struct{ Data []T }

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (e *edge[T]) UnmarshalJSON(b []byte) error {
	if all, err := object(b); err == nil && all.has("data") {
		if b = all.get("data"); b == nil {
			return nil
		}
	}
	raws, _ := listed(b)
	for _, raw := range raws {
		var one T
		if raw[0] == '{' && json.Unmarshal(raw, &one) == nil {
			e.Data = append(e.Data, one)
		}
	}
	return nil
}

// maybe is an object that can be done without: what is none is empty.
type maybe[T any] struct{ is T }

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (m *maybe[T]) UnmarshalJSON(b []byte) error {
	var is T
	if json.Unmarshal(b, &is) == nil {
		m.is = is
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

// members are what a JSON object holds, in the order in which it came.
type members []member

type member struct {
	key   string
	value json.RawMessage
}

// object takes a JSON object apart; keys are told apart by case.
func object(raw []byte) (members, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errShape
	}
	var all members
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, errShape
		}
		key, _ := t.(string)
		m := member{key: key}
		if err := dec.Decode(&m.value); err != nil {
			return nil, errShape
		}
		all = append(all, m)
	}
	return all, nil
}

// get returns what stands under a key, nil where nothing or null does.
func (all members) get(key string) json.RawMessage {
	var found json.RawMessage
	for _, m := range all {
		if m.key == key {
			found = m.value
		}
	}
	if string(found) == "null" {
		return nil
	}
	return found
}

// has tells whether anything, be it null, stands under a key.
func (all members) has(key string) bool {
	return slices.ContainsFunc(all, func(m member) bool { return m.key == key })
}

// read decodes what stands under a key; where that is nothing, or of another
// shape, into stays as it is.
func (all members) read(key string, into json.Unmarshaler) {
	if raw := all.get(key); raw != nil {
		_ = into.UnmarshalJSON(raw)
	}
}
