package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/cmd/cli"
)

// isProblem expects a refusal of the request itself, said as every error is.
func isProblem(t *testing.T, what string, a answer, statuses ...int) {
	t.Helper()
	if a.err != nil {
		t.Errorf("%s: %s: %v", what, a.call, a.err)
		return
	}
	right := len(statuses) == 0 && a.status >= 400 && a.status < 500
	for _, s := range statuses {
		right = right || a.status == s
	}
	if !right {
		t.Errorf("%s: %s answered %d, want %v: %.300s", what, a.call, a.status, statuses, a.body)
	}
	if _, why := a.document(); why != "" {
		t.Errorf("%s: %s: %d %.300s", what, a.call, a.status, why)
	}
}

// TestBodiesThatMeanNothing: every route that takes a body refuses what is none of it,
// and changes nothing.
func TestBodiesThatMeanNothing(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	w.customerWrites("5701", "Hello")
	id := w.conversationWith("5701")
	waitFor(t, "the customer is there", patience, func() bool { return aki.holds(id, "Hello") })
	aki.cli("reply", id, "Good morning").ok()
	in := installation{page: w.facebook.PageID, conversations: []string{id}}
	for _, m := range aki.messages(id) {
		in.messages = append(in.messages, m.ID)
	}

	all, api := w.routes()
	bodies := 0
	for _, r := range all {
		if r.RequestBody == nil {
			continue
		}
		if _, ok := r.RequestBody.Content["application/json"]; !ok {
			continue
		}
		bodies++
		path, _ := r.with(in, in.messages[0])
		for _, body := range []string{
			`{`, `{"`, `not JSON`, `[]`, `"text"`, `7`, `{"nonsense":1}`, `{"text":{}}`, `{"client_id":7,"text":[]}`, "\xff\xfe", `{}{}`,
			strings.Repeat(`[`, 20000), `{"a":` + strings.Repeat(`{"a":`, 5000) + `1` + strings.Repeat(`}`, 5001),
		} {
			isProblem(t, "body "+body[:min(len(body), 30)], aki.call(r.method, path, []byte(body)), http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge)
		}
		if r.RequestBody.Required {
			isProblem(t, "no body", aki.call(r.method, path, []byte{}), http.StatusBadRequest, http.StatusUnprocessableEntity)
		}
		good := toJSON(t, api.example(r.RequestBody.Content["application/json"].Schema, "", in.known()))
		large := append([]byte(strings.Repeat(" ", 3<<20)), good...)
		isProblem(t, "a body of 3 MiB", aki.call(r.method, path, large), http.StatusRequestEntityTooLarge)
		for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "application/xml", "nonsense"} {
			header := http.Header{"Authorization": {"Bearer " + aki.token}, "Content-Type": {kind}}
			isProblem(t, kind, w.call(r.method, w.hubURL+path, good, header), http.StatusUnsupportedMediaType)
		}
	}
	if bodies < 5 {
		t.Errorf("only %d routes take a body", bodies)
	}
	if n := len(aki.messages(id)); n != 2 {
		t.Errorf("%d messages, want 2 as before", n)
	}
	if p := aki.pages(); len(p) != 1 || p[0].Visibility != "shared" || p[0].UninstalledAt != nil {
		t.Errorf("the Page changed: %+v", p)
	}
}

// TestWhoIsNobody: no route that knows users answers one it does not know.
func TestWhoIsNobody(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	in := installation{page: w.facebook.PageID, conversations: []string{w.conversationWith("1")}, messages: []string{w.facebook.PageID + "_x"}}
	all, _ := w.routes()
	for _, r := range all {
		path, _ := r.with(in, in.messages[0])
		if len(r.Security) == 0 {
			continue
		}
		for _, header := range []http.Header{
			nil,
			{"Authorization": {""}},
			{"Authorization": {"Bearer "}},
			{"Authorization": {"Bearer guess"}},
			{"Authorization": {aki.token}},
			{"Authorization": {"Basic " + aki.token}},
			{"Authorization": {"Bearer " + strings.Repeat("x", 8000)}},
			{"Cookie": {"token=" + aki.token}},
		} {
			isProblem(t, "a stranger", w.call(r.method, w.hubURL+path, nil, header), http.StatusUnauthorized)
		}
		isProblem(t, "a token in the URL", w.call(r.method, w.hubURL+path+"?token="+aki.token+"&access_token="+aki.token, nil, nil), http.StatusUnauthorized)
	}
	for _, code := range []string{"AAAA-AAAA-AAAA-AAAA", "x"} {
		a := w.call(http.MethodPost, w.hubURL+"/v1/login", toJSON(t, map[string]string{"code": code}), http.Header{"Content-Type": {"application/json"}})
		isProblem(t, "a guessed code", a, http.StatusUnauthorized)
	}
	for i, want := range []int{http.StatusOK, http.StatusUnauthorized} {
		a := w.call(http.MethodPost, w.hubURL+"/v1/login", toJSON(t, map[string]string{"code": aki.loginCode}), http.Header{"Content-Type": {"application/json"}})
		if a.status != want {
			t.Errorf("login %d with the same code answered %d, want %d", i+1, a.status, want)
		}
	}
}

// TestWhatIsNotThere: ids of nothing, and paths of nothing, are answered 404 as every
// error is; the command line says that there is no such thing.
func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	w.customerWrites("5711", "Hello")
	id := w.conversationWith("5711")
	waitFor(t, "the customer is there", patience, func() bool { return aki.holds(id, "Hello") })
	first := aki.messages(id)[0].ID

	for _, odd := range []string{
		"nonsense", w.conversationWith("5712"), "_", "_5711", w.facebook.PageID + "_", id + "_", id + "x", " " + id,
		w.facebook.PageID + "~1_5711", w.facebook.PageID + "~2_5711", "%00", id + "\x00", "'; DROP TABLE messages; --", "日本語_花子", "🍵_🍵",
		"a/b", "../pages", "..%2fpages", id + "/../" + id, "-", "*", "%", "\x1b[2J", strings.Repeat("9", 190),
	} {
		for _, path := range []string{
			conversationPath(odd), conversationPath(odd, "messages"), conversationPath(odd, "messages", first), conversationPath(id, "messages", odd),
		} {
			isProblem(t, odd, aki.get(path), http.StatusNotFound)
		}
		isProblem(t, odd, aki.post(conversationPath(odd, "messages"), newReply("hello")), http.StatusNotFound)
		isProblem(t, odd, aki.post(conversationPath(odd, "messages", first, "drop"), nil), http.StatusNotFound)
		isProblem(t, odd, aki.post(conversationPath(id, "messages", odd, "drop"), nil), http.StatusNotFound)
		isProblem(t, odd, aki.post(conversationPath(id, "read"), map[string]string{"up_to": odd}), http.StatusNotFound)
		isProblem(t, odd, aki.get("/v1/counts?page="+url.QueryEscape(odd)), http.StatusNotFound, http.StatusUnprocessableEntity)
		isProblem(t, odd, aki.call(http.MethodPatch, "/v1/pages/"+url.PathEscape(odd), map[string]string{"visibility": "private"}),
			http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusForbidden)
	}
	if p := aki.pages(); len(p) != 1 || p[0].Visibility != "shared" {
		t.Errorf("the Page changed: %+v", p)
	}
	for _, odd := range []string{
		"nonsense", w.conversationWith("5712"), "", ".", "..", "../pages", "a/b", "%2e%2e", "日本語", strings.Repeat("9", 190),
	} {
		for _, args := range [][]string{{"show", odd}, {"reply", odd, "hello"}} {
			if r := aki.cli(args...); r.exit != cli.ExitMissing || strings.Count(r.err, "\n") != 1 {
				t.Errorf("%.80s: exit code %d, want %d: %.300s", r.line, r.exit, cli.ExitMissing, r.err)
			}
		}
	}

	for _, path := range []string{"/v1/nonsense", "/nonsense", "/", "/v1", "/v1/", "/v1/conversations/", "/v1/pages/"} {
		isProblem(t, "a path of nothing", aki.get(path), http.StatusNotFound)
	}
	for _, method := range []string{http.MethodDelete, http.MethodPut, "BREW"} {
		isProblem(t, "a method of nothing", aki.call(method, "/v1/me", nil), http.StatusMethodNotAllowed)
	}
	for _, query := range []string{
		"limit=0", "limit=1001", "limit=-1", "limit=x", "limit=99999999999999999999", "filter=nonsense", "cursor=nonsense", "cursor=%00", "cursor=" + strings.Repeat("x", 2000),
		"page=" + strings.Repeat("9", 500),
	} {
		isProblem(t, query, aki.get("/v1/conversations?"+query), http.StatusUnprocessableEntity, http.StatusBadRequest)
	}
	for _, query := range []string{"limit=0", "limit=x", "before=nonsense"} {
		isProblem(t, query, aki.get(conversationPath(id, "messages")+"?"+query), http.StatusUnprocessableEntity, http.StatusBadRequest)
	}
	for _, client := range []string{"", "x", strings.Repeat("x", 100), "00000000-0000-0000-0000"} {
		isProblem(t, "client id "+client, aki.post(conversationPath(id, "messages"), replyBody{ClientID: client, Text: "hello"}), http.StatusUnprocessableEntity)
	}
	if n := len(aki.messages(id)); n != 1 {
		t.Errorf("%d messages, want one as before", n)
	}
}
