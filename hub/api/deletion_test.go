package api_test

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

	"parley/hub/store"
	"parley/model"
)

// A deleted conversation is gone by every door, told as removed to those who saw it, and
// opens anew with what comes later.
func TestDeleteConversation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect(w.ann, meta, model.Shared)
	w.fill(w.ann, page)
	w.customerWrites(meta, ken, "m_ken", "hello", time.Now())
	path := "/v1/conversations/" + string(model.NewConversationID(page, hanako))
	message := w.messages(w.ann, page, hanako)[0].ID
	w.runs()
	cat := w.listen(w.cat)
	at := w.position(w.cat, page)
	cat.hello(resume{page: at})
	for _, who := range []account{w.ben, w.cat} {
		w.do(who, http.MethodDelete, path, nil).problem(http.StatusForbidden, model.NotInstaller)
	}
	if a := w.do(w.ann, http.MethodDelete, path, nil).want(http.StatusNoContent); len(a.body) != 0 {
		t.Errorf("answered %s", a.body)
	}
	cat.until("told of it", func() bool { return strings.Contains(cat.received(), `"kind":"removed"`) })
	var removed int
	for _, b := range cat.upTo(page, w.head(page)) {
		for _, e := range b.Events {
			if e.Kind == model.ChangeRemoved {
				var gone model.Removed
				w.must(json.Unmarshal(e.Object, &gone))
				removed++
				if gone.ID != string(model.NewConversationID(page, hanako)) {
					t.Errorf("removed %s", gone.ID)
				}
			}
		}
	}
	if removed != 1 {
		t.Errorf("%d were removed", removed)
	}

	for _, gone := range []string{path, path + "/messages", path + "/messages/" + string(message)} {
		w.do(w.ann, http.MethodGet, gone, nil).problem(http.StatusNotFound, "not_found")
	}
	w.do(w.ann, http.MethodDelete, path, nil).problem(http.StatusNotFound, "not_found")
	w.do(w.ann, http.MethodPost, path+"/messages", text("anybody there?")).problem(http.StatusNotFound, "not_found")
	for _, door := range []string{
		"/v1/conversations", "/v1/conversations?search=" + url.QueryEscape(hiddenText),
		"/v1/conversations?search=" + url.QueryEscape(hiddenNote), "/v1/counts",
	} {
		a := w.do(w.ann, http.MethodGet, door, nil).want(http.StatusOK)
		if strings.Contains(string(a.body), string(hanako)) || strings.Contains(string(a.body), hiddenText) {
			t.Errorf("%s tells %s", door, a.body)
		}
	}
	var counts struct{ Counts struct{ All int } }
	w.get(w.ann, "/v1/counts", &counts)
	if counts.Counts.All != 1 {
		t.Errorf("counted %+v", counts)
	}
	audit := w.do(w.ann, http.MethodGet, "/v1/audit", nil).want(http.StatusOK)
	if !strings.Contains(string(audit.body), `"deleted"`) || strings.Contains(string(audit.body), hiddenText) || strings.Contains(string(audit.body), hiddenNote) {
		t.Errorf("the audit log tells %s", audit.body)
	}

	w.customerWrites(meta, hanako, "m_later", "here again", time.Now().Add(time.Second))
	if ms := w.messages(w.cat, page, hanako); len(ms) != 1 || ms[0].Text != "here again" {
		t.Errorf("the new conversation holds %+v", ms)
	}
}

// Who may not see a conversation can't tell by deleting that it is there.
func TestDeletingTellsNothingOfWhatIsHidden(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	connected(ann, model.Private)(w)
	for _, who := range []account{w.ben, w.cat} {
		hidden := w.do(who, http.MethodDelete, "/v1/conversations/"+string(model.NewConversationID(page, hanako)), nil)
		hidden.problem(http.StatusNotFound, "not_found")
		for _, none := range []model.ConversationID{model.NewConversationID(page, "999"), model.NewConversationID("777", hanako), "x"} {
			if a := w.do(who, http.MethodDelete, "/v1/conversations/"+string(none), nil); !indistinct(hidden, a) {
				t.Errorf("hidden %s, missing %s", hidden.body, a.body)
			}
		}
	}
	w.do(w.ann, http.MethodGet, "/v1/conversations/"+string(model.NewConversationID(page, hanako)), nil).want(http.StatusOK)
}

// onDisk returns which of these stand in any file of the store, or of those that users
// sent.
func (w *world) onDisk(words ...string) []string {
	w.Helper()
	var found []string
	files, err := filepath.Glob(w.db + "*")
	w.must(err)
	sent, err := filepath.Glob(filepath.Join(w.uploads, "*"))
	w.must(err)
	for _, file := range append(files, sent...) {
		b, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue // one that was just renamed
		}
		w.must(err)
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
	w := withPage(t, model.Shared)
	w.run()
	now := time.Now()
	w.customerWrites(meta, ken, "m_ken", "Blueberry4242Kept 焼肉弁当", now)
	w.customerWrites(meta, hanako, "m_back", "Regret4242Gone 恋文代筆", now)
	w.deliver(meta, "messaging", map[string]any{
		"sender": party(hanako), "recipient": party(meta), "timestamp": now.Add(time.Second).UnixMilli(),
		"message_edit": map[string]any{"mid": "m_back", "text": "Again4242Gone 遺失物届", "num_edit": 1},
	})
	taken := []string{"Regret4242Gone", "regret4242gone", "恋文", "代筆", `\u604b`, "Again4242Gone", "again4242gone", "遺失", "物届"}
	if len(w.onDisk(taken...)) == 0 {
		t.Fatal("what was written is not on the disk")
	}
	w.deliver(meta, "messaging", map[string]any{
		"sender": party(hanako), "recipient": party(meta), "timestamp": now.Add(2 * time.Second).UnixMilli(),
		"message": map[string]any{"mid": "m_back", "is_deleted": true},
	})
	if left := w.onDisk(taken...); len(left) > 0 {
		t.Errorf("taken back, there is %q", left)
	}

	w.customerWrites(meta, hanako, "m_gone", "ＳＴＲＡＷ4242Gone 苺狩ﾂｱｰ", now.Add(3*time.Second))
	m := w.reply(w.cat, page, hanako, text("Answer4242Gone 返答文"))
	w.wait(w.cat, m, model.Sent)
	w.reply(w.cat, page, hanako, with(text("Note4242Gone 内緒話"), "note", true))
	var u struct{ ID string }
	w.upload(w.cat, "Name4242Gone.png", strings.NewReader(png+"Content4242Gone")).want(http.StatusCreated).into(&u)
	m = w.reply(w.cat, page, hanako, map[string]any{"client_id": newClientID(), "text": "", "attachments": []string{u.ID}})
	w.wait(w.cat, m, model.Sent)
	gone := append(taken, "ＳＴＲＡＷ", "straw4242gone", "苺狩", "狩つ", "ﾂｱｰ", "Answer4242Gone", "answer4242gone", "返答", "Note4242Gone", "note4242gone", "内緒",
		"Name4242Gone", "Content4242Gone")
	if found := w.onDisk(gone...); len(found) < 10 {
		t.Fatalf("on the disk is only %q", found)
	}
	w.do(w.ann, http.MethodDelete, conversation(page, hanako), nil).want(http.StatusNoContent)
	if left := w.onDisk(gone...); len(left) > 0 {
		t.Errorf("deleted, there is %q", left)
	}
	if kept := w.onDisk("Blueberry4242Kept", "blueberry4242kept", "焼肉", "弁当"); len(kept) < 4 {
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
	w := withPage(t, model.Shared, withStore(func(s store.Store) store.Store { return unerased{s} }))
	path := conversation(page, hanako)
	w.do(w.ann, http.MethodDelete, path, nil).problem(http.StatusConflict, model.NotErased)
	w.do(w.ann, http.MethodGet, path, nil).problem(http.StatusNotFound, "not_found")
}
