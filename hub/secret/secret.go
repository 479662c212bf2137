// Package secret makes what lets somebody in, and knows it again by its hash, which alone
// is kept.
package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
)

// TokenBytes is how long what lets somebody in is: 256 bits.
const TokenBytes = 32

// New returns n random bytes in URL-safe base 64.
func New(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
	return base64.RawURLEncoding.EncodeToString(b)
}

// Hash returns by what a secret is kept.
func Hash(secret string) []byte {
	h := sha256.Sum256([]byte(secret))
	return h[:]
}

// Is tells whether a secret is the one of that hash. No hash and an empty secret are none.
func Is(hash []byte, secret string) bool {
	return hash != nil && secret != "" && subtle.ConstantTimeCompare(hash, Hash(secret)) == 1
}
