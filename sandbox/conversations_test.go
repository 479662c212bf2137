package sandbox

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// patient repeats a call until the limit of two a second lets it through.
func (b *box) patient(path string) reply {
	b.Helper()
	for {
		r := b.page("GET", path, nil)
		if code, _ := r.code(); code != 80006 {
			return b.ok(r)
		}
		pass(100 * time.Millisecond)
	}
}

func TestConversationsArePaged(t *testing.T) {
	t.Parallel()
	b := begin(t, Options{})
	for i := range 7 {
		b.ok(b.control("POST", fmt.Sprintf("/customers/%d/messages", 1000+i), map[string]any{
			"text": "hello", "at": time.Now().Add(-time.Duration(i) * time.Hour).UnixMilli(),
		}))
	}
	var seen []string
	path := "/" + b.Info().PageID + "/conversations?platform=messenger&limit=3&fields=participants,updated_time"
	for path != "" {
		r := b.patient(path)
		for _, item := range r.body["data"].([]any) {
			people := item.(map[string]any)["participants"].(map[string]any)["data"].([]any)
			seen = append(seen, people[0].(map[string]any)["id"].(string))
			if people[1].(map[string]any)["id"] != b.Info().PageID {
				t.Errorf("participants are %v", people)
			}
		}
		next, _ := r.body["paging"].(map[string]any)["next"].(string)
		if strings.Contains(next, "appsecret_proof") || strings.Contains(next, "access_token") {
			t.Errorf("a secret in %s", next)
		}
		path = strings.TrimPrefix(next, b.Info().GraphURL+"/v27.0")
	}
	want := []string{"1000", "1001", "1002", "1003", "1004", "1005", "1006"}
	if d := cmp.Diff(want, seen); d != "" {
		t.Error(d)
	}
	one := b.patient("/me/conversations?user_id=1004").body["data"].([]any)
	if len(one) != 1 {
		t.Fatalf("of one customer: %v", one)
	}
	c := one[0].(map[string]any)
	if !strings.HasPrefix(c["id"].(string), "t_") || !strings.HasSuffix(c["updated_time"].(string), "+0000") {
		t.Errorf("conversation is %v", c)
	}
	if none := b.patient("/me/conversations?user_id=999").body["data"].([]any); len(none) != 0 {
		t.Errorf("of nobody: %v", none)
	}
}

func TestConversationMessages(t *testing.T) {
	t.Parallel()
	b := begin(t, Options{})
	var mids []string
	for i := range 24 {
		mids = append(mids, b.says("1001", fmt.Sprint(i)))
	}
	sent := b.ok(b.send("1001", "answer")).body["message_id"].(string)
	fields := url.QueryEscape("id,updated_time,messages.limit(20){id,created_time,from,to,message}")
	item := b.patient("/me/conversations?user_id=1001&fields=" + fields).body["data"].([]any)[0].(map[string]any)
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
	all := b.patient("/" + thread + "/messages?limit=50&fields=id,message").body["data"].([]any)
	if len(all) != 25 || all[19].(map[string]any)["message"] != "5" || all[20].(map[string]any)["message"] != nil {
		t.Errorf("%d listed; 20th %v, 21st %v", len(all), all[19], all[20])
	}
	page := b.patient("/" + thread + "/messages?limit=10")
	after := page.body["paging"].(map[string]any)["cursors"].(map[string]any)["after"].(string)
	rest := b.patient("/" + thread + "/messages?limit=10&after=" + after).body["data"].([]any)
	if rest[0].(map[string]any)["id"] != mids[14] {
		t.Errorf("the second page begins with %v", rest[0])
	}
	if one := b.patient("/" + mids[23] + "?fields=message,reply_to").body; one["message"] != "23" {
		t.Errorf("message is %v", one)
	}
	pass(callWindow)
	b.refused(b.page("GET", "/"+mids[0], nil), 400, 9000001, 0)
	b.refused(b.page("GET", "/"+thread+"?fields=nonsense", nil), 400, 100, 0)
}

func TestTwoConversationCallsASecond(t *testing.T) {
	t.Parallel()
	b := begin(t, Options{})
	b.says("1001", "hello")
	b.ok(b.page("GET", "/me/conversations", nil))
	b.ok(b.page("GET", "/me/conversations", nil))
	r := b.page("GET", "/me/conversations", nil)
	b.refused(r, 400, 80006, 0)
	if !strings.Contains(r.header.Get("X-Business-Use-Case-Usage"), `"call_count":100`) {
		t.Errorf("usage is %s", r.header.Get("X-Business-Use-Case-Usage"))
	}
	b.ok(b.page("GET", "/me", nil)) // other calls are free
	pass(callWindow)
	b.ok(b.page("GET", "/me/conversations", nil))
}

func TestParseFields(t *testing.T) {
	t.Parallel()
	got, err := parseFields(" id,messages.limit(20).after(x=){ from, attachments{image_data{url}} } ,link ")
	want := []field{
		{name: "id"},
		{name: "messages", limit: 20, args: map[string]string{"after": "x="}, sub: []field{
			{name: "from"}, {name: "attachments", sub: []field{{name: "image_data", sub: []field{{name: "url"}}}}},
		}},
		{name: "link"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, bad := range []string{",", "a,", "a{", "a{}", "a}", "a.limit", "a.limit(", "a.limit(x)", "a.limit(-1)", "a b", "a{b{c{d{e{f}}}}}", "é"} {
		if list, err := parseFields(bad); err == nil {
			t.Errorf("parseFields(%q) = %v", bad, list)
		}
	}
}

func TestParseFieldsNeverPanics(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, _ = parseFields(rapid.StringMatching(`[a-c,.{}() é]{0,24}|limit\([0-9]*\)`).Draw(t, "fields"))
	})
}
