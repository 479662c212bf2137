package api_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/hub/api/apitest"
	"parley/hub/messenger"
	"parley/hub/store"
	"parley/model"
)

func TestPanicInAHandler(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	w.Graph.Set(func(g *apitest.Graph) {
		g.OnGrant = func(model.MetaPageID) error { panic("went astray") }
	})
	body := map[string]any{"page": apitest.MetaPage, "token": apitest.UserToken}
	for range 2 { // and nothing stays locked
		a := w.Do(w.Ann, http.MethodPost, "/v1/pages", body)
		a.Problem(http.StatusInternalServerError, "internal")
		if bytes.Contains(a.Body, []byte("astray")) || bytes.Contains(a.Body, []byte(".go")) {
			t.Errorf("the answer tells of the inside: %s", a.Body)
		}
	}
	if !strings.Contains(w.Logs.String(), "handler panicked") {
		t.Error("the panic is not logged")
	}
	w.Graph.Set(func(g *apitest.Graph) { g.OnGrant = nil })
	w.Do(w.Ann, http.MethodPost, "/v1/pages", body).Want(http.StatusCreated)
}

// What a panic is about may be what a customer wrote.
func TestPanicIsLoggedWithoutItsValue(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	for _, value := range []any{
		apitest.HiddenText, fmt.Errorf("unexpected %s", apitest.HiddenText), model.Untrusted(apitest.HiddenText),
		[]string{apitest.HiddenText},
		struct{ Text string }{apitest.HiddenText},
	} {
		w.Graph.Set(func(g *apitest.Graph) {
			g.OnGrant = func(model.MetaPageID) error { panic(value) }
		})
		w.Do(w.Ann, http.MethodPost, "/v1/pages", map[string]any{"page": apitest.MetaPage, "token": apitest.UserToken}).
			Problem(http.StatusInternalServerError, "internal")
	}
	log := w.Logs.String()
	if strings.Contains(log, apitest.HiddenText) {
		t.Errorf("the log holds what was panicked about: %s", log)
	}
	if !strings.Contains(log, "*errors.errorString") && !strings.Contains(log, "*fmt.wrapError") || !strings.Contains(log, "apitest/graph.go") {
		t.Errorf("the log does not say where: %s", log)
	}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	login := func(code any) apitest.Answer {
		return w.Send(http.MethodPost, "/v1/login", nil, map[string]any{"code": code})
	}
	var got struct {
		Token string     `json:"token"`
		User  model.User `json:"user"`
	}
	login(w.Cat.Code).Want(http.StatusOK).Into(&got)
	if got.User != w.Cat.User || len(got.Token) < 43 || got.Token == w.Cat.Token {
		t.Errorf("signed in as %+v", got.User)
	}
	var u model.User
	w.Get(apitest.Account{Token: got.Token}, "/v1/me", &u)
	if u != w.Cat.User {
		t.Errorf("the token is that of %+v", u)
	}
	// A code is for once; the token that came before stays.
	login(w.Cat.Code).Problem(http.StatusUnauthorized, "not_signed_in")
	w.Get(w.Cat, "/v1/me", &u)
	// As people type it.
	typed := " " + strings.ToLower(strings.ReplaceAll(w.Ben.Code, "-", " ")) + " "
	login(typed).Want(http.StatusOK)
	for _, wrong := range []string{"ABCD-EFGH-JKLM-NPQR", "-", " ", "x", "' OR 1=1 --", "日本語", w.Ann.Code[1:], w.Ann.Code + "A"} {
		login(wrong).Problem(http.StatusUnauthorized, "not_signed_in")
	}
	for _, malformed := range []any{"", strings.Repeat("A", 65), 1, nil, []string{w.Ann.Code}} {
		a := login(malformed)
		a.Problem(http.StatusUnprocessableEntity, "invalid")
		if bytes.Contains(a.Body, []byte(w.Ann.Code)) {
			t.Errorf("the answer repeats the code: %s", a.Body)
		}
	}
	w.Send(http.MethodPost, "/v1/login", nil, map[string]any{}).Problem(http.StatusUnprocessableEntity, "invalid")
	w.Send(http.MethodPost, "/v1/login", nil, map[string]any{"code": w.Ann.Code, "x": 1}).Problem(http.StatusUnprocessableEntity, "invalid")
	login(w.Ann.Code).Want(http.StatusOK)
}

func TestLoginCodeExpires(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	w := apitest.New(t, apitest.WithClock(func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }))
	w.Send(http.MethodPost, "/v1/login", nil, map[string]any{"code": w.Ann.Code}).Want(http.StatusOK)
	ahead.Store(int64(11 * time.Minute))
	w.Send(http.MethodPost, "/v1/login", nil, map[string]any{"code": w.Ben.Code}).Problem(http.StatusUnauthorized, "not_signed_in")
}

// blindStore is a store that can't be read while it is blind.
type blindStore struct {
	store.Store
	blind atomic.Bool
}

func (s *blindStore) Read(ctx context.Context, f func(store.Reader) error) error {
	if s.blind.Load() {
		return fmt.Errorf("read: %w", store.ErrUnavailable)
	}
	return s.Store.Read(ctx, f)
}

// A store that can't be read is no reason to send anybody to sign in again.
func TestStoreThatCannotBeRead(t *testing.T) {
	t.Parallel()
	s := &blindStore{}
	w := apitest.NewWithPage(t, model.Shared, apitest.WithStore(func(inner store.Store) store.Store {
		s.Store = inner
		return s
	}))
	s.blind.Store(true)
	for _, path := range []string{"/v1/me", "/v1/conversations", apitest.ConversationPath(apitest.Page, apitest.Hanako), "/v1/stats"} {
		a := w.Do(w.Ann, http.MethodGet, path, nil)
		a.Problem(http.StatusServiceUnavailable, "unavailable")
		if a.Header.Get("WWW-Authenticate") != "" {
			t.Errorf("%s asks to sign in", path)
		}
	}
	w.Send(http.MethodGet, "/readyz", nil, nil).Want(http.StatusServiceUnavailable)
	s.blind.Store(false)
	w.Do(w.Ann, http.MethodGet, "/v1/me", nil).Want(http.StatusOK)
}

// Logs hold no message text, no name and no secret, whatever went wrong.
func TestLogsTellNoSecrets(t *testing.T) {
	t.Parallel()
	s := &apitest.BrokenStore{}
	w := apitest.New(t, apitest.WithStore(func(inner store.Store) store.Store {
		s.Store = inner
		return s
	}))
	w.Graph.Set(func(g *apitest.Graph) { g.Customer = model.Customer{Name: apitest.HiddenName, Locale: "ja_JP"} })
	w.Run()
	w.Connect(w.Ann, apitest.MetaPage, model.Shared)
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_1", apitest.HiddenText, time.Now())
	w.Deliver(apitest.MetaPage, "messaging", apitest.Policy(apitest.MetaPage, "warning", apitest.HiddenText, time.Now()))
	w.AwaitState(w.Ann, w.Reply(w.Ann, apitest.Page, apitest.Hanako, apitest.Text(apitest.HiddenText)), model.Sent)
	w.Reply(w.Ann, apitest.Page, apitest.Hanako, apitest.With(apitest.Text(apitest.HiddenNote), "note", true))
	w.Graph.Set(func(g *apitest.Graph) {
		g.OnSend = func(o model.Outgoing) model.Outcome {
			return model.Outcome{Kind: model.OutcomeRefused, Code: model.GraphRefused, Detail: o.Text + model.Untrusted(o.Token)}
		}
		g.OnGrant = func(model.MetaPageID) error {
			return &messenger.GraphError{Status: 400, Code: 1, Message: apitest.HiddenText, TraceID: "trace"}
		}
	})
	w.AwaitState(w.Ann, w.Reply(w.Ann, apitest.Page, apitest.Hanako, apitest.Text(apitest.HiddenText)), model.Failed)
	w.Do(w.Ann, http.MethodPost, "/v1/pages", map[string]any{"page": apitest.MetaPage, "token": apitest.UserToken}).Want(http.StatusBadGateway)
	w.Do(w.Ann, http.MethodPost, apitest.ConversationPath(apitest.Page, apitest.Hanako)+"/messages", apitest.With(apitest.Text(apitest.HiddenText), "x", apitest.HiddenText)).Want(http.StatusUnprocessableEntity)
	w.Do(w.Ann, http.MethodGet, "/v1/conversations?page="+apitest.HiddenText, nil).Want(http.StatusNotFound)
	w.Do(w.Stranger, http.MethodGet, "/v1/me", nil).Want(http.StatusUnauthorized)
	w.Send(http.MethodPost, "/v1/login", nil, map[string]any{"code": w.Cat.Code}).Want(http.StatusOK)
	w.Send(http.MethodPost, "/v1/login", nil, map[string]any{"code": w.Cat.Code}).Want(http.StatusUnauthorized)
	w.Send(http.MethodGet, "/webhooks/messenger?hub.verify_token="+apitest.VerifyToken, nil, nil).Want(http.StatusForbidden)
	w.Send(http.MethodPost, "/webhooks/messenger", nil, apitest.Webhook(apitest.MetaPage, "messaging", apitest.Message(apitest.MetaPage, apitest.Hanako, "m_2", apitest.HiddenText, time.Now()))).
		Want(http.StatusForbidden)
	s.Broken.Store(true)
	w.Post(apitest.Webhook(apitest.MetaPage, "messaging", apitest.Message(apitest.MetaPage, apitest.Ken, "m_3", apitest.HiddenText, time.Now()))).Want(http.StatusServiceUnavailable)
	w.Do(w.Ann, http.MethodPost, apitest.ConversationPath(apitest.Page, apitest.Hanako)+"/messages", apitest.Text(apitest.HiddenText)).Want(http.StatusServiceUnavailable)
	s.Broken.Store(false)
	w.Graph.Set(func(g *apitest.Graph) {
		g.UnsubscribeErr = fmt.Errorf("call: %w", &messenger.GraphError{Code: 190, Message: apitest.HiddenText})
	})
	w.Do(w.Ann, http.MethodDelete, "/v1/pages/100", nil).Want(http.StatusOK)

	log := w.Logs.String()
	for _, told := range []string{"page connected", "reply attempted", "receive webhook", "page uninstalled"} {
		if !strings.Contains(log, told) {
			t.Errorf("the log does not tell of %q", told)
		}
	}
	secrets := map[string]string{
		"a text": apitest.HiddenText, "a note": apitest.HiddenNote, "a name": apitest.HiddenName, "the user's token": apitest.UserToken,
		"the Page's token": apitest.PageToken(apitest.UserToken), "the app secret": apitest.AppSecret, "the verify token": apitest.VerifyToken,
		"a token": w.Ann.Token, "a login code": w.Cat.Code, "a signature": "sha256=", "a user's name": w.Ann.Email,
	}
	for _, o := range w.Graph.Calls() {
		secrets["the token of an attempt to "+string(o.To)] = o.Metadata
	}
	for what, secret := range secrets {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %s", what)
		}
	}
}
