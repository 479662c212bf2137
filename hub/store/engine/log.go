package engine

import (
	"crypto/rand"
	"encoding/base64"
)

// stampBytes are enough that no two logs have the same stamp at a seq.
const stampBytes = 8

// NewStamp returns a value that distinguishes a row of the log from the row of another store.
func NewStamp() string {
	b := make([]byte, stampBytes)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
	return base64.RawURLEncoding.EncodeToString(b)
}
