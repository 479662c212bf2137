// Package ids makes the hub's ids, and validates those of clients.
package ids

import (
	"strings"

	"github.com/google/uuid"
)

// New returns a UUIDv7: unique, and sorting by time.
func New() string { return uuid.Must(uuid.NewV7()).String() }

// Valid accepts only the common form of a UUID: the other forms that a parser accepts would be
// different ids for the same thing.
func Valid(s string) bool {
	const length = 36
	if len(s) != length || s != strings.ToLower(s) {
		return false
	}
	_, err := uuid.Parse(s)
	return err == nil
}
