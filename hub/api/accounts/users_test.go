package accounts_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"parley/hub/accounts"
	"parley/hub/api/apitest"
	"parley/model"
)

func TestUsersAreToldWithoutAddresses(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	for _, who := range []apitest.Account{w.Ann, w.Cat} {
		var l struct{ Users []model.Colleague }
		a := w.Do(who, http.MethodGet, "/v1/users", nil).Want(http.StatusOK)
		a.Into(&l)
		if len(l.Users) != 3 || l.Users[2].ID != w.Cat.ID || l.Users[2].Name != w.Cat.Name {
			t.Errorf("%s is told %s", who.Name, a.Body)
		}
		for _, secret := range []string{"@example.com", "admin", "email"} {
			if strings.Contains(string(a.Body), secret) != who.Admin {
				t.Errorf("%s is told %s", who.Name, a.Body)
			}
		}
	}
}

// A removed user's token lets nobody in, and what they have open closes.
func TestRemovedUsersAreCutOff(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithFlipped(t)
	cat, ben := w.Listen(w.Cat), w.Listen(w.Ben)
	cat.Hello(nil)
	ben.Hello(nil)
	_, err := accounts.RemoveUser(t.Context(), w.Store, w.Cat.Name, time.Now())
	w.Must(err)
	w.Do(w.Cat, http.MethodGet, "/v1/me", nil).Problem(http.StatusUnauthorized, "not_signed_in")
	if err := cat.AwaitClosed(apitest.Timeout); !websocket.IsCloseError(err, websocket.ClosePolicyViolation) {
		t.Errorf("ended with %v", err)
	}
	if !ben.IsOpen() {
		t.Error("somebody else was cut off, too")
	}
}

type tokenList struct{ Tokens []model.Token }

func TestTokensAreOnesOwn(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithFlipped(t)
	var in struct{ Token string }
	w.Send(http.MethodPost, "/v1/login", nil, map[string]any{"code": w.Cat.Code}).Want(http.StatusOK).Into(&in)
	second := apitest.Account{User: w.Cat.User, Token: in.Token}
	socket := w.Listen(second)
	socket.Hello(nil)
	var l tokenList
	a := w.Do(w.Cat, http.MethodGet, "/v1/tokens", nil).Want(http.StatusOK)
	a.Into(&l)
	if len(l.Tokens) != 2 || !l.Tokens[0].Current || l.Tokens[1].Current || l.Tokens[1].LastUsedAt == nil {
		t.Fatalf("told %s", a.Body)
	}
	for _, secret := range []string{w.Cat.Token, in.Token} {
		if strings.Contains(string(a.Body), secret) {
			t.Error("a token is told")
		}
	}
	path := "/v1/tokens/" + string(l.Tokens[1].ID)
	w.Do(w.Ann, http.MethodDelete, path, nil).Problem(http.StatusNotFound, "not_found")
	w.Do(w.Cat, http.MethodDelete, path, nil).Want(http.StatusNoContent)
	w.Do(w.Cat, http.MethodDelete, path, nil).Problem(http.StatusNotFound, "not_found")
	w.Do(second, http.MethodGet, "/v1/me", nil).Problem(http.StatusUnauthorized, "not_signed_in")
	if err := socket.AwaitClosed(apitest.Timeout); !websocket.IsCloseError(err, websocket.ClosePolicyViolation) {
		t.Errorf("ended with %v", err)
	}
	w.Get(w.Cat, "/v1/tokens", &l)
	if len(l.Tokens) != 1 {
		t.Errorf("%d tokens are left", len(l.Tokens))
	}
}

// A change of availability is told to every connected client, whatever they see, and a
// later welcome tells the user how they stand.
func TestAvailabilityReachesEveryClient(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	w.Connect(w.Ann, apitest.MetaPage, model.Private)
	cat, ben := w.Listen(w.Cat), w.Listen(w.Ben)
	cat.Hello(nil)
	ben.Hello(nil)
	var u model.User
	w.Do(w.Cat, http.MethodPut, "/v1/me/availability", map[string]any{"available": false}).Want(http.StatusOK).Into(&u)
	if !u.Away || u.Email == "" {
		t.Errorf("answered %+v", u)
	}
	for _, l := range []*apitest.Listener{cat, ben} {
		l.Until("told of it", func() bool { return len(l.Of(model.FrameUser)) == 1 })
		var told model.UserChanged
		w.Must(json.Unmarshal(l.Of(model.FrameUser)[0].Raw, &told))
		if want := (model.Colleague{ID: w.Cat.ID, Name: w.Cat.Name, Away: true}); told.User != want {
			t.Errorf("told %+v, want %+v", told.User, want)
		}
	}
	if welcome := cat.Hello(nil); !welcome.User.Away {
		t.Errorf("welcomed as %+v", welcome.User)
	}
	w.Get(w.Cat, "/v1/me", &u)
	var l struct{ Users []model.Colleague }
	w.Get(w.Ann, "/v1/users", &l)
	if !u.Away || l.Users[0].Away || !l.Users[2].Away {
		t.Errorf("me %+v, users %+v", u, l.Users)
	}

	w.Do(w.Cat, http.MethodPut, "/v1/me/availability", map[string]any{"available": false}).Want(http.StatusOK)
	w.Do(w.Cat, http.MethodPut, "/v1/me/availability", map[string]any{"available": true}).Want(http.StatusOK).Into(&u)
	ben.Until("told of it", func() bool { return len(ben.Of(model.FrameUser)) > 1 })
	if n := len(ben.Of(model.FrameUser)); n != 2 || u.Away {
		t.Errorf("told %d times; away: %t", n, u.Away)
	}
	for _, bad := range []any{map[string]any{}, map[string]any{"available": "no"}, map[string]any{"available": nil}} {
		w.Do(w.Cat, http.MethodPut, "/v1/me/availability", bad).Problem(http.StatusUnprocessableEntity, "invalid")
	}
}

func TestAssigningToWhoIsNotAvailable(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	w.Connect(w.Ann, apitest.MetaPage, model.Shared)
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_1", "hello", time.Now())
	w.Do(w.Cat, http.MethodPut, "/v1/me/availability", map[string]any{"available": false}).Want(http.StatusOK)
	path := "/v1/conversations/" + string(model.NewConversationID(apitest.Page, apitest.Hanako))
	for _, who := range []apitest.Account{w.Ann, w.Cat} {
		w.Do(who, http.MethodPatch, path, map[string]any{"assignee": w.Cat.ID}).Problem(http.StatusConflict, model.NotAvailable)
	}
	w.Do(w.Cat, http.MethodPatch, path, map[string]any{"assignee": w.Ann.ID}).Want(http.StatusOK)
}
