package meta

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Meta still sends the old header beside the new one.
	"crypto/sha256"
	"encoding/hex"
	"net/http"
)

// Sign returns the signature headers of a body: X-Hub-Signature-256, and X-Hub-Signature.
func Sign(secret string, body []byte) http.Header {
	h := http.Header{}
	new256, old := signatures(secret, body)
	h.Set("X-Hub-Signature-256", new256)
	h.Set("X-Hub-Signature", old)
	return h
}

// signatures returns the values of X-Hub-Signature-256 and X-Hub-Signature for a body.
func signatures(secret string, body []byte) (sha256Header, sha1Header string) {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write(body)
	old := hmac.New(sha1.New, []byte(secret))
	old.Write(body)
	return "sha256=" + hex.EncodeToString(m.Sum(nil)), "sha1=" + hex.EncodeToString(old.Sum(nil))
}

// Proof returns the appsecret_proof of a token.
func Proof(secret, token string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(token))
	return hex.EncodeToString(m.Sum(nil))
}
