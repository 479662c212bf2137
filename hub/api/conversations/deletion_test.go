package conversations_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/hub/api/apitest"
	"parley/hub/store"
	"parley/model"
)

// A deleted conversation is gone by every door, told as removed to those who saw it, and
// opens anew with what comes later.
func TestDeleteConversation(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	w.Connect(w.Ann, apitest.MetaPage, model.Shared)
	w.Fill(w.Ann, apitest.Page)
	w.CustomerWrites(apitest.MetaPage, apitest.Ken, "m_ken", "hello", time.Now())
	path := "/v1/conversations/" + string(model.NewConversationID(apitest.Page, apitest.Hanako))
	message := w.Messages(w.Ann, apitest.Page, apitest.Hanako)[0].ID
	w.RunUntilQuiet()
	cat := w.Listen(w.Cat)
	at := w.Position(w.Cat, apitest.Page)
	cat.Hello(apitest.Resume{apitest.Page: at})
	for _, who := range []apitest.Account{w.Ben, w.Cat} {
		w.Do(who, http.MethodDelete, path, nil).Problem(http.StatusForbidden, model.NotInstaller)
	}
	if a := w.Do(w.Ann, http.MethodDelete, path, nil).Want(http.StatusNoContent); len(a.Body) != 0 {
		t.Errorf("answered %s", a.Body)
	}
	cat.Until("told of it", func() bool { return strings.Contains(cat.Received(), `"kind":"removed"`) })
	var removed int
	for _, b := range cat.AwaitSeq(apitest.Page, w.Head(apitest.Page)) {
		for _, e := range b.Events {
			if e.Kind == model.ChangeRemoved {
				var gone model.Removed
				w.Must(json.Unmarshal(e.Object, &gone))
				removed++
				if gone.ID != string(model.NewConversationID(apitest.Page, apitest.Hanako)) {
					t.Errorf("removed %s", gone.ID)
				}
			}
		}
	}
	if removed != 1 {
		t.Errorf("%d were removed", removed)
	}

	for _, gone := range []string{path, path + "/messages", path + "/messages/" + string(message)} {
		w.Do(w.Ann, http.MethodGet, gone, nil).Problem(http.StatusNotFound, "not_found")
	}
	w.Do(w.Ann, http.MethodDelete, path, nil).Problem(http.StatusNotFound, "not_found")
	w.Do(w.Ann, http.MethodPost, path+"/messages", apitest.Text("anybody there?")).Problem(http.StatusNotFound, "not_found")
	for _, door := range []string{
		"/v1/conversations", "/v1/conversations?search=" + url.QueryEscape(apitest.HiddenText),
		"/v1/conversations?search=" + url.QueryEscape(apitest.HiddenNote), "/v1/counts",
	} {
		a := w.Do(w.Ann, http.MethodGet, door, nil).Want(http.StatusOK)
		if strings.Contains(string(a.Body), string(apitest.Hanako)) || strings.Contains(string(a.Body), apitest.HiddenText) {
			t.Errorf("%s tells %s", door, a.Body)
		}
	}
	var counts struct{ Counts struct{ All int } }
	w.Get(w.Ann, "/v1/counts", &counts)
	if counts.Counts.All != 1 {
		t.Errorf("counted %+v", counts)
	}
	audit := w.Do(w.Ann, http.MethodGet, "/v1/audit", nil).Want(http.StatusOK)
	if !strings.Contains(string(audit.Body), `"deleted"`) || strings.Contains(string(audit.Body), apitest.HiddenText) || strings.Contains(string(audit.Body), apitest.HiddenNote) {
		t.Errorf("the audit log tells %s", audit.Body)
	}

	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_later", "here again", time.Now().Add(time.Second))
	if ms := w.Messages(w.Cat, apitest.Page, apitest.Hanako); len(ms) != 1 || ms[0].Text != "here again" {
		t.Errorf("the new conversation holds %+v", ms)
	}
}

// Who may not see a conversation can't tell by deleting that it is there.
func TestDeletingTellsNothingOfWhatIsHidden(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	apitest.Connected(apitest.Ann, model.Private)(w)
	for _, who := range []apitest.Account{w.Ben, w.Cat} {
		hidden := w.Do(who, http.MethodDelete, "/v1/conversations/"+string(model.NewConversationID(apitest.Page, apitest.Hanako)), nil)
		hidden.Problem(http.StatusNotFound, "not_found")
		for _, none := range []model.ConversationID{model.NewConversationID(apitest.Page, "999"), model.NewConversationID("777", apitest.Hanako), "x"} {
			if a := w.Do(who, http.MethodDelete, "/v1/conversations/"+string(none), nil); !apitest.Indistinct(hidden, a) {
				t.Errorf("hidden %s, missing %s", hidden.Body, a.Body)
			}
		}
	}
	w.Do(w.Ann, http.MethodGet, "/v1/conversations/"+string(model.NewConversationID(apitest.Page, apitest.Hanako)), nil).Want(http.StatusOK)
}

// onDisk returns which of these stand in any file of the store, or of those that users
// sent.
func onDisk(w *apitest.World, words ...string) []string {
	w.Helper()
	var found []string
	files, err := filepath.Glob(w.File + "*")
	w.Must(err)
	sent, err := filepath.Glob(filepath.Join(w.Uploads, "*"))
	w.Must(err)
	for _, file := range append(files, sent...) {
		b, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue // one that was just renamed
		}
		w.Must(err)
		for _, word := range words {
			if bytes.Contains(b, []byte(word)) {
				found = append(found, filepath.Base(file)+": "+word)
			}
		}
	}
	return found
}

// Once it is answered that a message was taken back, or a conversation deleted, none of
// its words is on the disk any more: not as they were written, nor as they are searched,
// nor as they came, nor of a file. What others said is.
func TestNothingDeletedIsOnDisk(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	w.Run()
	now := time.Now()
	w.CustomerWrites(apitest.MetaPage, apitest.Ken, "m_ken", "Blueberry4242Kept 焼肉弁当", now)
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_back", "Regret4242Gone 恋文代筆", now)
	w.Deliver(apitest.MetaPage, "messaging", map[string]any{
		"sender": apitest.Party(apitest.Hanako), "recipient": apitest.Party(apitest.MetaPage), "timestamp": now.Add(time.Second).UnixMilli(),
		"message_edit": map[string]any{"mid": "m_back", "text": "Again4242Gone 遺失物届", "num_edit": 1},
	})
	taken := []string{"Regret4242Gone", "regret4242gone", "恋文", "代筆", `\u604b`, "Again4242Gone", "again4242gone", "遺失", "物届"}
	if len(onDisk(w, taken...)) == 0 {
		t.Fatal("what was written is not on the disk")
	}
	w.Deliver(apitest.MetaPage, "messaging", map[string]any{
		"sender": apitest.Party(apitest.Hanako), "recipient": apitest.Party(apitest.MetaPage), "timestamp": now.Add(2 * time.Second).UnixMilli(),
		"message": map[string]any{"mid": "m_back", "is_deleted": true},
	})
	if left := onDisk(w, taken...); len(left) > 0 {
		t.Errorf("taken back, there is %q", left)
	}

	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_gone", "ＳＴＲＡＷ4242Gone 苺狩ﾂｱｰ", now.Add(3*time.Second))
	m := w.Reply(w.Cat, apitest.Page, apitest.Hanako, apitest.Text("Answer4242Gone 返答文"))
	w.AwaitState(w.Cat, m, model.Sent)
	w.Reply(w.Cat, apitest.Page, apitest.Hanako, apitest.With(apitest.Text("Note4242Gone 内緒話"), "note", true))
	var u struct{ ID string }
	upload(w, w.Cat, "Name4242Gone.png", strings.NewReader(png+"Content4242Gone")).Want(http.StatusCreated).Into(&u)
	m = w.Reply(w.Cat, apitest.Page, apitest.Hanako, map[string]any{"client_id": apitest.NewClientID(), "text": "", "attachments": []string{u.ID}})
	w.AwaitState(w.Cat, m, model.Sent)
	gone := append(taken, "ＳＴＲＡＷ", "straw4242gone", "苺狩", "狩つ", "ﾂｱｰ", "Answer4242Gone", "answer4242gone", "返答", "Note4242Gone", "note4242gone", "内緒",
		"Name4242Gone", "Content4242Gone")
	if found := onDisk(w, gone...); len(found) < 10 {
		t.Fatalf("on the disk is only %q", found)
	}
	w.Do(w.Ann, http.MethodDelete, apitest.ConversationPath(apitest.Page, apitest.Hanako), nil).Want(http.StatusNoContent)
	if left := onDisk(w, gone...); len(left) > 0 {
		t.Errorf("deleted, there is %q", left)
	}
	if kept := onDisk(w, "Blueberry4242Kept", "blueberry4242kept", "焼肉", "弁当"); len(kept) < 4 {
		t.Errorf("of what is kept there is only %q", kept)
	}
}

// unerased is a store in which something that was deleted can still be read.
type unerased struct{ store.Store }

func (unerased) Erased() error { return store.ErrNotErased }

// Where something of it is left on the disk, the answer says so, though the conversation
// is gone.
func TestADeletionThatIsNotErasedIsNotCalledDone(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared, apitest.WithStore(func(s store.Store) store.Store { return unerased{s} }))
	path := apitest.ConversationPath(apitest.Page, apitest.Hanako)
	w.Do(w.Ann, http.MethodDelete, path, nil).Problem(http.StatusConflict, model.NotErased)
	w.Do(w.Ann, http.MethodGet, path, nil).Problem(http.StatusNotFound, "not_found")
}
