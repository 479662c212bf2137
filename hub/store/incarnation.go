package store

import (
	"fmt"
	"time"
)

// IncarnationReader tells how the store came to be what it is.
type IncarnationReader interface {
	// Incarnation returns how the store came to be what it is.
	Incarnation() (Incarnation, error)
}

// IncarnationWriter settles an incarnation that began.
type IncarnationWriter interface {
	// SettleIncarnation notes that what was on its way when the store became another was
	// seen to.
	SettleIncarnation() error
}

// Difference is what makes a store another than the one that the hub ran with last.
type Difference string

// The differences.
const (
	// Missing: it is gone, or empty.
	Missing Difference = "missing"
	// Older: it lacks changes that the hub had made.
	Older Difference = "older"
	// Diverged: it lacks none, but it is not as the hub left it: another hub went on with
	// it, or it lacks what the hub wrote last.
	Diverged Difference = "diverged"
	// Other: it is another hub's, or was made anew.
	Other Difference = "other"
	// Mixed: its files are not of one moment; together they would be wrong.
	Mixed Difference = "mixed"
	// Damaged: it can't be read through.
	Damaged Difference = "damaged"
	// Copied: its files are copies, as when a folder is put back or moved to another
	// machine. Nobody can tell what the original did since.
	Copied Difference = "copied"
	// Unmarked: nothing tells which store the hub ran with last.
	Unmarked Difference = "unmarked"
)

// Incarnation is a store's life since it last was found to be another than the one that
// the hub had run with: clients read everything anew, and what was on its way may have
// left before.
type Incarnation struct {
	ID string `json:"id"`
	// Why and At tell of its beginning. Why is empty for a store that was never another.
	Why Difference `json:"why,omitempty"`
	At  time.Time  `json:"at"`
	// Was is how many changes of all Pages the hub had made, where that is known; Is how
	// many the store held.
	Was int64 `json:"was"`
	Is  int64 `json:"is"`
	// Settled: what was on its way was seen to.
	Settled bool `json:"settled"`
}

// Begun tells whether the store became another, after which what was on its way may have
// left before.
func (i Incarnation) Begun() bool { return i.Why != "" }

// ContradictionError refuses to open a store that is not the one that the hub ran with.
type ContradictionError struct {
	Difference Difference
	// Was is how many changes of all Pages the hub had made by At, Is how many the store
	// holds.
	Was, Is int64
	At      time.Time
	// Err is what was found, where that says more; nil: nothing.
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

// Unwrap returns what was found.
func (e *ContradictionError) Unwrap() error { return e.Err }
