package sqldb

import (
	"time"

	"parley/hub/store/engine"
)

// Encode is [engine.Encode].
func Encode(v any) (string, error) { return engine.Encode(v) }

// Decode is [engine.Decode].
func Decode(doc []byte, v any) error { return engine.Decode(doc, v) }

// Micros is [engine.Micros].
func Micros(t time.Time) int64 { return engine.Micros(t) }

// FromMicros is [engine.FromMicros].
func FromMicros(n int64) time.Time { return engine.FromMicros(n) }

// Exact is [engine.Exact].
func Exact(t time.Time) time.Time { return engine.Exact(t) }

// Flag returns a boolean as stored in a column.
func Flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
