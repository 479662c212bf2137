package webhooks_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"parley/hub/api/apitest"
	"parley/hub/receive"
	"parley/model"
)

// A sample of the app's dashboard is answered 200, stored as nothing, and told by the
// doctor; it has to be signed as anything else.
func TestDashboardsTest(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	w.Connect(w.Ann, apitest.MetaPage, model.Shared)
	tested := func() bool {
		t.Helper()
		var list struct {
			Checks []model.Check `json:"checks"`
		}
		w.Get(w.Ann, "/v1/pages/100/doctor", &list)
		for _, c := range list.Checks {
			if c.ID != "test" {
				continue
			}
			at, err := time.Parse(time.RFC3339, string(c.Detail))
			if err != nil || c.State != model.CheckOK || time.Since(at) > time.Hour {
				t.Errorf("told as %+v", c)
			}
			return true
		}
		return false
	}
	body := []byte(`{"field":"messages","value":{"sender":{"id":"7001"},"recipient":{"id":"100"},"timestamp":"1527459824","message":{"mid":"m_test","text":"test_message"}}}`)
	w.Send(http.MethodPost, "/webhooks/messenger", nil, body).Problem(http.StatusForbidden, "bad_signature")
	w.Post([]byte(`{"object":"instagram","field":"comments","value":{}}`)).Problem(http.StatusNotFound, "not_found")
	if tested() {
		t.Error("told before it came")
	}
	if a := w.Post(body).Want(http.StatusOK); string(a.Body) != "EVENT_RECEIVED" {
		t.Errorf("answered %s", a.Body)
	}
	if !tested() {
		t.Error("not told")
	}
	w.Do(w.Ann, http.MethodGet, apitest.ConversationPath(apitest.Page, apitest.Hanako), nil).Problem(http.StatusNotFound, "not_found")
}

// Whatever time an event claims, as whatever JSON, it is stored beside its neighbours, and
// keeps no window open.
func TestTimesThatAreNone(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	w.Connect(w.Ann, apitest.MetaPage, model.Shared)
	for i, at := range []string{
		"253402300799999", "253402300800000", `"253402300799999"`, "4070908800000", "4070908800", "9223372036854775807", "9223372036854775808",
		"-9223372036854775809", "18446744073709551616", "1e15", "1e400", "-1", "0", "0.5", "1.5e12", `"x"`, "null", "{}", "[]", "true", `""`,
	} {
		customer := model.PSID(fmt.Sprintf("8%03d", i))
		odd := fmt.Sprintf(`{"sender":{"id":"%s"},"recipient":{"id":"100"},"timestamp":%s,"message":{"mid":"m_odd%d","text":"odd"}}`, customer, at, i)
		read := fmt.Sprintf(`{"sender":{"id":"%s"},"recipient":{"id":"100"},"timestamp":%s,"read":{"watermark":%s}}`, customer, at, at)
		neighbour := fmt.Sprintf(`{"sender":{"id":"%s"},"recipient":{"id":"100"},"timestamp":%d,"message":{"mid":"m_%d","text":"hi"}}`, apitest.Hanako, time.Now().UnixMilli(), i)
		before := time.Now()
		w.Post([]byte(`{"object":"page","entry":[{"id":"100","time":` + at + `,"messaging":[` + odd + `,` + read + `,` + neighbour + `]}]}`)).Want(http.StatusOK)
		if got := len(w.Messages(w.Ann, apitest.Page, apitest.Hanako)); got != i+1 {
			t.Fatalf("%s: %d neighbours stored, want %d", at, got, i+1)
		}
		var c model.Conversation
		w.Get(w.Ann, apitest.ConversationPath(apitest.Page, customer), &c)
		if c.WindowUntil == nil || c.WindowUntil.After(before.Add(model.ReplyWindow+time.Minute)) || c.UpdatedAt.After(before.Add(time.Minute)) || c.UpdatedAt.Year() < 1970 {
			t.Errorf("%s: window until %v, updated %v", at, c.WindowUntil, c.UpdatedAt)
		}
	}
}

// An event of others, in our Page's entry, comes to nothing there: no conversation, no
// reaction, no policy; and what is ours by the same mid is still taken.
func TestEventsOfOthersComeToNothing(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	w.Connect(w.Ann, apitest.MetaPage, model.Shared)
	now := time.Now().UnixMilli()
	var foreign []json.RawMessage
	for i, e := range []string{
		`"sender":{"id":"7001"},"recipient":{"id":"100"},"message":{"mid":"m_1","text":"an echo of nobody","is_echo":true}`,
		`"sender":{"id":"300"},"recipient":{"id":"7001"},"message":{"mid":"m_1","text":"another Page's","is_echo":true}`,
		`"sender":{"id":"7001"},"recipient":{"id":"300"},"message":{"mid":"m_1","text":"to another Page"}`,
		`"sender":{"id":"7001"},"recipient":{"id":"300"},"postback":{"mid":"m_1","title":"to another Page"}`,
		`"sender":{"id":"7001"},"recipient":{"id":"300"},"reaction":{"mid":"m_1","action":"react","reaction":"love"}`,
		`"sender":{"id":"7001"},"recipient":{"id":"300"},"read":{"watermark":` + fmt.Sprint(now) + `}`,
		`"sender":{"id":"7001"},"recipient":{"id":"300"},"delivery":{"watermark":` + fmt.Sprint(now) + `}`,
		`"recipient":{"id":"300"},"policy_enforcement":{"action":"block","reason":"theirs"}`,
		`"sender":{"id":"7001"},"recipient":{"id":"300"},"news":{}`,
	} {
		foreign = append(foreign, json.RawMessage(fmt.Sprintf(`{"timestamp":%d,%s}`, now+int64(i), e)))
	}
	for _, list := range []string{"messaging", "standby"} {
		body, err := json.Marshal(map[string]any{"object": "page", "entry": []any{map[string]any{"id": "100", "time": now, list: foreign}}})
		w.Must(err)
		w.Post(body).Want(http.StatusOK)
	}
	w.Do(w.Ann, http.MethodGet, apitest.ConversationPath(apitest.Page, apitest.Hanako), nil).Problem(http.StatusNotFound, "not_found")
	var p struct{ Pages []model.Page }
	w.Get(w.Ann, "/v1/pages", &p)
	if len(p.Pages) != 1 || p.Pages[0].Restricted != nil {
		t.Errorf("the Page is %+v", p.Pages)
	}
	var s struct {
		Stats map[string]int64 `json:"stats"`
	}
	w.Get(w.Ann, "/v1/stats", &s)
	if n := s.Stats[receive.CounterForeign]; n != int64(2*len(foreign)) {
		t.Errorf("%d counted, want %d", n, 2*len(foreign))
	}
	var notices struct{ Notices []model.Notice }
	w.Get(w.Ann, "/v1/notices", &notices)
	if len(notices.Notices) != 0 {
		t.Errorf("told of: %+v", notices.Notices)
	}
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_1", "ours", time.Now())
	if ms := w.Messages(w.Ann, apitest.Page, apitest.Hanako); len(ms) != 1 || ms[0].Text != "ours" {
		t.Errorf("ours is %+v", ms)
	}
}
