package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"parley/hub/accounts"
	"parley/model"
)

func TestUsersAreToldWithoutAddresses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, who := range []account{w.ann, w.cat} {
		var l struct{ Users []model.Colleague }
		a := w.do(who, http.MethodGet, "/v1/users", nil).want(http.StatusOK)
		a.into(&l)
		if len(l.Users) != 3 || l.Users[2].ID != w.cat.ID || l.Users[2].Name != w.cat.Name {
			t.Errorf("%s is told %s", who.Name, a.body)
		}
		for _, secret := range []string{"@example.com", "admin", "email"} {
			if strings.Contains(string(a.body), secret) != who.Admin {
				t.Errorf("%s is told %s", who.Name, a.body)
			}
		}
	}
}

// A removed user's token lets nobody in, and what they have open closes.
func TestRemovedUsersAreCutOff(t *testing.T) {
	t.Parallel()
	w := withFlipped(t)
	cat, ben := w.listen(w.cat), w.listen(w.ben)
	cat.hello(nil)
	ben.hello(nil)
	_, err := accounts.RemoveUser(t.Context(), w.store, w.cat.Name, time.Now())
	w.must(err)
	w.do(w.cat, http.MethodGet, "/v1/me", nil).problem(http.StatusUnauthorized, "not_signed_in")
	if err := cat.closed(patience); !websocket.IsCloseError(err, websocket.ClosePolicyViolation) {
		t.Errorf("ended with %v", err)
	}
	if !ben.open() {
		t.Error("somebody else was cut off, too")
	}
}

type tokenList struct{ Tokens []model.Token }

func TestTokensAreOnesOwn(t *testing.T) {
	t.Parallel()
	w := withFlipped(t)
	var in struct{ Token string }
	w.send(http.MethodPost, "/v1/login", nil, map[string]any{"code": w.cat.code}).want(http.StatusOK).into(&in)
	second := account{User: w.cat.User, token: in.Token}
	socket := w.listen(second)
	socket.hello(nil)
	var l tokenList
	a := w.do(w.cat, http.MethodGet, "/v1/tokens", nil).want(http.StatusOK)
	a.into(&l)
	if len(l.Tokens) != 2 || !l.Tokens[0].Current || l.Tokens[1].Current || l.Tokens[1].LastUsedAt == nil {
		t.Fatalf("told %s", a.body)
	}
	for _, secret := range []string{w.cat.token, in.Token} {
		if strings.Contains(string(a.body), secret) {
			t.Error("a token is told")
		}
	}
	path := "/v1/tokens/" + string(l.Tokens[1].ID)
	w.do(w.ann, http.MethodDelete, path, nil).problem(http.StatusNotFound, "not_found")
	w.do(w.cat, http.MethodDelete, path, nil).want(http.StatusNoContent)
	w.do(w.cat, http.MethodDelete, path, nil).problem(http.StatusNotFound, "not_found")
	w.do(second, http.MethodGet, "/v1/me", nil).problem(http.StatusUnauthorized, "not_signed_in")
	if err := socket.closed(patience); !websocket.IsCloseError(err, websocket.ClosePolicyViolation) {
		t.Errorf("ended with %v", err)
	}
	w.get(w.cat, "/v1/tokens", &l)
	if len(l.Tokens) != 1 {
		t.Errorf("%d tokens are left", len(l.Tokens))
	}
}

// A change of availability is told to every connected client, whatever they see, and a
// later welcome tells the user how they stand.
func TestAvailabilityReachesEveryClient(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect(w.ann, meta, model.Private)
	cat, ben := w.listen(w.cat), w.listen(w.ben)
	cat.hello(nil)
	ben.hello(nil)
	var u model.User
	w.do(w.cat, http.MethodPut, "/v1/me/availability", map[string]any{"available": false}).want(http.StatusOK).into(&u)
	if !u.Away || u.Email == "" {
		t.Errorf("answered %+v", u)
	}
	for _, l := range []*listener{cat, ben} {
		l.until("told of it", func() bool { return len(l.of(model.FrameUser)) == 1 })
		var told model.UserChanged
		w.must(json.Unmarshal(l.of(model.FrameUser)[0].raw, &told))
		if want := (model.Colleague{ID: w.cat.ID, Name: w.cat.Name, Away: true}); told.User != want {
			t.Errorf("told %+v, want %+v", told.User, want)
		}
	}
	if welcome := cat.hello(nil); !welcome.User.Away {
		t.Errorf("welcomed as %+v", welcome.User)
	}
	w.get(w.cat, "/v1/me", &u)
	var l struct{ Users []model.Colleague }
	w.get(w.ann, "/v1/users", &l)
	if !u.Away || l.Users[0].Away || !l.Users[2].Away {
		t.Errorf("me %+v, users %+v", u, l.Users)
	}

	w.do(w.cat, http.MethodPut, "/v1/me/availability", map[string]any{"available": false}).want(http.StatusOK)
	w.do(w.cat, http.MethodPut, "/v1/me/availability", map[string]any{"available": true}).want(http.StatusOK).into(&u)
	ben.until("told of it", func() bool { return len(ben.of(model.FrameUser)) > 1 })
	if n := len(ben.of(model.FrameUser)); n != 2 || u.Away {
		t.Errorf("told %d times; away: %t", n, u.Away)
	}
	for _, bad := range []any{map[string]any{}, map[string]any{"available": "no"}, map[string]any{"available": nil}} {
		w.do(w.cat, http.MethodPut, "/v1/me/availability", bad).problem(http.StatusUnprocessableEntity, "invalid")
	}
}

func TestAssigningToWhoIsNotAvailable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect(w.ann, meta, model.Shared)
	w.customerWrites(meta, hanako, "m_1", "hello", time.Now())
	w.do(w.cat, http.MethodPut, "/v1/me/availability", map[string]any{"available": false}).want(http.StatusOK)
	path := "/v1/conversations/" + string(model.NewConversationID(page, hanako))
	for _, who := range []account{w.ann, w.cat} {
		w.do(who, http.MethodPatch, path, map[string]any{"assignee": w.cat.ID}).problem(http.StatusConflict, model.NotAvailable)
	}
	w.do(w.cat, http.MethodPatch, path, map[string]any{"assignee": w.ann.ID}).want(http.StatusOK)
}
