// Package seeded makes what looks random but follows from the sandbox's seed: ids, secrets and
// random streams. Its results depend only on the seed and a label; it has no state.
package seeded

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
)

// Stream returns the random source for one purpose. They are separate so that what customers
// write does not depend on how often the hub calls. A stream is not safe for concurrent use.
func Stream(seed uint64, purpose string) *rand.Rand {
	sum := sha256.Sum256([]byte(purpose))
	return rand.New(rand.NewPCG(seed, binary.BigEndian.Uint64(sum[:8])))
}

// Derive returns a fixed secret for the seed and a label.
func Derive(seed uint64, label string) [64]byte {
	return sha512.Sum512([]byte(fmt.Sprintf("parley sandbox %d %s", seed, label)))
}

// Digits returns an id of n digits that never begins with zero.
func Digits(seed uint64, label string, n int) string {
	sum := Derive(seed, label)
	var b strings.Builder
	for i := range n {
		d := sum[i%len(sum)] % 10
		if i == 0 && d == 0 {
			d = 1
		}
		b.WriteByte('0' + d)
	}
	return b.String()
}

// Hex returns n bytes, at most 64, in hex.
func Hex(seed uint64, label string, n int) string {
	sum := Derive(seed, label)
	return hex.EncodeToString(sum[:n])
}
