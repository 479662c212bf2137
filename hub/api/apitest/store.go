package apitest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"parley/hub/store"
	"parley/hub/store/sqlite"
	"parley/model"
)

// Head is a Page's newest seq.
func (w *World) Head(id model.PageID) (head int64) {
	w.Helper()
	w.Must(w.Store.Read(w.Context(), func(r store.Reader) (err error) {
		head, err = r.Head(id)
		return err
	}))
	return head
}

// SQL runs statements on the file of the store, beside the hub.
func (w *World) SQL(statements string, arguments ...any) {
	w.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(w.TempDir()), "*", "hub.db"))
	if err != nil || len(files) != 1 {
		w.Fatalf("the files of the store: %v %v", files, err)
	}
	db, err := sql.Open("sqlite", "file:"+files[0]+"?_pragma=busy_timeout(10000)&_txlock=immediate")
	w.Must(err)
	defer func() { w.Must(db.Close()) }()
	tx, err := db.BeginTx(w.Context(), nil)
	w.Must(err)
	_, err = tx.ExecContext(w.Context(), statements, arguments...)
	w.Must(errors.Join(err, tx.Commit()))
}

// AgeLog adds changes to a Page's log behind the hub's back: one conversation changes so
// many times.
func (w *World) AgeLog(id model.PageID, customer model.PSID, changes int) {
	w.Helper()
	w.SQL(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
		INSERT INTO events (key, kind, object, at, stamp)
		SELECT (SELECT key << 35 FROM search_pages WHERE page_id = ?2) + (SELECT seq FROM pages WHERE page_id = ?2) + i, 'conversation', '=' || ?3, ?4, '' FROM n;
		UPDATE pages SET seq = seq + ?1 WHERE page_id = ?2;
		UPDATE conversations SET seq = (SELECT seq FROM pages WHERE page_id = ?2) WHERE page_id = ?2 AND id = ?3`,
		changes, string(id), string(model.NewConversationID(id, customer)), time.Now().UnixMicro())
}

// emptyStore is the file of a store that holds nothing: making its tables takes
// longer than most tests.
var emptyStore = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "parley-api-test")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "hub.db")
	s, err := sqlite.Open(context.Background(), file, sqlite.Options{Exclusive: true})
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

func (w *World) openStore() *sqlite.Store {
	w.Helper()
	empty, err := emptyStore()
	w.Must(err)
	w.File = filepath.Join(w.TempDir(), "hub.db")
	w.Must(os.WriteFile(w.File, empty, 0o600))
	s, err := sqlite.Open(w.Context(), w.File, sqlite.Options{Exclusive: true})
	w.Must(err)
	return s
}

// ChangePage changes what the hub knows of the Page.
func (w *World) ChangePage(change func(*store.Page)) {
	w.Helper()
	w.Must(w.Store.Write(w.Context(), Page, func(tx store.PageTx) error {
		p, err := tx.Page(Page)
		if err != nil {
			return err
		}
		change(&p)
		return tx.PutPage(&p)
	}))
}

// ChangeConversation changes what the hub knows of a conversation.
func (w *World) ChangeConversation(id model.ConversationID, change func(*store.Conversation)) {
	w.Helper()
	w.Must(w.Store.Write(w.Context(), id.Page(), func(tx store.PageTx) error {
		c, err := tx.Conversation(id)
		if err != nil {
			return err
		}
		change(&c)
		return tx.PutConversation(&c)
	}))
}

// BrokenStore is a store that can't be written while it is broken.
type BrokenStore struct {
	store.Store
	Broken atomic.Bool
}

// Write fails while the store is broken.
func (s *BrokenStore) Write(ctx context.Context, p model.PageID, f func(store.PageTx) error) error {
	if s.Broken.Load() {
		return fmt.Errorf("write: %w", store.ErrUnavailable)
	}
	return s.Store.Write(ctx, p, f)
}
