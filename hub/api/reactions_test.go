package api_test

import (
	"net/http"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

func TestReactionsOverHTTP(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	w.run()
	to := conversation(page, hanako) + "/reactions"
	id := w.messages(w.ann, page, hanako)[0].ID
	var m model.Message
	w.do(w.cat, http.MethodPost, to, map[string]any{"message": id, "emoji": "👍"}).want(http.StatusAccepted).into(&m)
	if m.ID != id || len(m.Reactions) != 1 || m.Reactions[0].Emoji != "👍" {
		t.Fatalf("answered %+v", m)
	}
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); ; <-tick.C {
		m = model.Message{ID: m.ID, ConversationID: m.ConversationID}
		w.get(w.ann, messagePath(m), &m)
		if len(m.Reactions) == 1 && !m.Reactions[0].Pending {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("it stays %+v", m.Reactions)
		}
	}
	for name, bad := range map[string]any{
		"a word": map[string]any{"message": id, "emoji": "love"}, "no message": map[string]any{"emoji": "👍"},
		"a number": map[string]any{"message": id, "emoji": 5},
	} {
		if a := w.do(w.ann, http.MethodPost, to, bad); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	w.changeConversation(m.ConversationID, func(c *store.Conversation) { at := time.Now().Add(-time.Hour); c.WindowUntil = &at })
	w.do(w.ann, http.MethodPost, to, map[string]any{"message": id, "emoji": ""}).problem(http.StatusConflict, model.WindowClosed)
}
