package apitest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/model"
)

// Requests.

// Answer is what the server said.
type Answer struct {
	testing.TB
	Status int
	Header http.Header
	Body   []byte
}

// Do asks as somebody. A body is sent as JSON, bytes and strings as they are.
func (w *World) Do(who Account, method, path string, body any) Answer {
	w.Helper()
	header := http.Header{}
	if who.Token != "" {
		header.Set("Authorization", "Bearer "+who.Token)
	}
	return w.Send(method, path, header, body)
}

// Send sends a request with those headers. A body is sent as JSON, bytes and strings as they are.
func (w *World) Send(method, path string, header http.Header, body any) Answer {
	w.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case []byte:
		r = bytes.NewReader(b)
	case string:
		r = strings.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		w.Must(err)
		r = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(w.Context(), method, w.Server.URL+path, r)
	w.Must(err)
	if r != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := w.Server.Client().Do(req)
	w.Must(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	w.Must(err)
	return Answer{TB: w.TB, Status: resp.StatusCode, Header: resp.Header, Body: raw}
}

// Get reads what must be there.
func (w *World) Get(who Account, path string, out any) {
	w.Helper()
	w.Do(who, http.MethodGet, path, nil).Want(http.StatusOK).Into(out)
}

// Want expects a status.
func (a Answer) Want(status int) Answer {
	a.Helper()
	if a.Status != status {
		a.Fatalf("got %d %s, want %d", a.Status, a.Body, status)
	}
	return a
}

// Into decodes the body.
func (a Answer) Into(out any) {
	a.Helper()
	if err := json.Unmarshal(a.Body, out); err != nil {
		a.Fatalf("decode %s: %v", a.Body, err)
	}
}

// Problem is a problem document.
type Problem struct {
	Type   string         `json:"type"`
	Title  string         `json:"title"`
	Status int            `json:"status"`
	Detail string         `json:"detail"`
	Code   model.Code     `json:"code"`
	Reply  *model.Verdict `json:"reply"`
	Errors []struct {
		Message  string `json:"message"`
		Location string `json:"location"`
		Value    any    `json:"value"`
	} `json:"errors"`
}

// Problem expects a problem document with all that one must have.
func (a Answer) Problem(status int, code model.Code) Problem {
	a.Helper()
	a.Want(status)
	if got := a.Header.Get("Content-Type"); got != "application/problem+json" {
		a.Fatalf("content type %q of %s", got, a.Body)
	}
	var p Problem
	a.Into(&p)
	if p.Type == "" || p.Title != http.StatusText(status) || p.Status != status || p.Code != code || p.Detail == "" {
		a.Fatalf("got the problem %s, want %d %s", a.Body, status, code)
	}
	return p
}

// Pages and customers.

// Connect connects a Page as somebody who may; where v is empty, the hub decides who sees it.
func (w *World) Connect(who Account, id model.MetaPageID, v model.Visibility) model.Page {
	w.Helper()
	body := map[string]any{"page": id, "token": UserToken}
	if v != "" {
		body["visibility"] = v
	}
	var p model.Page
	w.Do(who, http.MethodPost, "/v1/pages", body).Want(http.StatusCreated).Into(&p)
	return p
}

// SetVisibility changes who sees a Page.
func (w *World) SetVisibility(who Account, id model.PageID, v model.Visibility) {
	w.Helper()
	w.Do(who, http.MethodPatch, "/v1/pages/"+string(id), map[string]any{"visibility": v}).Want(http.StatusOK)
}

// Post delivers a webhook, signed.
func (w *World) Post(body []byte) Answer {
	w.Helper()
	return w.Send(http.MethodPost, "/webhooks/messenger", http.Header{"X-Hub-Signature-256": {Sign(body)}}, body)
}

// Deliver delivers events of a Page that must be taken.
func (w *World) Deliver(id model.MetaPageID, list string, events ...map[string]any) {
	w.Helper()
	w.Post(Webhook(id, list, events...)).Want(http.StatusOK)
}

// CustomerWrites delivers a message of a customer.
func (w *World) CustomerWrites(id model.MetaPageID, customer model.PSID, mid, text string, at time.Time) {
	w.Helper()
	w.Deliver(id, "messaging", Message(id, customer, mid, text, at))
}

// Reply hands a reply in that must be taken.
func (w *World) Reply(who Account, id model.PageID, customer model.PSID, body map[string]any) model.Message {
	w.Helper()
	var m model.Message
	w.Do(who, http.MethodPost, ConversationPath(id, customer)+"/messages", body).Want(http.StatusAccepted).Into(&m)
	return m
}

// Messages returns a whole conversation.
func (w *World) Messages(who Account, id model.PageID, customer model.PSID) []model.Message {
	w.Helper()
	var l MessageList
	w.Get(who, ConversationPath(id, customer)+"/messages?limit=1000", &l)
	return l.Messages
}

// AwaitState waits until a reply is in one of these states.
func (w *World) AwaitState(who Account, m model.Message, states ...model.State) model.Message {
	w.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(Timeout); ; <-tick.C {
		var now model.Message
		w.Get(who, MessagePath(m), &now)
		for _, s := range states {
			if now.State == s {
				return now
			}
		}
		if time.Now().After(end) {
			w.Fatalf("the reply is %s, want one of %s", now.State, states)
		}
	}
}

// Patch changes a conversation in a way that must be taken.
func (w *World) Patch(who Account, customer model.PSID, body any) model.Conversation {
	w.Helper()
	var c model.Conversation
	w.Do(who, http.MethodPatch, ConversationPath(Page, customer), body).Want(http.StatusOK).Into(&c)
	return c
}

// Indistinct tells whether two answers look the same to who got them.
func Indistinct(a, b Answer) bool {
	if a.Status != b.Status || !bytes.Equal(a.Body, b.Body) || len(a.Header) != len(b.Header) {
		return false
	}
	for name := range a.Header {
		if name != "Date" && !slices.Equal(a.Header[name], b.Header[name]) {
			return false
		}
	}
	return true
}
