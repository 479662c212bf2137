package sqlite

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

// What a deleted conversation said can't be read from the file any more, once it is
// closed.
func TestDeletedTextIsOverwritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hub.db")
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	const secret = "strawberry-4242-marker"
	at := time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)
	write := func(f func(tx store.PageTx) error) {
		t.Helper()
		if err := s.Write(t.Context(), "1", f); err != nil {
			t.Fatal(err)
		}
	}
	write(func(tx store.PageTx) error { return tx.PutPage(&store.Page{Page: model.Page{ID: "1", PageID: "1"}}) })
	for n := range 40 {
		write(func(tx store.PageTx) error {
			c := store.Conversation{Conversation: model.Conversation{ID: "1_2", PageID: "1", Customer: model.Customer{PSID: "2", Name: secret}, Status: model.Open, UpdatedAt: at}}
			if err := tx.PutConversation(&c); err != nil {
				return err
			}
			id := model.NewMessageID("1", string(rune('a'+n)))
			m := store.Message{Message: model.Message{ID: id, ConversationID: c.ID, Direction: model.In, Text: secret, SentAt: at}, Order: at, MetaTime: true}
			_, err := tx.KeepRaw(store.RawEvent{Page: "1", Key: string(id), Customer: "2", At: at, Body: bytes.Repeat([]byte(secret+" "), 200), Understood: true})
			if err != nil {
				return err
			}
			return tx.PutMessage(&m)
		})
	}
	write(func(tx store.PageTx) error { return tx.DeleteConversation("1_2", at) })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(b, []byte(secret)); n > 0 {
			t.Errorf("%s holds it %d times", filepath.Base(file), n)
		}
	}
}
