// Package secret makes secrets such as tokens, and recognises them by their hashes, which are
// all that is stored.
package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
)

// TokenBytes is the length of a token: 256 bits.
const TokenBytes = 32

// New returns n random bytes in URL-safe base 64.
func New(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
	return base64.RawURLEncoding.EncodeToString(b)
}

// Hash returns the hash under which a secret is stored.
func Hash(secret string) []byte {
	h := sha256.Sum256([]byte(secret))
	return h[:]
}

// Is reports whether a secret has that hash. Without a hash, or with an empty secret, it does
// not.
func Is(hash []byte, secret string) bool {
	return hash != nil && secret != "" && subtle.ConstantTimeCompare(hash, Hash(secret)) == 1
}
