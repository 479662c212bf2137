package hub

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"parley/hub/store"
	"parley/model"
)

// newUUID returns a UUIDv7: unique, and sorting by time.
func newUUID() string { return uuid.Must(uuid.NewV7()).String() }

// isUUID passes a UUID in its common form alone: the others that a parser takes would
// be other ids of the same reply.
func isUUID(s string) bool {
	const length = 36
	if len(s) != length || s != strings.ToLower(s) {
		return false
	}
	_, err := uuid.Parse(s)
	return err == nil
}

// newSecret returns n random bytes in URL-safe base 64.
func newSecret(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
	return base64.RawURLEncoding.EncodeToString(b)
}

const (
	attemptTokenBytes = 16 // 128 bits: what an attempt carries as metadata
	accessTokenBytes  = 32 // 256 bits: a user's token
)

func hashSecret(secret string) []byte {
	h := sha256.Sum256([]byte(secret))
	return h[:]
}

// Epoch names a Page's stream for one user. It changes with the store, with the
// installation, and each time this user loses access to the Page.
func (h *Hub) epoch(p store.Page, user model.UserID) string {
	gen := p.AccessGen
	if p.Installer.ID == user {
		gen = 0 // the installer never loses access
	}
	sum := sha256.Sum256([]byte(h.store.ID() + "|" + string(p.ID) + "|" + strconv.Itoa(gen)))
	return hex.EncodeToString(sum[:8])
}
