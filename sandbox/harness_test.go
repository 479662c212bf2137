package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// received is one inner event as the callback got it.
type received struct {
	post    int // which POST it came in
	standby bool
	at      time.Time
	inner
}

// hook is a callback that checks every signature and keeps what it gets.
type hook struct {
	*httptest.Server
	secret string

	mu     sync.Mutex
	status int // what POSTs are answered with; 0 is 200
	slow   time.Duration
	posts  [][]byte
	bad    int // POSTs with a wrong signature
	events []received
}

func newHook(secret string) *hook {
	h := &hook{secret: secret}
	h.Server = httptest.NewServer(http.HandlerFunc(h.serve))
	return h
}

func (h *hook) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		q := r.URL.Query()
		if q.Get("hub.mode") != "subscribe" || q.Get("hub.verify_token") != "sesame" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, q.Get("hub.challenge"))
		return
	}
	body, _ := io.ReadAll(r.Body)
	h.mu.Lock()
	slow := h.slow
	h.mu.Unlock()
	pass(slow)
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
			Messaging, Standby []inner
		}
	}
	_ = json.Unmarshal(body, &env)
	for _, e := range env.Entry {
		for _, in := range e.Messaging {
			h.events = append(h.events, received{post: len(h.posts), at: time.Now(), inner: in})
		}
		for _, in := range e.Standby {
			h.events = append(h.events, received{post: len(h.posts), standby: true, at: time.Now(), inner: in})
		}
	}
}

func (h *hook) answer(status int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.status = status
}

func (h *hook) all() []received {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]received(nil), h.events...)
}

// echoes, messages, deliveries and reads sort events by what they are.
func isEcho(e received) bool     { return e.Message != nil && e.Message.IsEcho }
func isMessage(e received) bool  { return e.Message != nil && !e.Message.IsEcho }
func isDelivery(e received) bool { return e.Delivery != nil }
func isRead(e received) bool     { return e.Read != nil }

func (h *hook) only(kind func(received) bool) []received {
	var list []received
	for _, e := range h.all() {
		if kind(e) {
			list = append(list, e)
		}
	}
	return list
}

// box is a running sandbox with a callback and a client.
type box struct {
	*testing.T
	*Sandbox
	hook *hook
	http *http.Client
	stop func() error
}

// start runs a sandbox that nobody has subscribed to yet.
func start(t *testing.T, o Options) *box {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	b := &box{T: t, Sandbox: s, hook: newHook(s.Info().AppSecret)}
	b.http = &http.Client{Timeout: time.Minute, Transport: &http.Transport{}}
	b.stop = sync.OnceValue(func() error {
		cancel()
		err := <-ended
		b.hook.Close()
		b.http.CloseIdleConnections()
		return err
	})
	t.Cleanup(func() {
		if err := b.stop(); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return b
}

// begin runs a sandbox whose webhooks go to the callback.
func begin(t *testing.T, o Options) *box {
	t.Helper()
	b := start(t, o)
	b.subscribe()
	return b
}

const everything = "messages,message_echoes,message_edits,message_reactions,message_deliveries,message_reads,messaging_postbacks,messaging_referrals,messaging_policy_enforcement,standby"

func (b *box) subscribe() {
	b.Helper()
	i := b.Info()
	b.ok(b.graph("POST", "/"+i.AppID+"/subscriptions", i.AppID+"|"+i.AppSecret, map[string]any{
		"object": "page", "callback_url": b.hook.URL + "/webhooks", "verify_token": "sesame", "fields": everything,
	}))
	b.ok(b.graph("POST", "/"+i.PageID+"/subscribed_apps", i.PageToken, map[string]any{"subscribed_fields": everything}))
}

// reply is an answer, read to its end.
type reply struct {
	status int
	header http.Header
	raw    []byte
	err    error
	body   map[string]any
}

func (r reply) code() (code, subcode int) {
	e, _ := r.body["error"].(map[string]any)
	c, _ := e["code"].(float64)
	s, _ := e["error_subcode"].(float64)
	return int(c), int(s)
}

func (b *box) do(req *http.Request) reply {
	b.Helper()
	res, err := b.http.Do(req)
	if err != nil {
		return reply{err: err}
	}
	defer res.Body.Close()
	r := reply{status: res.StatusCode, header: res.Header}
	r.raw, r.err = io.ReadAll(res.Body)
	_ = json.Unmarshal(r.raw, &r.body)
	return r
}

// graph calls the Graph API with the right proof; body nil sends none.
func (b *box) graph(method, path, token string, body any) reply {
	b.Helper()
	u, err := url.Parse(b.Info().GraphURL + "/v27.0" + path)
	if err != nil {
		b.Fatal(err)
	}
	q := u.Query()
	q.Set("appsecret_proof", proof(b.Info().AppSecret, token))
	u.RawQuery = q.Encode()
	var raw io.Reader
	if body != nil {
		text, _ := json.Marshal(body)
		raw = bytes.NewReader(text)
	}
	req, _ := http.NewRequest(method, u.String(), raw)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	return b.do(req)
}

func (b *box) page(method, path string, body any) reply {
	b.Helper()
	return b.graph(method, path, b.Info().PageToken, body)
}

// control calls the control API.
func (b *box) control(method, path string, body any) reply {
	b.Helper()
	text, _ := json.Marshal(body)
	req, _ := http.NewRequest(method, b.Info().ControlURL+path, bytes.NewReader(text))
	return b.do(req)
}

func (b *box) ok(r reply) reply {
	b.Helper()
	if r.err != nil || r.status >= 300 {
		b.Fatalf("answer %d %s %v", r.status, r.raw, r.err)
	}
	return r
}

// says lets a customer write, and answers the mid.
func (b *box) says(psid, text string) string {
	b.Helper()
	return b.ok(b.control("POST", "/customers/"+psid+"/messages", map[string]any{"text": text})).body["mid"].(string)
}

func (b *box) send(psid, text string) reply {
	b.Helper()
	return b.page("POST", "/me/messages", textTo(psid, text))
}

func textTo(psid, text string) map[string]any {
	return map[string]any{
		"recipient": map[string]any{"id": psid}, "messaging_type": "RESPONSE",
		"message": map[string]any{"text": text, "metadata": "token:" + text},
	}
}

func (b *box) fault(f map[string]any) {
	b.Helper()
	b.ok(b.control("POST", "/faults", f))
}

// got is what a customer really got.
func (b *box) got(psid string) []string {
	b.Helper()
	var out struct{ Customers map[string][]string }
	if err := json.Unmarshal(b.ok(b.control("GET", "/delivered?psid="+psid, nil)).raw, &out); err != nil {
		b.Fatal(err)
	}
	return out.Customers[psid]
}

func (b *box) eventually(what string, done func() bool) {
	b.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); pass(3 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.Fatalf("not within a minute: %s", what)
		}
	}
}

func (b *box) refused(r reply, status, code, subcode int) {
	b.Helper()
	c, s := r.code()
	if r.status != status || c != code || s != subcode {
		b.Errorf("got HTTP %d, %d/%d (%s); want HTTP %d, %d/%d", r.status, c, s, r.raw, status, code, subcode)
	}
	e, _ := r.body["error"].(map[string]any)
	if e["fbtrace_id"] == nil || e["type"] == nil || e["message"] == nil {
		b.Errorf("not Meta's envelope: %s", r.raw)
	}
	if _, there := e["error_subcode"]; there != (subcode != 0) {
		b.Errorf("error_subcode present is %v: %s", there, r.raw)
	}
}

// pass lets time go by, where a test is about time or about nothing happening.
func pass(d time.Duration) { <-time.After(d) }

func texts(list []received) string {
	var b strings.Builder
	for _, e := range list {
		fmt.Fprintf(&b, "%s|", e.Message.Text)
	}
	return b.String()
}
