package store

import (
	"fmt"
	"time"
)

// IncarnationReader reads the store's incarnation.
type IncarnationReader interface {
	// Incarnation returns the store's current incarnation.
	Incarnation() (Incarnation, error)
}

// IncarnationWriter settles an incarnation.
type IncarnationWriter interface {
	// SettleIncarnation records that the replies that were on their way when the store was
	// replaced have been dealt with.
	SettleIncarnation() error
}

// Difference is how a store differs from the one that the hub last ran with.
type Difference string

// The differences.
const (
	// Missing: it is gone, or empty.
	Missing Difference = "missing"
	// Older: it lacks changes that the hub had made.
	Older Difference = "older"
	// Diverged: it has as many changes, but is not as the hub left it: another hub wrote to it,
	// or it lacks the hub's last writes.
	Diverged Difference = "diverged"
	// Other: it is another hub's, or a new one.
	Other Difference = "other"
	// Mixed: its files are from different moments and would be inconsistent together.
	Mixed Difference = "mixed"
	// Damaged: it can't be read completely.
	Damaged Difference = "damaged"
	// Copied: its files are copies, as when a folder was restored or moved to another machine.
	// Nobody can tell what the original did since.
	Copied Difference = "copied"
	// Unmarked: nothing tells which store the hub last ran with.
	Unmarked Difference = "unmarked"
)

// Incarnation is the store's life since it was last found to differ from the one that the hub
// had run with. At its beginning clients reload everything, and replies that it holds as on
// their way may have left already.
type Incarnation struct {
	ID string `json:"id"`
	// Why and At describe its beginning. Why is empty for a store that was never replaced.
	Why Difference `json:"why,omitempty"`
	At  time.Time  `json:"at"`
	// Was is how many changes of all Pages the hub had made, if that is known; Is how many the
	// store held.
	Was int64 `json:"was"`
	Is  int64 `json:"is"`
	// Settled: the replies that were on their way have been dealt with.
	Settled bool `json:"settled"`
}

// Begun reports whether the store was replaced, after which replies on their way may have left
// already.
func (i Incarnation) Begun() bool { return i.Why != "" }

// ContradictionError means that the store is not the one that the hub last ran with, and is not
// opened.
type ContradictionError struct {
	Difference Difference
	// Was is how many changes of all Pages the hub had made by At, Is how many the store holds.
	Was, Is int64
	At      time.Time
	// Err is a more specific cause, nil if there is none.
	Err error
}

// Error implements error.
func (e *ContradictionError) Error() string {
	s := fmt.Sprintf("store is not the one that the hub ran with: %s (%d changes, %d were made)", e.Difference, e.Is, e.Was)
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *ContradictionError) Unwrap() error { return e.Err }
