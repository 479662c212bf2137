package conversations_test

import (
	"net/http"
	"testing"
	"time"

	"parley/hub/api/apitest"
	"parley/hub/store"
	"parley/model"
)

func TestReactionsOverHTTP(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	w.Run()
	to := apitest.ConversationPath(apitest.Page, apitest.Hanako) + "/reactions"
	id := w.Messages(w.Ann, apitest.Page, apitest.Hanako)[0].ID
	var m model.Message
	w.Do(w.Cat, http.MethodPost, to, map[string]any{"message": id, "emoji": "👍"}).Want(http.StatusAccepted).Into(&m)
	if m.ID != id || len(m.Reactions) != 1 || m.Reactions[0].Emoji != "👍" {
		t.Fatalf("answered %+v", m)
	}
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(apitest.Timeout); ; <-tick.C {
		m = model.Message{ID: m.ID, ConversationID: m.ConversationID}
		w.Get(w.Ann, apitest.MessagePath(m), &m)
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
		if a := w.Do(w.Ann, http.MethodPost, to, bad); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
	}
	w.ChangeConversation(m.ConversationID, func(c *store.Conversation) { at := time.Now().Add(-time.Hour); c.WindowUntil = &at })
	w.Do(w.Ann, http.MethodPost, to, map[string]any{"message": id, "emoji": ""}).Problem(http.StatusConflict, model.WindowClosed)
}
