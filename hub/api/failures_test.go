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

	"parley/hub/messenger"
	"parley/hub/store"
	"parley/model"
)

func TestPanicInAHandler(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.graph.set(func(g *fakeGraph) {
		g.onGrant = func(model.MetaPageID) error { panic("went astray") }
	})
	body := map[string]any{"page": meta, "token": userToken}
	for range 2 { // and nothing stays locked
		a := w.do(w.ann, http.MethodPost, "/v1/pages", body)
		a.problem(http.StatusInternalServerError, "internal")
		if bytes.Contains(a.body, []byte("astray")) || bytes.Contains(a.body, []byte(".go")) {
			t.Errorf("the answer tells of the inside: %s", a.body)
		}
	}
	if !strings.Contains(w.logs.String(), "handler panicked") {
		t.Error("the panic is not logged")
	}
	w.graph.set(func(g *fakeGraph) { g.onGrant = nil })
	w.do(w.ann, http.MethodPost, "/v1/pages", body).want(http.StatusCreated)
}

// What a panic is about may be what a customer wrote.
func TestPanicIsLoggedWithoutItsValue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, value := range []any{
		hiddenText, fmt.Errorf("unexpected %s", hiddenText), model.Untrusted(hiddenText),
		[]string{hiddenText},
		struct{ Text string }{hiddenText},
	} {
		w.graph.set(func(g *fakeGraph) {
			g.onGrant = func(model.MetaPageID) error { panic(value) }
		})
		w.do(w.ann, http.MethodPost, "/v1/pages", map[string]any{"page": meta, "token": userToken}).
			problem(http.StatusInternalServerError, "internal")
	}
	log := w.logs.String()
	if strings.Contains(log, hiddenText) {
		t.Errorf("the log holds what was panicked about: %s", log)
	}
	if !strings.Contains(log, "*errors.errorString") && !strings.Contains(log, "*fmt.wrapError") || !strings.Contains(log, "graph_test.go") {
		t.Errorf("the log does not say where: %s", log)
	}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	login := func(code any) answer {
		return w.send(http.MethodPost, "/v1/login", nil, map[string]any{"code": code})
	}
	var got struct {
		Token string     `json:"token"`
		User  model.User `json:"user"`
	}
	login(w.cat.code).want(http.StatusOK).into(&got)
	if got.User != w.cat.User || len(got.Token) < 43 || got.Token == w.cat.token {
		t.Errorf("signed in as %+v", got.User)
	}
	var u model.User
	w.get(account{token: got.Token}, "/v1/me", &u)
	if u != w.cat.User {
		t.Errorf("the token is that of %+v", u)
	}
	// A code is for once; the token that came before stays.
	login(w.cat.code).problem(http.StatusUnauthorized, "not_signed_in")
	w.get(w.cat, "/v1/me", &u)
	// As people type it.
	typed := " " + strings.ToLower(strings.ReplaceAll(w.ben.code, "-", " ")) + " "
	login(typed).want(http.StatusOK)
	for _, wrong := range []string{"ABCD-EFGH-JKLM-NPQR", "-", " ", "x", "' OR 1=1 --", "日本語", w.ann.code[1:], w.ann.code + "A"} {
		login(wrong).problem(http.StatusUnauthorized, "not_signed_in")
	}
	for _, malformed := range []any{"", strings.Repeat("A", 65), 1, nil, []string{w.ann.code}} {
		a := login(malformed)
		a.problem(http.StatusUnprocessableEntity, "invalid")
		if bytes.Contains(a.body, []byte(w.ann.code)) {
			t.Errorf("the answer repeats the code: %s", a.body)
		}
	}
	w.send(http.MethodPost, "/v1/login", nil, map[string]any{}).problem(http.StatusUnprocessableEntity, "invalid")
	w.send(http.MethodPost, "/v1/login", nil, map[string]any{"code": w.ann.code, "x": 1}).problem(http.StatusUnprocessableEntity, "invalid")
	login(w.ann.code).want(http.StatusOK)
}

func TestLoginCodeExpires(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	w := newWorld(t, withClock(func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }))
	w.send(http.MethodPost, "/v1/login", nil, map[string]any{"code": w.ann.code}).want(http.StatusOK)
	ahead.Store(int64(11 * time.Minute))
	w.send(http.MethodPost, "/v1/login", nil, map[string]any{"code": w.ben.code}).problem(http.StatusUnauthorized, "not_signed_in")
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
	w := withPage(t, model.Shared, withStore(func(inner store.Store) store.Store {
		s.Store = inner
		return s
	}))
	s.blind.Store(true)
	for _, path := range []string{"/v1/me", "/v1/conversations", conversation(page, hanako), "/v1/stats"} {
		a := w.do(w.ann, http.MethodGet, path, nil)
		a.problem(http.StatusServiceUnavailable, "unavailable")
		if a.header.Get("WWW-Authenticate") != "" {
			t.Errorf("%s asks to sign in", path)
		}
	}
	w.send(http.MethodGet, "/readyz", nil, nil).want(http.StatusServiceUnavailable)
	s.blind.Store(false)
	w.do(w.ann, http.MethodGet, "/v1/me", nil).want(http.StatusOK)
}

// Logs hold no message text, no name and no secret, whatever went wrong.
func TestLogsTellNoSecrets(t *testing.T) {
	t.Parallel()
	s := &brokenStore{}
	w := newWorld(t, withStore(func(inner store.Store) store.Store {
		s.Store = inner
		return s
	}))
	w.graph.set(func(g *fakeGraph) { g.profile = model.Customer{Name: hiddenName, Locale: "ja_JP"} })
	w.run()
	w.connect(w.ann, meta, model.Shared)
	w.customerWrites(meta, hanako, "m_1", hiddenText, time.Now())
	w.deliver(meta, "messaging", policy(meta, "warning", hiddenText, time.Now()))
	w.wait(w.ann, w.reply(w.ann, page, hanako, text(hiddenText)), model.Sent)
	w.reply(w.ann, page, hanako, with(text(hiddenNote), "note", true))
	w.graph.set(func(g *fakeGraph) {
		g.onSend = func(o model.Outgoing) model.Outcome {
			return model.Outcome{Kind: model.OutcomeRefused, Code: model.GraphRefused, Detail: o.Text + model.Untrusted(o.Token)}
		}
		g.onGrant = func(model.MetaPageID) error {
			return &messenger.GraphError{Status: 400, Code: 1, Message: hiddenText, TraceID: "trace"}
		}
	})
	w.wait(w.ann, w.reply(w.ann, page, hanako, text(hiddenText)), model.Failed)
	w.do(w.ann, http.MethodPost, "/v1/pages", map[string]any{"page": meta, "token": userToken}).want(http.StatusBadGateway)
	w.do(w.ann, http.MethodPost, conversation(page, hanako)+"/messages", with(text(hiddenText), "x", hiddenText)).want(http.StatusUnprocessableEntity)
	w.do(w.ann, http.MethodGet, "/v1/conversations?page="+hiddenText, nil).want(http.StatusNotFound)
	w.do(w.stranger, http.MethodGet, "/v1/me", nil).want(http.StatusUnauthorized)
	w.send(http.MethodPost, "/v1/login", nil, map[string]any{"code": w.cat.code}).want(http.StatusOK)
	w.send(http.MethodPost, "/v1/login", nil, map[string]any{"code": w.cat.code}).want(http.StatusUnauthorized)
	w.send(http.MethodGet, "/webhooks/messenger?hub.verify_token="+verifyToken, nil, nil).want(http.StatusForbidden)
	w.send(http.MethodPost, "/webhooks/messenger", nil, webhookOf(meta, "messaging", message(meta, hanako, "m_2", hiddenText, time.Now()))).
		want(http.StatusForbidden)
	s.broken.Store(true)
	w.post(webhookOf(meta, "messaging", message(meta, ken, "m_3", hiddenText, time.Now()))).want(http.StatusServiceUnavailable)
	w.do(w.ann, http.MethodPost, conversation(page, hanako)+"/messages", text(hiddenText)).want(http.StatusServiceUnavailable)
	s.broken.Store(false)
	w.graph.set(func(g *fakeGraph) {
		g.unsubscribeErr = fmt.Errorf("call: %w", &messenger.GraphError{Code: 190, Message: hiddenText})
	})
	w.do(w.ann, http.MethodDelete, "/v1/pages/100", nil).want(http.StatusOK)

	log := w.logs.String()
	for _, told := range []string{"page connected", "reply attempted", "receive webhook", "page uninstalled"} {
		if !strings.Contains(log, told) {
			t.Errorf("the log does not tell of %q", told)
		}
	}
	secrets := map[string]string{
		"a text": hiddenText, "a note": hiddenNote, "a name": hiddenName, "the user's token": userToken,
		"the Page's token": pageToken(userToken), "the app secret": appSecret, "the verify token": verifyToken,
		"a token": w.ann.token, "a login code": w.cat.code, "a signature": "sha256=", "a user's name": w.ann.Email,
	}
	for _, o := range w.graph.calls() {
		secrets["the token of an attempt to "+string(o.To)] = o.Metadata
	}
	for what, secret := range secrets {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %s", what)
		}
	}
}
