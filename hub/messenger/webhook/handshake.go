package webhook

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/url"
)

// Handshake judges the GET by which Meta asks whether a callback is ours, and returns the
// challenge to answer with. An empty verify token matches nothing.
//
// Source: Messenger Platform, "Webhooks", verification requests.
func Handshake(query url.Values, verifyToken string) (challenge string, ok bool) {
	got := sha256.Sum256([]byte(query.Get("hub.verify_token")))
	want := sha256.Sum256([]byte(verifyToken))
	same := subtle.ConstantTimeCompare(got[:], want[:]) == 1
	if verifyToken == "" || !same || query.Get("hub.mode") != "subscribe" {
		return "", false
	}
	return query.Get("hub.challenge"), true
}
