// Package vault seals the secrets that a hub stores: whoever reads the store, or a copy of it,
// without the hub's key learns none of them.
//
// A secret is sealed with AES-256-GCM and a random nonce, bound to its purpose and its owner:
// moved to another place, it can't be opened. A sealed secret names its key, so that a wrong
// key is distinguished from a damaged secret. A [Vault] is safe for concurrent use.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// KeySize is the length of a key in bytes.
const KeySize = 32

// The errors of Open and ParseKey, for errors.Is.
var (
	// ErrOtherKey means that the secret was sealed with another key.
	ErrOtherKey = errors.New("sealed by another key")
	// ErrBroken means that the secret was changed, or belongs elsewhere.
	ErrBroken = errors.New("sealed secret is broken")
	// ErrBadKey means that the input is not a key.
	ErrBadKey = errors.New("no key of 32 bytes in base64 or hex")
)

// version begins every sealed secret.
const version = "v1"

// Vault seals and opens secrets with one key.
type Vault struct {
	aead cipher.AEAD
	id   string
	root []byte // the key that secrets are derived from
}

// New returns a vault with a key.
func New(key []byte) (*Vault, error) {
	if len(key) != KeySize {
		return nil, ErrBadKey
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	// The id comes from a one-way function: it distinguishes keys and reveals nothing about
	// them.
	sum := sha256.Sum256(append([]byte("parley key id\x00"), key...))
	return &Vault{aead: aead, id: hex.EncodeToString(sum[:8]), root: mac(key, "parley derived secrets")}, nil
}

func mac(key []byte, what string) []byte {
	m := hmac.New(sha256.New, key)
	_, _ = io.WriteString(m, what) // a hash never fails
	return m.Sum(nil)
}

// Derive derives a secret from the key: always the same one for the same purpose, 43 characters
// of URL-safe base64 that reveal nothing about the key or other derived secrets.
func (v *Vault) Derive(what string) string {
	return base64.RawURLEncoding.EncodeToString(mac(v.root, what))
}

// Format implements [fmt.Formatter]; no verb shows the key.
func (*Vault) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[vault]")) }

// LogValue implements [slog.LogValuer].
func (*Vault) LogValue() slog.Value { return slog.StringValue("[vault]") }

// bound returns what a sealed secret is bound to. It includes the lengths of its parts, so that
// no two pairs are equal.
func (v *Vault) bound(what, whose string) []byte {
	return fmt.Appendf(nil, "%s %s %d %s %d %s", version, v.id, len(what), what, len(whose), whose)
}

// Seal seals a secret for a purpose and an owner.
func (v *Vault) Seal(what, whose, secret string) string {
	nonce := make([]byte, v.aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails: crypto/rand ends the process instead
	sealed := v.aead.Seal(nonce, nonce, []byte(secret), v.bound(what, whose))
	return version + "." + v.id + "." + base64.RawURLEncoding.EncodeToString(sealed)
}

// Open opens what Seal sealed for the same purpose and owner.
func (v *Vault) Open(what, whose, sealed string) (string, error) {
	parts := strings.Split(sealed, ".")
	const count = 3
	if len(parts) != count || parts[0] != version {
		return "", ErrBroken
	}
	if parts[1] != v.id {
		return "", ErrOtherKey
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(raw) < v.aead.NonceSize() {
		return "", ErrBroken
	}
	nonce, text := raw[:v.aead.NonceSize()], raw[v.aead.NonceSize():]
	secret, err := v.aead.Open(nil, nonce, text, v.bound(what, whose))
	if err != nil {
		return "", ErrBroken
	}
	return string(secret), nil
}

// NewKey returns a random key.
func NewKey() []byte {
	key := make([]byte, KeySize)
	_, _ = rand.Read(key) // never fails: crypto/rand ends the process instead
	return key
}

// FormatKey formats a key for [ParseKey].
func FormatKey(key []byte) string { return base64.StdEncoding.EncodeToString(key) }

// ParseKey parses a key in base64, of either alphabet, or in hex.
func ParseKey(s string) ([]byte, error) {
	s = strings.TrimSpace(s)
	if key, err := hex.DecodeString(s); err == nil && len(key) == KeySize {
		return key, nil
	}
	s = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(s), "=")
	key, err := base64.RawStdEncoding.Strict().DecodeString(s)
	if err != nil || len(key) != KeySize {
		return nil, ErrBadKey
	}
	return key, nil
}
