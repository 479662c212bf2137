package hub

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/cmd/cli"
	"parley/e2e/driver"
)

// isProblem expects a refusal of the request itself, said as every error is.
func isProblem(t *testing.T, what string, a driver.Answer, statuses ...int) {
	t.Helper()
	if a.Err != nil {
		t.Errorf("%s: %s: %v", what, a.Call, a.Err)
		return
	}
	right := len(statuses) == 0 && a.Status >= 400 && a.Status < 500
	for _, s := range statuses {
		right = right || a.Status == s
	}
	if !right {
		t.Errorf("%s: %s answered %d, want %v: %.300s", what, a.Call, a.Status, statuses, a.Body)
	}
	if _, why := a.Document(); why != "" {
		t.Errorf("%s: %s: %d %.300s", what, a.Call, a.Status, why)
	}
}

// TestBodiesThatMeanNothing: every route that takes a body refuses what is none of it,
// and changes nothing.
func TestBodiesThatMeanNothing(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	w.CustomerWrites("5701", "Hello")
	id := w.ConversationWith("5701")
	driver.WaitFor(t, "the customer is there", driver.Patience, func() bool { return aki.Holds(id, "Hello") })
	aki.Cli("reply", id, "Good morning").Ok()
	in := installation{page: w.Facebook.PageID, conversations: []string{id}}
	for _, m := range aki.Messages(id) {
		in.messages = append(in.messages, m.ID)
	}

	all, api := routes(w)
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
			isProblem(t, "body "+body[:min(len(body), 30)], aki.Call(r.method, path, []byte(body)), http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge)
		}
		if r.RequestBody.Required {
			isProblem(t, "no body", aki.Call(r.method, path, []byte{}), http.StatusBadRequest, http.StatusUnprocessableEntity)
		}
		good := driver.ToJSON(t, api.example(r.RequestBody.Content["application/json"].Schema, "", in.known()))
		large := append([]byte(strings.Repeat(" ", 3<<20)), good...)
		isProblem(t, "a body of 3 MiB", aki.Call(r.method, path, large), http.StatusRequestEntityTooLarge)
		for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "application/xml", "nonsense"} {
			header := http.Header{"Authorization": {"Bearer " + aki.Token}, "Content-Type": {kind}}
			isProblem(t, kind, w.Call(r.method, w.HubURL+path, good, header), http.StatusUnsupportedMediaType)
		}
	}
	if bodies < 5 {
		t.Errorf("only %d routes take a body", bodies)
	}
	if n := len(aki.Messages(id)); n != 2 {
		t.Errorf("%d messages, want 2 as before", n)
	}
	if p := aki.Pages(); len(p) != 1 || p[0].Visibility != "shared" || p[0].UninstalledAt != nil {
		t.Errorf("the Page changed: %+v", p)
	}
}

// TestWhoIsNobody: no route that knows users answers one it does not know.
func TestWhoIsNobody(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	in := installation{page: w.Facebook.PageID, conversations: []string{w.ConversationWith("1")}, messages: []string{w.Facebook.PageID + "_x"}}
	all, _ := routes(w)
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
			{"Authorization": {aki.Token}},
			{"Authorization": {"Basic " + aki.Token}},
			{"Authorization": {"Bearer " + strings.Repeat("x", 8000)}},
			{"Cookie": {"token=" + aki.Token}},
		} {
			isProblem(t, "a stranger", w.Call(r.method, w.HubURL+path, nil, header), http.StatusUnauthorized)
		}
		isProblem(t, "a token in the URL", w.Call(r.method, w.HubURL+path+"?token="+aki.Token+"&access_token="+aki.Token, nil, nil), http.StatusUnauthorized)
	}
	for _, code := range []string{"AAAA-AAAA-AAAA-AAAA", "x"} {
		a := w.Call(http.MethodPost, w.HubURL+"/v1/login", driver.ToJSON(t, map[string]string{"code": code}), http.Header{"Content-Type": {"application/json"}})
		isProblem(t, "a guessed code", a, http.StatusUnauthorized)
	}
	for i, want := range []int{http.StatusOK, http.StatusUnauthorized} {
		a := w.Call(http.MethodPost, w.HubURL+"/v1/login", driver.ToJSON(t, map[string]string{"code": aki.LoginCode}), http.Header{"Content-Type": {"application/json"}})
		if a.Status != want {
			t.Errorf("login %d with the same code answered %d, want %d", i+1, a.Status, want)
		}
	}
}

// TestWhatIsNotThere: ids of nothing, and paths of nothing, are answered 404 as every
// error is; the command line says that there is no such thing.
func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	w.CustomerWrites("5711", "Hello")
	id := w.ConversationWith("5711")
	driver.WaitFor(t, "the customer is there", driver.Patience, func() bool { return aki.Holds(id, "Hello") })
	first := aki.Messages(id)[0].ID

	for _, odd := range []string{
		"nonsense", w.ConversationWith("5712"), "_", "_5711", w.Facebook.PageID + "_", id + "_", id + "x", " " + id,
		w.Facebook.PageID + "~1_5711", w.Facebook.PageID + "~2_5711", "%00", id + "\x00", "'; DROP TABLE messages; --", "日本語_花子", "🍵_🍵",
		"a/b", "../pages", "..%2fpages", id + "/../" + id, "-", "*", "%", "\x1b[2J", strings.Repeat("9", 190),
	} {
		for _, path := range []string{
			driver.ConversationPath(odd), driver.ConversationPath(odd, "messages"), driver.ConversationPath(odd, "messages", first), driver.ConversationPath(id, "messages", odd),
		} {
			isProblem(t, odd, aki.Get(path), http.StatusNotFound)
		}
		isProblem(t, odd, aki.Post(driver.ConversationPath(odd, "messages"), newReply("hello")), http.StatusNotFound)
		isProblem(t, odd, aki.Post(driver.ConversationPath(odd, "messages", first, "drop"), nil), http.StatusNotFound)
		isProblem(t, odd, aki.Post(driver.ConversationPath(id, "messages", odd, "drop"), nil), http.StatusNotFound)
		isProblem(t, odd, aki.Post(driver.ConversationPath(id, "read"), map[string]string{"up_to": odd}), http.StatusNotFound)
		isProblem(t, odd, aki.Get("/v1/counts?page="+url.QueryEscape(odd)), http.StatusNotFound, http.StatusUnprocessableEntity)
		isProblem(t, odd, aki.Call(http.MethodPatch, "/v1/pages/"+url.PathEscape(odd), map[string]string{"visibility": "private"}),
			http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusForbidden)
	}
	if p := aki.Pages(); len(p) != 1 || p[0].Visibility != "shared" {
		t.Errorf("the Page changed: %+v", p)
	}
	for _, odd := range []string{
		"nonsense", w.ConversationWith("5712"), "", ".", "..", "../pages", "a/b", "%2e%2e", "日本語", strings.Repeat("9", 190),
	} {
		for _, args := range [][]string{{"show", odd}, {"reply", odd, "hello"}} {
			if r := aki.Cli(args...); r.Exit != cli.ExitMissing || strings.Count(r.Err, "\n") != 1 {
				t.Errorf("%.80s: exit code %d, want %d: %.300s", r.Line, r.Exit, cli.ExitMissing, r.Err)
			}
		}
	}

	for _, path := range []string{"/v1/nonsense", "/nonsense", "/", "/v1", "/v1/", "/v1/conversations/", "/v1/pages/"} {
		isProblem(t, "a path of nothing", aki.Get(path), http.StatusNotFound)
	}
	for _, method := range []string{http.MethodDelete, http.MethodPut, "BREW"} {
		isProblem(t, "a method of nothing", aki.Call(method, "/v1/me", nil), http.StatusMethodNotAllowed)
	}
	for _, query := range []string{
		"limit=0", "limit=1001", "limit=-1", "limit=x", "limit=99999999999999999999", "filter=nonsense", "cursor=nonsense", "cursor=%00", "cursor=" + strings.Repeat("x", 2000),
		"page=" + strings.Repeat("9", 500),
	} {
		isProblem(t, query, aki.Get("/v1/conversations?"+query), http.StatusUnprocessableEntity, http.StatusBadRequest)
	}
	for _, query := range []string{"limit=0", "limit=x", "before=nonsense"} {
		isProblem(t, query, aki.Get(driver.ConversationPath(id, "messages")+"?"+query), http.StatusUnprocessableEntity, http.StatusBadRequest)
	}
	for _, client := range []string{"", "x", strings.Repeat("x", 100), "00000000-0000-0000-0000"} {
		isProblem(t, "client id "+client, aki.Post(driver.ConversationPath(id, "messages"), replyBody{ClientID: client, Text: "hello"}), http.StatusUnprocessableEntity)
	}
	if n := len(aki.Messages(id)); n != 1 {
		t.Errorf("%d messages, want one as before", n)
	}
}
