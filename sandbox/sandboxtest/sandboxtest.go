// Package sandboxtest runs a sandbox for a test, with a callback for webhooks and a client for
// its APIs. It decodes into types of its own.
package sandboxtest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"parley/sandbox"
)

// Box is a running sandbox with a callback and a client.
type Box struct {
	*testing.T
	*sandbox.Sandbox
	Hook *Hook
	HTTP *http.Client
	Stop func() error
}

// Start runs a sandbox without subscriptions.
func Start(t *testing.T, o sandbox.Options) *Box {
	t.Helper()
	s, err := sandbox.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	b := &Box{T: t, Sandbox: s, Hook: newHook(s.Info().AppSecret)}
	b.HTTP = &http.Client{Timeout: time.Minute, Transport: &http.Transport{}}
	b.Stop = sync.OnceValue(func() error {
		cancel()
		err := <-ended
		b.Hook.Close()
		b.HTTP.CloseIdleConnections()
		return err
	})
	t.Cleanup(func() {
		if err := b.Stop(); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return b
}

// Begin runs a sandbox whose webhooks go to the callback.
func Begin(t *testing.T, o sandbox.Options) *Box {
	t.Helper()
	b := Start(t, o)
	b.Subscribe()
	return b
}

// Everything is the fields that Subscribe subscribes to.
const Everything = "messages,message_echoes,message_edits,message_reactions,message_deliveries,message_reads,messaging_postbacks,messaging_referrals,messaging_policy_enforcement,standby"

// Subscribe sends the Page's webhooks to the callback.
func (b *Box) Subscribe() {
	b.Helper()
	i := b.Info()
	b.OK(b.Graph("POST", "/"+i.AppID+"/subscriptions", i.AppID+"|"+i.AppSecret, map[string]any{
		"object": "page", "callback_url": b.Hook.URL + "/webhooks", "verify_token": "sesame", "fields": Everything,
	}))
	b.OK(b.Graph("POST", "/"+i.PageID+"/subscribed_apps", i.PageToken, map[string]any{"subscribed_fields": Everything}))
}

// Reply is an answer, read completely.
type Reply struct {
	Status int
	Header http.Header
	Raw    []byte
	Err    error
	Body   map[string]any
}

// Code returns the Graph API's error code, 0 if none.
func (r Reply) Code() (code, subcode int) {
	e, _ := r.Body["error"].(map[string]any)
	c, _ := e["code"].(float64)
	s, _ := e["error_subcode"].(float64)
	return int(c), int(s)
}

// Do makes a call, and reads the answer completely.
func (b *Box) Do(req *http.Request) Reply {
	b.Helper()
	res, err := b.HTTP.Do(req)
	if err != nil {
		return Reply{Err: err}
	}
	defer res.Body.Close()
	r := Reply{Status: res.StatusCode, Header: res.Header}
	r.Raw, r.Err = io.ReadAll(res.Body)
	_ = json.Unmarshal(r.Raw, &r.Body)
	return r
}

// Graph calls the Graph API with a valid proof; a nil body sends none.
func (b *Box) Graph(method, path, token string, body any) Reply {
	b.Helper()
	u, err := url.Parse(b.Info().GraphURL + "/v27.0" + path)
	if err != nil {
		b.Fatal(err)
	}
	q := u.Query()
	q.Set("appsecret_proof", Proof(b.Info().AppSecret, token))
	u.RawQuery = q.Encode()
	var raw io.Reader
	if body != nil {
		text, _ := json.Marshal(body)
		raw = bytes.NewReader(text)
	}
	req, _ := http.NewRequestWithContext(context.Background(), method, u.String(), raw)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	return b.Do(req)
}

// Page calls the Graph API with the Page's token.
func (b *Box) Page(method, path string, body any) Reply {
	b.Helper()
	return b.Graph(method, path, b.Info().PageToken, body)
}

// Control calls the control API.
func (b *Box) Control(method, path string, body any) Reply {
	b.Helper()
	text, _ := json.Marshal(body)
	req, _ := http.NewRequestWithContext(context.Background(), method, b.Info().ControlURL+path, bytes.NewReader(text))
	return b.Do(req)
}

// OK ends the test if a call failed.
func (b *Box) OK(r Reply) Reply {
	b.Helper()
	if r.Err != nil || r.Status >= 300 {
		b.Fatalf("answer %d %s %v", r.Status, r.Raw, r.Err)
	}
	return r
}

// Says makes a customer write, and returns the mid.
func (b *Box) Says(psid, text string) string {
	b.Helper()
	return b.OK(b.Control("POST", "/customers/"+psid+"/messages", map[string]any{"text": text})).Body["mid"].(string)
}

// Send sends a text to a customer.
func (b *Box) Send(psid, text string) Reply {
	b.Helper()
	return b.Page("POST", "/me/messages", TextTo(psid, text))
}

// TextTo returns the body of a send.
func TextTo(psid, text string) map[string]any {
	return map[string]any{
		"recipient": map[string]any{"id": psid}, "messaging_type": "RESPONSE",
		"message": map[string]any{"text": text, "metadata": "token:" + text},
	}
}

// Fault activates a fault.
func (b *Box) Fault(f map[string]any) {
	b.Helper()
	b.OK(b.Control("POST", "/faults", f))
}

// Got returns what a customer really got.
func (b *Box) Got(psid string) []string {
	b.Helper()
	var out struct{ Customers map[string][]string }
	if err := json.Unmarshal(b.OK(b.Control("GET", "/delivered?psid="+psid, nil)).Raw, &out); err != nil {
		b.Fatal(err)
	}
	return out.Customers[psid]
}

// Eventually waits until done holds.
func (b *Box) Eventually(what string, done func() bool) {
	b.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); Pass(3 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.Fatalf("not within a minute: %s", what)
		}
	}
}

// Refused fails the test unless a call was refused with that status and error.
func (b *Box) Refused(r Reply, status, code, subcode int) {
	b.Helper()
	c, s := r.Code()
	if r.Status != status || c != code || s != subcode {
		b.Errorf("got HTTP %d, %d/%d (%s); want HTTP %d, %d/%d", r.Status, c, s, r.Raw, status, code, subcode)
	}
	e, _ := r.Body["error"].(map[string]any)
	if e["fbtrace_id"] == nil || e["type"] == nil || e["message"] == nil {
		b.Errorf("not Meta's envelope: %s", r.Raw)
	}
	if _, there := e["error_subcode"]; there != (subcode != 0) {
		b.Errorf("error_subcode present is %v: %s", there, r.Raw)
	}
}

// Pass lets time pass, for tests about time or about nothing happening.
func Pass(d time.Duration) { <-time.After(d) }
