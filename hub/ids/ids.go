// Package ids makes the ids that the hub gives, and knows those that clients give.
package ids

import (
	"strings"

	"github.com/google/uuid"
)

// New returns a UUIDv7: unique, and sorting by time.
func New() string { return uuid.Must(uuid.NewV7()).String() }

// Valid passes a UUID in its common form alone: the others that a parser takes would
// be other ids of the same thing.
func Valid(s string) bool {
	const length = 36
	if len(s) != length || s != strings.ToLower(s) {
		return false
	}
	_, err := uuid.Parse(s)
	return err == nil
}
