package graph_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/sandbox"
	"parley/sandbox/sandboxtest"

	"github.com/google/go-cmp/cmp"
)

// callWindow is a little longer than in what the calls of a second are counted.
const callWindow = time.Second

// patient repeats a call until the limit of two a second lets it through.
func patient(b *sandboxtest.Box, path string) sandboxtest.Reply {
	b.Helper()
	for {
		r := b.Page("GET", path, nil)
		if code, _ := r.Code(); code != 80006 {
			return b.OK(r)
		}
		sandboxtest.Pass(100 * time.Millisecond)
	}
}

func TestConversationsArePaged(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{})
	for i := range 7 {
		b.OK(b.Control("POST", fmt.Sprintf("/customers/%d/messages", 1000+i), map[string]any{
			"text": "hello", "at": time.Now().Add(-time.Duration(i) * time.Hour).UnixMilli(),
		}))
	}
	var seen []string
	path := "/" + b.Info().PageID + "/conversations?platform=messenger&limit=3&fields=participants,updated_time"
	for path != "" {
		r := patient(b, path)
		for _, item := range r.Body["data"].([]any) {
			people := item.(map[string]any)["participants"].(map[string]any)["data"].([]any)
			seen = append(seen, people[0].(map[string]any)["id"].(string))
			if people[1].(map[string]any)["id"] != b.Info().PageID {
				t.Errorf("participants are %v", people)
			}
		}
		next, _ := r.Body["paging"].(map[string]any)["next"].(string)
		if strings.Contains(next, "appsecret_proof") || strings.Contains(next, "access_token") {
			t.Errorf("a secret in %s", next)
		}
		path = strings.TrimPrefix(next, b.Info().GraphURL+"/v27.0")
	}
	want := []string{"1000", "1001", "1002", "1003", "1004", "1005", "1006"}
	if d := cmp.Diff(want, seen); d != "" {
		t.Error(d)
	}
	one := patient(b, "/me/conversations?user_id=1004").Body["data"].([]any)
	if len(one) != 1 {
		t.Fatalf("of one customer: %v", one)
	}
	c := one[0].(map[string]any)
	if !strings.HasPrefix(c["id"].(string), "t_") || !strings.HasSuffix(c["updated_time"].(string), "+0000") {
		t.Errorf("conversation is %v", c)
	}
	if none := patient(b, "/me/conversations?user_id=999").Body["data"].([]any); len(none) != 0 {
		t.Errorf("of nobody: %v", none)
	}
}

func TestConversationMessages(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{})
	var mids []string
	for i := range 24 {
		mids = append(mids, b.Says("1001", fmt.Sprint(i)))
	}
	sent := b.OK(b.Send("1001", "answer")).Body["message_id"].(string)
	fields := url.QueryEscape("id,updated_time,messages.limit(20){id,created_time,from,to,message}")
	item := patient(b, "/me/conversations?user_id=1001&fields="+fields).Body["data"].([]any)[0].(map[string]any)
	nested := item["messages"].(map[string]any)["data"].([]any)
	first, second := nested[0].(map[string]any), nested[1].(map[string]any)
	if len(nested) != 20 || first["id"] != sent || first["message"] != "answer" || second["message"] != "23" {
		t.Errorf("%d nested, %v, %v", len(nested), first, second)
	}
	if first["from"].(map[string]any)["id"] != b.Info().PageID || second["from"].(map[string]any)["id"] != "1001" {
		t.Errorf("from %v and %v", first["from"], second["from"])
	}
	if _, err := time.Parse("2006-01-02T15:04:05-0700", first["created_time"].(string)); err != nil {
		t.Error(err)
	}

	thread := item["id"].(string)
	all := patient(b, "/"+thread+"/messages?limit=50&fields=id,message").Body["data"].([]any)
	if len(all) != 25 || all[19].(map[string]any)["message"] != "5" || all[20].(map[string]any)["message"] != nil {
		t.Errorf("%d listed; 20th %v, 21st %v", len(all), all[19], all[20])
	}
	page := patient(b, "/"+thread+"/messages?limit=10")
	after := page.Body["paging"].(map[string]any)["cursors"].(map[string]any)["after"].(string)
	rest := patient(b, "/"+thread+"/messages?limit=10&after="+after).Body["data"].([]any)
	if rest[0].(map[string]any)["id"] != mids[14] {
		t.Errorf("the second page begins with %v", rest[0])
	}
	if one := patient(b, "/"+mids[23]+"?fields=message,reply_to").Body; one["message"] != "23" {
		t.Errorf("message is %v", one)
	}
	sandboxtest.Pass(callWindow)
	b.Refused(b.Page("GET", "/"+mids[0], nil), 400, 9000001, 0)
	b.Refused(b.Page("GET", "/"+thread+"?fields=nonsense", nil), 400, 100, 0)
}

func TestTwoConversationCallsASecond(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{})
	b.Says("1001", "hello")
	b.OK(b.Page("GET", "/me/conversations", nil))
	b.OK(b.Page("GET", "/me/conversations", nil))
	r := b.Page("GET", "/me/conversations", nil)
	b.Refused(r, 400, 80006, 0)
	if !strings.Contains(r.Header.Get("X-Business-Use-Case-Usage"), `"call_count":100`) {
		t.Errorf("usage is %s", r.Header.Get("X-Business-Use-Case-Usage"))
	}
	b.OK(b.Page("GET", "/me", nil)) // other calls are free
	sandboxtest.Pass(callWindow)
	b.OK(b.Page("GET", "/me/conversations", nil))
}
