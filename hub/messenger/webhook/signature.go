package webhook

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"parley/hub/messenger/meta"
)

const signaturePrefix = "sha256="

// ErrNoSecret means that webhooks can't be verified without an app secret.
var ErrNoSecret = errors.New("messenger: an app secret is missing or empty")

// Verifier checks whether a webhook came from Meta.
type Verifier struct{ secrets []meta.Secret }

// Format implements [fmt.Formatter]; no verb shows a secret.
func (*Verifier) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[verifier]")) }

// NewVerifier returns a verifier that accepts signatures by any of the app's secrets, so that a
// secret can be changed without losing webhooks. Without a secret, or with an empty one, it
// returns [ErrNoSecret]: anybody could sign with that.
func NewVerifier(appSecrets ...string) (*Verifier, error) {
	if len(appSecrets) == 0 {
		return nil, ErrNoSecret
	}
	v := &Verifier{}
	for _, s := range appSecrets {
		if s == "" {
			return nil, ErrNoSecret
		}
		v.secrets = append(v.secrets, meta.Secret(s))
	}
	return v, nil
}

// WellFormed reports whether header has the form of a signature: "sha256=" and 64 lower-case
// hex digits.
func WellFormed(header string) bool {
	digits, ok := strings.CutPrefix(header, signaturePrefix)
	if !ok || len(digits) != hex.EncodedLen(sha256.Size) {
		return false
	}
	return strings.IndexFunc(digits, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'f') }) < 0
}

// Verify reports whether header, the value of X-Hub-Signature-256, signs exactly these bytes:
// "sha256=" and 64 lower-case hex digits. The body must be the one received, not encoded again:
// Meta signs its own escapes.
//
// Source: Messenger Platform, "Webhooks", validating payloads.
func (v *Verifier) Verify(header string, rawBody ...[]byte) bool {
	ok := 0
	for _, s := range v.secrets {
		want := signaturePrefix + s.Sign(rawBody...)
		ok |= subtle.ConstantTimeCompare([]byte(header), []byte(want))
	}
	return ok == 1
}
