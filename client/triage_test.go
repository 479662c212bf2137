package client_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"parley/client"
	"parley/client/clienttest"
	"parley/model"
)

// Each decision about a conversation or a reply asks for exactly that.
func TestDecisions(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	seen := int64(7)
	patch := func(change model.Triage) func(*client.Client) error {
		return func(c *client.Client) error { _, err := c.Triage(ctx, "100_7", change); return err }
	}
	for want, ask := range map[string]func(*client.Client) error{
		`PATCH /v1/conversations/100_7 {}`:                patch(model.Triage{}),
		`PATCH /v1/conversations/100_7 {"status":"done"}`: patch(model.ToStatus(model.Done)),
		`PATCH /v1/conversations/100_7 {"status":"snoozed","snoozed_until":"2026-01-02T03:04:05Z"}`: patch(
			model.Snooze(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))),
		`PATCH /v1/conversations/100_7 {"pinned":false}`:    patch(model.Unpin()),
		`PATCH /v1/conversations/100_7 {"assignee":null}`:   patch(model.Unassign()),
		`PATCH /v1/conversations/100_7 {"labels":["a"]}`:    patch(model.Label("a")),
		`POST /v1/conversations/100_7/read {"up_to":"m/1"}`: func(c *client.Client) error { _, err := c.MarkRead(ctx, "100_7", "m/1"); return err },
		`POST /v1/conversations/a%2Fb/unread `:              func(c *client.Client) error { _, err := c.MarkUnread(ctx, "a/b"); return err },
		`POST /v1/conversations/100_7/messages/100_m%2F/retry {"attempt":2,"seen_seq":7}`: func(c *client.Client) error {
			_, err := c.Retry(ctx, "100_7", "100_m/", 2, &seen)
			return err
		},
		`POST /v1/conversations/100_7/messages/100_m/retry {"attempt":0}`: func(c *client.Client) error {
			_, err := c.Retry(ctx, "100_7", "100_m", 0, nil)
			return err
		},
		`POST /v1/conversations/100_7/messages/100_m/drop {"attempt":1}`: func(c *client.Client) error {
			_, err := c.Drop(ctx, "100_7", "100_m", 1)
			return err
		},
	} {
		s := &clienttest.Script{Answer: func(int, *http.Request) (*http.Response, error) { return clienttest.Success(http.StatusOK, struct{}{}) }}
		if err := ask(clienttest.NewClient(t, s)); err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		c := s.Got()[0]
		if got := c.Method + " " + c.Path + " " + string(c.Body); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestDecisionsAnswer(t *testing.T) {
	t.Parallel()
	s := &clienttest.Script{Answer: func(_ int, r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodPatch {
			return clienttest.Success(http.StatusOK, model.Conversation{ID: "100_7", Status: model.Done})
		}
		return clienttest.Refusal(http.StatusConflict, model.StateChanged)
	}}
	c := clienttest.NewClient(t, s)
	if got, err := c.Triage(t.Context(), "100_7", model.ToStatus(model.Done)); err != nil || got.Status != model.Done {
		t.Errorf("got %+v (%v)", got, err)
	}
	_, err := c.Retry(t.Context(), "100_7", "100_m", 1, nil)
	var p *client.Problem
	if !errors.As(err, &p) || p.Code != model.StateChanged {
		t.Errorf("got %v", err)
	}
	if n := len(s.Got()); n != 2 {
		t.Errorf("%d calls: a decision is not repeated by itself", n)
	}
}

// What was read of a conversation says where its Page's stream stood.
func TestMessagesTellWhereTheStreamStood(t *testing.T) {
	t.Parallel()
	s := &clienttest.Script{Answer: func(int, *http.Request) (*http.Response, error) {
		return clienttest.Success(http.StatusOK, map[string]any{
			"messages": []any{}, "cursor": "", "as_of": map[string]any{"100": map[string]any{"epoch": "e", "seq": 9}},
		})
	}}
	l, err := clienttest.NewClient(t, s).Messages(t.Context(), "100_7", "", 0)
	if want := (model.Position{Epoch: "e", Seq: 9}); err != nil || l.AsOf["100"] != want {
		t.Errorf("as of %+v (%v)", l.AsOf, err)
	}
}
