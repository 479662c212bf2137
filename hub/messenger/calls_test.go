package messenger_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/hub/messenger"
	"parley/model"
)

// routes serves answers by "METHOD /path"; what is not there is error 100/33.
func routes(t *testing.T, answers map[string]string) *graph {
	t.Helper()
	return newGraph(t, func(w http.ResponseWriter, r *http.Request, _ string) {
		body, ok := answers[r.Method+" "+r.URL.Path]
		if !ok || strings.HasPrefix(body, `{"error"`) {
			w.WriteHeader(http.StatusBadRequest)
		}
		if !ok {
			body = graphBody(100, 33, "")
		}
		_, _ = io.WriteString(w, body)
	})
}

func TestMe(t *testing.T) {
	t.Parallel()
	const pageInfo = `{"data":{"app_id":"` + appID + `","type":"PAGE","is_valid":true,"expires_at":0,"profile_id":"` + page + `","user_id":5,"scopes":["pages_messaging"]}}`
	for _, tt := range []struct {
		name, info string
		want       messenger.Identity
		err        error
	}{
		{"a Page", pageInfo, messenger.Identity{ID: page, Name: "Café", Kind: messenger.KindPage}, nil},
		{"a person", strings.Replace(pageInfo, "PAGE", "USER", 1), messenger.Identity{ID: page, Name: "Café", Kind: messenger.KindUser}, nil},
		{"something else", strings.Replace(pageInfo, "PAGE", "SYSTEM_USER", 1), messenger.Identity{ID: page, Name: "Café", Kind: messenger.KindOther}, nil},
		{"invalid", `{"data":{"is_valid":false,"scopes":[]}}`, messenger.Identity{}, messenger.ErrForeignToken},
		{"of another app", strings.Replace(pageInfo, appID, "99", 1), messenger.Identity{}, messenger.ErrForeignToken},
		{"unreadable", `<html>`, messenger.Identity{}, messenger.ErrUnreadable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := routes(t, map[string]string{
				"GET /v27.0/me":          `{"id":"` + page + `","name":"Caf\u00e9"}`,
				"GET /v27.0/debug_token": tt.info,
			})
			got, err := g.client(t).Me(t.Context(), token)
			if diff := cmp.Diff(tt.want, got); diff != "" || !errors.Is(err, tt.err) {
				t.Error(diff, err)
			}
			asked := g.asked()
			checkWire(t, asked[0], token)
			checkWire(t, asked[1], appToken)
			if q, _ := url.ParseQuery(asked[1].query); q.Get("input_token") != token {
				t.Errorf("asked %q", asked[1].query)
			}
		})
	}
}

func TestDebugToken(t *testing.T) {
	t.Parallel()
	g := routes(t, map[string]string{
		"GET /v27.0/debug_token": `{"data":{"app_id":` + appID + `,"type":"USER","is_valid":true,"expires_at":1790000000,"user_id":"55","scopes":["pages_show_list",5,"pages_messaging"]}}`,
	})
	got, err := g.client(t).DebugToken(t.Context(), token)
	want := messenger.TokenInfo{
		Kind: messenger.KindUser, Valid: true, AppID: appID, UserID: "55",
		Scopes: []string{"pages_show_list", "pages_messaging"}, ExpiresAt: time.Unix(1790000000, 0).UTC(),
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestDebugTokenHidesTokens(t *testing.T) {
	t.Parallel()
	g := says(t, http.StatusBadRequest, `{"error":{"message":"`+strings.Repeat("long ", 500)+`","code":100}}`)
	_, err := g.client(t).DebugToken(t.Context(), token)
	var e *messenger.GraphError
	if !errors.As(err, &e) || len(e.Message) != 2000 {
		t.Errorf("message of %d bytes: %v", len(e.Message), err)
	}
	g = says(t, http.StatusBadRequest, `{"error":{"message":"Malformed access token `+token+` for `+appToken+`","code":190,"fbtrace_id":"a b"}}`)
	_, err = g.client(t).DebugToken(t.Context(), token)
	if !errors.As(err, &e) || e.Detail() != "(#190) Malformed access token [secret] for [secret]" {
		t.Errorf("%q", string(e.Detail()))
	}
}

func TestAccountsFollowsPaging(t *testing.T) {
	t.Parallel()
	const far = "https://elsewhere.example/steal?access_token=x"
	pages := map[string]string{
		"":   `{"data":[{"id":"1","name":"One","access_token":"t1","tasks":["MESSAGING","MANAGE"]},{"id":"a_b","name":"no id of a Page"}],"paging":{"cursors":{"after":"c1"},"next":"` + far + `"}}`,
		"c1": `{"data":[{"id":2,"name":"Two","access_token":"t2","tasks":["PROFILE_PLUS_FULL_CONTROL"]}],"paging":{"cursors":{"after":"c2"},"next":"` + far + `"}}`,
		"c2": `{"data":[{"id":"3","name":"Three","access_token":"t3","tasks":["MODERATE"]}],"paging":{"cursors":{"before":"b","after":"c3"}}}`,
	}
	g := newGraph(t, func(w http.ResponseWriter, r *http.Request, _ string) {
		_, _ = io.WriteString(w, pages[r.URL.Query().Get("after")])
	})
	got, err := g.client(t).Accounts(t.Context(), token)
	want := []messenger.Account{
		{ID: "1", Name: "One", Token: "t1", Tasks: []string{"MESSAGING", "MANAGE"}},
		{ID: "2", Name: "Two", Token: "t2", Tasks: []string{"PROFILE_PLUS_FULL_CONTROL"}},
		{ID: "3", Name: "Three", Token: "t3", Tasks: []string{"MODERATE"}},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Fatal(diff, err)
	}
	for i, full := range []bool{true, true, false} {
		if got[i].FullControl() != full {
			t.Errorf("full control of %s: %v", got[i].ID, !full)
		}
	}
	for _, s := range g.asked() {
		checkWire(t, s, token)
	}
}

// TestAccountsEnds proves that a list without end is given up.
func TestAccountsEnds(t *testing.T) {
	t.Parallel()
	var n atomic.Int32
	g := newGraph(t, func(w http.ResponseWriter, _ *http.Request, _ string) {
		_, _ = fmt.Fprintf(w, `{"data":[],"paging":{"cursors":{"after":"c%d"},"next":"x"}}`, n.Add(1))
	})
	if _, err := g.client(t).Accounts(t.Context(), token); err != nil {
		t.Error(err)
	}
	if n.Load() != 100 {
		t.Errorf("%d calls", n.Load())
	}
	same := says(t, http.StatusOK, `{"data":[],"paging":{"cursors":{"after":"same"},"next":"x"}}`)
	if _, err := same.client(t).Accounts(t.Context(), token); err != nil || len(same.asked()) != 2 {
		t.Errorf("%v, %d calls", err, len(same.asked()))
	}
}

// TestPageCountry: what a Page tells of where it is, the surest first; none is no error.
func TestPageCountry(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]model.Untrusted{
		`{"id":"` + page + `","name":"Café","phone":"+81 3-1234-5678","location":{"city":"Shibuya","country":"Japan","country_code":"JP"}}`: {"JP", "Japan", "+81 3-1234-5678"},
		`{"id":"` + page + `","location":{"country":"Japan"}}`:                                                                              {"Japan"},
		`{"id":"` + page + `","phone":"03-1234-5678"}`:                                                                                      {"03-1234-5678"},
		`{"id":"` + page + `","location":null,"phone":7}`:                                                                                   nil,
		`{"id":"` + page + `"}`: nil,
	} {
		got, err := routes(t, map[string]string{"GET /v27.0/" + page: body}).client(t).PageCountry(t.Context(), token, page)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", body, err, diff)
		}
	}
	if _, err := says(t, http.StatusBadRequest, graphBody(100, 0, "")).client(t).PageCountry(t.Context(), token, page); err == nil {
		t.Error("no error where Meta refuses")
	}
}

// TestRefusedCalls: a call that Meta refuses says by which code, and none of its words.
func TestRefusedCalls(t *testing.T) {
	t.Parallel()
	g := routes(t, map[string]string{"GET /v27.0/" + page: `{"id":"` + page + `","name":"Café"}`})
	if _, err := g.client(t).PageCountry(t.Context(), token, "7"); err == nil {
		t.Error("no error for a Page that is not there")
	}
	if _, err := g.client(t).PageCountry(t.Context(), token, "../me"); err == nil {
		t.Error("a path is taken for an id")
	}
	refused := says(t, http.StatusUnauthorized, graphBody(190, 460, ""))
	_, err := refused.client(t).PageCountry(t.Context(), token, page)
	var e *messenger.GraphError
	if !errors.As(err, &e) || !messenger.IsTokenRefused(err) {
		t.Fatal(err)
	}
	want := &messenger.GraphError{Status: 401, Code: 190, Subcode: 460, Message: "Words of Meta", Type: "OAuthException", TraceID: "Tr/ace1"}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(err.Error(), "Words") {
		t.Errorf("the error shows Meta's words: %v", err)
	}
}

func TestSubscriptions(t *testing.T) {
	t.Parallel()
	path := "/v27.0/" + page + "/subscribed_apps"
	g := routes(t, map[string]string{
		"POST " + path:   `{"success":true}`,
		"DELETE " + path: `true`,
		"GET " + path:    `{"data":[{"id":"1","subscribed_fields":["feed"]},{"id":` + appID + `,"subscribed_fields":["messages","standby"]}]}`,
		"POST /v27.0/" + appID + "/subscriptions": `{"success":"true"}`,
	})
	c := g.client(t)
	if err := c.Subscribe(t.Context(), token, page, []string{"messages", "standby"}); err != nil {
		t.Error(err)
	}
	if err := c.Unsubscribe(t.Context(), token, page); err != nil {
		t.Error(err)
	}
	fields, subscribed, err := c.Subscriptions(t.Context(), token, page, appID)
	if diff := cmp.Diff([]string{"messages", "standby"}, fields); diff != "" || !subscribed || err != nil {
		t.Error(diff, subscribed, err)
	}
	if _, subscribed, err := c.Subscriptions(t.Context(), token, page, "424242"); subscribed || err != nil {
		t.Error(subscribed, err)
	}
	if err := c.SubscribeApp(t.Context(), "https://hub.example/webhooks/messenger", "verify-me", messenger.Fields()); err != nil {
		t.Error(err)
	}
	asked := g.asked()
	for _, s := range asked[:4] {
		checkWire(t, s, token)
	}
	last := asked[4]
	checkWire(t, last, appToken)
	if q, _ := url.ParseQuery(asked[0].query); q.Get("subscribed_fields") != "messages,standby" {
		t.Errorf("query %q", asked[0].query)
	}
	form, err := url.ParseQuery(last.body)
	want := url.Values{
		"object": {"page"}, "callback_url": {"https://hub.example/webhooks/messenger"}, "verify_token": {"verify-me"},
		"fields": {strings.Join(messenger.Fields(), ",")}, "include_values": {"true"},
	}
	if diff := cmp.Diff(want, form); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if strings.Contains(last.query, "verify-me") {
		t.Error("the verify token stands in the URL")
	}
}

func TestSubscribeWithoutSuccess(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"success":false}`, `{}`, `false`, `<html>`, ``} {
		g := says(t, http.StatusOK, body)
		if err := g.client(t).Subscribe(t.Context(), token, page, nil); !errors.Is(err, messenger.ErrUnreadable) {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func TestProfile(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		status int
		body   string
		want   model.Customer
		err    error
	}{
		{"name", 200, `{"name":"Ann Lee","first_name":"A","locale":"en_US","id":"1"}`, model.Customer{PSID: customer, Name: "Ann Lee", Locale: "en_US"}, nil},
		{"first and last", 200, `{"first_name":"Ann","last_name":"Lee"}`, model.Customer{PSID: customer, Name: "Ann Lee"}, nil},
		{"first alone", 200, `{"first_name":"Ann"}`, model.Customer{PSID: customer, Name: "Ann"}, nil},
		{"nothing", 200, `{}`, model.Customer{PSID: customer}, nil},
		{"a locale that is none", 200, `{"name":"A\u001b","locale":"\u001b[2J"}`, model.Customer{PSID: customer, Name: "A\x1b"}, nil},
		{"2018218 as a subcode", 400, graphBody(100, 2018218, ""), model.Customer{}, messenger.ErrNoProfile},
		{"2018218 as a code", 400, graphBody(2018218, 0, ""), model.Customer{}, messenger.ErrNoProfile},
		{"2018247", 403, graphBody(200, 2018247, ""), model.Customer{}, messenger.ErrNoProfile},
		{"100/33", 400, graphBody(100, 33, ""), model.Customer{}, messenger.ErrNoProfile},
		{"unreadable", 502, `<html>`, model.Customer{}, messenger.ErrUnreadable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := says(t, tt.status, tt.body)
			got, err := g.client(t).Profile(t.Context(), token, customer)
			if diff := cmp.Diff(tt.want, got); diff != "" || !errors.Is(err, tt.err) {
				t.Error(diff, err)
			}
			asked := g.asked()
			checkWire(t, asked[0], token)
			if len(asked) != 1 || asked[0].path != "/v27.0/"+customer {
				t.Errorf("%d calls, %s", len(asked), asked[0].path)
			}
		})
	}
}

func TestProfileWithoutLocalePermission(t *testing.T) {
	t.Parallel()
	g := newGraph(t, func(w http.ResponseWriter, r *http.Request, _ string) {
		if strings.Contains(r.URL.Query().Get("fields"), "locale") {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, graphBody(200, 0, ""))
			return
		}
		_, _ = io.WriteString(w, `{"name":"Ann"}`)
	})
	got, err := g.client(t).Profile(t.Context(), token, customer)
	if got.Name != "Ann" || err != nil {
		t.Error(string(got.Name), err)
	}
}

func TestThreadMessages(t *testing.T) {
	t.Parallel()
	g := routes(t, map[string]string{"GET /v27.0/" + page + "/conversations": `{"data":[{"id":"t_1","messages":{"data":[
		{"id":"m_3","created_time":"2026-10-01T19:11:07+0000","from":{"id":"` + page + `","name":"P"},"message":"from us"},
		{"id":"m_2","created_time":"2026-10-01T21:11:00+0200","from":{"id":` + customer + `},"message":""},
		{"id":"m_1","created_time":"2026-10-01T19:00:00Z","from":{"id":"5"},"message":"\u00fc"},
		{"id":"m_old"}, {"id":"m_x","created_time":"yesterday","from":{"id":"5"}}, {"created_time":"2026-10-01T19:00:00Z"}
	]}}],"paging":{}}`})
	got, err := g.client(t).ThreadMessages(t.Context(), token, page, customer)
	want := []model.SentMessage{
		{MID: "m_3", FromPage: true, Text: "from us", CreatedAt: time.Date(2026, 10, 1, 19, 11, 7, 0, time.UTC)},
		{MID: "m_2", CreatedAt: time.Date(2026, 10, 1, 19, 11, 0, 0, time.UTC)},
		{MID: "m_1", Text: "ü", CreatedAt: time.Date(2026, 10, 1, 19, 0, 0, 0, time.UTC)},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	asked := g.asked()[0]
	checkWire(t, asked, token)
	q, _ := url.ParseQuery(asked.query)
	if q.Get("platform") != "messenger" || q.Get("user_id") != customer || q.Get("fields") != "messages.limit(20){id,created_time,from,message}" {
		t.Errorf("query %q", asked.query)
	}
	if _, err := g.client(t).ThreadMessages(cancelled(), token, page, customer); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestCallsEndInTime(t *testing.T) {
	t.Parallel()
	released := make(chan struct{})
	g := newGraph(t, func(http.ResponseWriter, *http.Request, string) { <-released })
	t.Cleanup(func() { close(released) }) // before the server closes
	c := newClient(t, messenger.Config{GraphURL: g.URL, Timeout: 100 * time.Millisecond})
	if _, err := c.PageCountry(t.Context(), token, page); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// TestSendOverHTTP2 proves the same over HTTP/2: one stream a reply, whatever
// becomes of it.
func TestSendOverHTTP2(t *testing.T) {
	t.Parallel()
	var posts atomic.Int32
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.ProtoMajor != 2 || posts.Add(1) == 2 {
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, accepted)
	}))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	t.Cleanup(srv.Close)
	c := newClient(t, messenger.Config{GraphURL: srv.URL, Transport: srv.Client().Transport})
	if o := c.Send(t.Context(), reply()); o.Kind != model.OutcomeAccepted {
		t.Errorf("first: %v", o.Kind)
	}
	if o := c.Send(t.Context(), reply()); o.Kind != model.OutcomeUncertain {
		t.Errorf("a stream that is reset: %v", o.Kind)
	}
	if posts.Load() != 2 {
		t.Errorf("%d POSTs for two sends", posts.Load())
	}
}
