package api_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what Meta signs with besides, and what must not do
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/hub"
	"parley/hub/receive"
	"parley/hub/store"
	"parley/model"
)

func TestHandshake(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ask := func(q url.Values) answer {
		return w.send(http.MethodGet, "/webhooks/messenger?"+q.Encode(), nil, nil)
	}
	right := func() url.Values {
		return url.Values{"hub.mode": {"subscribe"}, "hub.verify_token": {verifyToken}, "hub.challenge": {"1158201444<b>"}}
	}
	a := ask(right()).want(http.StatusOK)
	if string(a.body) != "1158201444<b>" || !strings.HasPrefix(a.header.Get("Content-Type"), "text/plain") ||
		a.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("answered %q as %v", a.body, a.header)
	}
	for name, change := range map[string]func(url.Values){
		"wrong token":     func(q url.Values) { q.Set("hub.verify_token", verifyToken+"x") },
		"token cut short": func(q url.Values) { q.Set("hub.verify_token", verifyToken[1:]) },
		"empty token":     func(q url.Values) { q.Set("hub.verify_token", "") },
		"no token":        func(q url.Values) { q.Del("hub.verify_token") },
		"app secret":      func(q url.Values) { q.Set("hub.verify_token", appSecret) },
		"wrong mode":      func(q url.Values) { q.Set("hub.mode", "unsubscribe") },
		"no mode":         func(q url.Values) { q.Del("hub.mode") },
		"nothing":         func(q url.Values) { clear(q) },
	} {
		q := right()
		change(q)
		a := ask(q)
		if p := a.problem(http.StatusForbidden, "bad_signature"); strings.Contains(p.Detail, verifyToken) || bytes.Contains(a.body, []byte("1158201444")) {
			t.Errorf("%s: %s", name, a.body)
		}
	}
}

func TestSignatures(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect(w.ann, meta, model.Shared)
	body := webhookOf(meta, "messaging", message(meta, hanako, "m_1", "hello", time.Now()))
	right := sign(body)
	old := hmac.New(sha1.New, []byte(appSecret))
	old.Write(body)
	sha1Sum := "sha1=" + hex.EncodeToString(old.Sum(nil))
	const name = "X-Hub-Signature-256"
	for what, header := range map[string]http.Header{
		"missing":               {},
		"empty":                 {name: {""}},
		"of another body":       {name: {sign(append(body, ' '))}},
		"upper-case":            {name: {strings.ToUpper(right)}},
		"upper-case digits":     {name: {"sha256=" + strings.ToUpper(right[7:])}},
		"without its name":      {name: {right[7:]}},
		"with spaces":           {name: {right + " ,"}},
		"cut short":             {name: {right[:len(right)-1]}},
		"the prefix alone":      {name: {"sha256="}},
		"twice":                 {name: {right, right}},
		"a wrong one before it": {name: {sign(nil), right}},
		"a wrong one after it":  {name: {right, sign(nil)}},
		"joined":                {name: {right + "," + right}},
		"SHA-1 alone":           {"X-Hub-Signature": {sha1Sum}},
		"SHA-1 in its place":    {name: {sha1Sum}},
		"in the old header":     {"X-Hub-Signature": {right}},
		"a user's token":        {"Authorization": {"Bearer " + w.ann.token}},
	} {
		a := w.send(http.MethodPost, "/webhooks/messenger", header, body)
		if a.status != http.StatusForbidden {
			t.Errorf("%s: %d %s", what, a.status, a.body)
			continue
		}
		a.problem(http.StatusForbidden, "bad_signature")
		// A refusal is no oracle: it repeats neither the body nor what was expected.
		if bytes.Contains(a.body, []byte(right[7:])) || bytes.Contains(a.body, []byte("hello")) {
			t.Errorf("%s: %s", what, a.body)
		}
	}
	altered := bytes.Replace(body, []byte("hello"), []byte("hellp"), 1)
	w.send(http.MethodPost, "/webhooks/messenger", http.Header{name: {right}}, altered).problem(http.StatusForbidden, "bad_signature")
	w.do(w.ann, http.MethodGet, conversation(page, hanako), nil).problem(http.StatusNotFound, "not_found")
	w.send(http.MethodPost, "/webhooks/messenger", http.Header{name: {right}, "X-Hub-Signature": {"sha1=x"}}, body).want(http.StatusOK)
	if ms := w.messages(w.ann, page, hanako); len(ms) != 1 || ms[0].Text != "hello" {
		t.Errorf("taken as %d messages", len(ms))
	}
}

func TestWebhooksThatMakeNoSense(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect(w.ann, meta, model.Shared)
	for _, body := range []string{"", "x", "[]", "null", `"page"`, `{"object":"page","entry":{}}`, `{"object":"page","entry":"x"}`, `{"object":"page"`} {
		w.post([]byte(body)).problem(http.StatusBadRequest, "invalid")
	}
	for _, body := range []string{"{}", `{"object":"user","entry":[]}`, `{"object":"instagram","entry":[]}`, `{"object":null}`} {
		w.post([]byte(body)).problem(http.StatusNotFound, "not_found")
	}
	// What is not understood is kept, and so is what comes for nobody: 200.
	for _, body := range []string{
		`{"object":"page","entry":[]}`, `{"object":"page","entry":[{}]}`, `{"object":"page","entry":[1,"x",null]}`,
		`{"object":"page","entry":[{"id":"100","messaging":[{"sender":{"id":"7001"},"recipient":{"id":"100"},"timestamp":1,"news":{}}]}]}`,
		`{"object":"page","entry":[{"id":"400","messaging":[{"sender":{"id":"7001"},"recipient":{"id":"400"},"message":{"mid":"m","text":"x"}}]}]}`,
		`{"object":"page","entry":[{"id":"100_7001","messaging":[{"sender":{"id":"../x"},"message":{"mid":"m","text":"x"}}]}]}`,
	} {
		if a := w.post([]byte(body)).want(http.StatusOK); string(a.body) != "EVENT_RECEIVED" {
			t.Errorf("%s: answered %s", body, a.body)
		}
	}
	var s struct {
		Stats map[string]int64 `json:"stats"`
	}
	w.get(w.ann, "/v1/stats", &s)
	if s.Stats[receive.CounterUnknownPage] == 0 || s.Stats["raw_not_understood"] != 1 {
		t.Errorf("the counters are %v", s.Stats)
	}
}

func TestWebhookSize(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const limit = 8 << 20
	padded := func(size int) []byte {
		body := append([]byte(`{"object":"page","entry":[]}`), bytes.Repeat([]byte(" "), size)...)
		return body[:size]
	}
	w.post(padded(limit)).want(http.StatusOK)
	w.post(padded(limit+1)).problem(http.StatusRequestEntityTooLarge, "too_large")
	// The signature comes before the size: nothing was read.
	w.send(http.MethodPost, "/webhooks/messenger", nil, padded(limit+1)).problem(http.StatusForbidden, "bad_signature")
}

func TestWebhooksComeTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect(w.ann, meta, model.Shared)
	body := webhookOf(meta, "messaging", message(meta, hanako, "m_1", "hello", time.Now()), message(meta, ken, "m_2", "hi", time.Now()))
	for range 3 {
		w.post(body).want(http.StatusOK)
	}
	if a, b := w.messages(w.ann, page, hanako), w.messages(w.ann, page, ken); len(a) != 1 || len(b) != 1 {
		t.Errorf("stored %d and %d times", len(a), len(b))
	}
}

// brokenStore is a store that can't be written while it is broken.
type brokenStore struct {
	store.Store
	broken atomic.Bool
}

func (s *brokenStore) Write(ctx context.Context, p model.PageID, f func(store.PageTx) error) error {
	if s.broken.Load() {
		return fmt.Errorf("write: %w", store.ErrUnavailable)
	}
	return s.Store.Write(ctx, p, f)
}

func TestStoreThatFails(t *testing.T) {
	t.Parallel()
	s := &brokenStore{}
	w := newWorld(t, withStore(func(inner store.Store) store.Store {
		s.Store = inner
		return s
	}))
	w.connect(w.ann, meta, model.Shared)
	w.customerWrites(meta, hanako, "m_1", "hello", time.Now())
	ready := func(status int, store string) {
		t.Helper()
		var r struct {
			Ready    bool   `json:"ready"`
			Store    string `json:"store"`
			Webhooks string `json:"webhooks"`
		}
		w.send(http.MethodGet, "/readyz", nil, nil).want(status).into(&r)
		if r.Ready != (status == http.StatusOK) || r.Store != store || r.Webhooks == "" {
			t.Errorf("readyz tells %+v", r)
		}
	}
	ready(http.StatusOK, "ok")
	s.broken.Store(true)
	body := webhookOf(meta, "messaging", message(meta, hanako, "m_2", "again", time.Now()))
	a := w.post(body)
	a.problem(http.StatusServiceUnavailable, "unavailable")
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	ready(http.StatusServiceUnavailable, "unavailable")
	w.send(http.MethodGet, "/healthz", nil, nil).want(http.StatusOK)
	// Reading goes on; what would have to be stored is refused, and not kept.
	reply := text("hi")
	for _, c := range []struct {
		method, path string
		body         any
	}{
		{http.MethodPost, conversation(page, hanako) + "/messages", reply},
		{http.MethodPatch, "/v1/pages/100", map[string]any{"visibility": model.Private}},
		{http.MethodDelete, "/v1/pages/100", nil},
		{http.MethodPost, "/v1/pages", map[string]any{"page": meta, "token": userToken}},
		{http.MethodPost, conversation(page, hanako) + "/read", map[string]any{"up_to": w.messages(w.ann, page, hanako)[0].ID}},
	} {
		w.do(w.ann, c.method, c.path, c.body).problem(http.StatusServiceUnavailable, "unavailable")
	}
	s.broken.Store(false)
	w.post(body).want(http.StatusOK)
	ready(http.StatusOK, "ok")
	w.reply(w.ann, page, hanako, reply)
	if n := len(w.messages(w.ann, page, hanako)); n != 3 {
		t.Errorf("%d messages, want two of the customer and the reply", n)
	}
}

// Meta waits only so long: a store that can't take a webhook in time has it come
// again, and stores it once.
func TestStoreThatIsSlow(t *testing.T) {
	t.Parallel()
	const deadline = 600 * time.Millisecond
	w := newWorld(t, withTiming(func(t *hub.Timing) { t.Webhook = deadline }))
	w.connect(w.ann, meta, model.Shared)
	busy, free := make(chan struct{}), make(chan struct{})
	held := make(chan error, 1)
	go func() {
		held <- w.store.Write(context.WithoutCancel(t.Context()), page, func(store.PageTx) error {
			close(busy)
			<-free
			return nil
		})
	}()
	<-busy
	body := webhookOf(meta, "messaging", message(meta, hanako, "m_slow", "hello", time.Now()))
	release := sync.OnceFunc(func() { close(free) })
	late := time.AfterFunc(patience, release)
	defer late.Stop()
	a := w.post(body) // answered while the store is still busy
	release()
	a.problem(http.StatusServiceUnavailable, "unavailable")
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	w.must(<-held)
	for a := w.post(body); a.status != http.StatusOK; a = w.post(body) {
		a.want(http.StatusServiceUnavailable)
	}
	if ms := w.messages(w.ann, page, hanako); len(ms) != 1 {
		t.Errorf("stored %d times", len(ms))
	}
}

// However short the time is that a webhook is given, some of it is for storing.
func TestWebhookWithLittleTime(t *testing.T) {
	t.Parallel()
	for _, limit := range []time.Duration{250 * time.Millisecond, 100 * time.Millisecond} {
		w := newWorld(t, withTiming(func(t *hub.Timing) { t.Webhook = limit }))
		w.connect(w.ann, meta, model.Shared)
		body := webhookOf(meta, "messaging", message(meta, hanako, "m_1", "hello", time.Now()))
		// A busy machine may need more time than that, but not again and again.
		for began := time.Now(); ; {
			a := w.post(body)
			if a.status == http.StatusOK {
				break
			}
			a.problem(http.StatusServiceUnavailable, "unavailable")
			if time.Since(began) > patience {
				t.Fatalf("nothing is stored within %s", limit)
			}
		}
		if ms := w.messages(w.ann, page, hanako); len(ms) != 1 {
			t.Errorf("stored %d times", len(ms))
		}
	}
}
