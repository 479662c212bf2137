package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Meta still sends this header beside the one that counts
	"encoding/hex"
	"fmt"
	"net/http"
	"testing"
)

// textEvent is an entry with one message of a customer.
func (w *world) textEvent(psid, mid, text string) string {
	return fmt.Sprintf(
		`{"id":%q,"time":1795136400000,"messaging":[{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":1795136400000,"message":{"mid":%q,"text":%q}}]}`,
		w.facebook.PageID, psid, w.facebook.PageID, mid, text,
	)
}

// nothingStored expects a hub that knows of no event.
func (u *user) nothingStored() {
	u.w.t.Helper()
	if s := u.stats(); s["raw_events"] != 0 {
		u.w.t.Errorf("something was stored: %v", s)
	}
	if cs := u.conversations(); len(cs) != 0 {
		u.w.t.Errorf("%d conversations, want none", len(cs))
	}
}

func TestWebhooksThatAreNotTaken(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	body := envelope(w.textEvent("4001", "m_1", "hello"))
	signed := w.facebook.signature(body)

	changed := bytes.Replace(body, []byte("hello"), []byte("hullo"), 1)
	old := hmac.New(sha1.New, []byte(w.facebook.AppSecret))
	old.Write(body)
	foreign := facebook{AppSecret: "0123456789abcdef0123456789abcdef"}
	for name, header := range map[string]http.Header{
		"a changed signature":     {"X-Hub-Signature-256": {signed[:len(signed)-1] + string(signed[len(signed)-1]^1)}},
		"no signature":            {},
		"only the old signature":  {"X-Hub-Signature": {"sha1=" + hex.EncodeToString(old.Sum(nil))}},
		"the old one as the new":  {"X-Hub-Signature-256": {"sha1=" + hex.EncodeToString(old.Sum(nil))}},
		"an empty signature":      {"X-Hub-Signature-256": {"sha256="}},
		"half a signature":        {"X-Hub-Signature-256": {signed[:40]}},
		"two signatures":          {"X-Hub-Signature-256": {"sha256=00", signed}},
		"another app's signature": {"X-Hub-Signature-256": {foreign.signature(body)}},
	} {
		if a := w.webhookWith(body, header); a.status != http.StatusForbidden {
			t.Errorf("%s: answered %d %s", name, a.status, a.body)
		}
	}
	w.webhookWith(changed, http.Header{"X-Hub-Signature-256": {signed}}).problem(http.StatusForbidden, "bad_signature")
	aki.nothingStored()

	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"another object":       {`{"object":"instagram","entry":[]}`, http.StatusNotFound},
		"no object":            {`{"entry":[]}`, http.StatusNotFound},
		"half JSON":            {`{"object":"page","entry":[`, http.StatusBadRequest},
		"no JSON":              {`hello`, http.StatusBadRequest},
		"nothing":              {``, http.StatusBadRequest},
		"a list":               {`[]`, http.StatusBadRequest},
		"entries of no list":   {`{"object":"page","entry":"x"}`, http.StatusBadRequest},
		"two values":           {`{"object":"page","entry":[]}{}`, http.StatusBadRequest},
		"bytes of no encoding": {"{\"object\":\"page\",\xff\xfe}", http.StatusBadRequest},
	} {
		a := w.webhook([]byte(c.body))
		if a.status != c.status {
			t.Errorf("%s: answered %d %s, want %d", name, a.status, a.body, c.status)
		}
		if _, why := a.document(); why != "" {
			t.Errorf("%s: %s", name, why)
		}
	}
	aki.nothingStored()

	tooLarge := append(body, bytes.Repeat([]byte(" "), 8<<20)...)
	w.webhook(tooLarge).problem(http.StatusRequestEntityTooLarge, "too_large")
	aki.nothingStored()
	largest := append(bytes.Clone(body), bytes.Repeat([]byte(" "), 8<<20-len(body))...)
	w.delivers(largest)
	w.delivers(body)
	if ms := aki.messages(w.conversationWith("4001")); len(ms) != 1 {
		t.Errorf("%d messages, want one", len(ms))
	}
}

func TestWebhooksThatMeanNothingHere(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	elsewhere := `{"id":"1122334455","time":1795136400000,"messaging":[` +
		`{"sender":{"id":"1"},"recipient":{"id":"1122334455"},"timestamp":1795136400000,"message":{"mid":"m_1","text":"a"}},` +
		`{"sender":{"id":"1"},"recipient":{"id":"1122334455"},"timestamp":1795136400000,"message":{"mid":"m_2","text":"b"}}]}`
	w.delivers(envelope(elsewhere))
	aki.nothingStored()
	if n := aki.stats()["events_of_unknown_pages"]; n < 2 {
		t.Errorf("%d events of unknown Pages counted, want 2", n)
	}

	// One that is unknown or broken does not keep the others of its POST from arriving.
	broken := `{"id":"` + w.facebook.PageID + `","messaging":[null,"x",{}]}`
	w.delivers(envelope(elsewhere, `7`, `{"id":{}}`, w.textEvent("4001", "m_3", "見えますか"), broken))
	if ms := aki.messages(w.conversationWith("4001")); len(ms) != 1 || ms[0].Text != "見えますか" {
		t.Errorf("messages: %+v", ms)
	}
	w.delivers([]byte(`{"object":"page"}`))
	w.delivers(envelope())
}

func TestHandshake(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ask := func(query string) answer {
		return w.call(http.MethodGet, w.hubURL+"/webhooks/messenger?"+query, nil, nil)
	}
	right := "hub.mode=subscribe&hub.challenge=115820&hub.verify_token=" + w.facebook.VerifyToken
	if a := ask(right).is(http.StatusOK); string(a.body) != "115820" {
		t.Errorf("the handshake answered %q", a.body)
	}
	for _, query := range []string{
		"", "hub.mode=subscribe&hub.challenge=115820", "hub.mode=subscribe&hub.challenge=115820&hub.verify_token=guess",
		"hub.mode=unsubscribe&hub.challenge=115820&hub.verify_token=" + w.facebook.VerifyToken,
	} {
		ask(query).problem(http.StatusForbidden, "bad_signature")
	}
	if a := w.call(http.MethodPut, w.hubURL+"/webhooks/messenger", nil, nil); a.status != http.StatusMethodNotAllowed {
		t.Errorf("PUT answered %d", a.status)
	}
}
