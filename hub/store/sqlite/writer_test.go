package sqlite

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// newPages opens a store that holds some Pages.
func newPages(t testing.TB, pages ...model.PageID) *Store {
	t.Helper()
	s := newStore(t, Options{Exclusive: true})
	t.Cleanup(func() { closeStore(t, s) })
	for _, page := range pages {
		if err := putPage(s, page); err != nil {
			t.Fatalf("put page: %v", err)
		}
	}
	return s
}

func headOf(t *testing.T, s *Store, page model.PageID) int64 {
	t.Helper()
	var head int64
	err := s.Read(t.Context(), func(r store.Reader) (err error) {
		head, err = r.Head(page)
		return err
	})
	if err != nil {
		t.Fatalf("head: %v", err)
	}
	return head
}

// TestOver: a transaction can't be used after its end.
func TestOver(t *testing.T) {
	t.Parallel()
	s := newPages(t, "1")
	var tx store.PageTx
	var r store.Reader
	_ = s.Write(t.Context(), "1", func(given store.PageTx) error { tx = given; return nil })
	_ = s.Read(t.Context(), func(given store.Reader) error { r = given; return nil })
	if err := tx.PutNotice(&model.Notice{ID: "n", PageID: "1"}); !errors.Is(err, sqldb.ErrOver) {
		t.Errorf("put: %v", err)
	}
	if _, err := r.Head("1"); !errors.Is(err, sqldb.ErrOver) {
		t.Errorf("head: %v", err)
	}
}

// TestSwallowed: a transaction whose change failed is not kept, even if its
// function takes no notice, because its seq would be a gap.
func TestSwallowed(t *testing.T) {
	t.Parallel()
	s := newPages(t, "1")
	err := s.Write(t.Context(), "1", func(tx store.PageTx) error {
		_ = tx.PutNotice(&model.Notice{ID: "n", PageID: "1", Reason: "\xff"})
		return nil
	})
	if !errors.Is(err, engine.ErrNotUTF8) {
		t.Errorf("got %v", err)
	}
	if head := headOf(t, s, "1"); head != 1 {
		t.Errorf("head %d, want 1", head)
	}
}

// big is a change that takes many pages of the file.
func big(tx store.PageTx, id string) error {
	body := make([]byte, 1<<20)
	_, _ = rand.Read(body) // which compresses to nothing less
	_, err := tx.KeepRaw(store.RawEvent{Page: "1", Key: id, Body: body})
	return errors.Join(err, tx.PutNotice(&model.Notice{ID: id, PageID: "1"}))
}

// TestFull: on a full disk nothing is kept and nothing is half kept; it goes on
// when there is room again.
func TestFull(t *testing.T) {
	t.Parallel()
	s := newPages(t, "1")
	limit := func(pages string) {
		t.Helper()
		if err := s.transact(t.Context(), func(ss *sqldb.Session) error { return ss.Run(`PRAGMA max_page_count = ` + pages) }); err != nil {
			t.Fatalf("limit: %v", err)
		}
	}
	limit("1") // SQLite makes that what the file has
	for i := range 3 {
		err := s.Write(t.Context(), "1", func(tx store.PageTx) error { return big(tx, "m") })
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("full disk, time %d: %v", i+1, err)
		}
		// Whoever takes no notice does not get through either.
		err = s.Write(t.Context(), "1", func(tx store.PageTx) error {
			_ = big(tx, "m")
			_ = tx.PutNotice(&model.Notice{ID: "n", PageID: "1"})
			return nil
		})
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("full disk, swallowed, time %d: %v", i+1, err)
		}
	}
	if head := headOf(t, s, "1"); head != 1 {
		t.Errorf("head %d on a full disk", head)
	}
	limit("1000000")
	if err := s.Write(t.Context(), "1", func(tx store.PageTx) error { return big(tx, "m") }); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if head := headOf(t, s, "1"); head != 2 {
		t.Errorf("head %d with room again", head)
	}
}

// TestBusy: while another process holds the file, writes are refused after the
// time-out, all that wait at once; afterwards they go on.
func TestBusy(t *testing.T) {
	t.Parallel()
	s := newPages(t, "1")
	if err := s.transact(t.Context(), func(ss *sqldb.Session) error { return ss.Run(`PRAGMA busy_timeout = 20`) }); err != nil {
		t.Fatal(err)
	}
	other := openAt(t, s.path, Options{})
	err := other.Write(t.Context(), "1", func(store.PageTx) error {
		if err := putPage(s, "1"); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("while held: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Errorf("holder: %v", err)
	}
	if err := putPage(s, "1"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestCheckpoint: a large log is folded into the file.
func TestCheckpoint(t *testing.T) {
	t.Parallel()
	s := newPages(t, "1")
	err := s.transact(t.Context(), func(ss *sqldb.Session) error { return ss.Run(`PRAGMA wal_autocheckpoint = 0`) })
	for i := range 6 {
		err = errors.Join(err, s.Write(t.Context(), "1", func(tx store.PageTx) error { return big(tx, fmt.Sprint(i)) }))
	}
	if err != nil {
		t.Fatalf("write: %v", err)
	}
	deadline := time.Now().Add(20 * time.Second)
	for {
		info, err := os.Stat(s.path + "-wal")
		if err == nil && info.Size() == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the log was not folded: %v %v", info, err)
		}
		<-time.After(20 * time.Millisecond)
	}
	if err := putPage(s, "1"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestReadPanic: a read that panics gives its connection back.
func TestReadPanic(t *testing.T) {
	t.Parallel()
	s := newPages(t, "1")
	for range 2 * sqldb.ReadConnections {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_ = s.Read(t.Context(), func(store.Reader) error { panic("x") })
		}()
	}
	if head := headOf(t, s, "1"); head != 1 {
		t.Errorf("head %d", head)
	}
}

// TestReadCanceled: a read whose context ends while it waits for a connection
// does not wait any longer.
func TestReadCanceled(t *testing.T) {
	t.Parallel()
	s := newPages(t, "1")
	leave := make(chan struct{})
	var entered, left sync.WaitGroup
	entered.Add(sqldb.ReadConnections)
	for range sqldb.ReadConnections {
		left.Go(func() {
			_ = s.Read(context.Background(), func(store.Reader) error {
				entered.Done()
				<-leave
				return nil
			})
		})
	}
	entered.Wait()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Read(ctx, func(store.Reader) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(leave)
	left.Wait()
}
