package sandboxtest

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Meta still sends the old header beside the new one.
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"
)

// Received is an event that the callback received.
type Received struct {
	Post    int // which POST it came in, from 1
	Standby bool
	Event
}

// Hook is a callback that checks every signature and keeps what it receives.
type Hook struct {
	*httptest.Server
	secret string

	mu     sync.Mutex
	status int // the status of answers to POSTs; 0 is 200
	slow   time.Duration
	posts  [][]byte
	bad    int // POSTs with a wrong signature
	events []Received
}

func newHook(secret string) *Hook {
	h := &Hook{secret: secret}
	h.Server = httptest.NewServer(http.HandlerFunc(h.serve))
	return h
}

func (h *Hook) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		q := r.URL.Query()
		if q.Get("hub.mode") != "subscribe" || q.Get("hub.verify_token") != "sesame" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, q.Get("hub.challenge")) //nolint:gosec // A handshake is an echo; no browser reads it.
		return
	}
	body, _ := io.ReadAll(r.Body)
	h.mu.Lock()
	slow := h.slow
	h.mu.Unlock()
	Pass(slow)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.posts = append(h.posts, body)
	want, old := signatures(h.secret, body)
	if r.Header.Get("X-Hub-Signature-256") != want || r.Header.Get("X-Hub-Signature") != old {
		h.bad++
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if h.status != 0 {
		w.WriteHeader(h.status)
		return
	}
	var env struct {
		Entry []struct {
			Messaging, Standby []Event
		}
	}
	_ = json.Unmarshal(body, &env)
	for _, e := range env.Entry {
		for _, in := range e.Messaging {
			h.events = append(h.events, Received{Post: len(h.posts), Event: in})
		}
		for _, in := range e.Standby {
			h.events = append(h.events, Received{Post: len(h.posts), Standby: true, Event: in})
		}
	}
}

// Answer sets the status of answers; 0 is 200.
func (h *Hook) Answer(status int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.status = status
}

// Slow makes every answer take that long.
func (h *Hook) Slow(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.slow = d
}

// Posts returns the bodies received, refused or not.
func (h *Hook) Posts() [][]byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([][]byte(nil), h.posts...)
}

// Bad returns how many POSTs had a wrong signature.
func (h *Hook) Bad() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.bad
}

// All returns the events received, in order.
func (h *Hook) All() []Received {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Received(nil), h.events...)
}

// Only returns the events of one kind.
func (h *Hook) Only(kind func(Received) bool) []Received {
	var list []Received
	for _, e := range h.All() {
		if kind(e) {
			list = append(list, e)
		}
	}
	return list
}

// signatures returns the values of X-Hub-Signature-256 and X-Hub-Signature for a body.
func signatures(secret string, body []byte) (sha256Header, sha1Header string) {
	return "sha256=" + sum(sha256.New, secret, body), "sha1=" + sum(sha1.New, secret, body)
}

// Proof returns the appsecret_proof of a token.
func Proof(secret, token string) string { return sum(sha256.New, secret, []byte(token)) }

func sum(of func() hash.Hash, secret string, body []byte) string {
	m := hmac.New(of, []byte(secret))
	m.Write(body)
	return hex.EncodeToString(m.Sum(nil))
}
