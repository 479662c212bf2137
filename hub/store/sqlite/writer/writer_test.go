package writer

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/hub/store"
	"parley/hub/store/sqlite/migrations"
	"parley/hub/store/sqlite/sqldb"
	"parley/hub/store/sqlite/tables"
	"parley/model"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixture is a writer of a store with some Pages.
type fixture struct {
	*Writer
	db *sql.DB
}

func newFixture(t *testing.T, pages ...model.PageID) fixture {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hub.db")
	db, err := sql.Open(sqldb.Driver, sqldb.DSN(path, sqldb.ForWriting))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	steps, err := migrations.Load()
	if err != nil {
		t.Fatal(err)
	}
	c, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	if err := errors.Join(migrations.Run(t.Context(), c, steps, log), c.Close()); err != nil {
		t.Fatal(err)
	}
	w, err := Start(t.Context(), Options{DB: db, Path: path, Now: time.Now, Alone: func() func() { return func() {} }, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	f := fixture{w, db}
	t.Cleanup(func() { f.Writer.Close(); _ = db.Close() })
	for _, page := range pages {
		if err := f.putPage(page); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// Write writes as a store does.
func (f fixture) Write(ctx context.Context, page model.PageID, do func(store.PageTx) error) error {
	return f.Do(ctx, func(t *Turn) error { return do(tables.NewPageTx(t.Session, page, t.Words)) })
}

func (f fixture) putPage(id model.PageID) error {
	return f.Write(context.Background(), id, func(tx store.PageTx) error {
		return tx.PutPage(&store.Page{Page: model.Page{ID: id, PageID: id.Meta()}})
	})
}

func (f fixture) head(t *testing.T, page model.PageID) (head int64) {
	t.Helper()
	err := f.Do(t.Context(), func(s *Turn) (err error) {
		head, err = tables.NewReader(s.Session).Head(page)
		return err
	})
	if err != nil {
		t.Fatalf("head: %v", err)
	}
	return head
}

func (w *Writer) queued() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.queue)
}

// TestBatch: of transactions in one commit each stands or falls by itself.
func TestBatch(t *testing.T) {
	t.Parallel()
	s := newFixture(t, "1", "2")
	// While this one holds the writer, the others gather behind it.
	entered, leave := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		err := s.Write(context.Background(), "1", func(store.PageTx) error {
			close(entered)
			<-leave
			return nil
		})
		if err != nil {
			t.Errorf("holder: %v", err)
		}
	})
	<-entered
	const calls = 60
	errs := make([]error, calls)
	for i := range calls {
		wg.Go(func() {
			page := model.PageID(fmt.Sprint(1 + i%2))
			errs[i] = s.Write(context.Background(), page, func(tx store.PageTx) error {
				n := model.Notice{ID: fmt.Sprint(i), PageID: page}
				if err := tx.PutNotice(&n); err != nil {
					return err
				}
				switch i % 6 {
				case 0, 1:
					panic("customers' text")
				case 2, 3:
					return fmt.Errorf("call %d", i)
				}
				return nil
			})
		})
	}
	for s.queued() < calls {
		runtime.Gosched()
	}
	close(leave)
	wg.Wait()
	for i, err := range errs {
		switch i % 6 {
		case 0, 1:
			if err == nil || !strings.Contains(err.Error(), "panicked") || strings.Contains(err.Error(), "customers' text") {
				t.Errorf("call %d: %v", i, err)
			}
		case 2, 3:
			if err == nil || err.Error() != fmt.Sprintf("call %d", i) {
				t.Errorf("call %d: %v", i, err)
			}
		default:
			if err != nil {
				t.Errorf("call %d: %v", i, err)
			}
		}
	}
	for _, page := range []model.PageID{"1", "2"} {
		if head := s.head(t, page); head != 1+calls/6 {
			t.Errorf("head of %s is %d, want %d", page, head, 1+calls/6)
		}
	}
}

// TestGone: a call whose context ends while it waits is not run; one that ends
// its goroutine is undone; the writer goes on.
func TestGone(t *testing.T) {
	t.Parallel()
	s := newFixture(t, "1")
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	err := s.Write(t.Context(), "1", func(store.PageTx) error {
		go func() {
			gone <- s.Write(ctx, "1", func(tx store.PageTx) error {
				t.Error("ran after its context was over")
				return nil
			})
		}()
		for s.queued() == 0 {
			runtime.Gosched()
		}
		cancel()
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Errorf("gone: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("write: %v", err)
	}
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		_ = s.Write(context.Background(), "1", func(tx store.PageTx) error {
			_ = tx.PutNotice(&model.Notice{ID: "n", PageID: "1"})
			runtime.Goexit()
			return nil
		})
	}()
	<-exited
	if err := s.putPage("1"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	if head := s.head(t, "1"); head != 2 {
		t.Errorf("head %d, want 2", head)
	}
}

// TestCloseWaits: what was queued before Close is on disk after it.
func TestCloseWaits(t *testing.T) {
	t.Parallel()
	s := newFixture(t, "1")
	entered, leave := make(chan struct{}), make(chan struct{})
	results := make(chan error, 3)
	go func() {
		results <- s.Write(context.Background(), "1", func(store.PageTx) error {
			close(entered)
			<-leave
			return nil
		})
	}()
	<-entered
	for range 2 {
		go func() { results <- s.putPage("1") }()
	}
	for s.queued() < 2 {
		runtime.Gosched()
	}
	closed := make(chan bool)
	go func() { closed <- s.Close() }()
	close(leave)
	for range 3 {
		if err := <-results; err != nil {
			t.Errorf("queued: %v", err)
		}
	}
	if !<-closed {
		t.Error("it was closed before")
	}
	if err := s.putPage("1"); !errors.Is(err, sqldb.ErrClosed) {
		t.Errorf("after close: %v", err)
	}
}

// TestCommitFails: where the commit itself fails, all whose changes it held are told so,
// and nothing of theirs stays behind for the next.
func TestCommitFails(t *testing.T) {
	t.Parallel()
	s := newFixture(t, "1")
	if err := s.Do(t.Context(), func(*Turn) error { s.gather = time.Minute; return nil }); err != nil {
		t.Fatal(err)
	}
	entered, leave := make(chan struct{}), make(chan struct{})
	errs := make([]error, 3)
	var wg sync.WaitGroup
	wg.Go(func() {
		errs[0] = s.Do(context.Background(), func(ss *Turn) error {
			close(entered)
			<-leave
			// What refers to nobody is found at the commit.
			return errors.Join(ss.Run(`PRAGMA defer_foreign_keys = 1`), ss.Run(`INSERT INTO tokens (hash, user_id, at) VALUES (x'00', 'nobody', 0)`))
		})
	})
	<-entered
	for i := range errs[1:] {
		wg.Go(func() { errs[1+i] = s.putPage("1") })
	}
	for s.queued() < len(errs)-1 {
		runtime.Gosched()
	}
	close(leave)
	wg.Wait()
	for i, err := range errs {
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if head := s.head(t, "1"); head != 1 {
		t.Errorf("head %d after a commit that failed", head)
	}
	if err := s.putPage("1"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	if head := s.head(t, "1"); head != 2 {
		t.Errorf("head %d, want 2", head)
	}
}

// TestUnwritable: a connection that can't write any more is replaced.
func TestUnwritable(t *testing.T) {
	t.Parallel()
	s := newFixture(t, "1")
	for name, breakIt := range map[string]func(*Turn) error{
		"read-only": func(ss *Turn) error { return ss.Run(`PRAGMA query_only = 1`) },
		"gone":      func(*Turn) error { s.c.Drop(); return nil },
	} {
		err := s.Do(t.Context(), func(ss *Turn) error {
			if err := breakIt(ss); err != nil {
				return err
			}
			return ss.Run(`UPDATE pages SET seq = 99`)
		})
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
		if err := s.putPage("1"); err != nil {
			t.Errorf("after %s: %v", name, err)
		}
	}
	if head := s.head(t, "1"); head != 3 {
		t.Errorf("head %d, want 3", head)
	}
}
