package pipedrive_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"parley/sandbox"
)

// ear is where webhooks of Pipedrive's go. It refuses as many as it is told.
type ear struct {
	*httptest.Server
	mu     sync.Mutex
	refuse int
	got    []map[string]any // meta of each, refused or not
}

func newEar(t *testing.T) *ear {
	e := &ear{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Meta, Data, Previous map[string]any }
		body, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(body, &in)
		name, password, _ := r.BasicAuth()
		in.Meta["auth"], in.Meta["data"], in.Meta["previous"] = name+":"+password, in.Data, in.Previous
		e.mu.Lock()
		defer e.mu.Unlock()
		e.got = append(e.got, in.Meta)
		if e.refuse > 0 {
			e.refuse--
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	t.Cleanup(e.Close)
	return e
}

func (e *ear) all() []map[string]any {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]map[string]any{}, e.got...)
}

func (e *ear) refuses(n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.refuse = n
}

func (b *box) subscribe(e *ear, object string) answered {
	return b.api("installer@example.com", http.MethodPost, "/v1/webhooks", map[string]any{
		"subscription_url": e.URL, "event_action": "*", "event_object": object, "name": "test", "http_auth_user": "me", "http_auth_password": "pass",
	})
}

// TestPipedriveWebhooks: what is done by the API and by hand is told, with what was before,
// by whom and who may see it; a merge names the survivor.
func TestPipedriveWebhooks(t *testing.T) {
	t.Parallel()
	b := start(t, sandbox.Options{})
	e := newEar(t)
	if a := b.subscribe(e, "*"); a.status != http.StatusCreated {
		t.Fatalf("subscribe: %d %s", a.status, a.raw)
	}
	one := fmt.Sprint(b.api("rep@example.com", http.MethodPost, "/v2/persons", map[string]any{"name": "One"}).at("data.id"))
	two := fmt.Sprint(b.api("rep@example.com", http.MethodPost, "/v2/persons", map[string]any{"name": "Two"}).at("data.id"))
	b.OK(b.Control("POST", "/pipedrive/persons/"+one+"?by=rep@example.com", map[string]any{"name": "Eins"}))
	b.OK(b.Control("POST", "/pipedrive/persons/"+one+"/merge", map[string]any{"merge_with_id": json.Number(two)}))
	b.Eventually("all of them", func() bool { return len(e.all()) >= 4 }) // the survivor changes, too, when its second is over
	got := e.all()
	for i, want := range []string{"create person " + one + " api", "create person " + two + " api", "change person " + one + " app"} {
		m := got[i]
		if is := fmt.Sprint(m["action"], " ", m["entity"], " ", m["entity_id"], " ", m["change_source"]); is != want || m["auth"] != "me:pass" || m["version"] != "2.0" {
			t.Errorf("event %d is %s, want %s: %v", i, is, want, m)
		}
	}
	if before := got[2]["previous"].(map[string]any); before["name"] != "One" || got[2]["data"].(map[string]any)["name"] != "Eins" || got[2]["user_id"] != "102" {
		t.Errorf("changed: %v", got[2])
	}
	if ids := fmt.Sprint(got[0]["permitted_user_ids"]); ids != "[101 102]" {
		t.Errorf("permitted: %s", ids)
	}
	merged := false
	for _, m := range got[3:] {
		merged = merged || m["action"] == "delete" && m["entity_id"] == one && m["merged_to_id"] == two
	}
	if !merged {
		t.Errorf("merged: %v", got[3:])
	}
	if a := b.api("rep@example.com", http.MethodPost, "/v1/webhooks", map[string]any{"subscription_url": e.URL, "event_action": "*", "event_object": "*", "name": "x"}); a.status != http.StatusForbidden {
		t.Errorf("by a rep: %d", a.status)
	}
	admin := http.Header{"Authorization": {"Bearer " + b.tokens(asAdmin)["access_token"].(string)}} // may call more often
	for range webhooksMost - 1 {
		in := map[string]any{"subscription_url": e.URL, "event_action": "*", "event_object": "user", "name": "more"}
		if a := b.send(admin, http.MethodPost, "/v1/webhooks", in); a.status != http.StatusCreated {
			t.Fatalf("one more: %d %s", a.status, a.raw)
		}
	}
	if a := b.subscribe(e, "user"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("one more than there may be: %d", a.status)
	}
}

// TestPipedriveWebhookBans: a failed attempt is repeated three times; ten first attempts
// that fail one after the other ban the webhook, and what happens then is lost.
func TestPipedriveWebhookBans(t *testing.T) {
	t.Parallel()
	b := start(t, sandbox.Options{})
	e := newEar(t)
	b.subscribe(e, "deal")
	b.OK(b.Control("POST", "/pipedrive/webhooks", map[string]any{"retry_scale": 0.001}))
	deal := fmt.Sprint(b.api("installer@example.com", http.MethodPost, "/v2/deals", map[string]any{"title": "D"}).at("data.id"))
	b.Eventually("made", func() bool { return len(e.all()) == 1 })
	e.refuses(3)
	change := func(n int) {
		b.OK(b.Control("POST", "/pipedrive/deals/"+deal, map[string]any{"value": n}))
	}
	change(1)
	b.Eventually("four attempts", func() bool { return len(e.all()) == 5 })
	if m := e.all()[4]; m["attempt"] != float64(4) || m["id"] != e.all()[1]["id"] {
		t.Errorf("the fourth attempt: %v", m)
	}
	b.OK(b.Control("POST", "/pipedrive/webhooks", map[string]any{"retry_scale": 1000}))
	e.refuses(1000)
	for n := range banAt {
		change(10 + n)
	}
	b.Eventually("ten attempts", func() bool { return len(e.all()) == 5+banAt })
	banned := func() (is bool, lost int) {
		var in struct {
			Lost     int
			Webhooks []struct{ Banned bool }
		}
		_ = json.Unmarshal([]byte(b.OK(b.Control("GET", "/pipedrive/webhooks", nil)).Raw), &in)
		return in.Webhooks[0].Banned, in.Lost
	}
	b.Eventually("banned", func() bool { is, _ := banned(); return is })
	change(100)
	b.Eventually("lost", func() bool { _, lost := banned(); return lost == 1 })
	e.refuses(0)
	b.OK(b.Control("POST", "/pipedrive/webhooks", map[string]any{"ban": false}))
	change(101)
	b.Eventually("delivered again", func() bool { return len(e.all()) == 6+banAt })
}
