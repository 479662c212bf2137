package hub

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Meta still sends this header beside the one that counts
	"encoding/hex"
	"fmt"
	"net/http"
	"testing"

	"parley/e2e/driver"
)

// textEvent is an entry with one message of a customer.
func textEvent(w *driver.World, psid, mid, text string) string {
	return fmt.Sprintf(
		`{"id":%q,"time":1795136400000,"messaging":[{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":1795136400000,"message":{"mid":%q,"text":%q}}]}`,
		w.Facebook.PageID, psid, w.Facebook.PageID, mid, text,
	)
}

// nothingStored expects a hub that knows of no event.
func nothingStored(u *driver.User) {
	u.W.T.Helper()
	if s := u.Stats(); s["raw_events"] != 0 {
		u.W.T.Errorf("something was stored: %v", s)
	}
	if cs := u.Conversations(); len(cs) != 0 {
		u.W.T.Errorf("%d conversations, want none", len(cs))
	}
}

func TestWebhooksThatAreNotTaken(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	body := driver.Envelope(textEvent(w, "4001", "m_1", "hello"))
	signed := w.Facebook.Signature(body)

	changed := bytes.Replace(body, []byte("hello"), []byte("hullo"), 1)
	old := hmac.New(sha1.New, []byte(w.Facebook.AppSecret))
	old.Write(body)
	foreign := driver.Facebook{AppSecret: "0123456789abcdef0123456789abcdef"}
	for name, header := range map[string]http.Header{
		"a changed signature":     {"X-Hub-Signature-256": {signed[:len(signed)-1] + string(signed[len(signed)-1]^1)}},
		"no signature":            {},
		"only the old signature":  {"X-Hub-Signature": {"sha1=" + hex.EncodeToString(old.Sum(nil))}},
		"the old one as the new":  {"X-Hub-Signature-256": {"sha1=" + hex.EncodeToString(old.Sum(nil))}},
		"an empty signature":      {"X-Hub-Signature-256": {"sha256="}},
		"half a signature":        {"X-Hub-Signature-256": {signed[:40]}},
		"two signatures":          {"X-Hub-Signature-256": {"sha256=00", signed}},
		"another app's signature": {"X-Hub-Signature-256": {foreign.Signature(body)}},
	} {
		if a := w.WebhookWith(body, header); a.Status != http.StatusForbidden {
			t.Errorf("%s: answered %d %s", name, a.Status, a.Body)
		}
	}
	w.WebhookWith(changed, http.Header{"X-Hub-Signature-256": {signed}}).Problem(http.StatusForbidden, "bad_signature")
	nothingStored(aki)

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
		a := w.Webhook([]byte(c.body))
		if a.Status != c.status {
			t.Errorf("%s: answered %d %s, want %d", name, a.Status, a.Body, c.status)
		}
		if _, why := a.Document(); why != "" {
			t.Errorf("%s: %s", name, why)
		}
	}
	nothingStored(aki)

	tooLarge := append(body, bytes.Repeat([]byte(" "), 8<<20)...)
	w.Webhook(tooLarge).Problem(http.StatusRequestEntityTooLarge, "too_large")
	nothingStored(aki)
	largest := append(bytes.Clone(body), bytes.Repeat([]byte(" "), 8<<20-len(body))...)
	w.Delivers(largest)
	w.Delivers(body)
	if ms := aki.Messages(w.ConversationWith("4001")); len(ms) != 1 {
		t.Errorf("%d messages, want one", len(ms))
	}
}

func TestWebhooksThatMeanNothingHere(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	elsewhere := `{"id":"1122334455","time":1795136400000,"messaging":[` +
		`{"sender":{"id":"1"},"recipient":{"id":"1122334455"},"timestamp":1795136400000,"message":{"mid":"m_1","text":"a"}},` +
		`{"sender":{"id":"1"},"recipient":{"id":"1122334455"},"timestamp":1795136400000,"message":{"mid":"m_2","text":"b"}}]}`
	w.Delivers(driver.Envelope(elsewhere))
	nothingStored(aki)
	if n := aki.Stats()["events_of_unknown_pages"]; n < 2 {
		t.Errorf("%d events of unknown Pages counted, want 2", n)
	}

	// One that is unknown or broken does not keep the others of its POST from arriving.
	broken := `{"id":"` + w.Facebook.PageID + `","messaging":[null,"x",{}]}`
	w.Delivers(driver.Envelope(elsewhere, `7`, `{"id":{}}`, textEvent(w, "4001", "m_3", "見えますか"), broken))
	if ms := aki.Messages(w.ConversationWith("4001")); len(ms) != 1 || ms[0].Text != "見えますか" {
		t.Errorf("messages: %+v", ms)
	}
	w.Delivers([]byte(`{"object":"page"}`))
	w.Delivers(driver.Envelope())
}

func TestHandshake(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t)
	ask := func(query string) driver.Answer {
		return w.Call(http.MethodGet, w.HubURL+"/webhooks/messenger?"+query, nil, nil)
	}
	right := "hub.mode=subscribe&hub.challenge=115820&hub.verify_token=" + w.Facebook.VerifyToken
	if a := ask(right).Is(http.StatusOK); string(a.Body) != "115820" {
		t.Errorf("the handshake answered %q", a.Body)
	}
	for _, query := range []string{
		"", "hub.mode=subscribe&hub.challenge=115820", "hub.mode=subscribe&hub.challenge=115820&hub.verify_token=guess",
		"hub.mode=unsubscribe&hub.challenge=115820&hub.verify_token=" + w.Facebook.VerifyToken,
	} {
		ask(query).Problem(http.StatusForbidden, "bad_signature")
	}
	if a := w.Call(http.MethodPut, w.HubURL+"/webhooks/messenger", nil, nil); a.Status != http.StatusMethodNotAllowed {
		t.Errorf("PUT answered %d", a.Status)
	}
}
