package webhooks_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what Meta signs with besides, and what must not do
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/hub"
	"parley/hub/api/apitest"
	"parley/hub/receive"
	"parley/hub/store"
	"parley/model"
)

func TestHandshake(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	ask := func(q url.Values) apitest.Answer {
		return w.Send(http.MethodGet, "/webhooks/messenger?"+q.Encode(), nil, nil)
	}
	right := func() url.Values {
		return url.Values{"hub.mode": {"subscribe"}, "hub.verify_token": {apitest.VerifyToken}, "hub.challenge": {"1158201444<b>"}}
	}
	a := ask(right()).Want(http.StatusOK)
	if string(a.Body) != "1158201444<b>" || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/plain") ||
		a.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("answered %q as %v", a.Body, a.Header)
	}
	for name, change := range map[string]func(url.Values){
		"wrong token":     func(q url.Values) { q.Set("hub.verify_token", apitest.VerifyToken+"x") },
		"token cut short": func(q url.Values) { q.Set("hub.verify_token", apitest.VerifyToken[1:]) },
		"empty token":     func(q url.Values) { q.Set("hub.verify_token", "") },
		"no token":        func(q url.Values) { q.Del("hub.verify_token") },
		"app secret":      func(q url.Values) { q.Set("hub.verify_token", apitest.AppSecret) },
		"wrong mode":      func(q url.Values) { q.Set("hub.mode", "unsubscribe") },
		"no mode":         func(q url.Values) { q.Del("hub.mode") },
		"nothing":         func(q url.Values) { clear(q) },
	} {
		q := right()
		change(q)
		a := ask(q)
		if p := a.Problem(http.StatusForbidden, "bad_signature"); strings.Contains(p.Detail, apitest.VerifyToken) || bytes.Contains(a.Body, []byte("1158201444")) {
			t.Errorf("%s: %s", name, a.Body)
		}
	}
}

func TestSignatures(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	w.Connect(w.Ann, apitest.MetaPage, model.Shared)
	body := apitest.Webhook(apitest.MetaPage, "messaging", apitest.Message(apitest.MetaPage, apitest.Hanako, "m_1", "hello", time.Now()))
	right := apitest.Sign(body)
	old := hmac.New(sha1.New, []byte(apitest.AppSecret))
	old.Write(body)
	sha1Sum := "sha1=" + hex.EncodeToString(old.Sum(nil))
	const name = "X-Hub-Signature-256"
	for what, header := range map[string]http.Header{
		"missing":               {},
		"empty":                 {name: {""}},
		"of another body":       {name: {apitest.Sign(append(body, ' '))}},
		"upper-case":            {name: {strings.ToUpper(right)}},
		"upper-case digits":     {name: {"sha256=" + strings.ToUpper(right[7:])}},
		"without its name":      {name: {right[7:]}},
		"with spaces":           {name: {right + " ,"}},
		"cut short":             {name: {right[:len(right)-1]}},
		"the prefix alone":      {name: {"sha256="}},
		"twice":                 {name: {right, right}},
		"a wrong one before it": {name: {apitest.Sign(nil), right}},
		"a wrong one after it":  {name: {right, apitest.Sign(nil)}},
		"joined":                {name: {right + "," + right}},
		"SHA-1 alone":           {"X-Hub-Signature": {sha1Sum}},
		"SHA-1 in its place":    {name: {sha1Sum}},
		"in the old header":     {"X-Hub-Signature": {right}},
		"a user's token":        {"Authorization": {"Bearer " + w.Ann.Token}},
	} {
		a := w.Send(http.MethodPost, "/webhooks/messenger", header, body)
		if a.Status != http.StatusForbidden {
			t.Errorf("%s: %d %s", what, a.Status, a.Body)
			continue
		}
		a.Problem(http.StatusForbidden, "bad_signature")
		// A refusal is no oracle: it repeats neither the body nor what was expected.
		if bytes.Contains(a.Body, []byte(right[7:])) || bytes.Contains(a.Body, []byte("hello")) {
			t.Errorf("%s: %s", what, a.Body)
		}
	}
	altered := bytes.Replace(body, []byte("hello"), []byte("hellp"), 1)
	w.Send(http.MethodPost, "/webhooks/messenger", http.Header{name: {right}}, altered).Problem(http.StatusForbidden, "bad_signature")
	w.Do(w.Ann, http.MethodGet, apitest.ConversationPath(apitest.Page, apitest.Hanako), nil).Problem(http.StatusNotFound, "not_found")
	w.Send(http.MethodPost, "/webhooks/messenger", http.Header{name: {right}, "X-Hub-Signature": {"sha1=x"}}, body).Want(http.StatusOK)
	if ms := w.Messages(w.Ann, apitest.Page, apitest.Hanako); len(ms) != 1 || ms[0].Text != "hello" {
		t.Errorf("taken as %d messages", len(ms))
	}
}

func TestWebhooksThatMakeNoSense(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	w.Connect(w.Ann, apitest.MetaPage, model.Shared)
	for _, body := range []string{"", "x", "[]", "null", `"page"`, `{"object":"page","entry":{}}`, `{"object":"page","entry":"x"}`, `{"object":"page"`} {
		w.Post([]byte(body)).Problem(http.StatusBadRequest, "invalid")
	}
	for _, body := range []string{"{}", `{"object":"user","entry":[]}`, `{"object":"instagram","entry":[]}`, `{"object":null}`} {
		w.Post([]byte(body)).Problem(http.StatusNotFound, "not_found")
	}
	// What is not understood is kept, and so is what comes for nobody: 200.
	for _, body := range []string{
		`{"object":"page","entry":[]}`, `{"object":"page","entry":[{}]}`, `{"object":"page","entry":[1,"x",null]}`,
		`{"object":"page","entry":[{"id":"100","messaging":[{"sender":{"id":"7001"},"recipient":{"id":"100"},"timestamp":1,"news":{}}]}]}`,
		`{"object":"page","entry":[{"id":"400","messaging":[{"sender":{"id":"7001"},"recipient":{"id":"400"},"message":{"mid":"m","text":"x"}}]}]}`,
		`{"object":"page","entry":[{"id":"100_7001","messaging":[{"sender":{"id":"../x"},"message":{"mid":"m","text":"x"}}]}]}`,
	} {
		if a := w.Post([]byte(body)).Want(http.StatusOK); string(a.Body) != "EVENT_RECEIVED" {
			t.Errorf("%s: answered %s", body, a.Body)
		}
	}
	var s struct {
		Stats map[string]int64 `json:"stats"`
	}
	w.Get(w.Ann, "/v1/stats", &s)
	if s.Stats[receive.CounterUnknownPage] == 0 || s.Stats["raw_not_understood"] != 1 {
		t.Errorf("the counters are %v", s.Stats)
	}
}

func TestWebhookSize(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	const limit = 8 << 20
	padded := func(size int) []byte {
		body := append([]byte(`{"object":"page","entry":[]}`), bytes.Repeat([]byte(" "), size)...)
		return body[:size]
	}
	w.Post(padded(limit)).Want(http.StatusOK)
	w.Post(padded(limit+1)).Problem(http.StatusRequestEntityTooLarge, "too_large")
	// The signature comes before the size: nothing was read.
	w.Send(http.MethodPost, "/webhooks/messenger", nil, padded(limit+1)).Problem(http.StatusForbidden, "bad_signature")
}

func TestWebhooksComeTwice(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	w.Connect(w.Ann, apitest.MetaPage, model.Shared)
	body := apitest.Webhook(apitest.MetaPage, "messaging", apitest.Message(apitest.MetaPage, apitest.Hanako, "m_1", "hello", time.Now()), apitest.Message(apitest.MetaPage, apitest.Ken, "m_2", "hi", time.Now()))
	for range 3 {
		w.Post(body).Want(http.StatusOK)
	}
	if a, b := w.Messages(w.Ann, apitest.Page, apitest.Hanako), w.Messages(w.Ann, apitest.Page, apitest.Ken); len(a) != 1 || len(b) != 1 {
		t.Errorf("stored %d and %d times", len(a), len(b))
	}
}

func TestStoreThatFails(t *testing.T) {
	t.Parallel()
	s := &apitest.BrokenStore{}
	w := apitest.New(t, apitest.WithStore(func(inner store.Store) store.Store {
		s.Store = inner
		return s
	}))
	w.Connect(w.Ann, apitest.MetaPage, model.Shared)
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_1", "hello", time.Now())
	ready := func(status int, store string) {
		t.Helper()
		var r struct {
			Ready    bool   `json:"ready"`
			Store    string `json:"store"`
			Webhooks string `json:"webhooks"`
		}
		w.Send(http.MethodGet, "/readyz", nil, nil).Want(status).Into(&r)
		if r.Ready != (status == http.StatusOK) || r.Store != store || r.Webhooks == "" {
			t.Errorf("readyz tells %+v", r)
		}
	}
	ready(http.StatusOK, "ok")
	s.Broken.Store(true)
	body := apitest.Webhook(apitest.MetaPage, "messaging", apitest.Message(apitest.MetaPage, apitest.Hanako, "m_2", "again", time.Now()))
	a := w.Post(body)
	a.Problem(http.StatusServiceUnavailable, "unavailable")
	if a.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	ready(http.StatusServiceUnavailable, "unavailable")
	w.Send(http.MethodGet, "/healthz", nil, nil).Want(http.StatusOK)
	// Reading goes on; what would have to be stored is refused, and not kept.
	reply := apitest.Text("hi")
	for _, c := range []struct {
		method, path string
		body         any
	}{
		{http.MethodPost, apitest.ConversationPath(apitest.Page, apitest.Hanako) + "/messages", reply},
		{http.MethodPatch, "/v1/pages/100", map[string]any{"visibility": model.Private}},
		{http.MethodDelete, "/v1/pages/100", nil},
		{http.MethodPost, "/v1/pages", map[string]any{"page": apitest.MetaPage, "token": apitest.UserToken}},
		{http.MethodPost, apitest.ConversationPath(apitest.Page, apitest.Hanako) + "/read", map[string]any{"up_to": w.Messages(w.Ann, apitest.Page, apitest.Hanako)[0].ID}},
	} {
		w.Do(w.Ann, c.method, c.path, c.body).Problem(http.StatusServiceUnavailable, "unavailable")
	}
	s.Broken.Store(false)
	w.Post(body).Want(http.StatusOK)
	ready(http.StatusOK, "ok")
	w.Reply(w.Ann, apitest.Page, apitest.Hanako, reply)
	if n := len(w.Messages(w.Ann, apitest.Page, apitest.Hanako)); n != 3 {
		t.Errorf("%d messages, want two of the customer and the reply", n)
	}
}

// Meta waits only so long: a store that can't take a webhook in time has it come
// again, and stores it once.
func TestStoreThatIsSlow(t *testing.T) {
	t.Parallel()
	const deadline = 600 * time.Millisecond
	w := apitest.New(t, apitest.WithTiming(func(t *hub.Timing) { t.Webhook = deadline }))
	w.Connect(w.Ann, apitest.MetaPage, model.Shared)
	busy, free := make(chan struct{}), make(chan struct{})
	held := make(chan error, 1)
	go func() {
		held <- w.Store.Write(context.WithoutCancel(t.Context()), apitest.Page, func(store.PageTx) error {
			close(busy)
			<-free
			return nil
		})
	}()
	<-busy
	body := apitest.Webhook(apitest.MetaPage, "messaging", apitest.Message(apitest.MetaPage, apitest.Hanako, "m_slow", "hello", time.Now()))
	release := sync.OnceFunc(func() { close(free) })
	late := time.AfterFunc(apitest.Timeout, release)
	defer late.Stop()
	a := w.Post(body) // answered while the store is still busy
	release()
	a.Problem(http.StatusServiceUnavailable, "unavailable")
	if a.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	w.Must(<-held)
	for a := w.Post(body); a.Status != http.StatusOK; a = w.Post(body) {
		a.Want(http.StatusServiceUnavailable)
	}
	if ms := w.Messages(w.Ann, apitest.Page, apitest.Hanako); len(ms) != 1 {
		t.Errorf("stored %d times", len(ms))
	}
}

// However short the time is that a webhook is given, some of it is for storing.
func TestWebhookWithLittleTime(t *testing.T) {
	t.Parallel()
	for _, limit := range []time.Duration{250 * time.Millisecond, 100 * time.Millisecond} {
		w := apitest.New(t, apitest.WithTiming(func(t *hub.Timing) { t.Webhook = limit }))
		w.Connect(w.Ann, apitest.MetaPage, model.Shared)
		body := apitest.Webhook(apitest.MetaPage, "messaging", apitest.Message(apitest.MetaPage, apitest.Hanako, "m_1", "hello", time.Now()))
		// A busy machine may need more time than that, but not again and again.
		for began := time.Now(); ; {
			a := w.Post(body)
			if a.Status == http.StatusOK {
				break
			}
			a.Problem(http.StatusServiceUnavailable, "unavailable")
			if time.Since(began) > apitest.Timeout {
				t.Fatalf("nothing is stored within %s", limit)
			}
		}
		if ms := w.Messages(w.Ann, apitest.Page, apitest.Hanako); len(ms) != 1 {
			t.Errorf("stored %d times", len(ms))
		}
	}
}
