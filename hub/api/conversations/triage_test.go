package conversations_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/hub/api/apitest"
	"parley/model"
)

func TestPatchChangesWhatItNames(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	until := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	c := w.Patch(w.Cat, apitest.Hanako, map[string]any{
		"status": "snoozed", "snoozed_until": until, "assignee": w.Ben.ID, "labels": []string{" vip ", "返品"}, "pinned": true,
	})
	all := func(c model.Conversation) bool {
		return c.Status == model.Snoozed && c.SnoozedUntil != nil && c.SnoozedUntil.Equal(until) && c.Pinned &&
			c.Assignee != nil && *c.Assignee == w.Ben.Ref() && slices.Equal(c.Labels, []string{"vip", "返品"})
	}
	if !all(c) {
		t.Fatalf("got %+v", c)
	}
	var read model.Conversation
	w.Get(w.Ann, apitest.ConversationPath(apitest.Page, apitest.Hanako), &read)
	if !all(read) || read.Seq != c.Seq {
		t.Errorf("read %+v", read)
	}
	if again := w.Patch(w.Cat, apitest.Hanako, map[string]any{}); !all(again) || again.Seq != c.Seq {
		t.Errorf("nothing changed it to %+v", again)
	}
	if c = w.Patch(w.Cat, apitest.Hanako, map[string]any{"assignee": nil}); c.Assignee != nil || c.Status != model.Snoozed || !c.Pinned || len(c.Labels) != 2 {
		t.Errorf("after assignee null: %+v", c)
	}
	if c = w.Patch(w.Cat, apitest.Hanako, map[string]any{"status": "open", "snoozed_until": nil}); c.Status != model.Open || c.SnoozedUntil != nil || !c.Pinned {
		t.Errorf("after status open: %+v", c)
	}
	if c = w.Patch(w.Cat, apitest.Hanako, map[string]any{"labels": []string{}, "pinned": false}); len(c.Labels) != 0 || c.Labels == nil || c.Pinned {
		t.Errorf("after no labels: %+v", c)
	}
}

// A change as the model writes it is the body.
func TestPatchTakesTheModelsChange(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	until := time.Now().Add(time.Hour)
	for _, change := range []model.Triage{
		model.Snooze(until), model.ToStatus(model.Open), model.ToStatus(model.Done), model.Pin(), model.Unpin(),
		model.Assign(w.Cat.ID), model.Unassign(), model.Label("a", "b"), model.Label(),
		{},
	} {
		var was model.Conversation
		w.Get(w.Ann, apitest.ConversationPath(apitest.Page, apitest.Hanako), &was)
		want, err := change.Of(was, time.Now())
		w.Must(err)
		if got := w.Patch(w.Ann, apitest.Hanako, change); !got.SameTriage(want) {
			t.Errorf("%+v made %+v, want %+v", change, got, want)
		}
	}
}

func TestPatchesThatMakeNoSense(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Private)
	var before model.Conversation
	w.Get(w.Ann, apitest.ConversationPath(apitest.Page, apitest.Hanako), &before)
	for body, detail := range map[string]string{
		`{"status":"snoozed"}`:                                             "a snooze needs the time when it ends.",
		`{"status":"snoozed","snoozed_until":null}`:                        "a snooze needs the time when it ends.",
		`{"status":"snoozed","snoozed_until":"2020-01-01T00:00:00Z"}`:      "a snooze must end in the future.",
		`{"status":"snoozed","snoozed_until":"9999-12-31T23:59:59-12:00"}`: "a snooze must end within ten years.",
		`{"snoozed_until":"2099-01-01T00:00:00Z"}`:                         "goes with the status snoozed only.",
		`{"assignee":"nobody"}`:                                            "must be a user of this hub who may see the Page.",
		`{"assignee":"` + string(w.Ben.ID) + `"}`:                          "must be a user of this hub who may see the Page.",
		`{"labels":[" "]}`:                                                 "a label must not be empty.",
		// What the schema refuses:
		`{"status":"closed"}`: "", `{"snoozed_until":"tomorrow"}`: "", `{"snoozed_until":1}`: "",
		`{"assignee":""}`: "", `{"assignee":1}`: "", `{"labels":"a"}`: "", `{"labels":[1]}`: "",
		`{"pinned":1}`: "", `{"unread":3}`: "", `[]`: "", `null`: "",
	} {
		p := w.Do(w.Ann, http.MethodPatch, apitest.ConversationPath(apitest.Page, apitest.Hanako), body)
		if p.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", body, p.Status, p.Body)
			continue
		}
		if d := p.Problem(http.StatusUnprocessableEntity, "invalid").Detail; !strings.HasSuffix(d, detail) {
			t.Errorf("%s: %q", body, d)
		}
	}
	w.Do(w.Ann, http.MethodPatch, apitest.ConversationPath(apitest.Page, apitest.Hanako), "").Problem(http.StatusBadRequest, "invalid")
	var after model.Conversation
	w.Get(w.Ann, apitest.ConversationPath(apitest.Page, apitest.Hanako), &after)
	if after.Seq != before.Seq || !after.SameTriage(before) {
		t.Errorf("something was stored: %+v", after)
	}
}

func TestMarkUnreadAnswersTheConversation(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	read := map[string]any{"up_to": w.Messages(w.Ann, apitest.Page, apitest.Hanako)[0].ID}
	var c model.Conversation
	w.Do(w.Ann, http.MethodPost, apitest.ConversationPath(apitest.Page, apitest.Hanako)+"/read", read).Want(http.StatusOK).Into(&c)
	if c.Unread != 0 {
		t.Fatalf("%d unread", c.Unread)
	}
	w.Do(w.Cat, http.MethodPost, apitest.ConversationPath(apitest.Page, apitest.Hanako)+"/unread", nil).Want(http.StatusOK).Into(&c)
	if c.Unread != 1 {
		t.Errorf("%d unread", c.Unread)
	}
}

// The document names each field, and which of them may be null.
func TestPatchIsDocumented(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	raw := w.Send(http.MethodGet, "/openapi.json", nil, nil).Want(http.StatusOK).Body
	var d struct {
		Paths map[string]map[string]struct {
			RequestBody struct {
				Content map[string]struct {
					Schema struct {
						Properties           map[string]struct{ Type any } `json:"properties"`
						AdditionalProperties any                           `json:"additionalProperties"`
					} `json:"schema"`
				} `json:"content"`
			} `json:"requestBody"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	s := d.Paths["/v1/conversations/{conversation}"]["patch"].RequestBody.Content["application/json"].Schema
	if s.AdditionalProperties != false {
		t.Errorf("other fields: %v", s.AdditionalProperties)
	}
	for name, want := range map[string]string{
		"status": `"string"`, "snoozed_until": `["string","null"]`, "assignee": `["string","null"]`, "labels": `"array"`, "pinned": `"boolean"`,
	} {
		got, err := json.Marshal(s.Properties[name].Type)
		if err != nil || !bytes.Equal(got, []byte(want)) {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}
